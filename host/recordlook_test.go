package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/store"
)

// The pages of a learner's record pass axe-core in every state, wide and narrow, light and dark, in both languages, and none
// is wider than the window. QUOIN_SCREENSHOTS names a folder for pictures.
func TestRecordInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true, config: shortWait})
	run := w.forces()
	annUser, newUser := w.account("ann", run, ""), w.account("nora", run, "")
	w.answerSome(w.enter(annUser), run)
	w.working.Wait()
	longUser, err := w.site.People.Create(t.Context(), people.NewUser{
		Username: "maximilian", Email: strings.Repeat("m", 50) + "@example.org", Password: password,
		Profile: people.Profile{Name: strings.Repeat("Maximilian ", 8)[:80]},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.site.People.Enrol(t.Context(), longUser.ID, run.String(), ""); err != nil {
		t.Fatal(err)
	}
	w.account("sue", run, "staff")
	b := w.newTab(t)
	b.open("/nowhere?lang=en")
	b.signIn("sue")
	word, tries := w.problemRecord(annUser, run, "pword"), w.problemRecord(annUser, run, "tries")

	// By hand: points are given, the page says so, and a press takes them back.
	b.open(word)
	b.eval(`document.querySelectorAll("details.act")[0].open = true`)
	b.typeInto("#override-score", "0.5")
	b.typeInto("#override-reason", "Spoke to her after class")
	b.click(`form:has(input[value="override"]) .button`)
	b.see(".notice.good", "Gave by hand: 0.5 of 1 point")
	b.click(".notice.good .button")
	b.see(".notice.good", "Took back")
	staff := w.enter(w.account("sam", run, "staff"))
	staff.get(word).act("override").set("score", "0.75", "reason", "The question was unclear, so half of the missing points are given").press("").must(303)
	staff.get(word).act("rescore").set("reason", "A second look").press("").must(303)
	staff.get(tries).act("grant").set("tries", "2", "reason", "was ill").press("").must(303)
	staff.get(w.record(annUser, run)).formWith("subsection", run.Usage("sequential", "questions").String()).
		set("due", "2031-02-03T04:05", "reason", "was ill").press("").must(303)
	w.working.Wait()
	deliveries := store.Of[scoring.Delivery](w.site.Store, store.Spec{Name: "deliveries"})
	history, _, err := w.site.Kernel.Scorer().Submissions(t.Context(), w.site.People.Pseudonym(annUser.ID, run.String()), run.Usage("problem", "plist").String(), "", 1)
	if err != nil || len(history) != 1 {
		t.Fatal(history, err)
	}
	if _, err := deliveries.Update(t.Context(), history[0].ID, func(d *scoring.Delivery) (bool, error) {
		d.State, d.Due, d.Failure = scoring.StateFailed, nil, "the block could not grade the submission (failure 3 of 3): out of order"
		return true, nil
	}); err != nil {
		t.Fatal(err)
	}
	open := func(b *tab) { b.eval(`document.querySelectorAll("details").forEach(d => d.open = true)`) }
	wrong := func(b *tab) {
		b.eval(`document.querySelectorAll("details.act")[0].open = true`)
		b.typeInto("#override-score", "9")
		b.click(`form:has(input[value="override"]) .button`)
		b.visible(`[role="alert"]`)
	}
	sights := []sight{
		{"record", w.record(annUser, run), nil},
		{"record-open", w.record(annUser, run), open},
		{"record-new", w.record(newUser, run), nil},
		{"record-long", w.record(longUser, run), nil},
		{"record-problem", word, nil},
		{"record-problem-open", word, open},
		{"record-problem-wrong", word, wrong},
		{"record-problem-none", w.problemRecord(newUser, run, "tries"), nil},
		{"record-problem-failed", w.problemRecord(annUser, run, "plist"), open},
		{"record-ungraded", "/courses/" + run.String() + "/staff/ungraded", nil},
		{"staff-failed", "/courses/" + run.String() + "/staff", nil},
	}
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	looks := []look{{1280, "light", "en"}, {390, "dark", "ar"}, {320, "light", "en"}}
	if pictures != "" {
		looks = append(looks, look{390, "light", "en"}, look{1280, "dark", "ar"})
	}
	for _, l := range looks {
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
	b.quiet()
}
