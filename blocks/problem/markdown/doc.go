// Package markdown turns the problem editor's markdown into OLX and back.
//
// The rules are Open edX's, so that what a course team typed there means the same here. Where its editor writes XML that nobody
// can read, or loses what was typed, this package does better; DIFFERENCES.md lists those places.
//
// From markdown: mark.go takes out what is not read by lines (code, labels, drop-down lists, explanations) and leaves a mark in
// its place; section.go goes through the lines; choices.go, answers.go and dropdown.go know one kind of question each; build.go makes a
// tree in which tags always match, whatever the author typed; nest.go moves a question's text into it; write.go writes the tree.
//
// To markdown: read.go reads the tree again, back.go and its siblings say each part in markdown, and the result counts only if
// it leads to the same tree.
package markdown
