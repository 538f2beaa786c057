package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/people"
)

// The pages of a course's people pass axe-core in their states, and none is wider than the window.
func TestPeoplePagesInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	w.cohort(run, people.Cohort{Name: "Mornings", Automatic: true})
	w.cohort(run, people.Cohort{Name: "المساء"})
	for i, name := range []string{"ann", "bob", "cat", "dan"} {
		user := w.account(name, run, "")
		if i == 0 {
			long := people.Profile{Name: "Annabella Wilhelmina van der Straaten-Montgomery de la Fontaine y Garcia-Lorca III"}
			if _, err := w.site.People.SetProfile(t.Context(), user.ID, long); err != nil {
				t.Fatal(err)
			}
		}
		if i == 1 {
			if _, err := w.site.People.SetCohort(t.Context(), user.ID, run.String(), "Mornings"); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.account("eva", run, "", "beta_testers")
	w.account("ina", run, "instructor")
	ina := w.enter(mustUser(t, w, "ina"))
	path := staffPath(run)
	at := ina.get(path+"/enrol").form(path+"/lists").set("people", "ann, new@example.org, nobody, x@, bob").press("").must(303).header.Get("Location")
	done := ina.get(path+"/enrol").form(path+"/lists").set("people", "zoe@example.org").press("").must(303).header.Get("Location")
	ina.get(done).form(done + "/start").press("").must(303)
	w.hold()
	works := ina.get(path+"/enrol").form(path+"/lists").set("people", strings.Repeat("ann\n", 100)).press("").must(303).header.Get("Location")
	b := w.newTab(t)
	b.open("/nowhere?lang=en")
	b.signIn("ina")
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	looks := []look{{1280, "light", "en"}, {390, "dark", "ar"}, {320, "light", "en"}}
	if pictures != "" {
		looks = []look{{1280, "light", "en"}, {390, "light", "en"}, {1280, "dark", "ar"}, {390, "dark", "ar"}, {320, "light", "en"}}
	}
	for _, l := range looks {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		for _, s := range []sight{
			{"people", path + "/people", nil},
			{"people-none", path + "/people?q=zzz", nil},
			{"enrolling", path + "/enrol", nil},
			{"enrolling-wrong", path + "/enrol", func(b *tab) {
				b.click("main form.panel .button.primary, main .panel form .button.primary")
				b.visible("#people-error")
			}},
			{"list-ready", at, nil},
			{"list-done", done, nil},
			{"list-works", works, nil},
			{"invitations", path + "/invitations", nil},
			{"team", path + "/team", nil},
			{"cohorts", path + "/cohorts", func(b *tab) { b.eval(`document.querySelector("main details").open = true`) }},
		} {
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
	// The page that waits loads itself anew when the work is done.
	b.open(works)
	w.release()
	b.until(`!document.querySelector("[data-progress]") && document.querySelector("h1") !== null`)
	b.quiet()
}
