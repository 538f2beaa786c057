package pyre

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

// pythonCases are what CPython 3.11's re.search answered: for each pattern one digit per text.
type pythonCases struct {
	Texts    []string `json:"texts"`
	Bad      []string `json:"bad"`
	Patterns []struct {
		Pattern    string `json:"p"`
		IgnoreCase bool   `json:"i"`
		Matches    string `json:"t"`
	} `json:"patterns"`
}

func loadPython(t testing.TB) pythonCases {
	t.Helper()
	data, err := os.ReadFile("testdata/python311.json")
	if err != nil {
		t.Fatal(err)
	}
	var c pythonCases
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSearchAgreesWithPython(t *testing.T) {
	c := loadPython(t)
	for _, p := range c.Patterns {
		re, err := Compile(p.Pattern, p.IgnoreCase)
		if err != nil {
			t.Errorf("%q: %v", p.Pattern, err)
			continue
		}
		slow, err := compile(p.Pattern, p.IgnoreCase, true)
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range c.Texts {
			want := p.Matches[i] == '1'
			if got, err := re.Search(text); err != nil || got != want {
				t.Errorf("%q (ignore case %v) in %q: %v, %v; want %v", p.Pattern, p.IgnoreCase, text, got, err, want)
			}
			if got, err := slow.Search(text); err != nil || got != want {
				t.Errorf("%q by backtracking in %q: %v, %v; want %v", p.Pattern, text, got, err, want)
			}
		}
	}
}

func TestMistakesArePythons(t *testing.T) {
	for _, pattern := range loadPython(t).Bad {
		_, err := Compile(pattern, false)
		var mistake *Error
		if !errors.As(err, &mistake) || mistake.Reason == "" {
			t.Errorf("%q: %v, want an error", pattern, err)
		}
	}
	_, err := Compile("^ab(c$", false)
	if err == nil || err.Error() != "compiling pattern: missing ), unterminated subpattern at character 4" {
		t.Errorf("place of the mistake: %v", err)
	}
}

func TestFlagsBehindTheStartHoldForAll(t *testing.T) {
	for pattern, text := range map[string]string{"^(?i)abc$": "ABC", "^a(?s).b$": "a\nb", "^(?x) a b $": "ab"} {
		re, err := Compile(pattern, false)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := re.Search(text); !ok || err != nil {
			t.Errorf("%q in %q: %v, %v", pattern, text, ok, err)
		}
	}
}

// Patterns that take a backtracking matcher ages.
func TestHostilePatternsEnd(t *testing.T) {
	text := strings.Repeat("a", 2000) + "!"
	for _, pattern := range []string{"^(a+)+$", "^(a|aa)+$", "^(a*)*b$", "^(.*a){20}$", `(x+x+)+y`} {
		re, err := Compile(pattern, false)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := re.Search(text); ok || err != nil {
			t.Errorf("%q: %v, %v", pattern, ok, err)
		}
	}
	for _, pattern := range []string{`^(a+)+\1$`, "^(?=(a+)+$)", `^((a|aa)+)\1\1!!$`} {
		re, err := Compile(pattern, false)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := re.Search(text); ok || !errors.Is(err, ErrTooSlow) {
			t.Errorf("%q: %v, %v", pattern, ok, err)
		}
	}
	for _, pattern := range []string{
		"(a{1000}){1000}", "((a{99}){99}){99}", "a{99999}", strings.Repeat("(", 2000), strings.Repeat("a", MaxPattern+1),
	} {
		if _, err := Compile(pattern, false); err == nil {
			t.Errorf("%.20q compiled", pattern)
		}
	}
}

func TestExamplesMatch(t *testing.T) {
	for _, pattern := range []string{
		"^..bble$", "^.*.$", "^Mi.*n$", `^\d{3}-\d{4}$`, "^(?P<x>a|b)(?P=x)$", `^[^a-z]+$`, "^(colou?r|hue)$", `^\w+@\w+\.org$`,
		`^(a)?(?(1)b|c)$`, "^[^\x00-\x7f]$", "^(?>ab*)c$", "^(?=.*7)x?7$",
	} {
		re, err := Compile(pattern, false)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, text := range re.Examples() {
			ok, err := re.Search(text)
			found = found || ok && err == nil
		}
		if !found {
			t.Errorf("%q: none of %q matches", pattern, re.Examples())
		}
	}
}

func FuzzCompileAndSearch(f *testing.F) {
	for _, p := range loadPython(f).Patterns {
		f.Add(p.Pattern, p.IgnoreCase, "aab foo 12")
	}
	f.Fuzz(func(t *testing.T, pattern string, fold bool, text string) {
		re, err := Compile(pattern, fold)
		if err != nil {
			var mistake *Error
			if !errors.As(err, &mistake) {
				t.Fatalf("%q: %v", pattern, err)
			}
			return
		}
		first, err := re.Search(text)
		if err != nil {
			if !errors.Is(err, ErrTooSlow) {
				t.Fatalf("%q: %v", pattern, err)
			}
			return
		}
		re.Examples()
		slow, err := compile(pattern, fold, true)
		if err != nil {
			return // the guards of loops make the program longer
		}
		if second, err := slow.Search(text); err == nil && second != first {
			t.Fatalf("%q in %q: threads say %v, backtracking %v", pattern, text, first, second)
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	for _, pattern := range []string{"^..bble$", `^(?P<x>b)u(?P=x)ble$`} {
		b.Run(pattern, func(b *testing.B) {
			for b.Loop() {
				re, err := Compile(pattern, true)
				if err != nil {
					b.Fatal(err)
				}
				if ok, _ := re.Search("Bubble"); !ok {
					b.Fatal("no match")
				}
			}
		})
	}
}
