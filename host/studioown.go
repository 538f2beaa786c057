package host

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// A block may ship an editor of its own. It stands in a frame, whoever made the block: it can hold what its author types, and reach
// nothing else. The page hands the block's authored fields to it through the frame's port and takes its edits from there.

// studioOwnRoutes are the addresses of blocks' own editors.
func studioOwnRoutes() []Route {
	const editor = studioPages + "/components/:usage/editor"
	return []Route{
		{Method: "GET", Path: editor, Who: Authors, Kind: File, Handle: (*request).studioOwnEditor},
		{Method: "POST", Path: editor + "/handlers/:handler", Who: Authors, Kind: Data, Handle: (*request).studioOwnHandler},
	}
}

// ownEditor is the block's editor in a component's sheet.
type ownEditor struct {
	Frame, Handlers, Sandbox string
	// Fields are the names of those that it may read and change: what its block declares.
	Fields []string
	// Edits are those that it edits, which the form puts last.
	Edits []string
}

// ownEditorOf is the editor that the block of a component ships, nil where it ships none.
func (r *request) ownEditorOf(content *authoring.Content, action string) *ownEditor {
	if !r.declaresView(content.Usage.Type, wire.ViewEditor) {
		return nil
	}
	editor := &ownEditor{Frame: action + "/editor", Handlers: action + "/editor/handlers/", Sandbox: frameSandbox(false)}
	version, err := r.kernel().Registry().LookupIn(content.Usage.Type, r.course.String())
	if err != nil {
		return nil // it was switched off just now
	}
	// Another version is another document.
	editor.Frame += "?of=" + version.Digest
	description, err := version.Describe(r.ctx(), content.Usage.Type)
	if err != nil {
		return nil
	}
	if at := slices.IndexFunc(description.Views, func(v wire.View) bool { return v.Name == wire.ViewEditor }); at >= 0 {
		editor.Edits = description.Views[at].Edits
	}
	for i := range description.Fields {
		if f := &description.Fields[i]; f.Scope.Authored() && f.Type != wire.TypeKey { // a key reaches no block, its editor neither
			editor.Fields = append(editor.Fields, f.Name)
		}
	}
	return editor
}

// ownFields are the names of the fields that an editor may change.
func ownFields(editor *ownEditor) []string {
	if editor == nil {
		return nil
	}
	return editor.Fields
}

// editingPerson is the author as an editor's block sees him: nothing of a learner is in it.
func (r *request) editingPerson() (*access.Person, *course.Published) {
	person := *r.person
	person.Learner, person.Locale, person.Zone = "", r.words.Language, r.words.Zone.String()
	published := r.published
	if published == nil { // nothing of the course is published yet
		published = &course.Published{Key: r.course}
	}
	return &person, published
}

// studioOwnEditor serves the document of the editor's frame.
func (r *request) studioOwnEditor() error {
	content, err := r.studioComponent()
	if err != nil {
		return err
	}
	person, published := r.editingPerson()
	shown, err := r.kernel().Editor(r.ctx(), person, published, content.Usage)
	if err != nil {
		return err
	}
	body, err := r.framedBody(shown, "editor")
	if err != nil {
		return err
	}
	body.Title, body.Editor = r.words.T("studio_own.frame", r.partTitle(content)), true
	// Its author's text is in it: it opens no window, and loads nothing from elsewhere, whoever made the block.
	return r.sendFrame(body, r.server.sandboxPolicy(false, r.server.origin(), "frame-src 'none'"))
}

// studioOwnHandler answers what an editor asks its block.
func (r *request) studioOwnHandler() error {
	content, err := r.studioComponent()
	if err != nil {
		return err
	}
	body := slices.Clone(r.Body())
	if len(body) > wire.MaxBody {
		return fiber.ErrRequestEntityTooLarge
	}
	person, published := r.editingPerson()
	reply, err := r.kernel().AskForEditor(r.ctx(), person, published, content.Usage, r.param("handler"), wire.HTTP{
		Method: fiber.MethodPost, ContentType: r.Get(fiber.HeaderContentType), Body: wire.Blob{Data: body},
	})
	if err != nil {
		return err
	}
	return r.sendReply(&course.Block{Usage: content.Usage}, reply)
}
