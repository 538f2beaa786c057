package authoring_test

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// element is a component as its authors are shown it.
func (w *world) element(usage key.Usage) (*authoring.Content, string) {
	w.t.Helper()
	content, err := w.authoring.Unit(w.t.Context(), run, usage)
	if err != nil {
		w.t.Fatal(err)
	}
	written, err := w.authoring.OLX(w.t.Context(), content)
	if err != nil {
		w.t.Fatal(err)
	}
	return content, written.XML
}

// typed adds a component of a type and gives what an author is shown of it.
func (w *world) typed(blockType string, fields wire.Fields) (key.Usage, *authoring.Content, string) {
	w.t.Helper()
	w.blocks.gone = ""
	usage, _, err := w.authoring.Add(w.t.Context(), ada, at("vertical", "u1"), authoring.Last, authoring.NewBlock{Type: blockType, Fields: fields})
	if err != nil {
		w.t.Fatal(err)
	}
	content, xml := w.element(usage)
	return usage, content, xml
}

// keyed are fields of which the element tells neither the key nor what no attribute can hold.
func keyed() wire.Fields {
	return wire.Fields{
		"token": json.RawMessage(`"s3cret"`), "question": json.RawMessage(`"Is 1 < 2 & \"so\"?"`), "display_name": json.RawMessage(`"Keyed"`),
		"rows": json.RawMessage(`[{"id":"a","text":"<p>it's \"a\"</p>"},{"id":"b","text":"b"}]`), "odd": json.RawMessage(`"a\u0001b"`), "limit": json.RawMessage(`3`),
	}
}

// What an author leaves alone in an element stays as it is, told in it or not; what he changes is changed alone.
func TestElementOfAnyType(t *testing.T) {
	w := newWorld(t)
	w.sample()
	usage, saw, xml := w.typed("keyed", keyed())
	if strings.Contains(xml, "s3cret") || !strings.Contains(xml, "\n    {\"id\":\"b\",") {
		t.Errorf("the element is %s", xml)
	}
	saved, findings, err := w.authoring.SaveOLX(t.Context(), ada, usage, saw.Hash, xml)
	if now := w.content(usage.Type, usage.ID); err != nil || len(findings) > 0 || saved.Op != "" && now.Version != saw.Version || now.Hash != saw.Hash {
		t.Errorf("saved as it was: %+v, %v, %v", saved, findings, err)
	}
	changed := strings.Replace(strings.Replace(xml, `"b","text":"b"`, `"b","text":"another"`, 1), "<keyed", `<keyed strange="1"`, 1)
	if saved, findings, err = w.authoring.SaveOLX(t.Context(), ada, usage, saw.Hash, changed); err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	want := keyed()
	want["rows"] = json.RawMessage(`[{"id":"a","text":"<p>it's \"a\"</p>"},{"id":"b","text":"another"}]`)
	sameFields(t, "changed", want, saved.Fields)
	now, xml := w.element(usage)
	if now.Extra["strange"] != "1" {
		t.Errorf("what nobody knows: %v", now.Extra)
	}
	// A key that is typed into the element is not taken, whoever types it.
	saved, findings, err = w.authoring.SaveOLX(t.Context(), ada, usage, now.Hash, strings.Replace(xml, "<keyed", `<keyed token="mine"`, 1))
	if err != nil || len(findings) != 1 || !strings.Contains(findings[0].Message, "token") {
		t.Errorf("a typed key: %v, %v", findings, err)
	}
	sameFields(t, "a typed key", want, saved.Fields)
	other, none, _ := w.typed("keyed", nil)
	if saved, _, err = w.authoring.SaveOLX(t.Context(), ada, other, none.Hash, `<keyed token="mine" question="q"/>`); err != nil || saved.Fields["token"] != nil {
		t.Errorf("a key where there was none: %s, %v", saved.Fields, err)
	}
	for _, c := range []struct {
		xml  string
		line int
	}{{strings.Replace(xml, "/>", "", 1), 0}, {"<keyed\n  question=\"a\"\n  question=\"b\"/>", 3}, {"<problem/>", 0}} {
		_, _, err := w.authoring.SaveOLX(t.Context(), ada, usage, now.Hash, c.xml)
		var invalid *authoring.Invalid
		if !errors.As(err, &invalid) || c.line > 0 && invalid.Line != c.line {
			t.Errorf("%s: %v, %+v", c.xml, err, invalid)
		}
	}
	after := w.content(usage.Type, usage.ID)
	sameFields(t, "what could not be read", want, after.Fields)
}

// A component whose block was taken away is edited as the element that its fields make, and has them again when it is back.
func TestElementOfTypeThatIsGone(t *testing.T) {
	w := newWorld(t)
	w.sample()
	usage, _, _ := w.typed("keyed", keyed())
	w.blocks.gone = "keyed"
	saw, xml := w.element(usage)
	saved, _, err := w.authoring.SaveOLX(t.Context(), ada, usage, saw.Hash, xml)
	if now := w.content(usage.Type, usage.ID); err != nil || now.Hash != saw.Hash {
		t.Errorf("saved as it was: %+v, %v", saved, err)
	}
	saved, _, err = w.authoring.SaveOLX(t.Context(), ada, usage, saw.Hash, strings.Replace(xml, "&lt; 2", "&lt; 3", 1))
	if err != nil {
		t.Fatal(err)
	}
	want := keyed()
	want["question"] = json.RawMessage(`"Is 1 < 3 & \"so\"?"`)
	sameFields(t, "changed without its block", want, saved.Fields)
	now, xml := w.element(usage)
	if now.Source != nil {
		t.Error("its fields became an element")
	}
	_, _, err = w.authoring.SaveOLX(t.Context(), ada, usage, now.Hash, strings.Replace(xml, "/>", "><p>inside</p></keyed>", 1))
	var invalid *authoring.Invalid
	if !errors.As(err, &invalid) {
		t.Errorf("what nobody can read between the tags: %v", err)
	}
}

// What came in before its block was installed is its fields once somebody changes it.
func TestElementOfTypeThatCame(t *testing.T) {
	w := newWorld(t)
	w.sample()
	usage, _, _ := w.typed("keyed", nil)
	w.blocks.gone = "keyed"
	saw, _ := w.element(usage)
	if _, _, err := w.authoring.SaveOLX(t.Context(), ada, usage, saw.Hash, `<keyed display_name="Came" question="first"><odd/></keyed>`); err != nil {
		t.Fatal(err)
	}
	saw, xml := w.element(usage)
	if saw.Source == nil || !strings.Contains(xml, "<odd/>") {
		t.Fatalf("kept as %+v, %s", saw, xml)
	}
	w.blocks.gone = "" // it reads attributes alone: what stands inside would go
	if saw, xml = w.element(usage); saw.Source == nil || !strings.Contains(xml, "<odd/>") {
		t.Errorf("with its block it is %+v, %s", saw, xml)
	}
	w.blocks.gone = "keyed"
	if _, _, err := w.authoring.SaveOLX(t.Context(), ada, usage, saw.Hash, strings.Replace(xml, "<odd/>", "", 1)); err != nil {
		t.Fatal(err)
	}
	saw, _ = w.element(usage)
	w.blocks.gone = ""
	before := w.content("keyed", usage.ID)
	sameFields(t, "read by its block", wire.Fields{"display_name": json.RawMessage(`"Came"`), "question": json.RawMessage(`"first"`)}, before.Fields)
	_, xml = w.element(usage)
	if _, _, err := w.authoring.SaveOLX(t.Context(), ada, usage, saw.Hash, xml); err != nil || w.content("keyed", usage.ID).Version != before.Version {
		t.Errorf("saved as it was: %v", err)
	}
	w.save(ada, usage, "question", `"first"`, `"second"`)
	_, xml = w.element(usage)
	saved, _, err := w.authoring.SaveOLX(t.Context(), ada, usage, w.content("keyed", usage.ID).Hash, strings.Replace(xml, "second", "third", 1))
	if err != nil || len(saved.Conflicts) > 0 {
		t.Errorf("%+v, %v", saved, err)
	}
	w.blocks.gone = "keyed" // its element is not kept beside its fields
	sameFields(t, "changed", wire.Fields{"display_name": json.RawMessage(`"Came"`), "question": json.RawMessage(`"third"`)}, saved.Fields)
	if now := w.content("keyed", usage.ID); now.Source != nil {
		t.Errorf("the element is left: %+v", now.Source)
	}
}

func sameFields(t *testing.T, what string, want, got wire.Fields) {
	t.Helper()
	if !maps.EqualFunc(want, got, func(a, b json.RawMessage) bool { return same(t, string(a), string(b)) }) {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}
