package host_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/runtime/bookmarks"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/store"
)

// target is what an address is filled in with.
type target struct{ course, usage, id, handler, rest, learner string }

// fill makes an address of a route's path. A parameter that is new here must be given a value, or the sweep has a hole.
func fill(t *testing.T, route host.Route, at target) string {
	t.Helper()
	parts := strings.Split(route.Path, "/")
	for i, part := range parts {
		if !strings.HasPrefix(part, ":") && part != "*" {
			continue
		}
		value, known := map[string]string{
			":course": at.course, ":usage": at.usage, ":id": at.id, ":handler": at.handler, "*": at.rest,
			":learner": at.learner, ":package": "probe", ":digest": "native-probe-1.0.0", ":file": "nothing.js", ":list": strings.Repeat("0f", 16), ":provider": "nobody", ":person": "ann", ":feed": strings.Repeat("A", 43) + ".ics", ":archive": strings.Repeat("0f", 32), ":app": "gone", ":transfer": strings.Repeat("0f", 12), ":page": "index", ":look": "learner", ":talk": strings.Repeat("A", 26), ":hash": strings.Repeat("0f", 32), ":submission": strings.Repeat("0f", 16),
		}[part]
		if !known {
			t.Fatalf("%s %s has a part %s that this sweep does not know", route.Method, route.Path, part)
		}
		parts[i] = value
	}
	return strings.Join(parts, "/")
}

// at names a block of a course with the unit that it stands in.
func at(run key.Course, blockType, id, unit string) target {
	return target{
		course: run.String(), usage: run.Usage(blockType, id).String(), id: unit, handler: "echo", rest: "inner",
		learner: strings.Repeat("a", 26), // nobody
	}
}

// knock sends what a route takes: for a POST the right Origin, the browser's own token and a fitting body.
func (b *browser) knock(route host.Route, address, usage, token string) *page {
	header := map[string]string{}
	body := ""
	if route.Method != http.MethodGet {
		header["X-Quoin-Token"] = token
		header["Content-Type"] = "application/x-www-form-urlencoded"
		body = "handler=set&request=" + strings.Repeat("0f", 16) + "&word=intruder&usage=" + strings.ReplaceAll(usage, "+", "%2B")
	}
	if route.Stream {
		s := b.stream(address)
		return &page{b: b, path: address, status: s.status, header: http.Header{}}
	}
	return b.send(route.Method, address, header, body)
}

// refused reports whether an answer gives nothing away: not found, forbidden, or the way to sign in or to enrol.
func refused(p *page) bool {
	switch p.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		return true
	case http.StatusSeeOther:
		to := p.header.Get("Location")
		return strings.HasPrefix(to, "/signin") || strings.HasSuffix(to, "/about")
	}
	return false
}

// inCourse are the routes that lead into a course. What is public of a course is listed here, with the reason.
func inCourse(routes []host.Route) []host.Route {
	public := map[string]string{
		"GET /courses/:course/about":    "the page that one enrols from",
		"POST /courses/:course/enrol":   "whoever is signed in may enrol where enrolment is open",
		"POST /courses/:course/unenrol": "leaving what one is not in changes nothing",
		"GET /courses/:course/static/*": "files that are not locked are public, as in Open edX; see TestStaticFiles",
	}
	var found []host.Route
	for _, route := range routes {
		if strings.Contains(route.Path, ":course") && public[route.Method+" "+route.Path] == "" {
			found = append(found, route)
		}
	}
	return found
}

// Nobody without a login, without an enrolment or from another course gets anything of a course through any address of the
// table, and nobody gets at what is not released or is for the team (security R13, R18; the sixth criterion).
func TestSweepOfTheRouteTable(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	other := w.otherCourse()
	annUser := w.account("ann", run, "")
	learner := w.enter(annUser)
	// Ann's own word, which nobody else may read or change.
	mine := blockPath(run, "probe", "plain") + "/handlers/set"
	learner.send("POST", mine, map[string]string{"X-Quoin-Token": learner.token()}, "annsownword").must(200)

	strangers := map[string]*browser{
		"a visitor":                   w.visitor(),
		"somebody in no course":       w.member("nils", run),
		"a learner of another course": w.member("carl", other, ""),
		"staff of another course":     w.member("dora", other, "staff", "instructor"),
	}
	members := map[string]*browser{"a learner": w.member("bert", run, ""), "a beta tester": w.member("beth", run, "", "beta_testers")}

	type door struct {
		what   string
		who    map[string]*browser
		target target
	}
	open := at(run, "probe", "plain", "odd")
	open.handler = "echo"
	crossed := at(run, "probe", "plain", "odd")
	crossed.course = other.String() // the course from the address and the block from elsewhere
	doors := []door{
		{"the open part of a course", strangers, open},
		{"a problem", strangers, at(run, "problem", "pword", "five")},
		{"what is not released", strangers, at(run, "probe", "sealedbox", "notyet")},
		{"what is not released", members, at(run, "probe", "sealedbox", "notyet")},
		{"a problem that is not released", members, at(run, "problem", "sealed", "notyet")},
		{"what is for the team", strangers, at(run, "probe", "teambox", "teamonly")},
		{"what is for the team", members, at(run, "probe", "teambox", "teamonly")},
		{"another course's block", map[string]*browser{"a learner of both": w.both("edda", run, other), "staff of the addressed course": strangers["staff of another course"]}, crossed},
		{"a block that is nowhere", members, at(run, "probe", "nowhere", "nowhere")},
		{"a key that is none", members, target{course: run.String(), usage: "nonsense", id: "..", handler: "echo", rest: "inner"}},
	}
	routes := inCourse(w.server.Routes())
	if len(routes) < 12 {
		t.Fatalf("the sweep found only %d addresses", len(routes))
	}
	for _, d := range doors {
		d.target.learner = w.site.People.Pseudonym(annUser.ID, run.String())
		for who, b := range d.who {
			token := b.token()
			for _, route := range routes {
				if !concerns(route, d.who["a visitor"] != nil) && (who == "staff of the addressed course" || route.Who != host.CourseStaff && route.Who != host.CourseReports && route.Who != host.Authors) {
					continue
				}
				p := b.knock(route, fill(t, route, d.target), d.target.usage, token)
				if p.status == http.StatusSeeOther && !refused(p) {
					p = p.follow() // jump_to_id leads to a unit, which says what it says
				}
				if !refused(p) {
					t.Errorf("%s gets at %s by %s %s: %d %.300s", who, d.what, route.Method, p.path, p.status, p.words())
				}
				for _, secret := range []string{"sealed words", "team words", "annsownword", "Team unit", "plain</p>"} {
					if strings.Contains(p.body, secret) {
						t.Errorf("%s reads %q by %s %s", who, secret, route.Method, p.path)
					}
				}
			}
		}
	}
	learner.get(blockPath(run, "probe", "plain")+"/view").must(200, "annsownword")
}

// concerns leaves out the addresses of a course as a whole where members ask: they may.
func concerns(route host.Route, strangers bool) bool {
	return strangers || strings.Contains(route.Path, ":usage") || strings.Contains(route.Path, ":id") || strings.HasSuffix(route.Path, "/completion")
}

// otherCourse is a course that has nothing to do with the first.
func (w *world) otherCourse() key.Course {
	return w.course(map[string]string{
		"course.xml": `<course url_name="then" org="Org" course="Chem"/>`,
		"course/then.xml": `<course display_name="Chemistry" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c"><sequential url_name="s">
			<vertical url_name="read1"><probe url_name="chembox" html="&lt;p&gt;chemistry words&lt;/p&gt;"/></vertical></sequential></chapter></course>`,
	})
}

// both is a learner of both courses.
func (w *world) both(name string, first, second key.Course) *browser {
	w.t.Helper()
	user := w.account(name, first, "")
	if _, _, err := w.site.People.Enrol(w.t.Context(), user.ID, second.String(), ""); err != nil {
		w.t.Fatal(err)
	}
	return w.enter(user)
}

// Learners share addresses, so each must get what is his own by every one of them.
func TestLearnersObjectsAreApart(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	ann, bert := w.member("ann", run, ""), w.member("bert", run, "")
	address := blockPath(run, "probe", "plain")
	ann.get(unitPath(run, "odd")).form(address).set("word", "annsownword").press("set").must(303)
	ann.get(unitPath(run, "five")).form(blockPath(run, "problem", "pword")).set("input_2_1", "annsanswer").press("submit").must(303)
	ann.get(unitPath(run, "odd")).must(200, "annsownword")
	ann.get(unitPath(run, "five")).must(200, "annsanswer")
	token := bert.token()
	for _, route := range inCourse(w.server.Routes()) {
		if route.Stream {
			continue // see TestVerdictLater: a stream tells of its own learner's verdicts
		}
		for _, place := range []target{at(run, "probe", "plain", "odd"), at(run, "problem", "pword", "five")} {
			p := bert.knock(route, fill(t, route, place), place.usage, token)
			for _, foreign := range []string{"annsownword", "annsanswer"} {
				if strings.Contains(p.body, foreign) {
					t.Errorf("Bert reads Ann's %s by %s %s", foreign, route.Method, p.path)
				}
			}
		}
	}
	// Ann's request id and sitting in Bert's hands are worth nothing: they are his own then.
	form := ann.get(unitPath(run, "five")).form(blockPath(run, "problem", "pword"))
	stolen := bert.get(unitPath(run, "five")).form(blockPath(run, "problem", "pword"))
	stolen.set("sitting", form.values.Get("sitting"), "input_2_1", "bert").script("submit").must(409)
	ann.get(unitPath(run, "odd")).must(200, "annsownword").without("intruder")
}

// Staff see what learners do not see yet, and act there in a learner's rights.
func TestStaffSeeAll(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	for unit, text := range map[string]string{"notyet": "sealed words", "teamonly": "team words"} {
		sue.get(unitPath(run, unit)).must(200, text)
	}
	sue.get("/courses/"+run.String()).must(200, "For the team")
}

// Every course address answers "not found" alike for a course that is not there and for a key that is none.
func TestUnknownCourses(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	token := b.token()
	for _, name := range []string{"course-v1:No+Such+Course", "nonsense", "course-v1:Org+Phys", "..%2f..%2fetc", "%00", strings.Repeat("x", 3000)} {
		for _, route := range w.server.Routes() {
			if !strings.Contains(route.Path, ":course") {
				continue
			}
			place := at(run, "probe", "plain", "odd")
			place.course = name
			if p := b.knock(route, fill(t, route, place), place.usage, token); !slices.Contains([]int{404, 400, 431}, p.status) {
				t.Errorf("%s %.100s: %d", route.Method, p.path, p.status)
			}
		}
	}
}

// No address answers a GET by changing something: the data stays byte-equal through a walk over the table (security R18).
func TestGetChangesNothing(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	b.get(unitPath(run, "five")).must(200)
	before := w.stored()
	for _, route := range w.server.Routes() {
		if route.Method != http.MethodGet || route.Stream {
			continue
		}
		for _, place := range []target{at(run, "probe", "plain", "odd"), at(run, "problem", "pword", "five")} {
			for _, handler := range []string{"echo", "set", "submit", "@reset", "@reveal"} {
				place.handler, place.rest = handler, "hook/change"
				b.get(fill(t, route, place) + "?handler=" + handler + "&word=x&usage=" + place.usage)
			}
		}
	}
	if after := w.stored(); before != after {
		t.Errorf("GETs changed the store from %s to %s", before, after)
	}
}

// stored describes what the store holds: each document of each collection with its version. Values that are computed from
// content and kept are left out, since asking may make them, and so is the unit that a learner opened last, which is noted when
// he opens it (RATIONALE, The web).
func (w *world) stored() string {
	w.t.Helper()
	var b strings.Builder
	for _, spec := range site.Specs() {
		if slices.Contains([]string{"prepared", "variants", "variant_sources"}, spec.Name) || spec.Name == bookmarks.PlaceSpec().Name {
			continue
		}
		query := store.Query{Limit: store.MaxPage}
		for more := true; more; more = query.After != "" {
			page, err := w.site.Store.Find(w.t.Context(), spec.Name, query)
			if err != nil {
				w.t.Fatal(err)
			}
			for _, record := range page.Records {
				fmt.Fprintf(&b, "%s %q %d\n", spec.Name, record.ID, record.Version)
			}
			query.After = page.Next
		}
	}
	return b.String()
}
