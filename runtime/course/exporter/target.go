package exporter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// node is a published block as far as it has to be written.
type node struct {
	usage
	hash string
	// revision is nil for a block that is as it came, with all that is in it.
	revision *course.Revision
	same     bool
	// base is the block in the archive that came in, nil for a new one.
	base     *olx.Block
	children []*node
	// old is what base became when it came in, nil when it is not known any more.
	old *course.Revision
	// whole says that the block is written from its fields.
	whole bool
	// element is what stands in the parent for a block without base.
	element string
	// kept are the children whose elements stay where they are.
	kept map[*olx.Block]bool
}

// maxDepth bounds blocks in each other; the reader of courses reads no deeper ones.
const maxDepth = 64

// grow reads a published block and what is in it, down to where nothing has changed.
func (e *exporting) grow(ctx context.Context, ref course.ChildRef, above []usage) (*node, error) {
	n := &node{usage: usage{ref.Type, ref.ID}, hash: ref.Hash}
	if len(above) > maxDepth {
		return nil, fmt.Errorf("block %s/%s: more than %d blocks in each other", ref.Type, ref.ID, maxDepth)
	}
	if e.nodes[n.usage] != nil {
		return nil, nil // a block that is moved at this moment stands twice; the first place holds
	}
	e.nodes[n.usage] = n
	n.base = e.base.block(n.usage)
	origin := e.base.origin(n.usage)
	if n.base != nil && origin == ref.Hash && !e.request.Rewrite {
		n.same = true
		return n, nil
	}
	var err error
	if n.revision, err = e.config.Courses.Revision(ctx, ref.Hash); err != nil {
		return nil, err
	}
	if n.base != nil && origin != "" {
		n.old, err = e.config.Courses.Revision(ctx, origin)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	n.whole = n.base != nil && (e.request.Rewrite && !course.Structural(n.blockType) && n.revision.Source == nil || n.old == nil)
	for _, child := range n.revision.Children {
		c, err := e.grow(ctx, child, append(above, n.usage))
		if err != nil {
			return nil, err
		}
		if c != nil {
			n.children = append(n.children, c)
		}
	}
	return n, nil
}

// ownEqual says whether two revisions hold the same, children apart.
func ownEqual(a, b *course.Revision) bool {
	return maps.Equal(a.Fields, b.Fields) && maps.Equal(a.Extra, b.Extra) && reflect.DeepEqual(a.Source, b.Source)
}

// sameValue compares two values of a field as JSON; "" is unset.
func sameValue(a, b string) bool {
	if a == b {
		return true
	}
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

// rawFields gives a revision's fields as blocks take them.
func rawFields(fields map[string]string) wire.Fields {
	raw := make(wire.Fields, len(fields))
	for name, value := range fields {
		raw[name] = json.RawMessage(value)
	}
	return raw
}
