package host_test

import (
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/people"
)

// A profile shows what its owner chose, to whom he chose, and is otherwise as if there were nobody.
func TestPublicProfiles(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	other := w.otherCourse()
	user := w.account("ann", run, "")
	ann := w.enter(user)
	readers := map[string]*browser{
		"a visitor": w.visitor(), "a learner of the course": w.member("ben", run, ""), "its staff": w.member("sue", run, "staff"),
		"a learner of another course": w.member("carl", other, ""), "somebody in no course": w.member("nils", run),
	}
	const path = "/people/ann"
	see := func(who ...string) {
		t.Helper()
		may := map[string]bool{}
		for _, name := range who {
			may[name] = true
		}
		for name, b := range readers {
			p := b.get(path)
			if want := map[bool]int{true: 200, false: 404}[may[name]]; p.status != want {
				t.Errorf("%s: %d, want %d", name, p.status, want)
			}
			p.without("ann@example.org")
			if !may[name] {
				p.without("Tidal")
			}
		}
	}
	see()
	ann.get(path).must(200, "Nobody else sees this page.", "You have written nothing here yet.")
	set := func(pairs ...string) *page {
		return ann.get("/account").form("/account/public").set(pairs...).press("")
	}
	set("bio", "Tidal <b>works</b>\nand more", "country", "EG", "languages", "ar, en، ar", "visibility", "courses").must(303).follow().must(200, "Your profile was saved.")
	see("a learner of the course", "its staff")
	readers["its staff"].get(path).must(200, "Tidal &lt;b&gt;works&lt;/b&gt;", "Egypt", "Arabic", "English").without(">Ann<", "Change it")
	set("visibility", "everybody").must(303)
	see("a visitor", "a learner of the course", "its staff", "a learner of another course", "somebody in no course")
	w.visitor().get(path).must(200).without(">Ann<")
	set("show_name", "1").must(303)
	w.visitor().get(path).must(200, ">Ann<", "Tidal")
	w.visitor().get("/people/ANN").must(200)
	set("visibility", "world").must(422, `href="/account?lang=ar"`)
	set("languages", "not a language", "bio", "kept words").must(422, "One of these is no language code", "kept words", `value="not a language"`)
	for _, nobody := range []string{"/people/ann@example.org", "/people/nobody", "/people/%00", "/people/.."} {
		if p := w.visitor().get(nobody); p.status != 404 {
			t.Errorf("%s: %d", nobody, p.status)
		}
	}
	// Somebody who may be under 13 is seen by nobody, whatever he chose.
	if _, err := w.site.People.SetBirthYear(t.Context(), user.ID, time.Now().UTC().Year()-13); err != nil {
		t.Fatal(err)
	}
	see()
	ann.get(path).must(200, "profiles of people under 13 are private")
	ann.get("/account").must(200, "profiles of people under 13 are private")
	if _, err := w.site.People.SetBirthYear(t.Context(), user.ID, time.Now().UTC().Year()-30); err != nil {
		t.Fatal(err)
	}
	w.visitor().get(path).must(200)
	if _, err := w.site.People.SetDisabled(t.Context(), user.ID, true); err != nil {
		t.Fatal(err)
	}
	see()
	if found, err := w.site.People.User(t.Context(), user.ID); err != nil || found.Public.Visibility != people.VisibleEverybody {
		t.Error(found, err)
	}
}
