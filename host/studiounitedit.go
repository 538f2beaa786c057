package host

import (
	"bytes"
	"encoding/json"
	"errors"
	"html/template"
	"maps"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/fieldform"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// studioSheet is the form of one component.
type studioSheet struct {
	Usage, ID, Type, Title, TypeTitle string
	Version                           int64
	Action                            string
	// Form is drawn from the block's fields, Stored from those that the block's own editor edits; Fields are what their inputs began with,
	// for the next save.
	Form, Stored template.HTML
	Fields       map[string]sheetField
	// Bases are the same as JSON, for a browser without scripts; Unit is the unit that such a form leads back to.
	Bases, Unit string
	// OLX is the component as an element, "" for what is edited in the outline; Beside are files whose text is not in it, Base is what it
	// was read from.
	OLX, Base string
	Beside    []string
	// Installed is false where only the element can be edited.
	Installed bool
	Findings  []sheetFinding
	Conflicts []sheetConflict
	Captions  []captionsPart
	Notice    string
	// Editor is the one that the block ships, nil where the form is all there is.
	Editor *ownEditor
}

// sheetField is what a script knows of one input.
type sheetField struct {
	// Base is the stored value, null for unset: what is saved is merged from there.
	Base json.RawMessage `json:"base"`
	// Kind is the field's type.
	Kind  wire.FieldType `json:"kind"`
	Title string         `json:"title"`
}

// sheetFinding is a finding as a script shows it.
type sheetFinding struct {
	Level   string `json:"level"`
	Field   string `json:"field,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"`
}

// sheetNamed is the form of a component of this course by its usage key.
func (r *request) sheetNamed(text string) (*studioSheet, error) {
	usage, err := r.ownUsage(text)
	if err != nil {
		return nil, err
	}
	content, err := r.authoring().Unit(r.ctx(), r.course, usage)
	if err != nil {
		return nil, r.studioFailure(err)
	}
	return r.sheetOf(content)
}

// sheetOf draws the form of a component.
func (r *request) sheetOf(content *authoring.Content) (*studioSheet, error) {
	usage := content.Usage
	sheet := &studioSheet{
		Usage: usage.String(), ID: usage.ID, Type: usage.Type, Title: r.partTitle(content), TypeTitle: r.typeTitle(usage.Type), Version: content.Version,
		Action: r.studioPath() + "/components/" + usage.String(), Fields: map[string]sheetField{},
	}
	fields, installed := r.authorFields(content)
	sheet.Installed = installed
	findings, err := r.findingsOf(content)
	if err != nil {
		return nil, err
	}
	sheet.Findings = sheetFindings(findings)
	drawn, captions, err := r.captionsOf(content, fields)
	if err != nil {
		return nil, err
	}
	sheet.Captions = captions
	sheet.Editor = r.ownEditorOf(content, sheet.Action)
	if err := r.drawForm(sheet, drawn, findings); err != nil {
		return nil, err
	}
	for i := range fields {
		base := fields[i].Now
		if len(base) == 0 {
			base = json.RawMessage("null")
		}
		sheet.Fields[fields[i].Name] = sheetField{base, fields[i].Type, fields[i].Title}
	}
	bases, err := json.Marshal(sheet.Fields)
	if err != nil {
		return nil, err
	}
	sheet.Bases = string(bases)
	if sheet.OLX, sheet.Beside, sheet.Base, err = r.olxOf(content); err != nil {
		return nil, err
	}
	sheet.Conflicts, err = r.conflictsOf(content, fields)
	return sheet, err
}

// drawForm draws the inputs of a component. Those that its block's own editor edits stand last, folded away.
func (r *request) drawForm(sheet *studioSheet, fields []fieldform.Field, findings []wire.Finding) (err error) {
	var first, stored []fieldform.Field
	for i := range fields {
		if sheet.Editor != nil && slices.Contains(sheet.Editor.Edits, fields[i].Name) {
			stored = append(stored, fields[i])
		} else {
			first = append(first, fields[i])
		}
	}
	var of, rest []wire.Finding
	for _, f := range findings {
		if slices.ContainsFunc(stored, func(s fieldform.Field) bool { return s.Name == f.Field }) {
			of = append(of, f)
		} else {
			rest = append(rest, f)
		}
	}
	if sheet.Form, err = fieldform.Draw(r.words, "sheet-", first, rest); err == nil && len(stored) > 0 {
		sheet.Stored, err = fieldform.Draw(r.words, "sheet-", stored, of)
	}
	return err
}

// authorFields are the inputs of a component: what its block declares, in the reader's language, and the platform's settings.
// installed is false where no block of the type is: then there are none but the platform's.
func (r *request) authorFields(content *authoring.Content) (fields []fieldform.Field, installed bool) {
	version, err := r.kernel().Registry().LookupIn(content.Usage.Type, r.course.String())
	var declared []wire.Field
	graded := false
	if err == nil {
		description, err := version.Describe(r.ctx(), content.Usage.Type)
		installed = err == nil
		declared = version.InLanguage(content.Usage.Type, r.words.Language, description.Fields)
		graded = slices.ContainsFunc(description.Handlers, func(h wire.Handler) bool { return h.Grades })
	}
	for _, field := range declared {
		if !field.Scope.Authored() || r.hidesField(&field) {
			continue
		}
		if field.Secret {
			field.Help = joinSentences(field.Help, r.words.T("studio_unit.secret"))
		}
		fields = append(fields, fieldform.Field{Field: field, Now: content.Fields[field.Name]})
	}
	for _, field := range r.platformFields(graded) {
		if !slices.ContainsFunc(declared, func(f wire.Field) bool { return f.Name == field.Name }) {
			fields = append(fields, fieldform.Field{Field: field, Now: content.Fields[field.Name]})
		}
	}
	return fields, installed
}

func joinSentences(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

// platformFields are the settings of the platform that a component may have whatever its block declares; all but the first are for
// what is graded.
func (r *request) platformFields(graded bool) []wire.Field {
	least := 0.0
	value := func(name, otherwise string, values ...string) wire.Field {
		f := wire.Field{Name: name, Scope: wire.ScopeSettings, Type: wire.TypeString, Default: json.RawMessage(`"` + otherwise + `"`)}
		for _, v := range values {
			f.Values = append(f.Values, wire.Value{Value: json.RawMessage(`"` + v + `"`), Title: r.words.T("studio_unit.value_" + v)})
		}
		return f
	}
	fields := []wire.Field{{Name: "display_name", Scope: wire.ScopeSettings, Type: wire.TypeString}}
	if graded {
		fields = append(fields,
			wire.Field{Name: "weight", Scope: wire.ScopeSettings, Type: wire.TypeNumber, Min: &least},
			wire.Field{Name: "max_attempts", Scope: wire.ScopeSettings, Type: wire.TypeInteger, Min: &least},
			value("showanswer", "finished", "always", "answered", "attempted", "closed", "finished", "past_due", "correct_or_past_due", "never"),
			value("rerandomize", "never", "never", "per_student", "onreset", "always"),
		)
	}
	fields = append(fields, wire.Field{Name: "visible_to_staff_only", Scope: wire.ScopeSettings, Type: wire.TypeBoolean, Default: json.RawMessage("false")})
	for i := range fields {
		fields[i].Rare = slices.Contains([]string{"showanswer", "rerandomize", "visible_to_staff_only"}, fields[i].Name)
		fields[i].Title, fields[i].Help = r.words.T("studio_unit.setting_"+fields[i].Name), r.words.T("studio_unit.help_"+fields[i].Name)
	}
	return fields
}

// findingsOf lets the block find its author's mistakes. A block that fails at it is the finding; one that is not installed finds none.
func (r *request) findingsOf(content *authoring.Content) ([]wire.Finding, error) {
	var children []wire.Child
	for _, child := range content.Children {
		children = append(children, wire.Child{ID: child.Usage.ID, Type: child.Usage.Type})
	}
	findings, err := r.kernel().Check(r.ctx(), r.published, content.Usage.Type, maps.Clone(content.Fields), children)
	var failure *wire.Error
	switch {
	case errors.As(err, &failure) && failure.Code == wire.CodeMissing:
		return nil, nil
	case errors.As(err, &failure):
		return []wire.Finding{{Level: wire.LevelError, Message: failure.Message}}, nil
	}
	return findings, err
}

func sheetFindings(findings []wire.Finding) []sheetFinding {
	list := []sheetFinding{}
	for _, f := range fieldform.Sentences(findings) {
		list = append(list, sheetFinding{string(f.Level), f.Field, f.Line, f.Column, f.Message, f.Fix})
	}
	return list
}

func isText(value json.RawMessage) bool {
	var text string
	return json.Unmarshal(value, &text) == nil
}

func orNull(value json.RawMessage) json.RawMessage {
	if len(value) == 0 {
		return json.RawMessage("null")
	}
	return value
}

// readable is a value as an author reads it: a text as it is, anything else as indented JSON.
func readable(value json.RawMessage) string {
	var text string
	if len(value) == 0 || string(value) == "null" {
		return ""
	}
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return fieldform.Indented(value)
}

func (r *request) studioForm() error {
	content, err := r.studioComponent()
	if err != nil {
		return err
	}
	return r.sendEdit(content)
}

// sendEdit answers a script with a component's form.
func (r *request) sendEdit(content *authoring.Content) error {
	sheet, err := r.sheetOf(content)
	if err != nil {
		return err
	}
	html, err := r.studioTemplate("studio-sheet", page{W: r.words, Token: r.token(), Body: sheet})
	if err != nil {
		return err
	}
	return r.data(fiber.StatusOK, fiber.Map{
		"usage": sheet.Usage, "title": sheet.Title, "version": sheet.Version, "html": html, "fields": sheet.Fields, "olx": sheet.OLX, "base": sheet.Base,
		"editor": ownFields(sheet.Editor), "installed": sheet.Installed, "findings": sheet.Findings, "conflicts": sheet.Conflicts,
	})
}

// studioCheck runs the block's own check on what is saved.
func (r *request) studioCheck() error {
	content, err := r.studioComponent()
	if err != nil {
		return err
	}
	findings, err := r.findingsOf(content)
	if err != nil {
		return err
	}
	return r.data(fiber.StatusOK, fiber.Map{"findings": sheetFindings(findings), "version": content.Version})
}

// studioTemplate lays a part of a page out.
func (r *request) studioTemplate(name string, p page) (string, error) {
	var out bytes.Buffer
	err := r.server.templates.ExecuteTemplate(&out, name, p)
	return out.String(), err
}
