package words

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

// forms are the plural forms of a language, by CLDR.
var forms = map[string][]string{"en": {"one", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}

var place = regexp.MustCompile(`\{\d\}`)

func load(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// All languages have the same texts, with every plural form of theirs, and with the places that English has.
func TestLanguagesAreComplete(t *testing.T) {
	c := load(t)
	for _, name := range c.Languages() {
		if missing, extra := c.Missing(name); len(missing)+len(extra) > 0 {
			t.Errorf("%s lacks %v and has besides %v", name, missing, extra)
		}
		if len(forms[name]) == 0 {
			t.Fatalf("the plural forms of %s are not listed here", name)
		}
		for key, text := range c.languages[name] {
			english := c.languages["en"][key]
			if len(text) > 1 || len(english) > 1 {
				for _, form := range forms[name] {
					if text[form] == "" {
						t.Errorf("%s: %s lacks the form %q", name, key, form)
					}
				}
			}
			for form, words := range text {
				if !slices.Contains(forms[name], form) {
					t.Errorf("%s: %s has the form %q, which the language has not", name, key, form)
				}
				for _, used := range place.FindAllString(words, -1) {
					if !slices.Contains(place.FindAllString(english["other"], -1), used) {
						t.Errorf("%s: %s uses %s, which English does not", name, key, used)
					}
				}
			}
			spoken := strings.ContainsFunc(place.ReplaceAllString(english["other"], ""), unicode.IsLetter)
			if name != "en" && spoken && text["other"] == english["other"] && key != "language."+name && key != "language.en" {
				t.Errorf("%s: %s is not translated: %q", name, key, text["other"])
			}
		}
	}
}

func TestReader(t *testing.T) {
	c := load(t)
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	english, arabic := c.For(zone, "en-GB"), c.For(zone, "", "xx, ar-EG;q=0.9, en;q=0.1")
	if english.Language != "en" || english.Direction() != "ltr" || arabic.Language != "ar" || arabic.Direction() != "rtl" {
		t.Errorf("%s %s, %s %s", english.Language, english.Direction(), arabic.Language, arabic.Direction())
	}
	if fallback := c.For(nil, "xx", "not a tag at all!", "*"); fallback.Language != "en" || fallback.Zone != time.UTC {
		t.Errorf("nobody's language is %s in %s", fallback.Language, fallback.Zone)
	}
	for n, want := range map[int]string{1: "There is 1 thing to mend below.", 2: "There are 2 things to mend below.", 0: "There are 0 things to mend below."} {
		if got := english.T("form.problems", n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
	seen := map[string]bool{}
	for _, n := range []int{0, 1, 2, 3, 11, 100} {
		seen[arabic.T("form.problems", n)] = true
	}
	if len(seen) != 6 {
		t.Errorf("Arabic has %d of its six plural forms: %v", len(seen), seen)
	}
	for points, want := range map[float64]string{0: "0", 1: "1", 10: "10", 100: "100", 0.5: "0.5", 2.25: "2.25", 1.0 / 3: "0.33", 1000: "1,000"} {
		if got := english.Points(points); got != want {
			t.Errorf("%v points are written %q, want %q", points, got, want)
		}
	}
	if got := english.T("no.such.key"); got != "no.such.key" {
		t.Errorf("an unknown key gives %q", got)
	}
	if got := english.Time(time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)); got != "2026-07-01 14:00 CEST" {
		t.Errorf("the time is %q", got)
	}
	if got := english.T("error.quote", "{0} <b>"); got != "If you ask for help, quote {0} <b>." {
		t.Errorf("an argument is read as a place: %q", got)
	}
	for name, want := range map[string]string{"ar-EG": "rtl", "he": "rtl", "fa": "rtl", "ur": "rtl", "de": "ltr", "zh-Hant": "ltr", "az-Arab": "rtl", "": "ltr", "nonsense!": "ltr"} {
		if got := Direction(name); got != want {
			t.Errorf("%q is written %s", name, got)
		}
	}
	if len(english.Script()) == 0 || english.Script()["sending"] == "" {
		t.Errorf("scripts get %v", english.Script())
	}
}
