package fold

import "testing"

func TestFold(t *testing.T) {
	all, none := Rules{Case: true, Marks: true}, Rules{}
	for _, c := range []struct {
		f    Rules
		a, b string
		same bool
	}{
		{all, " São  Paulo ", "sao paulo", true},
		{all, "Straße", "STRASSE", false}, // another spelling, not another case
		{all, "e\u0301t\u00e9", "ete", true},
		{all, "مُدَرِّسَةٌ", "مدرسه", true},
		{all, "أحمد", "احمد", true},
		{none, "Paris", "paris", false},
		{none, "é", "e", false},
		{none, "don’t", "don't", true},
		{Rules{Case: true}, "ΣΊΣΥΦΟΣ", "σίσυφος", true},
	} {
		if got := c.f.Fold(c.a) == c.f.Fold(c.b); got != c.same {
			t.Errorf("%+v: %q and %q the same: %v", c.f, c.a, c.b, got)
		}
	}
}

func TestNear(t *testing.T) {
	for _, c := range []struct {
		a, b string
		near bool
	}{
		{"michgan", "michigan", true},
		{"michigna", "michigan", true},
		{"mcihgian", "michigan", true},
		{"mxchxgxn", "michigan", false},
		{"huron", "michigan", false},
		{"cat", "cut", false},
		{"lion", "lien", true},
		{"", "lion", false},
		{"lions", "lion", true},
		{"lionsss", "lion", false},
	} {
		if got := Near(c.a, c.b); got != c.near {
			t.Errorf("%q is near %q: %v", c.a, c.b, got)
		}
	}
}
