// Package workbench serves a workbench on this machine: its own page at http://localhost:PORT, and the learner pages of its people,
// each at a host name of their own, such as http://ada.localhost:PORT. Those are served by the host's own server, one for each
// person, on the same site; so cookies, which do not tell ports apart, never meet, and what the page shows is what learners get.
//
// Every request must name one of these hosts, and whatever changes something must come from the workbench's own page with its
// token (security R16). A production site does not import this package, and its route table has none of these addresses.
package workbench
