package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The pages of timed and gated work, and of looking as somebody else, pass axe-core; see TestAccessibleInBrowser.
func TestGatesAndLooksInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.gatedCourse()
	w.account("ann", run, "")
	w.account("sue", run, "staff")
	course := "/courses/" + run.String()
	seen := course + ";as=" + w.pseudonym("ann", run) + ";group=50:1"
	b := w.newTab(t)
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	see := func(sights ...sight) {
		t.Helper()
		for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}, {320, "light", "en"}} {
			b.open("/nowhere?lang=" + l.language)
			b.like(l.width, l.scheme)
			for _, s := range sights {
				b.open(s.path)
				b.check(source, fmt.Sprintf("%s at %d px, %s, %s", s.name, l.width, l.scheme, l.language))
				if pictures != "" {
					b.picture(filepath.Join(pictures, fmt.Sprintf("%s-%d-%s-%s.png", s.name, l.width, l.scheme, l.language)))
				}
			}
		}
	}
	b.open("/nowhere?lang=en")
	b.signIn("ann")
	see(sight{"gate-outline", course, nil}, sight{"gate-closed", unitPath(run, "two"), nil}, sight{"timed-start", unitPath(run, "three"), nil})
	b.open("/nowhere?lang=en")
	b.open(unitPath(run, "three"))
	b.click(`form[action$="/begin"] button`)
	b.until(`/^\d+:\d\d$/.test(document.querySelector("[data-clock]").textContent)`)
	see(sight{"timed-running", unitPath(run, "three"), nil})
	b.open("/nowhere?lang=en")
	b.open(unitPath(run, "three"))
	b.eval(`document.querySelector(".timer details").open = true`)
	b.click(`form[action$="/end"] button`)
	b.see(".notice", "handed this in")
	see(sight{"timed-over", unitPath(run, "three"), nil})
	b.open("/nowhere?lang=en")
	b.click(`form[action="/signout"] button`)
	b.until(`location.pathname === "/"`)
	b.signIn("sue")
	see(sight{"view-form", course + "/view-as", nil}, sight{"view-errors", course + "/view-as?go=1&learner=nobody&at=x&group=x", nil},
		sight{"view-home", seen, nil}, sight{"view-unit", seen + "/units/blue", nil}, sight{"staff-home", course, nil})
	b.quiet()
}
