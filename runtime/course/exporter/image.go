package exporter

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// image is content as an element of its own, without children.
type image struct {
	attrs []attr
	// inner is what stands between the tags; known is false where only the archive knows it.
	inner string
	known bool
	// raw says that inner is all there is, and no element that could be read: it can be put into a file of its own.
	raw   bool
	files []wire.OLXFile
}

// attr is one attribute, and the type as which it is read.
type attr struct {
	name, text string
	kind       wire.FieldType
}

func (m *image) attr(name string) (attr, bool) {
	at := slices.IndexFunc(m.attrs, func(a attr) bool { return a.name == name })
	if at < 0 {
		return attr{}, false
	}
	return m.attrs[at], true
}

func (m *image) add(a attr) {
	if _, given := m.attr(a.name); !given {
		m.attrs = append(m.attrs, a)
	}
}

// covered are the fields that a type's block declares for authors, and their types.
func (e *exporting) covered(ctx context.Context, blockType string) map[string]wire.FieldType {
	covered := map[string]wire.FieldType{}
	if course.Structural(blockType) {
		return covered
	}
	declared, _ := e.config.Blocks.Declared(ctx, blockType) // none of a type that is not installed
	for _, f := range declared {
		if f.Scope.Authored() {
			covered[f.Name] = f.Type
		}
	}
	return covered
}

// draw writes content: by its block where that can, else field by field.
func (e *exporting) draw(ctx context.Context, n *node, r *course.Revision) (*image, error) {
	m := &image{}
	if r.Source != nil {
		if err := m.source(r); err == nil {
			m.extra(r)
			return m, nil
		}
		return &image{inner: r.Source.XML, raw: true}, nil
	}
	covered := e.covered(ctx, n.blockType)
	if !course.Structural(n.blockType) {
		xml, files, known, err := e.config.Blocks.ExportOLX(ctx, n.blockType, n.id, rawFields(r.Fields))
		if err != nil {
			return nil, fmt.Errorf("block %s/%s: %w", n.blockType, n.id, err)
		}
		if known {
			if err := m.element(xml, covered); err != nil {
				e.note(Note{Block: n.blockType + "@" + n.id, Message: fmt.Sprintf("the block writes no OLX element that can be read: %v", err)})
				return &image{inner: string(xml), raw: true, files: files}, nil
			}
			m.files = files
			m.fields(e, n, r, covered, true)
			m.extra(r)
			return m, nil
		}
	}
	m.fields(e, n, r, covered, false)
	m.extra(r)
	return m, nil
}

// element takes what a block wrote.
func (m *image) element(xml []byte, kinds map[string]wire.FieldType) error {
	doc, err := intake.ParseXML("", xml, intake.XMLOptions{HTMLEntities: true})
	if err != nil {
		return err
	}
	for _, a := range doc.Root.Attrs {
		kind, known := kinds[a.Name]
		if !known {
			kind = wire.TypeString
		}
		m.add(attr{a.Name, a.Value, kind})
	}
	m.inner, m.known = string(doc.Source[doc.Root.InnerStart:doc.Root.InnerEnd]), true
	return nil
}

// source takes an element that is kept for want of its block, with the settings over it that have changed since.
func (m *image) source(r *course.Revision) error {
	doc, err := intake.ParseXML("", []byte(r.Source.XML), intake.XMLOptions{HTMLEntities: true})
	if err != nil {
		return err
	}
	for _, a := range doc.Root.Attrs {
		kind, known := course.SettingType(a.Name)
		value, set := r.Fields[a.Name]
		if text, ok := fieldText(kind, value, false); set && ok && !sameText(kind, a.Value, text) {
			m.add(attr{a.Name, text, kind})
		} else if set || !known {
			m.add(attr{a.Name, a.Value, kind})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Fields)) {
		kind, _ := course.SettingType(name)
		if text, ok := fieldText(kind, r.Fields[name], false); ok {
			m.add(attr{name, text, kind})
		}
	}
	m.inner, m.known = string(doc.Source[doc.Root.InnerStart:doc.Root.InnerEnd]), true
	for _, file := range r.Source.Files {
		m.files = append(m.files, wire.OLXFile{Path: file.Path, Data: wire.Blob{Data: []byte(file.Text)}})
	}
	return nil
}

// fields adds fields attribute by attribute; exported leaves those out that the block has written.
func (m *image) fields(e *exporting, n *node, r *course.Revision, covered map[string]wire.FieldType, exported bool) {
	pure := e.pure(n)
	for _, name := range slices.Sorted(maps.Keys(r.Fields)) {
		kind, declared := covered[name]
		if declared && exported || kind == wire.TypeKey && !e.secretsGo() {
			continue
		}
		if !declared {
			kind, _ = course.SettingType(name)
		}
		text, ok := fieldText(kind, r.Fields[name], pure)
		if !ok || !intake.XMLName(name) {
			e.note(Note{Block: n.blockType + "@" + n.id, Message: "the setting " + intake.Printable(name) + " has a value that no attribute can hold"})
			continue
		}
		m.add(attr{name, text, kind})
	}
}

func (m *image) extra(r *course.Revision) {
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		if intake.XMLName(name) {
			m.add(attr{name, r.Extra[name], wire.TypeAny})
		}
	}
}
