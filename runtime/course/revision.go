package course

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"sort"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Revision is the immutable content of one block.
type Revision struct {
	Type string `bson:"type"`
	// Fields are the content and settings fields that are set on the block itself, as JSON.
	Fields store.Map[string] `bson:"fields,omitempty"`
	// Extra are OLX attributes that nobody knows; they are kept for the way out.
	Extra store.Map[string] `bson:"extra,omitempty"`
	// Source is the OLX element, for a block whose type was not installed when it came in: its fields are read from it as
	// soon as somebody can.
	Source *Source `bson:"source,omitempty"`
	// Children in order.
	Children []ChildRef `bson:"children,omitempty"`
}

// ChildRef names a child: its type and block id, and the hash of its revision.
type ChildRef struct {
	Type string `bson:"type"`
	ID   string `bson:"id"`
	Hash string `bson:"hash"`
}

// Source is an OLX element as it came in, without child blocks, and the files beside it.
type Source struct {
	XML   string       `bson:"xml"`
	Files []SourceFile `bson:"files,omitempty"`
}

// SourceFile is a definition file that an element names.
type SourceFile struct {
	Path string `bson:"path"`
	Text string `bson:"text"`
}

// Hash names the revision: SHA-256 over all that it holds, children's hashes included, as 32 hexadecimal digits. It does not
// depend on the course or on the block's own id, so a copy elsewhere is the same revision.
func (r *Revision) Hash() string {
	h := hasher{sha256.New()}
	h.text("revision 2", r.Type)
	h.pairs(r.Fields)
	h.pairs(r.Extra)
	if r.Source != nil {
		h.text("source", r.Source.XML)
		h.count(len(r.Source.Files))
		for _, file := range r.Source.Files {
			h.text(file.Path, file.Text)
		}
	}
	h.text("children")
	h.count(len(r.Children))
	for _, child := range r.Children {
		h.text(child.Type, child.ID, child.Hash)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

type hasher struct{ hash.Hash }

// count precedes what repeats, so that no two revisions write the same bytes.
func (h hasher) count(n int) {
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(n))
	h.Write(size[:])
}

func (h hasher) text(parts ...string) {
	for _, part := range parts {
		var size [8]byte
		binary.LittleEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write([]byte(part))
	}
}

func (h hasher) pairs(m map[string]string) {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	h.text("pairs")
	h.count(len(names))
	for _, name := range names {
		h.text(name, m[name])
	}
}

// RevisionSpec is the collection of revisions, by hash.
func RevisionSpec() store.Spec { return store.Spec{Name: "revisions"} }
