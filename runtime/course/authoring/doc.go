// Package authoring is the working copy of a course: what its team has written and not published yet.
//
// The working copy is the published course with one [course.Draft] laid over each block that was changed. A draft names its
// block's children by type and id, so a changed child changes no parent. A new block is a draft that nothing published stands
// behind; a removed block is its parent's draft without it; a moved one is the drafts of two parents. A draft that says what is
// published is no change.
//
// One document is one transaction. A save ([Authoring.Save]) changes one draft, and what its line of the history needs is in
// that draft. What changes several (see change.go) enters a line of the history that names each block's content before and
// after, changes one draft after the other, each at most once, and closes the line. Whoever comes next finishes what a crash
// left open.
//
// Every change is a merge of three: what its author saw, what there is now, and what he wants. So nobody overwrites what he has
// not seen; undo and restoring are the same merge backwards. What cannot be merged is kept beside the draft until an author
// decides.
package authoring
