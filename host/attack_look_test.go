package host_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/people"
)

// Somebody from outside, with staff's cookie and without a token, reaches a mount below a look; even so nothing is written,
// since nothing with effects comes of an address that looks.
func TestAttackLookIsReadOnlyForOutsideCalls(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	w.account("ann", run, "")
	sue := w.member("sue", run, "staff")
	look := strings.Replace(blockPath(run, "probe", "plain"), run.String()+"/", run.String()+";as="+w.pseudonym("ann", run)+"/", 1)
	for _, header := range []map[string]string{{}, {"Origin": "https://evil.example"}, {"X-Quoin-Token": sue.token()}} {
		if p := sue.send(http.MethodPost, look+"/mount/hook/change", header, "x"); p.status != 403 {
			t.Errorf("with %v: %d %s", header, p.status, p.body)
		}
	}
	w.visitor().send(http.MethodPost, blockPath(run, "probe", "plain")+"/mount/hook/change", nil, "x").must(200, "changed")
}

// Who was staff a moment ago looks at nothing any more, neither in the old session nor in a new one; and an administrator of
// the site or of the course who learns here is looked at as the learner that he is.
func TestAttackLookAfterTheRoleIsGone(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	w.account("ann", run, "")
	boss := w.account("boss", run, "", "instructor")
	if _, err := w.site.People.SetSiteRole(t.Context(), boss.ID, people.SiteAdmin, true); err != nil {
		t.Fatal(err)
	}
	sue := w.member("sue", run, "staff")
	ann, bossLooked := "/courses/"+run.String()+";as="+w.pseudonym("ann", run), "/courses/"+run.String()+";as="+w.pseudonym("boss", run)
	sue.get(ann+"/units/odd").must(200, "You see this course as Ann")
	for _, path := range []string{"/units/teamonly", "/units/notyet", "/staff", "/staff/people", "/view-as"} {
		if p := sue.get(bossLooked + path); p.status != 404 && p.status != 403 || strings.Contains(p.body, "team words") || strings.Contains(p.body, "sealed words") {
			t.Errorf("as an administrator %s: %d", path, p.status)
		}
	}
	user := mustUser(t, w, "sue")
	if _, _, err := w.site.People.Revoke(t.Context(), user.ID, run.String(), "staff"); err != nil {
		t.Fatal(err)
	}
	sue.get(ann + "/units/odd").must(303)
	again := w.enter(mustUser(t, w, "sue"))
	token := again.token()
	place := at(run, "probe", "plain", "odd")
	place.course = strings.TrimPrefix(ann, "/courses/")
	for _, route := range inCourse(w.server.Routes()) {
		if p := again.knock(route, fill(t, route, place), place.usage, token); p.status != 404 {
			t.Errorf("%s %s: %d", route.Method, p.path, p.status)
		}
	}
}
