package host_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/host"
)

func joining(j *host.Joining) func(*host.Config) { return func(c *host.Config) { c.Joining = *j } }

const termsAt = "https://example.org/terms"

// The terms are accepted when signing up, and again when they are others. Until then the account alone is open.
func TestTerms(t *testing.T) {
	w := newWorld(t, options{config: joining(&host.Joining{TermsURL: termsAt, TermsVersion: "2"})})
	run := w.forces()
	b := w.visitor()
	form := b.get("/signup").must(200, `href="`+termsAt+`"`, "I accept the terms of use").form("/signup")
	form.set("username", "ann", "email", "ann@example.org", "password", password).press("").must(422, "Accept the terms of use to go on.", `value="ann"`)
	form.set("terms", "1").press("").must(422, "Accept the terms")
	form.set("terms", "2").press("").must(303).follow().must(200, "Your courses")
	ann, err := w.site.People.FindUser(t.Context(), "ann")
	if err != nil || ann.Terms != "2" || ann.TermsAt.IsZero() {
		t.Errorf("%+v, %v", ann, err)
	}
	// Somebody who came before the terms.
	ben := w.member("ben", run, "")
	for _, path := range []string{"/", unitPath(run, "five"), "/courses/" + run.String() + "/progress"} {
		asked := ben.get(path).must(303)
		if got := asked.header.Get("Location"); got[:12] != "/terms?next=" {
			t.Errorf("%s leads to %q", path, got)
		}
	}
	ben.get("/account").must(200)
	ben.get("/account/export").must(200)
	page := ben.get(unitPath(run, "five")).follow().must(200, "read our terms of use", termsAt)
	terms := page.form("/terms")
	terms.press("").must(422, "Accept the terms of use to go on.", `aria-invalid="true"`)
	terms.set("terms", "1").press("").must(422)
	if got := terms.set("terms", "2").press("").must(303).header.Get("Location"); got != unitPath(run, "five") {
		t.Errorf("leads to %q", got)
	}
	ben.get(unitPath(run, "five")).must(200)
	ben.get("/terms?next=//evil.example").must(303)
	w.visitor().get("/").must(200)
	w.visitor().get("/terms").must(303)

	changed := newWorld(t, options{config: joining(&host.Joining{TermsURL: termsAt, TermsVersion: "3"})})
	cal := changed.account("cal", changed.forces(), "")
	if cal, err = changed.site.People.AcceptTerms(t.Context(), cal.ID, "2"); err != nil {
		t.Fatal(err)
	}
	changed.enter(cal).get("/").follow().must(200, "Our terms of use have changed")
}

func TestAge(t *testing.T) {
	born := func(age int) string { return strconv.Itoa(time.Now().UTC().Year() - age) }
	w := newWorld(t, options{config: joining(&host.Joining{BirthYear: host.BirthYearRequired, MinimumAge: 16})})
	b := w.visitor()
	form := b.get("/signup").must(200, "Year of birth").form("/signup").set("username", "ann", "email", "ann@example.org", "password", password)
	for year, says := range map[string]string{
		"": "Enter the year in which you were born.", "99": "four digits", "nineteen": "four digits", born(-1): "four digits",
		born(15): "at least 16 years old", born(16): "at least 16 years old", // whose birthday may be still to come
	} {
		form.set("birth_year", year).press("").must(422, says)
	}
	if _, err := w.site.People.FindUser(t.Context(), "ann"); err == nil {
		t.Fatal("an account was made")
	}
	form.set("birth_year", born(17)).press("").must(303).follow().must(200, "Your courses")

	// Somebody whose year is not known is asked; too young a year is kept, so that another one is no way in.
	run := w.forces()
	ben := w.member("ben", run, "")
	asked := ben.get("/").follow().must(200, "Year of birth").form("/terms")
	asked.set("birth_year", "x").press("").must(422, "four digits", `value="x"`)
	asked.set("birth_year", born(12)).press("").must(403, "at least 16 years old", "take your data with you").without("birth_year")
	asked.set("birth_year", born(30)).press("").must(403, "at least 16 years old")
	ben.get(unitPath(run, "five")).must(303)
	ben.get("/account").must(200)
	ben.get("/account/export").must(200)

	optional := newWorld(t, options{config: joining(&host.Joining{BirthYear: host.BirthYearOptional})})
	p := optional.visitor().get("/signup").must(200, "Year of birth").form("/signup")
	p.set("username", "ann", "email", "ann@example.org", "password", password).press("").must(303).follow().must(200, "Your courses")
	newWorld(t, options{}).visitor().get("/signup").must(200).without("Year of birth", "terms of use")
}
