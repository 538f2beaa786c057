package authoring

import (
	"context"
	"maps"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// maxOLX bounds an element that is typed in, in bytes.
const maxOLX = 1 << 20

// SaveOLX changes a block to what its OLX says, read as an import reads it. base is the hash of the content that its author saw
// ([Content].Hash): what others changed since is merged or kept beside it, as in Save. The blocks in a block are not part of its
// element. The error is an *[Invalid] with a line when the element cannot be read; nothing is changed then.
func (a *Authoring) SaveOLX(ctx context.Context, who Author, usage key.Usage, base, xml string) (Saved, []wire.Finding, error) {
	if len(xml) > maxOLX {
		return Saved{}, nil, invalid(CodeTooLarge, fieldOLX, "the element holds %d bytes; %d are read", len(xml), maxOLX)
	}
	if usage.Type == "course" || usage.Type == "chapter" || usage.Type == "sequential" {
		return Saved{}, nil, invalid(CodePlace, fieldOLX, "a %s is edited in the outline", usage.Type)
	}
	now, err := a.current(ctx, usage)
	if err != nil {
		return Saved{}, nil, err
	}
	saw, err := a.saw(ctx, &now.Body, base)
	if err != nil {
		return Saved{}, nil, err
	}
	wants, findings, err := a.readOLX(ctx, usage, saw, xml)
	if err != nil {
		return Saved{}, findings, err
	}
	saved, err := a.save(ctx, who, usage, KindOLX, olxEdits(saw, wants), func(r *course.Revision) ([]string, []edit) {
		return mergeOLX(r, saw, wants)
	})
	return saved, findings, err
}

// saw gives the content that an author started from. Where it is not known any more, which is so for one that was saved over
// within a pause, nothing is known to be unchanged: all that is not the same becomes a conflict.
func (a *Authoring) saw(ctx context.Context, now *course.Draft, base string) (*course.Revision, error) {
	if now.Revision.Hash() == base {
		return &now.Revision, nil
	}
	contents, err := a.courses.RevisionsByHash(ctx, []string{base})
	if err != nil {
		return nil, err
	}
	if there := contents[base]; there != nil {
		return there.Apart(), nil
	}
	return &course.Revision{Type: now.Revision.Type}, nil
}

// readOLX reads an element. Secrets, which no OLX shows, stay as they are.
func (a *Authoring) readOLX(ctx context.Context, usage key.Usage, saw *course.Revision, xml string) (*course.Revision, []wire.Finding, error) {
	var files []course.SourceFile
	if saw.Source != nil {
		files = saw.Source.Files
	}
	read, err := importer.Element(ctx, a.config.Blocks, a.config.TempDir, []byte(xml), files...)
	if err != nil {
		return nil, nil, err
	}
	if read.Problem != "" {
		bad := invalid(CodeXML, fieldOLX, "%s", read.Problem)
		bad.Line = read.Line
		return nil, []wire.Finding{{Level: wire.LevelError, Field: fieldOLX, Line: read.Line, Message: read.Problem}}, bad
	}
	findings := make([]wire.Finding, len(read.Findings))
	for i, f := range read.Findings {
		findings[i] = wire.Finding{Level: f.Level, Field: fieldOLX, Line: f.Line, Message: f.Message, Fix: f.Fix}
	}
	if read.Block.Type != usage.Type {
		return nil, findings, invalid(CodeXML, fieldOLX, "the element is a %s, not a %s", read.Block.Type, usage.Type)
	}
	if len(read.Block.Children) > 0 {
		return nil, findings, invalid(CodeXML, fieldOLX, "the blocks in a block are edited by themselves: take their elements out")
	}
	wants := read.Made[read.Block]
	declared, _ := a.config.Blocks.Declared(ctx, usage.Type)
	for _, field := range declared {
		if value, had := saw.Fields[field.Name]; had && field.Type == wire.TypeKey {
			if _, typed := wants.Fields[field.Name]; !typed {
				wants.Fields[field.Name] = value
			}
		}
	}
	return wants, findings, nil
}

// olxEdits tells what an author changed in fields.
func olxEdits(saw, wants *course.Revision) []edit {
	var edits []edit
	for _, field := range changedFields(saw, wants) {
		base, value := valueOr(saw.Fields, field), valueOr(wants.Fields, field)
		if !same(base, value) {
			edits = append(edits, edit{field, base, value})
		}
	}
	return edits
}

// mergeOLX merges attributes that nobody knows, and the element of a block whose type is not installed.
func mergeOLX(r, saw, wants *course.Revision) (changed []string, left []edit) {
	extra := mergeMaps(saw.Extra, r.Extra, wants.Extra, theirsWin)
	if !maps.Equal(map[string]string(extra), map[string]string(r.Extra)) {
		r.Extra = extra
		changed = append(changed, fieldOLX)
	}
	switch {
	case sameSource(saw.Source, wants.Source) || sameSource(r.Source, wants.Source):
	case sameSource(r.Source, saw.Source):
		r.Source = wants.Source
		changed = append(changed, fieldOLX)
	default:
		left = append(left, edit{fieldOLX, quote(sourceXML(saw)), quote(sourceXML(wants))})
	}
	return slices.Compact(changed), left
}

// setXML sets the element of a block whose type is not installed.
func setXML(r *course.Revision, value string) error {
	text, ok := unquote(value)
	if !ok {
		return invalid(CodeValue, fieldOLX, "an element is a text")
	}
	source := &course.Source{XML: text}
	if r.Source != nil {
		source.Files = r.Source.Files
	}
	r.Source = source
	return nil
}
