package exporter_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// memory holds one course for exports, without a store.
type memory struct {
	run       course.Run
	record    course.Import
	revisions map[string]*course.Revision
	assets    []course.Asset
	pages     []course.Page
	drafts    []course.Draft
	blobs     map[string][]byte
}

// recall reads an archive as an import does. It is nil for one that no import would take.
func recall(tb testing.TB, texts map[string]string) *memory {
	tb.Helper()
	archive, err := unpack(texts)
	if err != nil {
		return nil
	}
	read, _, err := olx.Read(context.Background(), archive, olx.Options{})
	if err != nil || read.Suggested.IsZero() {
		return nil
	}
	m := &memory{revisions: map[string]*course.Revision{}, blobs: map[string][]byte{}}
	roots := []*olx.Block{read.Root}
	for _, draft := range read.Drafts {
		roots = append(roots, draft.Root)
	}
	made, err := importer.Revisions(context.Background(), blocks{}, archive, read, roots...)
	if err != nil {
		tb.Fatal(err)
	}
	m.record = course.Import{Course: read.Suggested.String(), Blocks: store.Map[course.Origin]{}}
	for block, revision := range made {
		if published, ok := read.Block(block.Type, block.ID); block.Draft && (!ok || made[published].Hash() != revision.Hash()) {
			m.drafts = append(m.drafts, course.Draft{Usage: read.Suggested.Usage(block.Type, block.ID).String(), Revision: *revision})
			continue
		} else if block.Draft {
			continue
		}
		m.revisions[revision.Hash()] = revision
		m.record.Blocks[block.Type+"@"+block.ID] = course.Origin{Hash: revision.Hash()}
	}
	m.record.Archive = m.keep(intaketest.Gzip(tb, intaketest.Tar(tb, intaketest.Files(texts)...)))
	for _, asset := range read.Assets {
		m.assets = slices.DeleteFunc(m.assets, func(a course.Asset) bool { return a.Name == asset.Name })
		m.assets = append(m.assets, course.Asset{Name: asset.Name, Hash: m.keep([]byte(texts[asset.File.Path])), Type: asset.ContentType, Locked: asset.Locked})
	}
	for _, page := range read.Pages {
		stored := course.Page{Kind: string(page.Kind), Slug: page.Slug, HTML: texts[page.File], Fields: store.Map[string]{}}
		for name, file := range page.Fields {
			stored.Fields[name] = texts[file]
		}
		m.pages = append(m.pages, stored)
	}
	m.run = course.Run{Head: course.Head{Root: made[read.Root].Hash(), Number: 1}, Import: "record", Grading: string(read.GradingPolicy)}
	return m
}

// unpack opens texts as an archive, or tells why none would be taken.
func unpack(texts map[string]string) (*intake.Files, error) {
	for name := range texts {
		if err := intake.CheckPath(name); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	if err := packTexts(&b, texts); err != nil {
		return nil, err
	}
	return intake.OpenArchive(context.Background(), bytes.NewReader(b.Bytes()), int64(b.Len()), intake.Options{})
}

func (m *memory) keep(data []byte) string {
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	m.blobs[hash] = data
	return hash
}

func (m *memory) Run(context.Context, key.Course) (course.Run, error) { return m.run, nil }

func (m *memory) Revision(_ context.Context, hash string) (*course.Revision, error) {
	r, ok := m.revisions[hash]
	if !ok {
		return nil, store.ErrNotFound
	}
	return r, nil
}

func (m *memory) ImportRecord(context.Context, string) (course.Import, error) { return m.record, nil }

func (m *memory) Assets(context.Context, key.Course, store.Cursor, int) ([]course.Asset, store.Cursor, error) {
	return m.assets, "", nil
}
func (m *memory) Pages(context.Context, key.Course) ([]course.Page, error)   { return m.pages, nil }
func (m *memory) Drafts(context.Context, key.Course) ([]course.Draft, error) { return m.drafts, nil }

func (m *memory) Open(_ context.Context, hash string, _, _ int64) (io.ReadCloser, files.Blob, error) {
	data, ok := m.blobs[hash]
	if !ok {
		return nil, files.Blob{}, files.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(data)), files.Blob{Hash: hash, Size: int64(len(data))}, nil
}

func (m *memory) export(request exporter.Request) (*exporter.Package, error) {
	return exporter.Export(context.Background(), exporter.Config{Courses: m, Blocks: blocks{}, Files: m}, request)
}

// rewrite changes every block, children before parents, and makes the outcome the head.
func (m *memory) rewrite(change func(ref course.ChildRef, r *course.Revision)) {
	var visit func(ref course.ChildRef) string
	visit = func(ref course.ChildRef) string {
		r := *m.revisions[ref.Hash]
		r.Fields, r.Extra, r.Children = maps.Clone(r.Fields), maps.Clone(r.Extra), slices.Clone(r.Children)
		for i, child := range r.Children {
			r.Children[i].Hash = visit(child)
		}
		change(ref, &r)
		m.revisions[r.Hash()] = &r
		return r.Hash()
	}
	m.run.Head.Root = visit(course.ChildRef{Type: "course", ID: course.RootID, Hash: m.run.Head.Root})
}

// blocks reads and writes "html", whose text is in a file or in the element, and "inner", whose text is OLX; "plain" is
// installed and does neither.
type blocks struct{}

func (blocks) Facts(context.Context, key.Course, string, *course.Revision, []wire.Child) (wire.Facts, error) {
	return wire.Facts{}, nil
}

func (blocks) Declared(_ context.Context, blockType string) ([]wire.Field, bool) {
	switch blockType {
	case "html", "inner", "plain":
		return []wire.Field{
			{Name: "display_name", Scope: wire.ScopeSettings, Type: wire.TypeString},
			{Name: "data", Scope: wire.ScopeContent, Type: wire.TypeXML},
			{Name: "count", Scope: wire.ScopeSettings, Type: wire.TypeInteger},
			{Name: "list", Scope: wire.ScopeSettings, Type: wire.TypeList},
			{Name: "stamp", Scope: wire.ScopeSettings, Type: wire.TypeKey},
		}, true
	}
	return nil, false
}

func (blocks) ImportOLX(_ context.Context, blockType string, xml []byte, files []wire.OLXFile) (wire.Fields, []wire.Finding, bool, error) {
	if blockType != "html" && blockType != "inner" {
		return nil, nil, false, nil
	}
	doc, err := intake.ParseXML("", xml, intake.XMLOptions{HTMLEntities: true})
	if err != nil {
		return nil, nil, true, wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "%v", err)
	}
	fields := wire.Fields{}
	if name, ok := doc.Root.Attr("display_name"); ok {
		fields["display_name"] = encoded(name)
	}
	data := string(doc.Source[doc.Root.InnerStart:doc.Root.InnerEnd])
	if len(files) > 0 {
		data = string(files[0].Data.Data)
	}
	fields["data"] = encoded(data)
	return fields, nil, true, nil
}

func (blocks) ExportOLX(_ context.Context, blockType, id string, fields wire.Fields) ([]byte, []wire.OLXFile, bool, error) {
	if blockType != "html" && blockType != "inner" {
		return nil, nil, false, nil
	}
	attrs, data := "", ""
	for name, target := range map[string]*string{"data": &data} {
		if value := fields[name]; value != nil {
			if err := json.Unmarshal(value, target); err != nil {
				return nil, nil, true, err
			}
		}
	}
	if value := fields["display_name"]; value != nil {
		var name string
		if err := json.Unmarshal(value, &name); err != nil {
			return nil, nil, true, err
		}
		attrs = ` display_name="` + string(intake.AppendXMLValue(nil, name)) + `"`
	}
	if blockType == "inner" {
		return fmt.Appendf(nil, "<inner%s>%s</inner>", attrs, data), nil, true, nil
	}
	file := wire.OLXFile{Path: "html/" + id + ".html", Data: wire.Blob{Data: []byte(data)}}
	return fmt.Appendf(nil, `<html filename="%s"%s/>`, id, attrs), []wire.OLXFile{file}, true, nil
}

func encoded(text string) json.RawMessage {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return data
}
