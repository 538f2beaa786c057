package fieldform_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/quoin-lms/quoin/host/fieldform"
)

// Whatever a form sends becomes JSON, for fields of the form alone.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"", "1", "null", `{"a":`, "a\r\nb", "2026-01-31T12:30", "\xff", "NaN", `"x"`} {
		f.Add("f.deep", text)
		f.Add("f.choices.1.text", text)
		f.Add("f.hints.0.=", text)
		f.Add("f.choices.2.@", text)
	}
	list := fields()
	known := map[string]bool{}
	for _, one := range list {
		known[one.Name] = true
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		sent := url.Values{name: {text}}
		for _, one := range list {
			sent["f."+one.Name] = []string{text}
		}
		for field, value := range fieldform.Read(list, sent) {
			if !known[field] || !json.Valid(value) {
				t.Errorf("%q gives %s the value %s", text, field, value)
			}
		}
	})
}
