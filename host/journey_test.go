package host_test

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// dated is a course with dates before and after now, messages of the team, and handouts.
func (w *world) dated() key.Course {
	return w.course(map[string]string{
		"course.xml":     `<course url_name="now" org="Org" course="Dated"/>`,
		"course/now.xml": `<course display_name="Dated course" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="one"/></course>`,
		"chapter/one.xml": `<chapter display_name="Only section"><sequential url_name="soon"/><sequential url_name="gone"/>
			<sequential url_name="sealed"/><sequential url_name="secret"/></chapter>`,
		"sequential/gone.xml":   `<sequential display_name="Early work" due="&quot;2021-01-01T00:00:00Z&quot;"><vertical url_name="u3"/></sequential>`,
		"sequential/soon.xml":   `<sequential display_name="Late work" due="&quot;2098-01-01T00:00:00Z&quot;"><vertical url_name="u1"/><vertical url_name="u2"/></sequential>`,
		"sequential/sealed.xml": `<sequential display_name="Sealed work" start="&quot;2097-01-01T00:00:00Z&quot;" due="&quot;2097-06-01T00:00:00Z&quot;"><vertical url_name="u4"/></sequential>`,
		"sequential/secret.xml": `<sequential display_name="Team work" visible_to_staff_only="true" due="&quot;2097-01-01T00:00:00Z&quot;"><vertical url_name="u5"/></sequential>`,
		"vertical/u1.xml":       `<vertical display_name="Unit one"><problem url_name="q1"/></vertical>`,
		"vertical/u2.xml":       `<vertical display_name="Unit two"><html url_name="t2"/></vertical>`,
		"vertical/u3.xml":       `<vertical display_name="Unit three"><problem url_name="q3"/></vertical>`,
		"vertical/u4.xml":       `<vertical display_name="Unit four"><problem url_name="q4"/></vertical>`,
		"vertical/u5.xml":       `<vertical display_name="Unit five"><problem url_name="q5"/></vertical>`,
		"problem/q1.xml":        wordProblem, "html/t2.xml": `<html filename="t2"/>`, "html/t2.html": `<p>Words to read.</p>`, "problem/q3.xml": wordProblem,
		"problem/q4.xml": wordProblem, "problem/q5.xml": wordProblem,
		"info/updates.html": ``,
		"info/updates.items.json": `[{"id": 1, "date": "May 1", "content": "<p>Older news</p>", "status": "visible"},
			{"id": 2, "date": "May 2", "content": "<p>Withdrawn news</p>", "status": "deleted"},
			{"id": 3, "date": "May 3", "content": "<p>Newer news</p><script>steal()</script>", "status": "visible"}]`,
		"info/handouts.html": `<p><a href="/static/sheet.pdf">Sheet</a></p>`, "static/sheet.pdf": "%PDF-1.4",
	})
}

// The dashboard and the course's home lead to the first unit that is open, then on behind the last one that is done.
func TestGoingOnWhereOneWas(t *testing.T) {
	w := newWorld(t, options{})
	run := w.dated()
	b := w.member("ann", run, "")
	for _, path := range []string{"/", "/courses/" + run.String()} {
		b.get(path).must(200, "Begin here", "Unit one").without("Unit two", "Unit four")
	}
	b.get(unitPath(run, "u2")).form("/courses/" + run.String() + "/completion").press("").must(303)
	for _, path := range []string{"/", "/courses/" + run.String()} {
		b.get(path).must(200, "Go on where you were", "Unit three", "33% done").without("Unit one")
	}
	b.get("/courses/"+run.String()).must(200, "1 of 2 done", "1 of 3 done")
}

// What is due shows to whom it concerns: in order, with what is over apart, and nothing of what he may not know of.
func TestDates(t *testing.T) {
	w := newWorld(t, options{})
	run := w.dated()
	path := "/courses/" + run.String() + "/dates"
	b := w.member("ann", run, "")
	page := b.get(path).must(200, "Late work", "Sealed work", "Early work", "The course begins", "days left").without("Team work", "Unit four")
	for _, pair := range [][2]string{{"Sealed work", "Late work"}, {"Late work", "Early work"}, {"The course begins", "Early work"}} {
		if strings.Index(page.body, pair[0]) > strings.Index(page.body, pair[1]) {
			t.Errorf("%s stands behind %s", pair[0], pair[1])
		}
	}
	b.get("/courses/"+run.String()).must(200, "Due next", "Late work").without("Team work")
	b.get("/").must(200, "Nothing is due in the next 7 days.", "After that:").without("Team work")
	if p := w.visitor().get(path); p.status == 200 {
		t.Error("a visitor sees the dates")
	}
}

// What the team says stands on the course's home, the newest first, without scripts and what was withdrawn.
func TestNewsAndHandouts(t *testing.T) {
	w := newWorld(t, options{})
	run := w.dated()
	page := w.member("ann", run, "").get("/courses/"+run.String()).must(200, "Newer news", "Older news", "May 3", "/static/sheet.pdf")
	page.without("Withdrawn", "steal()")
	if strings.Index(page.body, "Newer news") > strings.Index(page.body, "Older news") {
		t.Error("the older news stands first")
	}
	w.member("ben", w.forces(), "").get("/courses/"+w.forces().String()).must(200).without("News from", "Handouts")
}
