package intake

import (
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for data, want := range map[string]string{
		"": "", "caf\u00e9": "caf\u00e9", "caf\xe9 \x80": "caf\u00e9 \u20ac", "\xff\xfea\x00\xe9\x00": "a\u00e9", "\xfe\xff\x00a\x00\xe9": "a\u00e9",
	} {
		text, recoded := Text([]byte(data))
		if string(text) != want || recoded != !utf8.ValidString(data) {
			t.Errorf("%q gave %q, converted %t, want %q", data, text, recoded, want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("\xff\xfea\x00\xd8\x00"))
	f.Add([]byte("caf\xe9\x81"))
	f.Fuzz(func(t *testing.T, data []byte) {
		text, recoded := Text(data)
		if !utf8.Valid(text) || !recoded && string(text) != string(data) {
			t.Errorf("%q gave %q, converted %t", data, text, recoded)
		}
	})
}
