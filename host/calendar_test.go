package host_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
)

// calendar reads an answer as RFC 5545 has it, strictly: line ends, folding, encoding.
func (p *page) calendar() *ics.Calendar {
	p.b.t.Helper()
	if kind := p.header.Get("Content-Type"); kind != "text/calendar; charset=utf-8" {
		p.b.t.Fatalf("%s is %q", p.path, kind)
	}
	if !strings.HasSuffix(p.body, "END:VCALENDAR\r\n") || strings.Contains(strings.ReplaceAll(p.body, "\r\n", ""), "\n") {
		p.b.t.Errorf("%s has line ends of its own: %q", p.path, p.body)
	}
	for line := range strings.SplitSeq(p.body, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			p.b.t.Errorf("%s has a line of %d bytes: %q", p.path, len(line), line)
		}
	}
	calendar, err := ics.ParseCalendar(strings.NewReader(p.body))
	if err != nil {
		p.b.t.Fatalf("%s: %v", p.path, err)
	}
	return calendar
}

// told gives the events by summary.
func told(calendar *ics.Calendar) map[string]*ics.VEvent {
	found := map[string]*ics.VEvent{}
	for _, event := range calendar.Events() {
		found[ics.FromText(event.GetProperty(ics.ComponentPropertySummary).Value)] = event
	}
	return found
}

func value(event *ics.VEvent, property ics.ComponentProperty) string {
	if event == nil || event.GetProperty(property) == nil {
		return ""
	}
	return event.GetProperty(property).Value
}

const oddTitle = `Ebb, flow; and "back\slash" قياس المد والجزر في الموانئ الكبيرة على مدار السنة كلها مع رسم بياني طويل جدًا`

// datedOddly is the dated course with a title that needs escaping and folding.
func TestCalendarFile(t *testing.T) {
	w := newWorld(t, options{})
	run := w.course(map[string]string{
		"course.xml": `<course url_name="r" org="Org" course="Cal"/>`,
		"course/r.xml": `<course ` + begun + `display_name="Tides &amp; time"><chapter url_name="c" display_name="Week">
			<sequential url_name="odd" graded="true" due="&quot;2098-01-02T03:04:05Z&quot;" display_name="` + strings.NewReplacer(`"`, "&quot;").Replace(oddTitle) + `"><vertical url_name="v"><html url_name="h"/></vertical></sequential>
			<sequential url_name="sealed" display_name="Sealed name" start="&quot;2097-01-01T00:00:00Z&quot;" due="&quot;2097-06-01T00:00:00Z&quot;"/>
			<sequential url_name="team" display_name="Team name" visible_to_staff_only="true" due="&quot;2097-06-02T00:00:00Z&quot;"/></chapter></course>`,
		"html/h.xml": `<html filename="h"/>`, "html/h.html": `<p>a</p>`,
	})
	path := "/courses/" + run.String() + "/calendar.ics"
	ann := w.member("ann", run, "")
	answer := ann.get(path).must(200).without("Sealed name", "Team name")
	if got := answer.header.Get("Content-Disposition"); got != `attachment; filename="dates.ics"` {
		t.Error(got)
	}
	events := told(answer.calendar())
	odd := events["Due: "+oddTitle]
	if len(events) != 3 || odd == nil {
		t.Fatalf("%d events: %v in %s", len(events), events, answer.body)
	}
	for property, want := range map[ics.ComponentProperty]string{
		ics.ComponentPropertyDtStart: "20980102T030405Z", ics.ComponentPropertyUrl: w.url + unitPath(run, "v"),
		ics.ComponentPropertyTransp: "TRANSPARENT", ics.ComponentPropertyDtEnd: "",
	} {
		if got := value(odd, property); got != want {
			t.Errorf("%s is %q, want %q", property, got, want)
		}
	}
	if len(odd.Alarms()) != 1 || value(odd, ics.ComponentPropertyDtstamp) == "" || value(odd, ics.ComponentPropertyLastModified) == "" {
		t.Errorf("%d alarms: %s", len(odd.Alarms()), answer.body)
	}
	if value(events["Due: Tides & time"], ics.ComponentPropertyDtStart) != "20970601T000000Z" {
		t.Errorf("what is not open is missing, or is named: %s", answer.body)
	}
	// Asking again gives the same events, not others.
	if again := told(ann.get(path).calendar())["Due: "+oddTitle]; again.Id() != odd.Id() || again.Id() == "" {
		t.Errorf("the id was %q and is %q", odd.Id(), again.Id())
	}
	sue := w.member("sue", run, "staff")
	sue.get(path).must(200, "Team name")
}

// A calendar reads its owner's dates without a cookie, until the address is made anew or stopped.
func TestCalendarFeed(t *testing.T) {
	w := newWorld(t, options{})
	run := w.dated()
	other := w.offered("Org", "OTHER", begun+`display_name="Other course" end="&quot;2098-05-05T00:00:00Z&quot;"`, nil)
	user := w.account("ann", run, "")
	if _, _, err := w.site.People.Enrol(t.Context(), user.ID, other.String(), ""); err != nil {
		t.Fatal(err)
	}
	ann := w.enter(user)
	dates, form := "/courses/"+run.String()+"/dates", "/courses/"+run.String()+"/calendar"
	made := func(scope, do string) string {
		for _, n := range ann.get(dates).must(200).all("form") {
			if attribute(n, "action") != form {
				continue
			}
			page := ann.get(dates).form(form).set("scope", scope, "do", do).press("")
			if do == "stop" {
				page.must(303).follow().must(200)
				return ""
			}
			address, err := url.Parse(attributeOf(page.must(200, "Copy it now", "webcal://"), "input", "id", "feed", "value"))
			if err != nil || !strings.HasPrefix(address.String(), w.url+"/calendar/") {
				t.Fatal(address, err)
			}
			return address.Path
		}
		t.Fatal("the page has no form")
		return ""
	}
	stranger := w.visitor()
	one, all := made("course", "make"), made("all", "make")
	page := stranger.get(one).must(200, "Late work").without("Team work", "Sealed work", "Other course", "Unit four")
	page.calendar()
	if stranger.cookie("quoin_session") != "" || page.header.Get("Cache-Control") != "private, no-store" {
		t.Error("a feed gives cookies or is kept")
	}
	if events := told(stranger.get(all).must(200, "Late work", "Other course").calendar()); value(events["The course ends: Other course"], ics.ComponentPropertyDtStart) != "20980505T000000Z" {
		t.Errorf("%v", events)
	}
	// Another person's cookie changes nothing.
	w.member("ben", other, "").get(one).must(200, "Late work")
	ann.get(dates).must(200, "Make a new address").without(one, all)
	ann.get("/account").must(200, "Your calendar", "Dated course", "All your courses").without(strings.TrimSuffix(one, ".ics"))

	again := made("course", "make")
	stranger.get(one).must(404)
	stranger.get(again).must(200)
	made("course", "stop")
	stranger.get(again).must(404)
	stranger.get(all).must(200)
	// Who left a course does not follow it any more.
	ann.get("/courses/" + run.String() + "/about").form("/courses/" + run.String() + "/unenrol").press("").must(303)
	stranger.get(all).must(200, "Other course").without("Late work")
	ann.get("/account").form("/account/calendar/stop").press("").must(303).follow().must(200, "no longer find")
	stranger.get(all).must(404)

	for _, path := range []string{"/calendar/", "/calendar/x.ics", "/calendar/" + strings.Repeat("A", 43) + ".ics", "/calendar/%00.ics"} {
		if p := stranger.get(path); p.status != 404 {
			t.Errorf("%s: %d", path, p.status)
		}
	}
	w.member("nils", run).send("POST", form, map[string]string{"X-Quoin-Token": w.visitor().token()}, "").must(403)
}

// The feed's words are its owner's, and the account's end is its end.
func TestCalendarFeedOfItsOwner(t *testing.T) {
	w := newWorld(t, options{})
	run := w.dated()
	user := w.account("ann", run, "")
	secret, err := w.site.People.NewFeed(t.Context(), user.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	path := "/calendar/" + secret + ".ics"
	ann := w.enter(user)
	ann.get("/account").form("/account/profile").set("language", "ar").press("").must(303)
	w.visitor().get(path).must(200, "Late work", "//AR").without("Due:")
	if strings.Contains(w.log.String(), secret) || strings.Contains(w.stored(), secret) {
		t.Error("the secret stands in the log or in the store")
	}
	var archive strings.Builder
	if err := w.site.ExportPerson(t.Context(), user.ID, &archive); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(archive.String(), secret) {
		t.Error("the secret stands in the export")
	}
	if _, err := w.site.People.SetDisabled(t.Context(), user.ID, true); err != nil {
		t.Fatal(err)
	}
	w.visitor().get(path).must(404)
	if _, err := w.site.People.SetDisabled(t.Context(), user.ID, false); err != nil {
		t.Fatal(err)
	}
	w.visitor().get(path).must(200)
	if _, err := w.site.ErasePerson(t.Context(), user.ID); err != nil {
		t.Fatal(err)
	}
	w.visitor().get(path).must(404)
	if feeds, err := w.site.People.Feeds(t.Context(), user.ID); err != nil || len(feeds) != 0 {
		t.Error(feeds, err)
	}
}

// Guessing and reading are bounded; a failure does not put the secret into the log.
func TestCalendarFeedIsBounded(t *testing.T) {
	w := newWorld(t, options{config: func(c *host.Config) { c.Limiter = &portstest.Limiter{} }})
	run := w.dated()
	user := w.account("ann", run, "")
	secret, err := w.site.People.NewFeed(t.Context(), user.ID, run.String())
	if err != nil {
		t.Fatal(err)
	}
	b := w.visitor()
	bounded := func(path string, most int) {
		t.Helper()
		for range most + 1 {
			if p := b.get(path); p.status == 429 {
				if p.header.Get("Retry-After") == "" {
					t.Error("nobody says how long to wait")
				}
				return
			}
		}
		t.Errorf("%s is not bounded", path)
	}
	bounded("/calendar/"+secret+".ics", 120)
	bounded("/calendar/"+strings.Repeat("A", 43)+".ics", 60)
	for _, route := range w.server.Routes() {
		if strings.HasPrefix(route.Path, "/calendar/") && !route.Secret {
			t.Errorf("%s would stand in the log", route.Path)
		}
	}
}
