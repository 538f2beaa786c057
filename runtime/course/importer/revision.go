package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// revision turns one block of the archive into content.
func (i *importing) revision(ctx context.Context, block *olx.Block) (*course.Revision, error) {
	r := &course.Revision{Type: block.Type, Fields: store.Map[string]{}}
	for _, child := range block.Children {
		r.Children = append(r.Children, course.ChildRef{Type: child.Type, ID: child.ID, Hash: i.hashes[child]})
	}
	read, err := i.ask(ctx, block, r)
	if err != nil {
		return nil, err
	}
	for name, value := range read {
		r.Fields[name] = string(value)
	}
	i.settings(block, r)
	i.keepReserved(ctx, block, r)
	return r, nil
}

// ask lets the type's block read its element. Where none can, declared fields are read from the attributes; where none is
// installed, the element is kept.
func (i *importing) ask(ctx context.Context, block *olx.Block, r *course.Revision) (wire.Fields, error) {
	if course.Structural(block.Type) {
		return nil, nil
	}
	xml := block.OLX()
	if xml == nil { // broken: the finding stands in the report, the text goes out again as it came
		r.Source = &course.Source{XML: string(block.Definition().XML)}
		return nil, nil
	}
	files, err := i.definitionFiles(block)
	if err != nil {
		return nil, err
	}
	fields, findings, known, err := i.config.Blocks.ImportOLX(ctx, block.Type, xml, files)
	if known && err == nil {
		i.remark(block, findings)
		return fields, nil
	}
	var failure *wire.Error
	if err != nil && (!errors.As(err, &failure) || failure.Blame == wire.BlameHost) {
		return nil, err
	}
	if err != nil {
		i.remark(block, []wire.Finding{{Level: wire.LevelError, Message: failure.Message}})
	}
	declared, installed := i.config.Blocks.Declared(ctx, block.Type)
	if installed && err == nil {
		return i.byDeclaration(block, declared), nil
	}
	if !installed {
		i.unknown[block.Type] = true
	}
	r.Source = &course.Source{XML: string(xml)}
	for _, file := range files {
		r.Source.Files = append(r.Source.Files, course.SourceFile{Path: file.Path, Text: string(file.Data.Data)})
	}
	return nil, nil
}

// definitionFiles reads the files that an element names.
func (i *importing) definitionFiles(block *olx.Block) ([]wire.OLXFile, error) {
	if block.Body == "" {
		return nil, nil
	}
	text, err := i.text(block.Body)
	if err != nil {
		return nil, err
	}
	return []wire.OLXFile{{Path: i.course.Rel(block.Body), Data: wire.Blob{Data: []byte(text)}}}, nil
}

// remark enters a block's findings into the report, with their place in the archive.
func (i *importing) remark(block *olx.Block, findings []wire.Finding) {
	at := block.Definition()
	for _, f := range findings {
		line := at.Line
		if f.Line > 0 {
			line += f.Line - 1
		}
		i.report.Findings = append(i.report.Findings, Finding{
			Level: f.Level, File: at.File, Line: line, Block: block.ID, Message: f.Message, Fix: f.Fix,
		})
	}
}

// byDeclaration reads attributes as the fields that a block declares, by XBlock's rules.
func (i *importing) byDeclaration(block *olx.Block, declared []wire.Field) wire.Fields {
	fields := wire.Fields{}
	for _, field := range declared {
		attr, ok := block.Attr(field.Name)
		if !ok || !field.Scope.Authored() || attr.Mark != olx.MarkNone {
			continue
		}
		value, set, err := convert(field.Type, text(block, &attr))
		if err != nil {
			i.badAttribute(block, &attr, err)
			continue
		}
		if set {
			fields[field.Name] = value
		}
	}
	return fields
}

// text is an attribute's text as the reading functions take it.
func text(block *olx.Block, attr *olx.Attribute) string {
	if block.Pure && attr.JSON == nil {
		return olx.YAML(attr.Value)
	}
	return attr.Value
}

func (i *importing) badAttribute(block *olx.Block, attr *olx.Attribute, err error) {
	i.report.Findings = append(i.report.Findings, Finding{
		Level: wire.LevelWarning, File: attr.File, Line: attr.Line, Block: block.ID,
		Message: fmt.Sprintf("attribute %s: %v", attr.Name, err), Fix: "mend the value; until then it counts as not set",
	})
}

// settings adds what the host itself knows, unless the block read it, and keeps what nobody knows. Learners' data and
// secrets do not come in.
func (i *importing) settings(block *olx.Block, r *course.Revision) {
	for n := range block.Attrs {
		attr := &block.Attrs[n]
		if _, read := r.Fields[attr.Name]; read || attr.Mark != olx.MarkNone {
			continue
		}
		kind, known := course.SettingType(attr.Name)
		if !known && !course.Structural(block.Type) {
			if r.Extra == nil {
				r.Extra = store.Map[string]{}
			}
			r.Extra[attr.Name] = attr.Value
			continue
		}
		value, set, err := convert(kind, text(block, attr))
		if err != nil {
			i.badAttribute(block, attr, err)
			continue
		}
		if !set {
			value = json.RawMessage("null")
			if kind != wire.TypeInteger && kind != wire.TypeNumber { // max_attempts="null" means unlimited below a limit
				continue
			}
		}
		r.Fields[attr.Name] = string(value)
	}
}

// convert reads an attribute's text as a field of a type. set is false for an empty value.
func convert(kind wire.FieldType, text string) (value json.RawMessage, set bool, err error) {
	encode := func(v any, ok bool, failed error) (json.RawMessage, bool, error) {
		if failed != nil || !ok {
			return nil, false, failed
		}
		data, err := json.Marshal(v)
		return data, err == nil, err
	}
	switch kind {
	case wire.TypeInteger:
		v, ok, err := olx.Integer(text)
		return encode(v, ok, err)
	case wire.TypeNumber:
		v, ok, err := olx.Float(text)
		return encode(v, ok, err)
	case wire.TypeBoolean:
		v, ok := olx.Boolean(text)
		return encode(v, ok, nil)
	case wire.TypeTime:
		v, ok, err := olx.Date(text)
		return encode(v.UTC().Format(time.RFC3339), ok, err)
	case wire.TypeDuration:
		v, ok, err := olx.Duration(text)
		return encode(v.Seconds(), ok, err)
	case wire.TypeList:
		v, ok, err := olx.List(text)
		return encode(v, ok, err)
	case wire.TypeObject, wire.TypeCaptions:
		v, ok, err := olx.Dict(text)
		return encode(v, ok, err)
	case wire.TypeAny:
		if json.Valid([]byte(text)) {
			return json.RawMessage(text), true, nil
		}
	case wire.TypeString, wire.TypeText, wire.TypeHTML, wire.TypeXML, wire.TypeFile, wire.TypeUsage, wire.TypeKey, wire.TypeID:
	}
	v, ok := olx.Text(text)
	return encode(v, ok, nil)
}

// Unknowns lists the types that no installed block serves, sorted.
func (r *Report) Unknowns() []string { return slices.Sorted(slices.Values(r.Unknown)) }

// TypeNames lists the types of the course, sorted.
func (r *Report) TypeNames() []string { return slices.Sorted(maps.Keys(r.Types)) }
