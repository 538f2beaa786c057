// Command bench measures what the budgets are about and prints it as tables: one call of a block through each engine, how long
// looping guests hold others up, grading with and without scripts, the way of a first block, the workbench after a save, installing,
// starting, pages, the heaviest unit of a real course, submissions until their verdict, importing, memory; and pages, submissions
// and imports again with more and more learners' states in the store. `make bench` runs it.
//
// It starts bin/quoin as its own child and speaks to it over HTTP like a browser; client and server share the machine, so
// figures of the server include the client's work. Every figure stands beside a plain one of the same run.
//
// The files: main.go chooses and prints; table.go has rows and percentiles; child.go starts servers; learner.go is the client;
// course.go writes the course that is measured; one file for each kind of measurement.
package main
