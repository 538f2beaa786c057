package installed_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
)

// A type that a block served once is its publisher's for good: content of it is there, and a roll-back serves it again.
func TestAnEarlierVersionsTypeIsNobodyElses(t *testing.T) {
	w := newWorld(t)
	ada, _ := packagetest.Key(t)
	eve, _ := packagetest.Key(t)
	p := w.open(0)
	p.install(guess{Manifest: `"types": [{"name": "rebus", "title": "Rebus"}]`}.Archive(t, ada))
	p.install(guess{Version: "2.0.0"}.Archive(t, ada), installed.Consent{Wider: true})
	for _, name := range []string{"rebus", "rebu5"} {
		if _, err := p.tryInstall(guess{Name: name}.Archive(t, eve)); rules(err)[installed.RuleReserved] == "" {
			t.Errorf("%s is taken from its publisher: %v", name, err)
		}
	}
	if _, err := p.set.Rollback(t.Context(), "guess", "", installed.Consent{}); err != nil {
		t.Fatal(err)
	}
	if p.current("rebus") != "1.0.0" {
		t.Error("the roll-back does not serve its type")
	}
}

// The parts of every course are no block's.
func TestACoursesPartsAreNoBlocks(t *testing.T) {
	p := newWorld(t).open(0)
	for _, name := range []string{"course", "chapter", "sequential", "vertical"} {
		if _, err := p.tryInstall(guess{Name: name}.Archive(t, nil), installed.Consent{Unsigned: true}); rules(err)[installed.RuleReserved] == "" {
			t.Errorf("a block may be called %s: %v", name, err)
		}
	}
}

// steals moves the cursor, begins lines of its own and turns text around.
const steals = "x\x1b[2J\r\n  signed by RWfriend, as before\u202e\u009b2K\u2028y"

// What a package says of itself, in names and in errors, stands in one line of plain text before whoever decides about it.
func TestAPackagesWordsAreOneLine(t *testing.T) {
	w := newWorld(t)
	ada, _ := packagetest.Key(t)
	p := w.open(0)
	p.install(guess{}.Archive(t, ada))
	quoted := `"x\u001b[2J\r\n  signed by RWfriend, as before\u202e\u009b2K\u2028y"`
	said := 0
	check := func(text string) {
		t.Helper()
		said++
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == 0x2028
		}) {
			t.Errorf("%q", text)
		}
	}
	for _, g := range []guess{
		{Version: "1.1.0", Fields: quoted + ": userInfo.boolean(),"},
		{Version: "1.2.0", Schema: 2, Migrate: "throw new Error(" + quoted + ")"},
		{Version: "1.3.0", Definition: "subscribes: [" + quoted + "],"},
		{Version: "1.4.0", Expect: "zero", Shown: steals},
	} {
		trial, err := p.set.Try(t.Context(), p.add(g.Archive(t, ada)))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range trial.Changes {
			check(c.String())
			check(c.Name)
		}
		for _, r := range append(trial.Refused, trial.Needs...) {
			check(r.What)
		}
		for _, note := range trial.Notes {
			check(note)
		}
	}
	b, err := p.set.Disable(t.Context(), "guess", strings.Repeat("ü", 249)+"x\u00fc"+steals)
	if err != nil {
		t.Fatal(err)
	}
	check(b.Off)
	if b, err = p.set.Disable(t.Context(), "guess", steals); err != nil {
		t.Fatal(err)
	}
	check(b.Off)
	if said < 6 {
		t.Errorf("only %d texts were looked at", said)
	}
}
