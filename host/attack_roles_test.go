package host_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/host"
)

// Each address of a course's staff answers exactly the roles that it is for: whoever only tests, researches, moderates a
// package's forum or is staff of another course finds nothing there, by no method.
func TestAttackEveryStaffAddressByRole(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, other := w.forces(), w.otherCourse()
	annUser := w.account("ann", run, "")
	place := at(run, "problem", "pword", "five")
	place.learner = w.site.People.Pseudonym(annUser.ID, run.String())
	roles := map[string]*browser{
		"learner": w.member("lea", run, ""), "beta_testers": w.member("beth", run, "", "beta_testers"), "forum/moderator": w.member("mod", run, "", "forum/moderator"),
		"data_researcher": w.member("rita", run, "data_researcher"), "limited_staff": w.member("lim", run, "limited_staff"), "staff": w.member("sue", run, "staff"),
		"instructor": w.member("ina", run, "instructor"), "instructor elsewhere": w.member("dora", other, "", "instructor", "staff", "limited_staff", "data_researcher"),
	}
	routes := 0
	for _, route := range w.server.Routes() {
		if !strings.Contains(route.Path, "/:course/staff") && !strings.HasSuffix(route.Path, "/view-as") {
			continue
		}
		routes++
		if route.Who != host.CourseStaff && route.Who != host.CourseReports {
			t.Errorf("%s %s is for everybody", route.Method, route.Path)
		}
		for role, b := range roles {
			staff := role == "limited_staff" || role == "staff" || role == "instructor"
			if staff && route.Method != http.MethodGet || strings.Contains(route.Path, ":list") {
				continue // what comes of these is other tests' matter
			}
			if staff && strings.Contains(route.Path, ":submission") {
				continue // nobody handed that in; for the others nothing is there either way
			}
			may := staff || role == "data_researcher" && route.Who == host.CourseReports
			p := b.knock(route, fill(t, route, place), place.usage, b.token())
			if may != (p.status == http.StatusOK) || !may && p.status != http.StatusNotFound {
				t.Errorf("%s: %s %s: %d", role, route.Method, p.path, p.status)
			}
		}
	}
	if routes < 30 {
		t.Errorf("only %d addresses", routes)
	}
}

// Two administrators take the role from each other in the same moment. One of them keeps it: else nobody could give roles.
func TestAttackAdministratorsRemoveEachOther(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	names := []string{"ina", "ivo"}
	for _, name := range names {
		w.account(name, run, "instructor")
	}
	path := staffPath(run) + "/team/revoke"
	for round := range 10 {
		browsers := []*browser{}
		for _, name := range names {
			user := mustUser(t, w, name)
			if _, _, err := w.site.People.Grant(t.Context(), user.ID, run.String(), "instructor", ""); err != nil {
				t.Fatal(err)
			}
			b := w.enter(mustUser(t, w, name))
			b.token()
			browsers = append(browsers, b)
		}
		var group sync.WaitGroup
		start := make(chan struct{})
		for i, b := range browsers {
			token, body := b.token(), url.Values{"who": {names[1-i]}, "role": {"instructor"}}.Encode()
			group.Go(func() {
				<-start
				b.send(http.MethodPost, path, map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-Quoin-Token": token}, body)
			})
		}
		close(start)
		group.Wait()
		if !w.memberOf(run, "ina").Has("instructor") && !w.memberOf(run, "ivo").Has("instructor") {
			t.Fatalf("round %d: the course has no administrator any more", round)
		}
	}
}
