package wire

import "encoding/json"

// ImportRequest carries one OLX element. Attributes that are settings of the platform (dates, tries, ...) stand in the XML
// too; the host keeps those that the block leaves alone.
type ImportRequest struct {
	XML Blob `json:"xml"`
	// Files are the definition files that the element names (html/ID.html), by path.
	Files []OLXFile `json:"files,omitempty"`
}

// Blobs implements [Blobbed].
func (r *ImportRequest) Blobs() []*Blob { return append([]*Blob{&r.XML}, olxBlobs(r.Files)...) }

// OLXFile is a file beside an element.
type OLXFile struct {
	Path string `json:"path"`
	Data Blob   `json:"data,omitzero"`
}

// ImportReply is what the block read. Children stay the host's: their elements are taken out before.
type ImportReply struct {
	Fields   Fields    `json:"fields"`
	Findings []Finding `json:"findings,omitempty"`
}

// ExportRequest asks for OLX.
type ExportRequest struct {
	Fields Fields `json:"fields"`
	// BlockID names the files that the block may write (html/BLOCKID.html).
	BlockID string `json:"block_id"`
}

// ExportReply is one element, without children, and the files beside it.
type ExportReply struct {
	XML   Blob      `json:"xml"`
	Files []OLXFile `json:"files,omitempty"`
}

// Blobs implements [Blobbed].
func (r *ExportReply) Blobs() []*Blob { return append([]*Blob{&r.XML}, olxBlobs(r.Files)...) }

func olxBlobs(files []OLXFile) []*Blob {
	blobs := make([]*Blob, len(files))
	for i := range files {
		blobs[i] = &files[i].Data
	}
	return blobs
}

// MigrateRequest asks for data of an older schema in the newer shape. It runs on read; nothing is stored by it.
type MigrateRequest struct {
	From int `json:"from"`
	// Scope says what Fields holds; for a document Collection and Document are set instead.
	Scope      Scope           `json:"scope,omitempty"`
	Fields     Fields          `json:"fields,omitempty"`
	Collection string          `json:"collection,omitempty"`
	Document   json.RawMessage `json:"document,omitempty"`
}

// MigrateReply is the same in the newer shape.
type MigrateReply struct {
	Fields   Fields          `json:"fields,omitempty"`
	Document json.RawMessage `json:"document,omitempty"`
}

// SampleRequest asks for sample contents.
type SampleRequest struct{}

// SampleReply lists them.
type SampleReply struct {
	Samples []Sample `json:"samples"`
}

// Sample is one content with answers whose scores are known: the platform replays them.
type Sample struct {
	Name string `json:"name"`
	// Type is the block type of a child, "" for the block's own.
	Type   string `json:"type,omitempty"`
	Title  string `json:"title,omitempty"`
	Fields Fields `json:"fields"`
	// Children are samples too, for containers.
	Children []Sample       `json:"children,omitempty"`
	Answers  []SampleAnswer `json:"answers,omitempty"`
}

// Expectation says what a sample's answer must come to.
type Expectation string

// The expectations.
const (
	ExpectFull    Expectation = "full"
	ExpectPartial Expectation = "partial" // more than zero, less than full
	ExpectZero    Expectation = "zero"
	ExpectInvalid Expectation = "invalid"
	ExpectPending Expectation = "pending"
)

// SampleAnswer is one answer with what it must come to.
type SampleAnswer struct {
	Expect Expectation `json:"expect"`
	Input  Input       `json:"input"`
	// Seed chooses the variant; nil is 1.
	Seed *int `json:"seed,omitempty"`
	// Evidence settles it before it is graded; absent leaves it to the answer alone.
	Evidence json.RawMessage `json:"evidence,omitempty"`
}
