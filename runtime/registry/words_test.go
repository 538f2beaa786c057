package registry

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestWordsOfFormsAndTypes(t *testing.T) {
	v := &Version{
		Manifest: manifest.Manifest{Name: "quiz", Types: []manifest.Type{{Name: "one", Title: "One"}, {Name: "two", Title: "Two"}}},
		Files: fstest.MapFS{
			"locales/ar.json": {Data: []byte(`{"type.one.title": "واحد", "field.credit.title": "الدرجة", "type.two.field.credit.title": "الدرجة ٢",
				"field.credit.value.each": "كل", "field.credit.value.2": "اثنان", "field.rows.items.text.title": "النص", "field.rows.items.help": "س", "field.credit.help": ""}`)},
			"locales/xx.json": {Data: []byte(`{"type.one.title": 7}`)},
			"locales/yy.json": {Data: []byte(`{"type.one.title": "` + strings.Repeat("y", MaxCatalogue) + `"}`)},
		},
	}
	declared := []wire.Field{
		{Name: "credit", Title: "Credit", Help: "Points", Values: []wire.Value{{Value: json.RawMessage(`"each"`), Title: "Each"}, {Value: json.RawMessage(`2`), Title: "Two"}, {Value: json.RawMessage(`"all"`), Title: "All"}}},
		{Name: "rows", Title: "Rows", Items: []wire.Item{{Name: "text", Title: "Text"}, {Help: "Plain"}}},
	}
	said := func(blockType, language string) string {
		f := v.InLanguage(blockType, language, declared)
		return strings.Join([]string{
			v.Title(blockType, language), f[0].Title, f[0].Help, f[0].Values[0].Title, f[0].Values[1].Title, f[0].Values[2].Title,
			f[1].Title, f[1].Items[0].Title, f[1].Items[1].Help,
		}, "|")
	}
	english := "One|Credit|Points|Each|Two|All|Rows|Text|Plain"
	for _, c := range [][3]string{
		{"one", "ar", "واحد|الدرجة|Points|كل|اثنان|All|Rows|النص|س"},
		{"one", "ar-EG", "واحد|الدرجة|Points|كل|اثنان|All|Rows|النص|س"},
		{"two", "ar", "Two|الدرجة ٢|Points|كل|اثنان|All|Rows|النص|س"},
		{"one", "en", english},
		{"one", "xx", english},
		{"one", "yy", english},
		{"one", "../locales/ar", english},
		{"one", "", english},
	} {
		if got := said(c[0], c[1]); got != c[2] {
			t.Errorf("%s in %q: %s, want %s", c[0], c[1], got, c[2])
		}
	}
	if declared[0].Title != "Credit" || declared[0].Values[0].Title != "Each" || declared[1].Items[0].Title != "Text" {
		t.Errorf("the declaration itself was translated: %+v", declared)
	}
}
