package host

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// settling lets a component's block bring the fields that its own editor edits into agreement, where they are changed without it.
func (r *request) settling(usage key.Usage) authoring.Settle {
	return func(ctx context.Context, was, now wire.Fields) (wire.Fields, error) {
		view, ok := r.editorView(usage.Type)
		if !ok || view.Settle == "" || !slices.ContainsFunc(view.Edits, func(name string) bool { return !sameJSON(orNull(was[name]), orNull(now[name])) }) {
			return nil, nil
		}
		only := func(fields wire.Fields) wire.Fields {
			list := wire.Fields{}
			for _, name := range view.Edits {
				list[name] = orNull(fields[name])
			}
			return list
		}
		body, err := json.Marshal(map[string]wire.Fields{"was": only(was), "now": only(now)})
		if err != nil {
			return nil, err
		}
		if len(body) > wire.MaxBody {
			return nil, fiber.ErrRequestEntityTooLarge
		}
		person, published := r.editingPerson()
		reply, err := r.kernel().AskForEditor(ctx, person, published, usage, view.Settle, wire.HTTP{
			Method: fiber.MethodPost, ContentType: fiber.MIMEApplicationJSON, Body: wire.Blob{Data: body},
		})
		var failure *wire.Error
		if errors.As(err, &failure) && failure.Blame == wire.BlameOutside { // what the author typed cannot be settled
			return nil, &authoring.Invalid{Code: authoring.CodeValue, Message: failure.Message}
		}
		if err != nil {
			return nil, err
		}
		var said struct {
			Fields wire.Fields `json:"fields"`
		}
		if err := json.Unmarshal(reply.Body.Data, &said); err != nil {
			return nil, err
		}
		for name := range said.Fields {
			if !slices.Contains(view.Edits, name) {
				delete(said.Fields, name)
			}
		}
		return said.Fields, nil
	}
}

// editorView is the editor's view of a type, as its block declares it.
func (r *request) editorView(blockType string) (wire.View, bool) {
	version, err := r.kernel().Registry().LookupIn(blockType, r.course.String())
	if err != nil {
		return wire.View{}, false
	}
	description, err := version.Describe(r.ctx(), blockType)
	if err != nil {
		return wire.View{}, false
	}
	at := slices.IndexFunc(description.Views, func(v wire.View) bool { return v.Name == wire.ViewEditor })
	if at < 0 {
		return wire.View{}, false
	}
	return description.Views[at], true
}

// settleForm adds to what a form without scripts changed what has to change with it.
func (r *request) settleForm(usage key.Usage, bases map[string]sheetField, edits map[string]authoring.FieldEdit) error {
	was, now := wire.Fields{}, wire.Fields{}
	for name, field := range bases {
		was[name], now[name] = orNull(field.Base), orNull(field.Base)
	}
	for name, edit := range edits {
		now[name] = edit.Value
	}
	fields, err := r.settling(usage)(r.ctx(), was, now)
	if err != nil {
		return err
	}
	for name, value := range fields {
		edits[name] = authoring.FieldEdit{Base: orNull(was[name]), Value: value}
	}
	return nil
}
