package course

import (
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Import records what an archive held and where each block came from, so that an export gives back, byte for byte, what
// nobody touched.
type Import struct {
	Course string    `bson:"course"`
	At     time.Time `bson:"at"`
	By     string    `bson:"by"`
	// Op names the import as a change, Before is what was published before it.
	Op     string       `bson:"op,omitempty"`
	Before ImportBefore `bson:"before,omitempty"`
	// Archive is the hash, in package files, of a tar.gz of everything that came in, known or not.
	Archive string `bson:"archive"`
	// Files are its files.
	Files []ImportedFile `bson:"files"`
	// Blocks tells, by block id, where a block's element stood and which revision it became.
	Blocks store.Map[Origin] `bson:"blocks"`
}

// ImportBefore is what a course was when an import began.
type ImportBefore struct {
	Number  int    `json:"number" bson:"number"`
	Root    string `json:"root,omitempty" bson:"root,omitempty"`
	Grading string `json:"grading,omitempty" bson:"grading,omitempty"`
	Import  string `json:"import,omitempty" bson:"import,omitempty"`
	// Title is what the site called the course.
	Title string `json:"title,omitempty" bson:"title,omitempty"`
}

// ImportedFile is one file of an archive.
type ImportedFile struct {
	Path string `bson:"path"`
	// Hash is the SHA-256 of its content in hexadecimal.
	Hash string `bson:"hash"`
	Size int64  `bson:"size"`
}

// Origin is where a block's element stood.
type Origin struct {
	File  string `bson:"file"`
	Start int    `bson:"start"`
	End   int    `bson:"end"`
	Line  int    `bson:"line"`
	// Hash is the revision that it became.
	Hash string `bson:"hash"`
	// Body is the file with the block's text, "" when that is in the element.
	Body string `bson:"body,omitempty"`
}

// ImportSpec is the collection of import records.
func ImportSpec() store.Spec {
	return store.Spec{Name: "imports", Indexes: []store.Index{
		{Name: "course", Fields: []string{"course", "at"}}, {Name: "archive", Fields: []string{"archive"}},
	}}
}
