package authoring

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// maxOLX bounds an element that is typed in, in bytes.
const maxOLX = 1 << 20

// Settle brings fields of a block that say the same thing into agreement, from what they were to what an author wants; it gives those
// that have to change then.
type Settle func(ctx context.Context, was, now wire.Fields) (wire.Fields, error)

// SaveOLX changes a block to what its OLX says, read as an import reads it. base is the hash of the content that its author saw
// ([Content].Hash): what others changed since is merged or kept beside it, as in Save. The blocks in a block are not part of its
// element. The error is an *[Invalid] with a line when the element cannot be read; nothing is changed then. What the element says is
// settled by each of settle.
func (a *Authoring) SaveOLX(ctx context.Context, who Author, usage key.Usage, base, xml string, settle ...Settle) (Saved, []wire.Finding, error) {
	if len(xml) > maxOLX {
		return Saved{}, nil, invalid(CodeTooLarge, FieldOLX, "the element holds %d bytes; %d are read", len(xml), maxOLX)
	}
	if usage.Type == "course" || usage.Type == "chapter" || usage.Type == "sequential" {
		return Saved{}, nil, invalid(CodePlace, FieldOLX, "a %s is edited in the outline", usage.Type)
	}
	now, err := a.current(ctx, usage)
	if err != nil {
		return Saved{}, nil, err
	}
	saw, known, err := a.saw(ctx, &now.Body, base)
	if err != nil {
		return Saved{}, nil, err
	}
	if saw, err = a.readCame(ctx, usage, saw); err != nil {
		return Saved{}, nil, err
	}
	wants, findings, err := a.readOLX(ctx, usage, &now.Body.Revision, saw, known, xml)
	if err != nil {
		return Saved{}, findings, err
	}
	for _, settle := range settle {
		fields, err := settle(ctx, rawFields(saw.Fields), rawFields(wants.Fields))
		if err != nil {
			return Saved{}, findings, err
		}
		for name, value := range fields {
			assign(wants.Fields, name, string(value))
		}
	}
	saved, err := a.save(ctx, who, usage, KindOLX, olxEdits(saw, wants), func(r *course.Revision) ([]string, []edit) {
		return mergeOLX(r, saw, wants)
	})
	return saved, findings, err
}

// OLX gives a component as an element that SaveOLX reads, whatever its type is. Keys are not in it.
func (a *Authoring) OLX(ctx context.Context, c *Content) (exporter.Element, error) {
	r := &course.Revision{Type: c.Usage.Type, Fields: store.Map[string]{}, Extra: c.Extra, Source: c.Source}
	for name, value := range c.Fields {
		r.Fields[name] = string(value)
	}
	return exporter.Write(ctx, a.config.Blocks, c.Usage.ID, r)
}

// saw gives the content that an author started from. Where it is not known any more, which is so for one that was saved over
// within a pause, nothing is known to be unchanged: all that is not the same becomes a conflict.
func (a *Authoring) saw(ctx context.Context, now *course.Draft, base string) (saw *course.Revision, known bool, err error) {
	if now.Revision.Hash() == base {
		return &now.Revision, true, nil
	}
	contents, err := a.courses.RevisionsByHash(ctx, []string{base})
	if err != nil {
		return nil, false, err
	}
	if there := contents[base]; there != nil {
		return there.Apart(), true, nil
	}
	return &course.Revision{Type: now.Revision.Type}, false, nil
}

// readOLX reads an element as what its author wants. What he left as he was shown it stays as it is, told in the element or not.
func (a *Authoring) readOLX(
	ctx context.Context, usage key.Usage, now, saw *course.Revision, known bool, xml string,
) (*course.Revision, []wire.Finding, error) {
	written, err := exporter.Write(ctx, a.config.Blocks, usage.ID, saw)
	if err != nil {
		return nil, nil, err
	}
	reader := elementReader{Authoring: a, usage: usage, files: written.Files, now: now}
	wants, findings, err := reader.read(ctx, xml)
	if err != nil {
		return nil, findings, err
	}
	if known {
		shown, err := a.shown(ctx, &reader, saw, written.XML)
		if err != nil {
			return nil, findings, err
		}
		asSeen(saw, shown, wants)
	}
	return wants, append(findings, a.keepKeys(ctx, saw, wants)...), nil
}

// shown is what an element tells of the content that it was written from.
func (a *Authoring) shown(ctx context.Context, reader *elementReader, saw *course.Revision, xml string) (*course.Revision, error) {
	shown, _, err := reader.read(ctx, xml)
	var unreadable *Invalid
	if !errors.As(err, &unreadable) {
		return shown, err
	}
	// It is no XML, as it came in or as it was typed: the block's own fields are in it and nothing else.
	shown = &course.Revision{Type: saw.Type, Fields: store.Map[string]{}}
	declared, _ := a.config.Blocks.Declared(ctx, saw.Type)
	for _, field := range declared {
		if value, had := saw.Fields[field.Name]; had {
			shown.Fields[field.Name] = value
		}
	}
	return shown, nil
}

// asSeen gives to all that is wanted as it was shown the value that it had.
func asSeen(saw, shown, wants *course.Revision) {
	keep := func(had, shown, wanted store.Map[string]) {
		for name := range mergedNames(had, shown) {
			x, hadX := shown[name]
			y, hadY := wanted[name]
			if hadX != hadY || !same(x, y) {
				continue
			}
			if value, had := had[name]; had {
				wanted[name] = value
			} else {
				delete(wanted, name)
			}
		}
	}
	if wants.Extra == nil {
		wants.Extra = store.Map[string]{}
	}
	keep(saw.Fields, shown.Fields, wants.Fields)
	keep(saw.Extra, shown.Extra, wants.Extra)
	if sameSource(shown.Source, wants.Source) {
		wants.Source = saw.Source
	}
}

// mergedNames are the names in either of two maps.
func mergedNames(a, b store.Map[string]) map[string]bool {
	names := map[string]bool{}
	for name := range a {
		names[name] = true
	}
	for name := range b {
		names[name] = true
	}
	return names
}

// keepKeys leaves keys as they are, which no element tells and not everybody who edits one may know.
func (a *Authoring) keepKeys(ctx context.Context, saw, wants *course.Revision) (findings []wire.Finding) {
	declared, _ := a.config.Blocks.Declared(ctx, wants.Type)
	for _, field := range declared {
		if field.Type != wire.TypeKey {
			continue
		}
		if _, typed := wants.Fields[field.Name]; typed && wants.Fields[field.Name] != saw.Fields[field.Name] {
			findings = append(findings, wire.Finding{
				Level: wire.LevelWarning, Field: FieldOLX, Message: "the key " + field.Name + " in the element is not taken", Fix: "keys are typed into the form",
			})
		}
		delete(wants.Fields, field.Name)
		if value, had := saw.Fields[field.Name]; had {
			wants.Fields[field.Name] = value
		}
	}
	return findings
}

// elementReader reads elements of one block.
type elementReader struct {
	*Authoring
	usage key.Usage
	files []course.SourceFile
	now   *course.Revision
}

func (e *elementReader) read(ctx context.Context, xml string) (*course.Revision, []wire.Finding, error) {
	read, err := importer.Element(ctx, e.config.Blocks, e.config.TempDir, []byte(xml), e.files...)
	if err != nil {
		return nil, nil, err
	}
	if read.Problem != "" {
		bad := invalid(CodeXML, FieldOLX, "%s", read.Problem)
		bad.Line = read.Line
		return nil, []wire.Finding{{Level: wire.LevelError, Field: FieldOLX, Line: read.Line, Message: read.Problem}}, bad
	}
	findings := make([]wire.Finding, len(read.Findings))
	for i, f := range read.Findings {
		findings[i] = wire.Finding{Level: f.Level, Field: FieldOLX, Line: f.Line, Message: f.Message, Fix: f.Fix}
	}
	if read.Block.Type != e.usage.Type {
		return nil, findings, invalid(CodeXML, FieldOLX, "the element is a %s, not a %s", read.Block.Type, e.usage.Type)
	}
	if len(read.Block.Children) > 0 {
		return nil, findings, invalid(CodeXML, FieldOLX, "the blocks in a block are edited by themselves: take their elements out")
	}
	wants := read.Made[read.Block]
	if wants.Source == nil {
		return wants, findings, nil
	}
	if _, installed := e.config.Blocks.Declared(ctx, e.usage.Type); installed { // its block failed at reading: nothing is known of its fields
		at := slices.IndexFunc(findings, func(f wire.Finding) bool { return f.Level == wire.LevelError })
		if at < 0 {
			return nil, findings, invalid(CodeXML, FieldOLX, "the block cannot read the element")
		}
		bad := invalid(CodeXML, FieldOLX, "%s", findings[at].Message)
		bad.Line = findings[at].Line
		return nil, findings, bad
	}
	return e.byHeld(wants, findings)
}

// byHeld reads an element of a type that was installed once: its fields are there, and were shown as attributes. One whose element is
// kept, or of which there are no fields, stays an element.
func (e *elementReader) byHeld(wants *course.Revision, findings []wire.Finding) (*course.Revision, []wire.Finding, error) {
	held := false
	for name := range e.now.Fields {
		_, known := course.SettingType(name)
		held = held || !known
	}
	if e.now.Source != nil || !held {
		return wants, findings, nil
	}
	inner, err := innerOf(wants.Source.XML)
	if err != nil {
		return nil, findings, invalid(CodeXML, FieldOLX, "%v", err)
	}
	if inner != "" {
		return nil, findings, invalid(CodeXML, FieldOLX, "no block of the type is installed: what stands between the tags cannot be read")
	}
	wants.Source = nil
	for name, text := range wants.Extra {
		was, field := e.now.Fields[name]
		if !field {
			continue
		}
		delete(wants.Extra, name)
		wants.Fields[name] = heldValue(was, text)
	}
	return wants, findings, nil
}

// heldValue reads an attribute as the kind of value that its field holds: a text, or JSON.
func heldValue(was, text string) string {
	_, isText := unquote(was)
	if json.Valid([]byte(text)) && (!isText || strings.HasPrefix(text, `"`)) {
		return text
	}
	return quote(text)
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
		changed = append(changed, FieldOLX)
	}
	switch {
	case sameSource(saw.Source, wants.Source) || sameSource(r.Source, wants.Source):
	case sameSource(r.Source, saw.Source):
		r.Source = wants.Source
		changed = append(changed, FieldOLX)
	default:
		left = append(left, edit{FieldOLX, quote(sourceXML(saw)), quote(sourceXML(wants))})
	}
	return slices.Compact(changed), left
}

// setXML sets the element of a block whose type is not installed.
func setXML(r *course.Revision, value string) error {
	text, ok := unquote(value)
	if !ok {
		return invalid(CodeValue, FieldOLX, "an element is a text")
	}
	source := &course.Source{XML: text}
	if r.Source != nil {
		source.Files = r.Source.Files
	}
	r.Source = source
	return nil
}
