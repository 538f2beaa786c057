package host

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/beside"
)

// sentText is what the editor's form holds, in the form's own line ends.
func (r *request) sentText() textState {
	clean := func(name string, most int) string { return strings.ReplaceAll(clip(r.form(name), most), "\r\n", "\n") }
	return textState{strings.TrimSpace(clean("date", 200)), clean("text", maxCourseText)}
}

func (r *request) studioTextSave() error {
	text, err := r.textNamed(r.starName())
	if err != nil {
		return err
	}
	switch r.form("do") {
	case "restore", "undo":
		return r.textBack(text)
	case "remove":
		return r.updateRemove(text)
	case "save":
		return r.textSave(text)
	}
	return fiber.ErrBadRequest
}

// textBack brings an earlier state of a text back, or takes its last change back.
func (r *request) textBack(text *studioText) error {
	b, name := r.site().Beside, text.kind+"/"+text.slug
	entry, err := b.Find(r.ctx(), r.course, beside.Page, name, clip(r.form("op"), 100))
	if errors.Is(err, beside.ErrNotFound) || text.item == updateNew {
		return errNotFound
	}
	if err != nil {
		return err
	}
	wanted, did := entry.After.Page, "restore"
	if r.form("do") == "undo" {
		wanted, did = entry.Before.Page, "undo"
	}
	if !text.there(wanted) {
		return errNotFound
	}
	state := text.read(wanted)
	_, err = b.EditPage(r.ctx(), b.Begin(r.course, r.user.ID, did), text.kind, text.slug, func(now *course.Page) (*course.Page, error) {
		return text.write(now, state, false)
	})
	if err != nil {
		return err
	}
	return r.Redirect(text.link+"?did=restored", fiber.StatusSeeOther)
}

// updateRemove takes a message away; the page that follows can bring it back.
func (r *request) updateRemove(text *studioText) error {
	if text.item < 0 {
		return errNotFound
	}
	b := r.site().Beside
	op := b.Begin(r.course, r.user.ID, "delete")
	_, err := b.EditPage(r.ctx(), op, text.kind, text.slug, func(now *course.Page) (*course.Page, error) {
		if !text.there(now) {
			return nil, errNotFound
		}
		return text.write(now, text.read(now), true)
	})
	if err != nil {
		return err
	}
	body := &studioPagesBody{Undo: &pageUndo{r.studioPath() + "/pages/undo", r.words.T("files.bring_back"), [][2]string{{"op", op.ID}}}}
	return r.showPages(fiber.StatusOK, body, &notice{Kind: "good", Text: r.words.T("pages.update_gone")})
}

// conflictError is what another author saved meanwhile.
type conflictError struct{ now course.Page }

func (*conflictError) Error() string { return "another author saved meanwhile" }

// textSave saves what was typed over what its author saw. Where another author saved meanwhile, both are put together line by line, or
// nothing is saved and both are shown.
func (r *request) textSave(text *studioText) error {
	sent, base, merged := r.sentText(), r.form("base"), false
	if len(r.form("text")) > maxCourseText {
		return fiber.NewError(fiber.StatusRequestEntityTooLarge, r.words.T("pages.too_long", r.words.Bytes(maxCourseText)))
	}
	name := strings.Join(strings.Fields(clip(r.form("name"), maxTitle)), " ")
	if text.kind == pageTab && name == "" {
		return r.textRefused(text, sent, map[string]string{"name": r.words.T("pages.no_name")})
	}
	if text.item != notUpdate && !visible(sent.Text) {
		return r.textRefused(text, sent, map[string]string{"text": r.words.T("pages.no_text")})
	}
	saw := r.textSeen(text, clip(r.form("op"), 100), base)
	b := r.site().Beside
	op := b.Begin(r.course, r.user.ID, "write")
	_, err := b.EditPage(r.ctx(), op, text.kind, text.slug, func(now *course.Page) (*course.Page, error) {
		want, current := sent, text.read(now)
		merged = false
		if !text.there(now) {
			return nil, errNotFound
		}
		if current.hash() != base && current != sent && text.item != updateNew {
			if want, merged = mergeTexts(saw, sent, current); !merged {
				return nil, &conflictError{orNone(now)}
			}
		}
		return text.write(now, want, false)
	})
	var conflict *conflictError
	switch {
	case errors.As(err, &conflict):
		return r.textConflicted(text, sent, name, &conflict.now)
	case errors.Is(err, errUpdates):
		return fiber.NewError(fiber.StatusConflict, r.words.T("pages.bad_updates"))
	case err != nil:
		return err
	}
	if text.kind == pageTab && name != text.title {
		if err := r.renameTab(text.slug, name); err != nil {
			return err
		}
	}
	return r.textSaved(text, merged)
}

func orNone(doc *course.Page) course.Page {
	if doc == nil {
		return course.Page{}
	}
	return *doc
}

// textSeen is the state that an author saw, as far as the history still has it.
func (r *request) textSeen(text *studioText, op, base string) *textState {
	if (textState{}).hash() == base {
		return &textState{}
	}
	entry, err := r.site().Beside.Find(r.ctx(), r.course, beside.Page, text.kind+"/"+text.slug, op)
	if err != nil {
		return nil // then nothing is put together, and both are shown
	}
	if state := text.read(entry.After.Page); state.hash() == base {
		return &state
	}
	return nil
}

// mergeTexts puts two states together that were made of one.
func mergeTexts(base *textState, sent, now textState) (textState, bool) {
	if base == nil {
		return sent, false
	}
	date, ok := authoring.MergeText(base.Date, sent.Date, now.Date)
	if !ok {
		return sent, false
	}
	text, ok := authoring.MergeText(base.Text, sent.Text, now.Text)
	return textState{date, text}, ok
}

// textSaved says that learners see it now.
func (r *request) textSaved(text *studioText, merged bool) error {
	said := r.words.T("pages.saved")
	if merged {
		said = r.words.T("pages.merged")
	}
	if !r.wantsData() {
		if text.item == updateNew {
			return r.showPages(fiber.StatusOK, &studioPagesBody{}, &notice{Kind: "good", Text: said})
		}
		return r.Redirect(text.link, fiber.StatusSeeOther)
	}
	done := studioDone{Did: "saved", Message: said}
	if text.item == updateNew || merged {
		done.Location = text.link // the text is another one than what stands in the form
		if text.item == updateNew {
			done.Location = r.studioPath() + "/pages"
		}
		return r.data(fiber.StatusOK, done)
	}
	doc, err := r.textDoc(text)
	if err != nil {
		return err
	}
	now := orNone(doc)
	done.Was = map[string]string{"base": text.read(&now).hash(), "op": now.Op}
	return r.data(fiber.StatusOK, done)
}

func (r *request) textRefused(text *studioText, sent textState, wrong map[string]string) error {
	return r.refuseForm(wrong, nil, func(status int) error {
		body := &studioTextBody{State: sent, Base: clip(r.form("base"), 100), Op: clip(r.form("op"), 100), Name: clip(r.form("name"), maxTitle), Errors: wrong}
		return r.showText(status, text, body, &notice{Kind: "bad", Text: r.words.T("form.problems", len(wrong))})
	})
}

// textConflicted shows both texts: what was typed stays in the editor, what another author saved beside it. Saving again puts it over
// that knowingly; the other one stays in the history.
func (r *request) textConflicted(text *studioText, sent textState, name string, now *course.Page) error {
	by, err := r.nameOf(map[string]string{}, now.By)
	if err != nil {
		return err
	}
	stored := text.read(now)
	conflict := &textConflict{By: by, Text: stored.Text, At: r.instant(now.At), Differences: r.textDifferences(sent, stored)}
	said := r.words.T("pages.conflict", firstOf(by, r.words.T("files.somebody")))
	if r.wantsData() {
		html, err := r.studioTemplate("studio-text-conflict", page{W: r.words, Body: conflict})
		if err != nil {
			return err
		}
		return r.data(fiber.StatusConflict, fiber.Map{"error": said, "html": html, "was": map[string]string{"base": stored.hash(), "op": now.Op}})
	}
	body := &studioTextBody{State: sent, Base: stored.hash(), Op: now.Op, Name: name, Conflict: conflict}
	return r.showText(fiber.StatusConflict, text, body, &notice{Kind: "bad", Text: said})
}
