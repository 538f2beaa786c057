// Package review looks through a course as its team has it, published or not: where files are used, and what should be mended
// before learners see it. It reads content alone and changes nothing.
package review
