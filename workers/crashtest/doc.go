// Package crashtest holds the tests that kill a site's processes while learners answer: the server alone, and web, worker and
// redis-server apart. They build the binary and drive it over HTTP, as browsers do.
package crashtest
