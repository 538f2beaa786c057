package host_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/host"
)

// Whoever is too young uses the site by no address that is no page either: no data, frame, stream, handler, form or mount of a
// course, no enrolment. The account and the way out of a course stay open.
func TestAttackTooYoungByEveryAddress(t *testing.T) {
	w := newWorld(t, options{unlimited: true, config: joining(&host.Joining{BirthYear: host.BirthYearRequired, MinimumAge: 16})})
	run, other := w.forces(), w.otherCourse()
	user := w.account("kim", run, "")
	before := w.enter(user)
	token := before.token()
	if _, err := w.site.People.SetBirthYear(t.Context(), user.ID, time.Now().UTC().Year()-12); err != nil {
		t.Fatal(err)
	}
	place := at(run, "probe", "plain", "odd")
	for _, route := range w.server.Routes() {
		if !strings.Contains(route.Path, ":course") || strings.HasSuffix(route.Path, "/static/*") || strings.HasSuffix(route.Path, "/unenrol") {
			continue
		}
		p := before.knock(route, fill(t, route, place), place.usage, token)
		if p.status == http.StatusSeeOther && strings.HasPrefix(p.header.Get("Location"), "/terms") {
			continue
		}
		if p.status != 403 && p.status != 404 {
			t.Errorf("%s %s: %d %.100s", route.Method, p.path, p.status, p.header.Get("Location"))
		}
	}
	before.send("POST", "/courses/"+other.String()+"/enrol", map[string]string{"X-Quoin-Token": token}, "").must(303)
	if w.memberOf(other, "kim").Enrolled {
		t.Error("somebody too young enrolled")
	}
	before.get("/account").must(200)
	before.get("/account/export").must(200)
	before.send("POST", "/courses/"+run.String()+"/unenrol", map[string]string{"X-Quoin-Token": token}, "").must(303)
	if w.memberOf(run, "kim").Enrolled {
		t.Error("the way out is closed")
	}
}

// Whoever has not accepted the terms enrols nowhere and reads no open course by addresses that are no pages; what he sends from
// a page of his course that was open before they changed is taken.
func TestAttackTermsByOtherAddresses(t *testing.T) {
	w := newWorld(t, options{unlimited: true, config: joining(&host.Joining{TermsURL: termsAt, TermsVersion: "2", BirthYear: host.BirthYearOptional})})
	run, open := w.forces(), w.openGates("public")
	ben := w.member("ben", run, "")
	header := map[string]string{"X-Quoin-Token": ben.token()}
	asked := ben.send("POST", "/courses/"+open.String()+"/enrol", header, "").must(303)
	if to := asked.header.Get("Location"); !strings.HasPrefix(to, "/terms") || w.memberOf(open, "ben").Enrolled {
		t.Errorf("he enrolled, and goes to %s", to)
	}
	ben.get(blockPath(open, "problem", "p1")+"/view").must(403, "Accept the terms of use")
	ben.get(blockPath(open, "problem", "p1") + "/frame").must(403)
	ben.send("POST", blockPath(run, "probe", "plain")+"/handlers/set", header, "mine").must(200)
	ben.get(blockPath(run, "probe", "plain")+"/view").must(200, "mine")
	ben.get("/courses/" + run.String() + "/static/apple.png").must(200)
}
