// Package files keeps blobs under the SHA-256 of their content, and remembers which parts of answers they are.
//
// A blob is written once and never changes. [Files.Put] spools the stream while it hashes and counts, then writes the object
// beside its place, forces it to disk and renames it: after a crash a blob is whole or absent. The blob's document in the
// store names the object and when somebody last wanted the blob.
//
// # Who holds a blob
//
// Blobs are not owned but referred to: by parts of answers, which this package keeps, and by whatever else the caller of
// [Files.Collect] knows of (files of courses). Collect removes blobs that nobody has referred to or put for a day. So whoever
// refers to a blob writes the reference within [Config.Keep] of Put, or calls [Files.Touch] first.
//
// Collecting and putting never meet: Collect marks the document before it deletes the object, and a Put that finds the mark
// writes an object under a name of its own. An old object's late deletion cannot hit the new one.
//
// # Parts of answers
//
// What a learner uploads is stored before anything is submitted, private to that learner and that block. A submission binds
// parts; what none has bound after a day is collected. The owner is a pseudonym.
//
// # What is shown
//
// [TypeOf] decides by extension and content whether a file may be displayed in a page, only where it has no rights, or not
// at all; [Type.Headers] says so to the browser.
package files
