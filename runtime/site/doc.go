// Package site puts the parts of one Quoin together: store, files, people, events, courses, blocks, kernel. The server, its
// workers and the commands open the same site, each as much of it as it needs, in one process or in many.
package site
