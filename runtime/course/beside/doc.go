// Package beside changes what stands beside a course's tree, its files and pages, and keeps how: who changed what, when, and
// what it was before, so that each change can be looked at and undone.
//
// One document is one transaction. A change first writes its entry, then the document, which names the entry, and then closes the
// entry. An entry that a crash left open counts exactly if the document names it. What is deleted stays as a document that says so:
// it carries the name of its last change like any other.
package beside
