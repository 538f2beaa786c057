package exporter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Element is the content of one block as OLX, for who edits it as that.
type Element struct {
	// XML is the element without what stands in the block as children. It may be no XML at all where it came in as none.
	XML string
	// Files are those that it names because their text cannot stand in it.
	Files []course.SourceFile
}

// Write writes the content of one block, of whatever type, as an element: as its block does, else field by field; what came in where no
// block of the type is installed is written as it came, with the settings that have changed since. Keys are left out. A block that fails
// at writing has its fields written as those of a type that is not installed.
func Write(ctx context.Context, blocks Blocks, blockID string, r *course.Revision) (Element, error) {
	e := &exporting{config: Config{Blocks: blocks}}
	n := &node{usage: usage{r.Type, blockID}}
	m, err := e.draw(ctx, n, r)
	var failure *wire.Error
	if errors.As(err, &failure) && failure.Blame != wire.BlameHost {
		m, err = &image{}, nil
		m.fields(e, n, r, e.covered(ctx, r.Type), false)
		m.extra(r)
	}
	if err != nil {
		return Element{}, err
	}
	if r.Source == nil {
		if err := e.inline(ctx, r.Type, m); err != nil {
			return Element{}, err
		}
	}
	written := Element{XML: m.inner}
	switch {
	case m.raw:
	case r.Source != nil && m.asCame(r.Source.XML):
		written.XML = r.Source.XML
	default:
		written.XML = laidOut(r.Type, m.attrs, m.inner)
	}
	for _, file := range m.files {
		written.Files = append(written.Files, course.SourceFile{Path: file.Path, Text: string(file.Data.Data)})
	}
	return written, nil
}

// asCame says whether an element that was kept has no other attributes than it came with.
func (m *image) asCame(xml string) bool {
	doc, err := intake.ParseXML("", []byte(xml), intake.XMLOptions{HTMLEntities: true})
	return err == nil && slices.EqualFunc(doc.Root.Attrs, m.attrs, func(a intake.XMLAttr, b attr) bool { return a.Name == b.name && a.Value == b.text })
}

// inline puts the text of an element's one file into the element, where its block reads it there as it does from the file.
func (e *exporting) inline(ctx context.Context, blockType string, m *image) error {
	at := slices.IndexFunc(m.attrs, func(a attr) bool { return a.name == "filename" })
	if at < 0 || m.raw || m.inner != "" || len(m.files) != 1 {
		return nil
	}
	want, _, known, err := e.config.Blocks.ImportOLX(ctx, blockType, []byte(element(blockType, m.attrs, "")), m.files)
	if err != nil || !known {
		return failed(err)
	}
	attrs, text := slices.Delete(slices.Clone(m.attrs), at, at+1), string(m.files[0].Data.Data)
	for _, inner := range []string{text, "<![CDATA[" + text + "]]>"} {
		xml := element(blockType, attrs, inner)
		if _, err := intake.ParseXML("", []byte(xml), intake.XMLOptions{}); err != nil {
			continue
		}
		got, _, _, err := e.config.Blocks.ImportOLX(ctx, blockType, []byte(xml), nil)
		if failed(err) != nil {
			return err
		}
		if err == nil && maps.EqualFunc(want, got, sameRead) {
			m.attrs, m.inner, m.files = attrs, inner, nil
			return nil
		}
	}
	return nil
}

// failed is an error that is not a block's own.
func failed(err error) error {
	var failure *wire.Error
	if errors.As(err, &failure) && failure.Blame != wire.BlameHost {
		return nil
	}
	return err
}

// sameRead says whether two values are read as the same, but for white space around a text.
func sameRead(a, b json.RawMessage) bool {
	var x, y string
	if json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil {
		return strings.TrimSpace(x) == strings.TrimSpace(y)
	}
	return sameValue(string(a), string(b))
}

// mostInLine is how long a start tag may be before each attribute gets a line of its own, so that findings have lines.
const mostInLine = 100

// laidOut writes an element for people.
func laidOut(name string, attrs []attr, inner string) string {
	if tag := startTag(name, attrs); len(tag) <= mostInLine && !strings.Contains(tag, "&quot;") {
		return element(name, attrs, inner)
	}
	var b strings.Builder
	b.WriteString("<" + name)
	for _, a := range attrs {
		b.WriteString("\n  " + a.name + "=" + quotedValue(a))
	}
	if inner == "" {
		b.WriteString("/>")
	} else {
		b.WriteString(">" + inner + "</" + name + ">")
	}
	return b.String()
}

// quotedValue writes an attribute's value between those quotes that it has fewer of. Lists have a line for each of their values.
func quotedValue(a attr) string {
	text := a.text
	var escaped string
	if lines := jsonLines(a); lines != nil {
		for i, line := range lines {
			lines[i] = string(intake.AppendXMLValue(nil, xmlText(line)))
		}
		escaped = strings.Join(lines, "\n")
	} else {
		escaped = string(intake.AppendXMLValue(nil, xmlText(text)))
	}
	if strings.Count(text, `"`) <= strings.Count(text, "'") {
		return `"` + escaped + `"`
	}
	return "'" + strings.NewReplacer("&quot;", `"`, "'", "&#39;").Replace(escaped) + "'"
}

// jsonLines are the lines of a list or an object, nil for any other value and for one that is empty.
func jsonLines(a attr) []string {
	if a.kind != wire.TypeList && a.kind != wire.TypeObject && a.kind != wire.TypeCaptions {
		return nil
	}
	var list []json.RawMessage
	var out bytes.Buffer
	switch {
	case json.Unmarshal([]byte(a.text), &list) == nil && len(list) > 0:
		lines := []string{"["}
		for i, item := range list {
			out.Reset()
			if json.Compact(&out, item) != nil {
				return nil
			}
			line := "    " + out.String()
			if i < len(list)-1 {
				line += ","
			}
			lines = append(lines, line)
		}
		return append(lines, "  ]")
	case list == nil && json.Indent(&out, []byte(a.text), "  ", "  ") == nil && strings.Contains(out.String(), "\n"):
		return strings.Split(out.String(), "\n")
	}
	return nil
}
