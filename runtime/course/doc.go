// Package course keeps courses: the content tree, its drafts and published heads, and what pages need of it.
//
// Content is a tree of hashes. A block's content is an immutable [Revision] under its hash; a parent's revision names its
// children's hashes, so one hash names a whole course as it was. Publishing writes the changed path, derives the [Outline]
// and one [Subsection] table per changed subsection, and swaps the course's head. History, comparison, copying and undo
// follow from the structure.
//
// What pages read is derived at publish time and addressed by content too: settings are resolved down the tree, facts are
// asked from the blocks once. A [Published] course is immutable and loads its subsections when they are asked for.
package course
