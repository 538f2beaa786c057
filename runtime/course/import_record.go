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
	// Files are all files of the archive, known or not, by their path and the hash of their content in package files.
	Files []ImportedFile `bson:"files"`
	// Blocks tells, by block id, where a block's element stood and which revision it became.
	Blocks store.Map[Origin] `bson:"blocks"`
}

// ImportedFile is one file of an archive.
type ImportedFile struct {
	Path string `bson:"path"`
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
}

// ImportSpec is the collection of import records.
func ImportSpec() store.Spec {
	return store.Spec{Name: "imports", Indexes: []store.Index{{Name: "course", Fields: []string{"course", "at"}}}}
}
