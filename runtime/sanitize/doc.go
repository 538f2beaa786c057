// Package sanitize holds the one allow-list for HTML that somebody wrote: authors' texts, learners' texts, and the
// fragments of built-in blocks. Markup reaches a page of ours only through [Clean].
//
// The allow-list is one set of tables (elements.go, attributes.go, style.go). Two passes obey it: bluemonday enforces it on
// tokens, and a walk over the parsed tree enforces what a token does not show (name spaces, nesting, CSS, class names) and
// says what it took away. The result is what the HTML parser makes of itself again, so that a browser reads the tree that
// was checked: markup that never settles is refused as a whole.
//
// What cannot be had from a list: an author's block may still draw over its neighbours by overflowing a box of no height. The
// host puts the result into an element with "contain: layout paint", inside no paragraph, table, button or form. Names that
// start with "q-" or "quoin" (ids, classes, data attributes, form fields) are the platform's: the shells keep theirs there.
//
// Unchanged markup (no [Change]) may stand inline in a page; anything else an author wrote belongs into a sandboxed frame.
package sanitize
