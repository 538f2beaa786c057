package course

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// outline is what is derived of a whole published course, by the hash of what it holds.
type outline struct {
	Root     node      `bson:"root"`
	Sections []section `bson:"sections"`
	// Where finds a block's subsection by "type@id": its place counted over all sections, or -1 for sections and the root.
	Where store.Map[int] `bson:"where"`
}

type section struct {
	Node        node         `bson:"node"`
	Subsections []subsection `bson:"subsections"`
}

// subsection is what the outline knows of one; the rest stands in its table.
type subsection struct {
	Node  node   `bson:"node"`
	Table string `bson:"table"`
	// Texts names the words of its blocks for the search, "" when there are none.
	Texts string `bson:"texts,omitempty"`
	// Units are listed here too, so that outline and sequence bar need no table.
	Units []node `bson:"units"`
	// Possible is the weighted maximum of its blocks, Scored their number.
	Possible float64 `bson:"possible"`
	Scored   int     `bson:"scored"`
	// Afresh says that the next head derives it again, even if it stays the same: something in it is broken, or stands elsewhere
	// too.
	Afresh bool `bson:"afresh,omitempty" json:",omitempty"`
}

// node is one block as derived.
type node struct {
	ID   string `bson:"id"`
	Type string `bson:"type"`
	Hash string `bson:"hash"`
	// Fields are the host's and the inheritable settings that are set on the block itself, as JSON.
	Fields store.Map[string] `bson:"fields,omitempty"`
	// Facts is the block's wire.Facts as JSON, without the search text.
	Facts string `bson:"facts,omitempty"`
	// Broken says why the block could not be outlined; pages show a placeholder.
	Broken string `bson:"broken,omitempty"`
}

// table is what is derived of one subsection, by the hash of what it holds.
type table struct {
	Units []tree `bson:"units"`
}

type tree struct {
	Node     node   `bson:"node"`
	Children []tree `bson:"children,omitempty"`
}

func outlineSpec() store.Spec { return store.Spec{Name: "outlines"} }
func tableSpec() store.Spec   { return store.Spec{Name: "tables"} }

// addressed gives the id of a derived document: a digest over its JSON.
func addressed(body any) (string, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return "", fmt.Errorf("addressing a derived document: %w", err)
	}
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:16]), nil
}

func (n *node) facts() (wire.Facts, error) {
	var facts wire.Facts
	if n.Facts == "" {
		return facts, nil
	}
	err := json.Unmarshal([]byte(n.Facts), &facts)
	return facts, err
}

// raw gives stored JSON fields as the contract carries them.
func raw(stored store.Map[string]) wire.Fields {
	fields := make(wire.Fields, len(stored))
	for name, value := range stored {
		fields[name] = json.RawMessage(value)
	}
	return fields
}
