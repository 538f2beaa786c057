package exporter

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// verify reads the archive as an import would and compares each block with what is published. again says that blocks which
// were edited are to be written as a whole; what differs all the same is noted.
func (e *exporting) verify(ctx context.Context, files *intake.Files, last bool) (again bool, err error) {
	read, _, err := olx.Read(ctx, files, olx.Options{Library: e.library()})
	if err != nil {
		return false, fmt.Errorf("reading the archive that was made: %w", err)
	}
	made, err := importer.Revisions(ctx, e.config.Blocks, files, read, read.Root)
	if err != nil {
		return false, fmt.Errorf("reading the archive that was made: %w", err)
	}
	var wrong []*node
	why := map[*node]string{}
	for _, n := range e.nodes {
		block, there := read.Block(n.blockType, n.id)
		if !there {
			why[n] = "the block is not in the archive"
		} else if what := e.differs(ctx, n, made[block]); what != "" {
			why[n] = "the block comes back with another " + what
		}
	}
	for n := range why {
		wrong = append(wrong, n)
		again = again || n.base != nil && !n.same && !n.whole
	}
	if again && !last {
		for _, n := range wrong {
			n.whole = n.whole || n.base != nil && !n.same
		}
		return true, nil
	}
	slices.SortFunc(wrong, func(a, b *node) int { return compareUsages(a.usage, b.usage) })
	for _, n := range wrong {
		e.note(Note{Block: n.blockType + "@" + n.id, Message: why[n]})
	}
	return false, nil
}

func compareUsages(a, b usage) int {
	switch {
	case a == b:
		return 0
	case a.blockType < b.blockType || a.blockType == b.blockType && a.id < b.id:
		return -1
	}
	return 1
}

// differs says what of a block was read otherwise than it is published, "" if nothing was.
func (e *exporting) differs(ctx context.Context, n *node, read *course.Revision) string {
	if n.same {
		if read.Hash() != n.hash {
			return "content"
		}
		return ""
	}
	if name := e.differentField(ctx, n, read); name != "" {
		return "value of " + name
	}
	if !maps.Equal(n.revision.Extra, read.Extra) {
		return "set of attributes that nobody knows"
	}
	if (n.revision.Source == nil) != (read.Source == nil) || n.revision.Source != nil && e.sourceDiffers(n, read) {
		return "element"
	}
	if !slices.EqualFunc(n.children, read.Children, func(a *node, b course.ChildRef) bool { return a.usage == usage{b.Type, b.ID} }) {
		return "list of children"
	}
	return ""
}

// differentField compares fields. A value that is the field's default may be read as none.
func (e *exporting) differentField(ctx context.Context, n *node, read *course.Revision) string {
	defaults := map[string]string{}
	if !course.Structural(n.blockType) {
		declared, _ := e.config.Blocks.Declared(ctx, n.blockType)
		for _, f := range declared {
			defaults[f.Name] = string(f.Default)
			if f.Type == wire.TypeKey {
				defaults[f.Name] = n.revision.Fields[f.Name] // keys stay where they are
			}
		}
	}
	names := slices.Sorted(maps.Keys(n.revision.Fields))
	for name := range read.Fields {
		if _, there := n.revision.Fields[name]; !there {
			names = append(names, name)
		}
	}
	for _, name := range names {
		want, got := n.revision.Fields[name], read.Fields[name]
		if want == "" {
			want = defaults[name]
		}
		if got == "" {
			got = defaults[name]
		}
		if !sameValue(want, got) {
			return intake.Printable(name)
		}
	}
	return ""
}

// sourceDiffers compares elements that are kept for want of their block. Where settings have been changed over them since,
// only what is inside counts.
func (e *exporting) sourceDiffers(n *node, read *course.Revision) bool {
	want, errWant := intake.ParseXML("", []byte(n.revision.Source.XML), intake.XMLOptions{HTMLEntities: true})
	got, errGot := intake.ParseXML("", []byte(read.Source.XML), intake.XMLOptions{HTMLEntities: true})
	if errWant != nil || errGot != nil {
		return n.revision.Source.XML != read.Source.XML
	}
	if n.old == nil || !maps.Equal(n.old.Fields, n.revision.Fields) || n.old.Source == nil {
		want.Root.Attrs, got.Root.Attrs = nil, nil
	}
	return !intake.XMLEqual(want.Root, got.Root) || !slices.Equal(n.revision.Source.Files, read.Source.Files)
}
