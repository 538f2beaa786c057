package authoring_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

const passkey = `"only for those who run it"`

func (w *world) passkey(usage key.Usage) string {
	w.t.Helper()
	content, err := w.authoring.Unit(w.t.Context(), usage.Course, usage)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(content.Fields["passkey"])
}

func (w *world) refused(what, field string, err error) {
	w.t.Helper()
	var invalid *authoring.Invalid
	if !errors.As(err, &invalid) || invalid.Code != authoring.CodeField || invalid.Field != field {
		w.t.Errorf("%s: %v", what, err)
	}
}

// A key is changed by those who run the course, whichever way another author tries.
func TestKeysAreReserved(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx, usage := t.Context(), at("problem", "p1")
	before := w.content("problem", "p1")
	first := w.save(ada, usage, "passkey", "null", passkey).Op
	w.wait(time.Hour)
	edit := map[string]authoring.FieldEdit{"passkey": {Base: json.RawMessage(passkey), Value: json.RawMessage(`"mine"`)}}
	_, err := w.authoring.Save(ctx, ben, usage, edit)
	w.refused("save", "passkey", err)
	_, err = w.authoring.Undo(ctx, ben, run, first)
	w.refused("undo", "passkey", err)
	_, err = w.authoring.Set(ctx, ben, wire.Fields{"passkey": json.RawMessage(`"mine"`)}, usage)
	var invalid *authoring.Invalid
	if !errors.As(err, &invalid) {
		t.Errorf("set: %v", err)
	}
	text := at("html", "h1")
	w.save(ada, text, "passkey", "null", passkey)
	_, findings, err := w.authoring.SaveOLX(ctx, ben, text, w.content("html", "h1").Hash, `<html passkey="mine" data="y"/>`)
	if err != nil || len(findings) == 0 {
		t.Errorf("OLX with a key: %v, %v", findings, err)
	}
	if _, _, err = w.authoring.SaveOLX(ctx, ben, text, w.content("html", "h1").Hash, `<html data="x"/>`); err != nil {
		t.Errorf("OLX without a key: %v", err)
	}

	// What is restored is everything else.
	w.save(ben, usage, "data", string(before.Fields["data"]), `"other"`)
	w.must(w.authoring.Restore(ctx, ben, usage, before.Hash))
	if data := w.text(usage); data == "other" {
		t.Error("nothing was restored")
	}
	for _, usage := range []key.Usage{usage, text} {
		if got := w.passkey(usage); got != passkey {
			t.Errorf("the key of %s is %s now", usage, got)
		}
	}

	// Two who run it collide: the key that was not stored waits, and is nobody else's to decide about.
	w.wait(time.Hour)
	boss := authoring.Author{ID: "boss", Runs: true}
	saved, err := w.authoring.Save(ctx, boss, usage, map[string]authoring.FieldEdit{"passkey": {Base: json.RawMessage(`null`), Value: json.RawMessage(`"boss's"`)}})
	if err != nil || len(saved.Conflicts) != 1 {
		t.Fatalf("%+v, %v", saved, err)
	}
	_, err = w.authoring.Resolve(ctx, ben, usage, saved.Conflicts[0].ID, authoring.FieldEdit{Base: saved.Fields["passkey"]})
	w.refused("resolve", "passkey", err)
	if _, err = w.authoring.Resolve(ctx, ada, usage, saved.Conflicts[0].ID, authoring.FieldEdit{Base: saved.Fields["passkey"], Value: json.RawMessage(`"boss's"`)}); err != nil || w.passkey(usage) != `"boss's"` {
		t.Errorf("%v, the key is %s", err, w.passkey(usage))
	}
}

// Keys stay in their course: whoever runs the one that blocks are copied to does not get them.
func TestKeysDoNotTravel(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx, usage := t.Context(), at("problem", "p1")
	w.save(ada, usage, "passkey", "null", passkey)
	made, _, err := w.authoring.Duplicate(ctx, ben, nil, usage)
	if err != nil || w.passkey(made[0]) != passkey {
		t.Errorf("the duplicate has the key %s, %v", w.passkey(made[0]), err)
	}
	other := key.Course{Org: "Test", Number: "Two", Run: "now"}
	if err := w.authoring.Create(ctx, ben, other, "Ben's"); err != nil {
		t.Fatal(err)
	}
	tree, err := w.authoring.Tree(ctx, other)
	if err != nil {
		t.Fatal(err)
	}
	unit := tree.Course.Children[0].Children[0].Children[0].Usage
	for _, who := range []authoring.Author{ada, ben} {
		pasted, _, err := w.authoring.Paste(ctx, who, unit, authoring.Last, usage)
		if err != nil || w.passkey(pasted[0]) != "" || w.text(pasted[0]) == "" {
			t.Errorf("%s pasted the key %q, %v", who.ID, w.passkey(pasted[0]), err)
		}
	}
	if _, _, err := w.authoring.Paste(ctx, authoring.Author{ID: "eve", Runs: true}, unit, authoring.Last, usage); !errors.Is(err, authoring.ErrNotFound) {
		t.Errorf("from a course that the author may not read: %v", err)
	}
	for who, want := range map[*authoring.Author]string{&ben: "", &ada: passkey} {
		next := key.Course{Org: "Test", Number: "One", Run: who.ID}
		if err := w.authoring.Rerun(ctx, *who, run, next, 0); err != nil {
			t.Fatal(err)
		}
		if got := w.passkey(next.Usage("problem", "p1")); got != want {
			t.Errorf("%s's new run has the key %q", who.ID, got)
		}
	}
}

// A library's keys are not a course's, when a copy is taken and when it is brought up to date.
func TestKeysOfLibraries(t *testing.T) {
	w := newWorld(t)
	w.sample()
	from := w.library(1)
	w.save(ada, from[0], "passkey", "null", passkey)
	w.publishLibrary()
	taken := w.take(from...)
	if got := w.passkey(taken[0]); got != "" {
		t.Errorf("a copy has the key %s", got)
	}
	w.save(ada, taken[0], "passkey", "null", `"the course's"`)
	w.wait(time.Hour)
	w.save(ada, from[0], "passkey", passkey, `"another"`)
	w.rewrite(from[0], "two 0", "two 1")
	w.publishLibrary()
	newer, err := w.authoring.Newer(t.Context(), ben, taken[0])
	if err != nil || len(newer.Library) != 1 || newer.Library[0].Field != "data" {
		t.Errorf("%+v, %v", newer, err)
	}
	if _, err := w.authoring.Update(t.Context(), ben, taken...); err != nil {
		t.Fatal(err)
	}
	if got := w.passkey(taken[0]); got != `"the course's"` {
		t.Errorf("the course's key became %s", got)
	}
}

// Which library a block names may change after a page asked about it: it is asked again where the library is opened.
func TestLibrariesAreOpenedForReaders(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx, from := t.Context(), w.library(2)
	taken := w.take(from[0])
	holder, op, err := w.authoring.Add(ctx, ada, at("vertical", "u2"), authoring.Last, authoring.NewBlock{
		Type: "library_content", Fields: wire.Fields{"source_library_id": authoring.JSON(lib.String())},
	})
	w.must(op, err)
	w.rewrite(from[0], "two 0", "two 1")
	eve := authoring.Author{ID: "eve", Runs: true, Reads: func(other key.Course) (bool, error) { return other != lib, nil }}
	for what, try := range map[string]func() error{
		"take":    func() error { _, _, err := w.authoring.Take(ctx, eve, at("vertical", "u2"), "", from[0]); return err },
		"pull":    func() error { _, err := w.authoring.Pull(ctx, eve, holder); return err },
		"update":  func() error { _, err := w.authoring.Update(ctx, eve, taken...); return err },
		"newer":   func() error { _, err := w.authoring.Newer(ctx, eve, taken[0]); return err },
		"decline": func() error { _, err := w.authoring.Decline(ctx, eve, taken...); return err },
	} {
		if err := try(); !errors.Is(err, authoring.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if pulled, err := w.authoring.Pull(ctx, ben, holder); err != nil || pulled.Added != 2 {
		t.Errorf("%+v, %v", pulled, err)
	}
}

// Whether publishing needs a review is not decided by those whose work is to be reviewed.
func TestNeedOfReviewIsReserved(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	w.publish(root)
	on, off := wire.Fields{authoring.NeedsReview: json.RawMessage(`true`)}, wire.Fields{authoring.NeedsReview: json.RawMessage(`null`)}
	if _, err := w.authoring.PublishSettings(ctx, ada, run, authoring.Settings{Fields: on}); err != nil {
		t.Fatal(err)
	}
	switched := w.lastOf(authoring.KindSettings)
	w.wait(time.Hour)
	_, err := w.authoring.PublishSettings(ctx, ben, run, authoring.Settings{Fields: off})
	w.refused("settings", authoring.NeedsReview, err)
	_, err = w.authoring.Undo(ctx, ben, run, switched)
	w.refused("undo", authoring.NeedsReview, err)
	_, err = w.authoring.Save(ctx, ben, root, map[string]authoring.FieldEdit{authoring.NeedsReview: {Base: json.RawMessage(`true`), Value: json.RawMessage(`null`)}})
	w.refused("save", authoring.NeedsReview, err)
	_, err = w.authoring.Set(ctx, ben, off, root)
	w.refused("set", authoring.NeedsReview, err)
	_, err = w.authoring.ReturnTo(ctx, ben, run, 1)
	w.refused("return", authoring.NeedsReview, err)
	published, err := w.courses.Published(ctx, run)
	if err != nil {
		t.Fatal(err)
	}
	content, err := w.courses.Revision(ctx, published.Head.Root)
	if err != nil || content.Fields[authoring.NeedsReview] != "true" || string(w.content("course", course.RootID).Fields[authoring.NeedsReview]) != "true" {
		t.Errorf("%v, %v", content.Fields, err)
	}
	if _, err = w.authoring.Undo(ctx, ada, run, switched); err != nil {
		t.Errorf("who runs it: %v", err)
	}
}
