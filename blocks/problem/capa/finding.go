package capa

import "fmt"

// Level says how bad a finding is.
type Level string

// The levels.
const (
	// Mistake: learners would meet something broken.
	Mistake Level = "error"
	// Warning: it works, but probably not as meant.
	Warning Level = "warning"
)

// Finding is one remark on an author's problem: what, where, and how to mend it. Lines and columns count from 1; columns
// are bytes.
type Finding struct {
	Level        Level
	Line, Column int
	Message, Fix string
}

func (c *compiler) mistake(at *element, message, fix string, args ...any) {
	c.find(Mistake, at, fmt.Sprintf(message, args...), fix)
}

func (c *compiler) warn(at *element, message, fix string, args ...any) {
	c.find(Warning, at, fmt.Sprintf(message, args...), fix)
}

const maxFindings = 200

func (c *compiler) find(level Level, at *element, message, fix string) {
	if len(c.findings) < maxFindings {
		c.findings = append(c.findings, Finding{Level: level, Line: at.line, Column: at.column, Message: message, Fix: fix})
	}
}
