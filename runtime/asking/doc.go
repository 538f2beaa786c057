// Package asking answers what blocks ask of the world beyond the site: outside requests to the hosts that their manifests name,
// and signatures by secrets that they never see. It stands beside package services, which answers from the site's own data.
package asking
