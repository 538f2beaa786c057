// Package command is the command line of quoin: `serve`, and what an operator, a course team or a block developer does without
// a browser. Run dispatches; config.go gathers settings from flags, variables and one file; each command has a file.
//
// The package must not know the workers, so main hands it what it needs of them as Parts.
package command
