package exporter

import (
	"archive/zip"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// backup makes a backup of a library that is written as OLX, and reads it again.
func (e *exporting) backup(ctx context.Context, from *Package) (p *Package, err error) {
	defer func() { err = errors.Join(err, from.Close()) }()
	read, _, err := olx.Read(ctx, from.files, olx.Options{Library: true})
	if err != nil {
		return nil, fmt.Errorf("reading the archive that was made: %w", err)
	}
	s, err := newSpool(e.config.TempDir)
	if err != nil {
		return nil, err
	}
	b := &backup{exporting: e, from: from.files, read: read, zip: zip.NewWriter(s.file), names: map[string]bool{}, used: map[*olx.Asset]bool{}}
	err = b.write(ctx)
	var files *intake.Files
	if err == nil {
		files, err = s.open(ctx, e.config.TempDir)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	p = &Package{spool: s, files: files}
	if _, err := e.verify(ctx, files, true); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	slices.SortFunc(e.report.Notes, func(a, b Note) int {
		return cmp.Or(cmp.Compare(a.Block, b.Block), cmp.Compare(a.File, b.File), cmp.Compare(a.Message, b.Message))
	})
	e.report.Notes = slices.Compact(e.report.Notes) // both times
	e.report.Files, e.report.Bytes = len(files.List()), files.Total()
	p.Report = e.report
	return p, nil
}

// backup is one that is being written.
type backup struct {
	*exporting
	from *intake.Files
	read *olx.Course
	zip  *zip.Writer
	// names are the entities' keys and paths that are in use, used the files that a component names.
	names map[string]bool
	used  map[*olx.Asset]bool
}

func (b *backup) write(ctx context.Context) error {
	if err := b.file("package.toml", []byte(b.describe())); err != nil {
		return err
	}
	shelf := b.read.Root.Children[0].Children[0].Children[0]
	for i, block := range shelf.Children {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.component(i, block); err != nil {
			return fmt.Errorf("packing %s/%s: %w", block.Type, intake.Printable(block.ID), err)
		}
	}
	left := 0
	for i := range b.read.Assets {
		if !b.used[&b.read.Assets[i]] {
			left++
		}
	}
	if left > 0 {
		b.note(Note{Message: fmt.Sprintf("%d files are left out, which no component names: only the archive of OLX has a place for them", left)})
	}
	return b.zip.Close()
}

// describe writes package.toml.
func (b *backup) describe() string {
	at := stamp(b.run.Head.At)
	title, about := b.run.Title, ""
	for name, to := range map[string]*string{"display_name": &title, "description": &about} {
		if a, ok := b.read.Root.Attr(name); ok {
			*to = a.Value
		}
	}
	return "[meta]\nformat_version = 1\ncreated_at = " + at + "\n\n[learning_package]\ntitle = " + tomlText(cmp.Or(title, b.request.Course.Number)) +
		"\nkey = " + tomlText("lib:"+b.request.Course.Org+":"+b.request.Course.Number) +
		"\ndescription = " + tomlText(about) + "\ncreated = " + at + "\nupdated = " + at + "\n"
}

// component writes one component. Backups have no order but that in which entities were made, so the library's is told by that.
func (b *backup) component(place int, block *olx.Block) error {
	id := strings.ReplaceAll(block.ID, ":", "_") // a colon parts a key
	for base, n := id, 2; b.names[block.Type+":"+id]; n++ {
		id = fmt.Sprintf("%s_%d", base, n)
	}
	b.names[block.Type+":"+id] = true
	if id != block.ID {
		b.note(Note{Block: block.Type + "@" + block.ID, Message: "a backup allows no colon in an id; the component is called " + id + " there"})
	}
	folder := "entities/xblock.v1/" + block.Type + "/"
	stem := id
	for n := place + 1; b.names[strings.ToLower(folder+stem)] || intake.CheckPath(folder+stem+"/component_versions/v1/block.xml") != nil || intake.CheckPath(folder+stem+".toml") != nil; n++ {
		stem = fmt.Sprintf("component_%d", n)
	}
	b.names[strings.ToLower(folder+stem)] = true // names that differ in case alone meet on many disks
	text := []byte(b.inlined(block, true))
	title := block.ID
	if a, ok := block.Attr("display_name"); ok && a.Value != "" {
		title = a.Value
	}
	described := "[entity]\ncan_stand_alone = true\nkey = " + tomlText("xblock.v1:"+block.Type+":"+id) +
		"\ncreated = " + stamp(b.run.Head.At.Add(time.Duration(place)*time.Microsecond)) +
		"\n\n[entity.draft]\nversion_num = 1\n\n[entity.published]\nversion_num = 1\n\n[[version]]\ntitle = " + tomlText(title) + "\nversion_num = 1\n"
	version := folder + stem + "/component_versions/v1/"
	if err := errors.Join(b.file(folder+stem+".toml", []byte(described)), b.file(version+"block.xml", text)); err != nil {
		return err
	}
	for _, asset := range b.read.AssetsIn(text) {
		b.used[asset] = true
		content, err := b.from.Open(asset.File.Path)
		if err != nil {
			return err
		}
		if err := b.copy(version+"static/"+asset.Name, content); err != nil {
			return err
		}
	}
	return nil
}

// inlined writes a block and what is in it as one element. What names a component is its key, so the outermost one names none.
func (b *backup) inlined(block *olx.Block, outermost bool) string {
	doc, err := intake.ParseXML("", block.OLX(), intake.XMLOptions{HTMLEntities: true})
	if err != nil {
		return string(block.Definition().XML) // of a broken block there is nothing else
	}
	var attrs []attr
	if !outermost {
		attrs = append(attrs, attr{"url_name", block.ID, wire.TypeString})
	}
	for _, a := range doc.Root.Attrs {
		if a.Name != "url_name" && a.Name != "slug" && (a.Name != "filename" || block.Body == "") {
			attrs = append(attrs, attr{a.Name, a.Value, wire.TypeString})
		}
	}
	inner := string(doc.Source[doc.Root.InnerStart:doc.Root.InnerEnd])
	if block.Body != "" {
		if data, err := b.from.ReadFile(block.Body, maxText); err == nil { // what cannot be read, the comparison tells
			inner = "<![CDATA[" + strings.ReplaceAll(xmlText(string(data)), "]]>", "]]]]><![CDATA[>") + "]]>"
		}
	}
	for _, child := range block.Children {
		inner += "\n" + b.inlined(child, false)
	}
	return element(block.Type, attrs, inner)
}

func (b *backup) file(name string, data []byte) error {
	return b.copy(name, strings.NewReader(string(data)))
}

// zipped is the time of every entry, the earliest that a zip can tell.
var zipped = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func (b *backup) copy(name string, from io.Reader) error {
	if err := intake.CheckPath(name); err != nil {
		return err
	}
	to, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: zipped})
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return err
}

// stamp writes a time as TOML has it.
func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000Z") }

// tomlText writes a text as TOML has it: JSON's way, but that a delete character is to be escaped.
func tomlText(text string) string {
	data, err := json.Marshal(text)
	if err != nil { // a text always encodes
		return `""`
	}
	return strings.ReplaceAll(string(data), "\x7f", `\u007f`)
}
