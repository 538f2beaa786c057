package installed_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/packages"
	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
)

type guess = packagetest.Guess

// TestEachRuleRefuses breaks one rule at a time: with no consent nothing changes and the reason says which, with the consent
// that fits, where there is one, the package is taken.
func TestEachRuleRefuses(t *testing.T) {
	w := newWorld(t)
	ada, adaKey := packagetest.Key(t)
	eve, eveKey := packagetest.Key(t)
	p := w.open(0)
	p.install(guess{Version: "1.1.0"}.Archive(t, ada))
	p.publish("guess")
	if err := p.answer("ann", "guess", "moon"); err != nil {
		t.Fatal(err)
	}
	if err := p.work(); err != nil {
		t.Fatal(err)
	}
	const http = `"permissions": [{"name": "http", "reason": "Asks a dictionary.", "values": ["dictionary.example.org"]}]`
	whole := guess{Version: "1.2.0"}.Archive(t, ada)
	for name, c := range map[string]struct {
		archive []byte
		rule    packages.Rule
		say     string
		consent *installed.Consent
	}{
		"another key":    {guess{Version: "1.2.0"}.Archive(t, eve), installed.RuleOwner, "belongs to the key " + string(adaKey), nil},
		"no key":         {guess{Version: "1.2.0"}.Archive(t, nil), installed.RuleOwner, "nobody signed", nil},
		"a new block":    {guess{Name: "riddle"}.Archive(t, nil), installed.RuleUnsigned, "may come from anybody", &installed.Consent{Unsigned: true}},
		"looks alike":    {guess{Name: "gues5"}.Archive(t, eve), installed.RuleReserved, "looks like, guess", nil},
		"older":          {guess{Version: "1.0.9"}.Archive(t, ada), installed.RuleDowngrade, "older than 1.1.0", &installed.Consent{Downgrade: true}},
		"new bytes":      {guess{Version: "1.1.0", Shown: "Otherwise"}.Archive(t, ada), installed.RuleReused, "other content", &installed.Consent{Reused: true}},
		"a permission":   {guess{Version: "1.2.0", Manifest: http}.Archive(t, ada), installed.RuleWider, "value http: dictionary.example.org is new", &installed.Consent{Wider: true}},
		"more memory":    {guess{Version: "1.2.0", Manifest: `"limits": {"memory_mb": 64}`}.Archive(t, ada), installed.RuleWider, "memory", &installed.Consent{Wider: true}},
		"a role":         {guess{Version: "1.2.0", Roles: `"learner", "outside"`}.Archive(t, ada), installed.RuleWider, "handler answer: from learner to learner, outside", &installed.Consent{Wider: true}},
		"an open secret": {guess{Version: "1.2.0", Open: true}.Archive(t, ada), installed.RuleWider, "secret key: from yes to no", &installed.Consent{Wider: true}},
		"a farther scope": {
			guess{Version: "1.2.0", Fields: "seen: userInfo.boolean(),"}.Archive(t, ada), installed.RuleWider, "field seen", &installed.Consent{Wider: true},
		},
		"identity":        {guess{Version: "1.2.0", Definition: "identity: true,"}.Archive(t, ada), installed.RuleWider, "identity", &installed.Consent{Wider: true}},
		"undeclared":      {guess{Version: "1.2.0", Definition: `subscribes: ["grade.changed"],`}.Archive(t, ada), installed.RuleDescribe, "events.subscribe", nil},
		"a bad sample":    {guess{Version: "1.2.0", Expect: "zero"}.Archive(t, ada), installed.RuleSample, "sample plain", nil},
		"cannot migrate":  {guess{Version: "1.2.0", Schema: 2, Migrate: `throw new Error("no idea")`}.Archive(t, ada), installed.RuleMigrate, "ann", &installed.Consent{Broken: true}},
		"a bad signature": {spoilt(t, whole), packages.RuleSignature, "not of this package", nil},
		"cut short":       {whole[:len(whole)-40], packages.RuleArchive, "damaged", nil},
	} {
		t.Run(name, func(t *testing.T) {
			before, err := p.set.Find(t.Context(), "guess")
			if err != nil {
				t.Fatal(err)
			}
			_, err = p.tryInstall(c.archive)
			if got := rules(err); len(got) != 1 || !strings.Contains(got[c.rule], c.say) {
				t.Fatalf("refused by %v (%v), want %s with %q", got, err, c.rule, c.say)
			}
			if after, err := p.set.Find(t.Context(), "guess"); err != nil || after.Current != before.Current || len(after.Versions) != len(before.Versions) {
				t.Errorf("something changed: %+v, %v", after, err)
			}
			if p.current("guess") != "1.1.0" {
				t.Errorf("%q serves", p.current("guess"))
			}
			everything := installed.Consent{Unsigned: true, Downgrade: true, Reused: true, Wider: true, Broken: true, Process: true}
			if c.consent == nil {
				if _, err := p.tryInstall(c.archive, everything); rules(err)[c.rule] == "" {
					t.Errorf("with every consent: %v", err)
				}
				return
			}
			if _, err := p.tryInstall(c.archive, *c.consent); err != nil {
				t.Fatalf("with consent: %v", err)
			}
			if name != "a new block" {
				if _, err := p.set.Use(t.Context(), "guess", before.Current, installed.Consent{}); err != nil {
					t.Fatal(err)
				}
				forget(t, p, before)
			}
		})
	}
	_ = eveKey
}

// forget takes the versions out that a case installed, so that the next case does not meet them.
func forget(t *testing.T, p *process, before *installed.Block) {
	t.Helper()
	if err := p.set.SetForTest(t.Context(), *before); err != nil {
		t.Fatal(err)
	}
}

// spoilt gives a signed archive whose code is another one, under an index that agrees with it.
func spoilt(t *testing.T, archive []byte) []byte {
	t.Helper()
	return packagetest.Altered(t, archive, func(files map[string][]byte) {
		files["block.js"] = bytes.Replace(files["block.js"], []byte("Which word?"), []byte("Your password?"), 1)
	})
}
