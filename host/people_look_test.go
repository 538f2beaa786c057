package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/host/oidc"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
)

// lookPlace is a site on which everything is switched on that pages about people and courses show.
func lookPlace(t *testing.T) (w *world, run, other key.Course) {
	t.Helper()
	i := newIssuer(t)
	w = newWorld(t, options{unlimited: true, config: func(c *host.Config) {
		c.Mailer = make(postbox, 100)
		c.Joining = host.Joining{TermsURL: termsAt, TermsVersion: "2026-03", BirthYear: host.BirthYearOptional}
		c.SignWith = []oidc.Config{
			{Name: "uni", Title: "Example University", Issuer: i.URL, ClientID: "client", Private: true},
			{Name: "library", Title: "City Library", Issuer: i.URL + "/library", ClientID: "client", Private: true},
		}
	}})
	run = w.graded(`due="&quot;2098-01-01T00:00:00Z&quot;"`, twoKinds)
	w.dated()
	info := `instructor_info="{&quot;instructors&quot;: [{&quot;name&quot;: &quot;Ada Lovelace&quot;, &quot;title&quot;: &quot;Dr&quot;, &quot;organization&quot;: &quot;Example University&quot;, &quot;bio&quot;: &quot;Has counted waves for twenty years.&quot;}]}" `
	other = w.offered("Harbour", "SEA101", begun+info+`display_name="Reading the sea: tides, currents and the moon that pulls them along" course_image="sea.svg" language="fr" self_paced="true"
		learning_info="[&quot;To read a tide table&quot;, &quot;To plan a walk to an island&quot;]" pre_requisite_courses="[&quot;`+run.String()+`&quot;]" enrollment_end="&quot;2098-01-01T00:00:00Z&quot;"`,
		map[string]string{"short_description": "Why the sea comes and goes, in four weeks.", "effort": "2 to 3 hours a week", "overview": "<h2>About this course</h2><p>Words about the sea.</p>"})
	w.offered("Harbour", "ARB", begun+`display_name="مدخل إلى علم البحار" language="ar"`, nil)
	w.offered("Harbour", "LATER", `start="&quot;2090-01-01T00:00:00Z&quot;" display_name="Next year's course" invitation_only="true"`, nil)
	w.offered("Harbour", "PAST", begun+`display_name="What we did last year" end="&quot;2021-01-01T00:00:00Z&quot;"`, nil)
	return w, run, other
}

// lookPerson is somebody who has accepted the terms.
func (w *world) lookPerson(name string, runs ...string) people.User {
	w.t.Helper()
	user := w.account(name, key.Course{})
	user, err := w.site.People.AcceptTerms(w.t.Context(), user.ID, "2026-03")
	for _, run := range runs {
		if err == nil {
			_, _, err = w.site.People.Enrol(w.t.Context(), user.ID, run, "")
		}
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return user
}

func peopleSights(run, other key.Course) (visitors, learners, newcomers []sight) {
	course := "/courses/" + run.String()
	press := func(selector string) func(*tab) {
		return func(b *tab) {
			b.eval(`document.querySelectorAll(".account details").forEach(d => d.open = true)`)
			b.click(selector)
			b.visible(`[role="alert"]`)
		}
	}
	visitors = []sight{
		{"catalogue-many", "/courses", nil},
		{"catalogue-found", "/courses?q=sea&org=Harbour&sort=newest", nil},
		{"catalogue-none", "/courses?q=nothing+like+it", nil},
		{"about-full", "/courses/" + other.String() + "/about", nil},
		{"about-invited", "/courses/course-v1:Harbour+LATER+r/about", nil},
		{"signin-with", "/signin", nil},
		{"signup-joining", "/signup", func(b *tab) {
			b.typeInto("#birth_year", "99")
			b.click("main form .button.primary")
			b.visible(`[role="alert"]`)
		}},
		{"forgot", "/forgot", nil},
		{"profile-other", "/people/zoe", nil},
	}
	learners = []sight{
		{"dashboard", "/", nil},
		{"progress-needs", course + "/progress", nil},
		{"dates-calendar", course + "/dates", nil},
		{"dates-made", course + "/dates", func(b *tab) {
			b.click(`#calendar ~ .feed button[value="make"]`)
			b.visible("#feed")
		}},
		{"account", "/account", nil},
		{"account-saved", "/account?saved=profile", nil},
		{"account-errors", "/account", func(b *tab) {
			b.typeInto("#zone", "Nowhere/Town")
			b.click(`form[action="/account/profile"] button`)
			b.visible(`[role="alert"]`)
		}},
		{"account-wrong-password", "/account", press(`form[action="/account/email"] button`)},
		{"account-close", "/account", press(`form[action="/account/close"] button`)},
		{"account-erase", "/account", press(`form[action="/account/erase"] button`)},
		{"goto", "/account", func(b *tab) {
			b.typeInto("#link_password", password)
			b.click(`form[action="/account/links"] button[value="uni"]`)
			b.visible(`a[rel="noreferrer"]`)
		}},
		{"profile-mine", "/people/zoe", nil},
		{"about-enrolled-resume", course + "/about", nil},
	}
	newcomers = []sight{{"terms", "/", nil}, {"terms-wrong", "/", func(b *tab) {
		b.click("main form .button.primary")
		b.visible(`[role="alert"]`)
	}}}
	return visitors, learners, newcomers
}

// The pages about people, catalogue and calendar pass axe-core in every state; see TestAccessibleInBrowser.
func TestPeoplesPagesInBrowser(t *testing.T) {
	source := axe(t)
	w, run, other := lookPlace(t)
	zoe := w.lookPerson("zoe", run.String(), "course-v1:Org+Dated+now", "course-v1:Harbour+LATER+r", "course-v1:Harbour+PAST+r")
	if _, err := w.site.People.SetPublic(t.Context(), zoe.ID, people.Public{
		Visibility: people.VisibleEverybody, ShowName: true, Bio: "I walk to islands at low water.\nAsk me about tide tables.", Country: "NL", Languages: []string{"nl", "ar"},
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.site.People.Link(t.Context(), zoe.ID, people.Identity{Provider: "library", Issuer: "https://library.example", Subject: "1", Label: "zoe@library.example"}); err != nil {
		t.Fatal(err)
	}
	w.enter(zoe).get(unitPath(run, "v1")).form(blockPath(run, "problem", "a")).set("input_2_1", "choice_1").press("submit").must(303)
	w.account("new", run, "")
	b := w.newTab(t)
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	looks := []look{{1280, "light", "en"}, {390, "dark", "ar"}, {320, "light", "en"}}
	if pictures != "" {
		looks = []look{{1280, "light", "en"}, {390, "light", "en"}, {1280, "dark", "ar"}, {390, "dark", "ar"}, {390, "light", "ar"}, {1280, "dark", "en"}}
	}
	visitors, learners, newcomers := peopleSights(run, other)
	for _, part := range []struct {
		who    string
		sights []sight
	}{{"", visitors}, {"zoe", learners}, {"new", newcomers}} {
		b.open("/nowhere?lang=en")
		if part.who != "" {
			if b.text(`String(!!document.querySelector('form[action="/signout"]'))`) == "true" {
				b.click(`form[action="/signout"] button`)
				b.until(`location.pathname === "/"`)
			}
			b.open("/signin?next=/account")
			b.typeInto("#login", part.who)
			b.typeInto("#password", password)
			b.click("main form .button.primary")
			b.see("h1", "Account")
		}
		for _, l := range looks {
			b.open("/nowhere?lang=" + l.language)
			b.like(l.width, l.scheme)
			for _, s := range part.sights {
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
	b.quiet()
}
