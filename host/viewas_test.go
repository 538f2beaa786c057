package host_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/events"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/store"
)

// documents gives every document that concerns a learner, byte for byte.
func (w *world) documents(learner string) string {
	w.t.Helper()
	var b strings.Builder
	for _, spec := range site.Specs() {
		if spec.Learners == "" {
			continue
		}
		page, err := w.site.Store.Find(w.t.Context(), spec.Name, store.Query{Index: "learners", Equal: []any{learner}, Limit: store.MaxPage})
		if err != nil {
			w.t.Fatal(err)
		}
		for _, record := range page.Records {
			b.WriteString(spec.Name + " " + record.ID + " " + string(record.Body) + "\n")
		}
	}
	return b.String()
}

// Staff walk through every address of a course as one of its learners: they see what is the learner's, nothing of it changes,
// each look is logged with who and whom, and every link keeps the look (security R15).
func TestViewAsALearnerChangesNothing(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	ann, sue := w.member("ann", run, ""), w.member("sue", run, "staff")
	box := blockPath(run, "probe", "plain")
	ann.send("POST", box+"/handlers/set", map[string]string{"X-Quoin-Token": ann.token()}, "annsownword").must(200)
	ann.get(unitPath(run, "five")).form(blockPath(run, "problem", "pword")).set("input_2_1", "annsanswer").press("submit").must(303)
	learner := w.pseudonym("ann", run)
	look := run.String() + ";as=" + learner
	sue.get("/courses/"+look+"/units/odd").must(200, "annsownword", "You see this course as Ann")
	sue.get("/courses/" + look + "/units/notyet").must(403).without("sealed words")
	sue.get("/courses/" + look + "/staff").must(404)
	before := w.documents(learner)
	if !strings.Contains(before, "annsownword") {
		t.Fatal("the walk looks at no document of the learner's")
	}
	token, key := sue.token(), regexp.MustCompile(`/courses/`+regexp.QuoteMeta(run.String())+`[/"?#]`)
	for _, route := range inCourse(w.server.Routes()) {
		for _, place := range []target{at(run, "probe", "plain", "odd"), at(run, "problem", "pword", "five")} {
			place.course = look
			for _, handler := range []string{"echo", "set", "submit", "@reset"} {
				place.handler, place.rest = handler, "hook/change"
				p := sue.knock(route, fill(t, route, place), place.usage, token)
				if route.Method != http.MethodGet && p.status < 400 && handler != "echo" && !strings.HasSuffix(route.Path, "/mount/*") && p.status != http.StatusSeeOther {
					t.Errorf("%s %s as ann: %d", route.Method, p.path, p.status)
				}
				if strings.HasPrefix(p.header.Get("Content-Type"), "text/calendar") {
					continue // a file that leaves the site, with the course's own address
				}
				if text := strings.NewReplacer("&#43;", "+", `\u002b`, "+").Replace(p.body); key.MatchString(text) {
					t.Errorf("%s %s has an address that loses the look: %.200s", route.Method, p.path, text[key.FindStringIndex(text)[0]:])
				}
			}
		}
	}
	if after := w.documents(learner); after != before {
		t.Errorf("looking changed the learner's documents from\n%q\nto\n%q", before, after)
	}
	found, _, err := w.site.Events.Find(t.Context(), events.Query{Run: run.String(), Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	logged := 0
	for _, e := range found {
		if e.Name == "course.viewed_as" && e.Actor == w.pseudonym("sue", run) && strings.Contains(string(e.Data), learner) {
			logged++
		}
	}
	if logged < 10 {
		t.Errorf("%d looks are in the log", logged)
	}
	// The handler that only reads answers, the one that writes says why not.
	sue.get("/courses/" + look + strings.TrimPrefix(box, "/courses/"+run.String()) + "/handlers/echo").must(200)
	set := "/courses/" + look + strings.TrimPrefix(box, "/courses/"+run.String()) + "/handlers/set"
	sue.send("POST", set, map[string]string{"X-Quoin-Token": token}, "other").must(403, "only looking")
}

// To everybody but the course's staff such an address does not exist, and nobody is looked as who is no learner of the course.
func TestWhoMayViewAs(t *testing.T) {
	w := newWorld(t, options{})
	run, other := w.forces(), w.otherCourse()
	ann := w.member("ann", run, "")
	w.member("carl", other, "")
	bert, dora, sue := w.member("bert", run, ""), w.member("dora", other, "staff", "instructor"), w.member("sue", run, "staff")
	learner := w.pseudonym("ann", run)
	for _, as := range []string{"learner", learner} {
		path := "/courses/" + run.String() + ";as=" + as
		bert.get(path).must(404)
		ann.get(path).must(404)
		dora.get(path).must(404)
		w.visitor().get(path).must(303)
		bert.get(path + "/units/odd").must(404)
		sue.get(path).must(200)
	}
	bert.get("/courses/" + run.String() + "/view-as").must(404)
	for _, text := range []string{
		";as=" + w.pseudonym("carl", other), ";as=" + w.pseudonym("carl", run), ";as=" + w.pseudonym("sue", run), ";as=", ";as=ann", ";", ";at=2026-12-01T10:00:00Z",
		";as=learner;group=x", ";as=learner;at=tomorrow", ";as=learner;x=y", ";as=learner;as=learner",
	} {
		sue.get("/courses/" + run.String() + text).must(404)
	}
	// A learner's posts cannot be sent for him.
	for _, path := range []string{"/completion", "/unenrol"} {
		sue.send("POST", "/courses/"+run.String()+";as="+learner+path, map[string]string{"X-Quoin-Token": sue.token()}, "").must(403, "only looking")
	}
}

// The form leads to a learner in general, in a group, at a date; what is wrong stands beside the input.
func TestViewAsForm(t *testing.T) {
	w := newWorld(t, options{})
	run := w.gatedCourse()
	w.member("ann", run, "")
	sue := w.member("sue", run, "staff")
	form := "/courses/" + run.String() + "/view-as"
	ask := func(pairs ...string) *page {
		q := url.Values{"go": {"1"}, "back": {"/units/blue"}}
		for i := 0; i < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		return sue.get(form + "?" + q.Encode())
	}
	sue.get("/courses/"+run.String()).must(200, "View as a learner", "Content Groups: Blue")
	ask().must(303).follow().must(404)
	ask("group", "50:1").must(303).follow().must(200, "blue words", "in the group Blue")
	ask("learner", "ann@example.org").must(303).follow().must(404)
	ask("learner", "ann", "group", "50:1", "at", "2019-05-01T10:00").must(303).follow().must(403).without("blue words")
	ask("learner", "nobody").must(422, "No learner of this course")
	ask("group", "red").must(422, "Choose one of the groups")
	ask("at", "soon").must(422, "Write a date")
	leave := ask("group", "50:1").follow()
	if !strings.Contains(leave.body, "course-v1%3AOrg") {
		t.Error("no way leads back")
	}
	sue.get("/courses/course-v1%3AOrg+Gate+g/units/blue").must(200, "blue words").without("You see this course")
}
