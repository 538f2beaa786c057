package inspect

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestFormWords(t *testing.T) {
	version := registry.Native(manifest.Manifest{
		Name: "quiz", Locales: []string{"en", "ar"}, Types: []manifest.Type{{Name: "quiz", Title: "Quiz"}},
	}, native.Engine{}, fstest.MapFS{
		"locales/en.json": {Data: []byte(`{"field.own": "a key of the block's own"}`)},
		"locales/ar.json": {Data: []byte(`{"field.own": "س", "field.asked.title": "س", "type.quiz.field.mode.value.a": "س", "field.gone.title": "س", "type.other.title": "س"}`)},
	}, nil)
	r := &Report{}
	r.formWords(version, map[string]wire.Description{"quiz": {Fields: []wire.Field{
		{Name: "asked", Scope: wire.ScopeContent, Title: "Asked"},
		{Name: "answer", Scope: wire.ScopeUserState, Title: "What nobody authors"},
		{Name: "cards", Scope: wire.ScopeContent, Type: wire.TypeList, Add: "Add a card", Items: []wire.Item{{Name: "front", Type: wire.TypeText, Help: "What is asked"}}},
		{Name: "mode", Scope: wire.ScopeSettings, Title: "Mode", Values: []wire.Value{{Value: json.RawMessage(`"a"`), Title: "A"}}},
	}}})
	var found []string
	for _, p := range r.Problems {
		found = append(found, p.File+" "+p.Message)
	}
	want := `locales/ar.json "field.gone.title" names no title, help or option of an authored field, and no type
locales/ar.json "type.other.title" names no title, help or option of an authored field, and no type`
	if got := strings.Join(found, "\n"); got != want {
		t.Errorf("found\n%s\nwant\n%s", got, want)
	}
	if got := strings.Join(r.Notes, "\n"); got != "locales/ar.json: authors of this language meet English in the form, for want of field.cards.add, field.cards.items.front.help, field.mode.title" {
		t.Errorf("noted %q", got)
	}
}
