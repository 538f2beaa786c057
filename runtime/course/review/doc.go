// Package review looks through a course as its team has it, published or not: where files are used, and what should be mended
// before learners see it. It reads content alone and changes nothing.
//
// What a text holds depends on nothing but the text, so it is remembered by the hash of the content; what a block says of its own
// content is remembered by that hash and the version of the block. A second look reads what has changed since.
package review
