// Package importer tells what a course archive would change, and brings it in: it reads it, lets each installed block read its own element, stores content,
// files and pages, keeps the archive for the way out, and publishes. Nothing is seen by learners before the last step, and an
// import that fails leaves the course as it was.
package importer
