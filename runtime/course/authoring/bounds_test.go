package authoring_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
)

// What an author stores must not be more than those who open it can be shown, or than its block can be asked about.
func TestBoundsOfValues(t *testing.T) {
	w := newWorld(t)
	w.sample()
	usage := at("html", "h1")
	base := w.content("html", "h1").Fields["data"]
	for what, c := range map[string]struct{ value, code string }{
		"too long":      {`"` + strings.Repeat("x", 1<<20) + `"`, authoring.CodeTooLarge},
		"too deep":      {strings.Repeat("[", 65) + strings.Repeat("]", 65), authoring.CodeValue},
		"deep enough":   {strings.Repeat("[", 64) + strings.Repeat("]", 64), ""},
		"brackets said": {`"` + strings.Repeat(`[\"{`, 200) + `"`, ""},
	} {
		saved, err := w.authoring.Save(t.Context(), ada, usage, map[string]authoring.FieldEdit{"data": {Base: base, Value: json.RawMessage(c.value)}})
		var invalid *authoring.Invalid
		if errors.As(err, &invalid) {
			if invalid.Code != c.code || invalid.Field != "data" {
				t.Errorf("%s: %v", what, err)
			}
			continue
		}
		if err != nil || c.code != "" {
			t.Fatalf("%s: %v", what, err)
		}
		base = saved.Fields["data"]
	}
}

// Conflicts stand in one document with the draft, so their bytes are bounded, and who brings one more is told.
func TestBoundsOfConflicts(t *testing.T) {
	w := newWorld(t)
	w.sample()
	usage := at("html", "h1")
	for i := range 20 {
		edit := authoring.FieldEdit{Base: json.RawMessage(`"nobody's"`), Value: json.RawMessage(fmt.Sprintf(`"%d%s"`, i, strings.Repeat("x", 900_000)))}
		_, err := w.authoring.Save(t.Context(), ben, usage, map[string]authoring.FieldEdit{"data": edit})
		var invalid *authoring.Invalid
		if errors.As(err, &invalid) && invalid.Code == authoring.CodeTooLarge && i > 3 {
			return
		}
		if err != nil {
			t.Fatalf("conflict %d: %v", i, err)
		}
	}
	t.Error("conflicts have no bound")
}

// Words that stand everywhere in a long text cost no more than they must, and nothing is replaced that could not be stored.
func TestBoundsOfReplacing(t *testing.T) {
	w := newWorld(t)
	w.sample()
	long := w.page("<p>" + strings.Repeat("a&amp;", 100_000) + "</p>")
	many := authoring.Looking{Words: "a", With: strings.Repeat("b", 500)}
	found := w.search(many)
	if len(found) == 0 {
		t.Fatal("nothing is found")
	}
	for _, o := range found {
		if o.Usage != long || o.Field != "data" {
			continue
		}
		if !o.Unsound || o.Count > 10_000 {
			t.Errorf("%d places, left alone: %t", o.Count, o.Unsound)
		}
		picked := authoring.Picked{Usage: long, Field: o.Field, Value: o.Value} // it is one pick, however often it is named
		done, err := w.authoring.Replace(t.Context(), ada, run, many, picked, picked, picked)
		if err != nil || done.Left != 1 {
			t.Errorf("%d left, %v", done.Left, err)
		}
	}
	if got := len(w.search(authoring.Looking{Words: "amp"})); got != 0 {
		t.Errorf("%d places in names of characters", got)
	}
	if got := w.search(authoring.Looking{Words: "&"}); len(got) != 1 || got[0].Count != 10_000 {
		t.Errorf("%+v", len(got))
	}
}
