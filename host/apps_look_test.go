package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Apps in their slots and notifications pass axe-core; a frame's form and its links work, and what changed in a tab is seen in
// another one's panel. See TestAccessibleInBrowser.
func TestAppsInBrowser(t *testing.T) {
	source := axe(t)
	w, run, _ := appWorld(t)
	annUser := w.account("ann", run, "")
	w.account("ian", run, "instructor")
	b := w.newTab(t)
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	see := func(sights ...sight) {
		t.Helper()
		for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}, {320, "light", "en"}} {
			b.open("/nowhere?lang=" + l.language)
			b.like(l.width, l.scheme)
			for _, s := range sights {
				b.open(s.path)
				if s.before != nil {
					s.before(b)
				}
				b.check(source, fmt.Sprintf("%s at %d px, %s, %s", s.name, l.width, l.scheme, l.language))
				if pictures != "" {
					b.picture(filepath.Join(pictures, fmt.Sprintf("%s-%d-%s-%s.png", s.name, l.width, l.scheme, l.language)))
				}
			}
		}
	}
	b.open("/nowhere?lang=en")
	b.signIn("ann")
	see(sight{"notices-empty", "/notifications", nil})
	// The foreign app's frame: its form is sent by the page, and its link leads the frame alone.
	b.open(appPath(run, "foreign") + "?q=auto")
	b.until(`document.querySelector("iframe[data-frame]").src.endsWith("/frame/home/deeper?q=7")`)
	b.see("[data-note]", "write something first")
	if page := w.enter(annUser).get(blockPath(run, "foreign", "foreign") + "/frame/home"); !strings.Contains(page.body, "<li>from the frame</li>") {
		t.Errorf("the frame's form was not taken: %s", page.words())
	}
	w.tell(annUser, run, "board", "board", "Three cards are due", "")
	w.tell(annUser, run, "problem", "pword", "A very long title that goes on and on, since somebody thought that all of it had to be said before anything else", "")
	ready := func(b *tab) {
		b.eval(`document.querySelectorAll("iframe").forEach(f => f.loading = "eager")`)
		b.until(`[...document.querySelectorAll("iframe[data-frame]")].every(f => f.style.blockSize !== "")`)
	}
	see(sight{"app-tab", appPath(run, "board"), nil}, sight{"app-foreign", appPath(run, "foreign"), ready}, sight{"app-unit", unitPath(run, "more"), ready}, sight{"app-dashboard", "/", ready},
		sight{"notices", "/notifications", nil}, sight{"notices-settings", "/notifications/settings", nil}, sight{"notices-stop", "/notifications/stop?link=" + w.site.Kernel.Notices().StopToken("x"), nil},
		sight{"app-view", blockPath(run, "probe", "plain") + "/view/learner", nil})
	b.open("/nowhere?lang=en")
	b.click(`form[action="/signout"] button`)
	b.until(`location.pathname === "/"`)
	b.signIn("ian")
	see(sight{"staff-apps", "/courses/" + run.String() + "/staff/apps", nil})
	b.quiet()
}
