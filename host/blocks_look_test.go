package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
)

// The pages on which administrators decide about blocks pass axe-core and are no wider than the window, in each of their states.
func TestBlockPagesInBrowser(t *testing.T) {
	packagetest.NeedsInterpreter(t)
	source := axe(t)
	w := newWorld(t, options{unlimited: true, config: shortWait})
	admin := w.administrator("ada")
	ada := w.enter(admin)
	private, public := packagetest.Key(t)
	other, _ := packagetest.Key(t)
	permissions := `"permissions": [{"name": "http", "reason": "Asks a dictionary whether the word is one.", "values": ["dictionary.example.org"]},
		{"name": "score", "reason": "A teacher may give points by hand."}], "locales": ["en", "ar"]`

	b := w.newTab(t)
	b.signIn("ada")
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	look := func(state, path string, show func()) {
		t.Helper()
		for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}, {390, "light", "en"}, {320, "light", "en"}} {
			b.open("/nowhere?lang=" + l.language)
			b.like(l.width, l.scheme)
			b.open(path)
			b.visible("h1")
			if show != nil {
				show()
			}
			b.check(source, fmt.Sprintf("%s at %d px, %s, %s", state, l.width, l.scheme, l.language))
			if pictures != "" {
				b.picture(filepath.Join(pictures, fmt.Sprintf("blocks-%s-%d-%s-%s.png", state, l.width, l.scheme, l.language)))
			}
		}
		b.open("/nowhere?lang=en")
	}
	look("empty", "/admin/blocks", nil)
	first := ada.handIn(packagetest.Guess{Manifest: permissions}.Archive(t, private)).must(303).follow()
	look("review", first.path, nil)
	tried := first.form(first.path + "/try").press("").must(303).follow()
	look("tried", first.path, nil)
	tried.form(first.path + "/install").press("").must(303)
	run := w.guessing()
	ann := w.member("ann", run, "")
	ann.get(unitPath(run, "u")).form(blockPath(run, "guess", "word")).set("word", "moon").press("answer").must(303)
	w.working.Wait()
	next := ada.handIn(packagetest.Guess{
		Version: "1.1.0", Right: "sun", Roles: `"learner", "staff"`, Manifest: strings.Replace(permissions, `"score"`, `"users"`, 1),
	}.Archive(t, private)).must(303).follow()
	next.form(next.path + "/try").press("").must(303)
	look("upgrade", next.path, nil)
	foreign := ada.handIn(packagetest.Guess{Version: "2.0.0"}.Archive(t, other)).must(303).follow()
	look("refused", foreign.path, nil)
	look("list", "/admin/blocks", func() { b.click(".going details:nth-of-type(2) summary") })
	ada.get("/admin/blocks").form("/admin/blocks/keys").set("key", string(public), "reason", "It was stolen from a laptop.").press("").must(303)
	look("revoked", "/admin/blocks?done=revoke", nil)
}
