package host

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/fieldform"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// sentEdit is one field as a script sends it: what its inputs hold, or the value itself, and the value that they began with.
type sentEdit struct {
	Base  json.RawMessage     `json:"base"`
	Value json.RawMessage     `json:"value"`
	Form  map[string][]string `json:"form"`
}

// studioSave saves fields of a component, each merged from what its author saw.
func (r *request) studioSave() error {
	usage, err := r.ownUsage(r.param("usage"))
	if err != nil {
		return err
	}
	if !r.wantsData() {
		return r.saveForm(usage)
	}
	var sent struct {
		Edits map[string]sentEdit `json:"edits"`
	}
	if err := json.Unmarshal(r.Body(), &sent); err != nil {
		return fiber.ErrBadRequest
	}
	fields, _ := r.authorFields(&authoring.Content{Usage: usage})
	edits := map[string]authoring.FieldEdit{}
	writable := r.authoring().Writable(r.ctx(), usage.Type)
	var gone []string
	for name, edit := range sent.Edits {
		if !writable(name) { // another version of the block serves since the form was drawn: what it knows is saved
			gone = append(gone, name)
			continue
		}
		value := edit.Value
		if edit.Form != nil {
			i := slices.IndexFunc(fields, func(f fieldform.Field) bool { return f.Name == name })
			if i < 0 {
				return fiber.ErrBadRequest
			}
			field := fields[i]
			if field.Now = edit.Base; string(edit.Base) == "null" {
				field.Now = nil
			}
			value = fieldform.Read([]fieldform.Field{field}, edit.Form)[name]
		}
		if len(value) == 0 {
			return fiber.ErrBadRequest
		}
		edits[name] = authoring.FieldEdit{Base: orNull(edit.Base), Value: value}
	}
	if err := r.addSizes(usage, fields, edits); err != nil {
		return r.studioFailure(err)
	}
	saved, err := r.authoring().Save(r.ctx(), r.author(), usage, edits)
	return r.sendSaved(usage, edits, saved, nil, err, gone...)
}

// saveForm is studioSave for a browser without scripts: all inputs of the form, each with the value that it was drawn with.
func (r *request) saveForm(usage key.Usage) error {
	fields, _ := r.authorFields(&authoring.Content{Usage: usage})
	var bases map[string]sheetField
	if err := json.Unmarshal([]byte(r.form("bases")), &bases); err != nil {
		return fiber.ErrBadRequest
	}
	sent := map[string][]string{}
	r.Request().PostArgs().VisitAll(func(name, value []byte) { sent[string(name)] = append(sent[string(name)], string(value)) })
	edits := map[string]authoring.FieldEdit{}
	for i := range fields {
		base := bases[fields[i].Name].Base
		if fields[i].Now = base; string(base) == "null" {
			fields[i].Now = nil
		}
	}
	for name, value := range fieldform.Read(fields, sent) {
		base := orNull(bases[name].Base)
		if !sameJSON(base, value) {
			edits[name] = authoring.FieldEdit{Base: base, Value: value}
		}
	}
	if err := r.addSizes(usage, fields, edits); err != nil {
		return r.studioFailure(err)
	}
	if len(edits) > 0 {
		err := r.settleForm(usage, bases, edits)
		if err == nil {
			_, err = r.authoring().Save(r.ctx(), r.author(), usage, edits)
		}
		if err != nil {
			return r.studioFailure(err)
		}
	}
	return r.backToUnit(usage)
}

// backToUnit shows the unit again after a form, without scripts.
func (r *request) backToUnit(usage key.Usage) error {
	back := r.studioPath()
	if unit := r.form("unit"); unit != "" {
		named, err := r.ownUsage(unit)
		if err != nil {
			return err
		}
		back = r.studioUnitLink(named) + "?edit=" + url.QueryEscape(usage.String())
	}
	return r.Redirect(back, fiber.StatusSeeOther)
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}

// sendSaved tells a script what came of a save: what each field holds now, what could not be merged, and which fields are gone.
func (r *request) sendSaved(usage key.Usage, sent map[string]authoring.FieldEdit, saved authoring.Saved, findings []wire.Finding, err error, gone ...string) error {
	var invalid *authoring.Invalid
	if errors.As(err, &invalid) {
		return r.data(fiber.StatusUnprocessableEntity, fiber.Map{
			"error": r.invalidText(invalid), "field": invalid.Field, "line": invalid.Line, "findings": sheetFindings(findings),
		})
	}
	if err != nil {
		return r.studioFailure(err)
	}
	values, texts := map[string]json.RawMessage{}, map[string]string{}
	hidden := r.hiddenOf(usage.Type)
	for name, value := range saved.Fields {
		if !hidden[name] {
			values[name] = orNull(value)
		}
	}
	for _, name := range saved.Merged {
		texts[name] = readable(values[name])
	}
	came, conflicted := map[string]json.RawMessage{}, []string{}
	for name, edit := range sent {
		came[name] = edit.Value
		if !slices.Contains(saved.Merged, name) && !sameJSON(edit.Value, orNull(values[name])) {
			conflicted = append(conflicted, name)
		}
	}
	return r.data(fiber.StatusOK, fiber.Map{
		"usage": usage.String(), "version": saved.Version, "op": saved.Op, "fields": values, "merged": saved.Merged, "texts": texts,
		"sent": came, "conflicted": conflicted, "gone": gone,
		"conflicts": len(saved.Conflicts), "findings": sheetFindings(findings), "at": r.words.Time(r.now()),
	})
}
