package host_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
)

func studioPath(run key.Course) string { return "/studio/courses/" + run.String() }

// studioHref is the address as pages write it.
func studioHref(run key.Course) string { return strings.ReplaceAll(studioPath(run), "+", "&#43;") }

// unpublished is a course of which nothing is published.
func (w *world) unpublished() key.Course {
	w.t.Helper()
	run, err := key.NewCourse("Org", "New", "then")
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.site.Authoring.Create(w.t.Context(), authoring.Author{ID: "tester"}, run, "Not out yet"); err != nil {
		w.t.Fatal(err)
	}
	return run
}

// Every address of Studio's courses is for the course's own authors and for site admins, published or not; for everybody else
// there is nothing there, and who is not signed in is led to sign in.
func TestStudioAddressesByRole(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, other, unpublished := w.forces(), w.otherCourse(), w.unpublished()
	for _, at := range []target{at(run, "probe", "plain", "odd"), at(unpublished, "html", "gone", "gone")} {
		named := at.course
		parsed, err := key.ParseCourse(named)
		if err != nil {
			t.Fatal(err)
		}
		short := strings.ToLower(parsed.Number)
		outsiders := map[string]*browser{
			"a visitor": w.visitor(), "a learner": w.member("lea"+short, parsed, ""), "a beta tester": w.member("beth"+short, parsed, "beta_testers"),
			"limited staff": w.member("lim"+short, parsed, "limited_staff"), "a data researcher": w.member("rita"+short, parsed, "data_researcher"),
			"an instructor elsewhere": w.member("dora"+short, other, "instructor", "staff"),
		}
		insiders := map[string]*browser{
			"staff": w.member("sue"+short, parsed, "staff"), "an instructor": w.member("ina"+short, parsed, "instructor"), "a site admin": w.enter(w.administrator("adm" + short)),
		}
		routes := 0
		for _, route := range w.server.Routes() {
			if !strings.HasPrefix(route.Path, "/studio/courses/:course") {
				continue
			}
			routes++
			if route.Who != host.Authors {
				t.Errorf("%s %s is not for authors alone", route.Method, route.Path)
			}
			for who, b := range outsiders {
				p := b.knock(route, fill(t, route, at), at.usage, b.token())
				if signIn := who == "a visitor" && (p.status == http.StatusUnauthorized || p.status == http.StatusSeeOther && strings.HasPrefix(p.header.Get("Location"), "/signin")); p.status != http.StatusNotFound && !signIn {
					t.Errorf("%s: %s %s: %d", who, route.Method, p.path, p.status)
				}
			}
			if route.Method != http.MethodGet || strings.ContainsAny(strings.TrimPrefix(route.Path, "/studio/courses/:course"), ":*") {
				continue // what comes of these is other tests' matter
			}
			for who, b := range insiders {
				if strings.HasSuffix(route.Path, "/rerun") && who != "a site admin" {
					continue // which is for who may make courses
				}
				if p := b.knock(route, fill(t, route, at), at.usage, b.token()); p.status != http.StatusOK && p.status != http.StatusSeeOther {
					t.Errorf("%s: %s %s: %d %.200s", who, route.Method, p.path, p.status, p.words())
				}
			}
		}
		if routes == 0 {
			t.Error("there are no addresses of Studio's courses")
		}
	}
}

// Studio's first page lists what one may change, and leads there from the header only who has something there.
func TestStudioHome(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, other := w.forces(), w.otherCourse()
	learner, sue, root := w.member("ann", run, ""), w.member("sue", run, "staff"), w.enter(w.administrator("boss"))
	learner.get("/").must(200).without("/studio")
	learner.get("/studio").must(404)
	w.visitor().get("/studio").must(303)
	sue.get("/").must(200, `href="/studio"`)
	sue.get("/courses/"+run.String()).must(200, studioHref(run))
	sue.get("/studio").must(200, studioHref(run), "Forces and motion").without(studioHref(other))
	sue.get("/studio?q=chemistry").must(200, "No course of yours").without(studioHref(run))
	root.get("/studio").must(200, studioHref(run), studioHref(other))
	root.get("/studio?q=chem%C3%ADstry").must(200, studioHref(other)).without(studioHref(run))
	maker := w.account("mia", run)
	if _, err := w.site.People.SetSiteRole(t.Context(), maker.ID, people.SiteCreator, true); err != nil {
		t.Fatal(err)
	}
	maker, err := w.site.People.User(t.Context(), maker.ID)
	if err != nil {
		t.Fatal(err)
	}
	w.enter(maker).get("/studio").must(200, "no course here yet")
}
