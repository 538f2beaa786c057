package pystr

import (
	"slices"
	"testing"
)

func TestLower(t *testing.T) {
	for in, want := range map[string]string{
		"":          "",
		"AbC":       "abc",
		"ΣΑΣ":       "σας",
		"ΣΑΣ ΣΑΣ":   "σας σας",
		"Σ":         "σ",
		"ΑΣ.":       "ας.",
		"ΑΣ.Α":      "ασ.α",
		"ΑΣ'Α":      "ασ'α",
		"STRAẞE":    "straße",
		"Straße":    "straße",
		"İ":         "i̇",
		"ÀÉ":        "àé",
		"ǅ":         "ǆ",
		"1Σ":        "1σ",
		"a\xffB":    "a\uFFFDb",
		"日本ABC":     "日本abc",
		"ΑΣ\u0301!": "ας\u0301!",
	} {
		if got := Lower(in); got != want {
			t.Errorf("Lower(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestStripAndFields(t *testing.T) {
	if got := Strip("\x1c\u00a0\u3000 a b\x1f\n"); got != "a b" {
		t.Errorf("Strip = %q", got)
	}
	if got := Strip("\u200ba"); got != "\u200ba" {
		t.Errorf("a zero width space is no white space in Python, got %q", got)
	}
	if got := Fields(" ci\x1cregexp\n"); !slices.Equal(got, []string{"ci", "regexp"}) {
		t.Errorf("Fields = %q", got)
	}
}

func TestRepr(t *testing.T) {
	for in, want := range map[string]string{
		"5": "'5'", "it's": `"it's"`, `a"b`: `'a"b'`, `it's "x"`: `'it\'s "x"'`, "a\\\n": `'a\\\n'`,
	} {
		if got := Repr(in); got != want {
			t.Errorf("Repr(%q) = %s, want %s", in, got, want)
		}
	}
	if got := ReprList([]string{"5", "a"}); got != "['5', 'a']" {
		t.Errorf("ReprList = %s", got)
	}
	if got := ReprList(nil); got != "[]" {
		t.Errorf("ReprList(nil) = %s", got)
	}
}
