package host_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/people/lists"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
)

func staffPath(run key.Course) string { return "/courses/" + run.String() + "/staff" }

func (w *world) memberOf(run key.Course, name string) people.Member {
	w.t.Helper()
	user, err := w.site.People.FindUser(w.t.Context(), name)
	if err != nil {
		w.t.Fatal(err)
	}
	m, err := w.site.People.Member(w.t.Context(), user.ID, run.String())
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func (w *world) cohort(run key.Course, cohort people.Cohort) {
	w.t.Helper()
	if err := w.site.People.PutCohort(w.t.Context(), run.String(), cohort); err != nil {
		w.t.Fatal(err)
	}
}

// table reads an answer as a sheet.
func (p *page) table() [][]string {
	p.b.t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.body, "\ufeff")))
	rows, err := r.ReadAll()
	if err != nil {
		p.b.t.Fatalf("%s: %v: %.300s", p.path, err, p.body)
	}
	return rows
}

// Each address of these pages is closed to everybody but the course's own staff, whatever is sent.
func TestPeoplePagesAreForStaff(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, other := w.forces(), w.otherCourse()
	limited := w.member("lim", run, "limited_staff")
	ann := w.account("ann", run, "")
	w.cohort(run, people.Cohort{Name: "red"})
	list := limited.get(staffPath(run)+"/enrol").must(200).form(staffPath(run)+"/lists").set("people", "ann").press("").must(303)
	listPath := list.header.Get("Location")
	id := listPath[strings.LastIndex(listPath, "/")+1:]
	outsiders := map[string]*browser{
		"a visitor": w.visitor(), "a learner": w.member("bert", run, ""), "a beta tester": w.member("beth", run, "", "beta_testers"),
		"a data researcher": w.member("dave", run, "data_researcher"), "staff of another course": w.member("dora", other, "staff", "instructor"),
	}
	body := url.Values{
		"kind": {"enrol"}, "request": {strings.Repeat("1e", 16)}, "people": {"ann"}, "who": {"ann"}, "role": {"staff"}, "name": {"red"}, "cohort": {"red"},
		"email": {"a@example.org"}, "automatic": {"yes"}, "change": {"yes"}, "by": {ann.ID},
	}
	before := w.stored()
	routes, pages := 0, []string{"people", "people.csv", "enrol", "lists", "invitations", "team", "cohorts"}
	for _, route := range w.server.Routes() {
		rest, staffs := strings.CutPrefix(route.Path, "/courses/:course/staff/")
		if first, _, _ := strings.Cut(rest, "/"); !staffs || !slices.Contains(pages, first) {
			continue
		}
		routes++
		address := strings.NewReplacer(":course", run.String(), ":list", id).Replace(route.Path)
		for who, b := range outsiders {
			var p *page
			if route.Method == http.MethodGet {
				p = b.get(address)
			} else {
				p = b.send(route.Method, address, map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-Quoin-Token": b.token()}, body.Encode())
			}
			if !refused(p) || who != "a visitor" && p.status != http.StatusNotFound {
				t.Errorf("%s gets at %s %s: %d", who, route.Method, address, p.status)
			}
		}
	}
	if routes < 19 {
		t.Fatalf("only %d addresses", routes)
	}
	if after := w.stored(); after != before {
		t.Errorf("outsiders changed the store")
	}

	// The list of one course is none of another's, not even to who is staff of both.
	both := w.account("ben", run, "staff")
	if _, _, err := w.site.People.Grant(t.Context(), both.ID, other.String(), "staff", ""); err != nil {
		t.Fatal(err)
	}
	ben := w.enter(mustUser(t, w, "ben"))
	for _, rest := range []string{"", "/progress", "/results.csv"} {
		ben.get(staffPath(other) + "/lists/" + id + rest).must(404)
	}
	for _, rest := range []string{"/start", "/undo"} {
		ben.send("POST", staffPath(other)+"/lists/"+id+rest, map[string]string{"X-Quoin-Token": ben.token()}, "").must(404)
	}
	// A form's id that another's list has is not the way to that list, and a form without a token is nothing.
	body.Set("request", id)
	ben.send("POST", staffPath(other)+"/lists", map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-Quoin-Token": ben.token()}, body.Encode()).must(400)
	limited.send("POST", listPath+"/start", nil, "").must(403)
	if w.memberOf(run, "dora").Enrolled {
		t.Error("somebody was enrolled")
	}
}

func mustUser(t *testing.T, w *world, name string) people.User {
	t.Helper()
	user, err := w.site.People.FindUser(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return user
}

func TestPeopleListed(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	path := staffPath(run) + "/people"
	sue := w.member("sue", run, "staff")
	sue.get(path).must(200, "Nobody is enrolled yet.")
	w.cohort(run, people.Cohort{Name: "red & <b>"})
	for i := range 120 {
		user := w.account(fmt.Sprintf("learner%03d", i), run, "")
		if i%40 == 0 {
			if _, err := w.site.People.SetCohort(t.Context(), user.ID, run.String(), "red & <b>"); err != nil {
				t.Fatal(err)
			}
		}
	}
	evil := w.account("evil", run, "", "beta_testers")
	if _, err := w.site.People.SetProfile(t.Context(), evil.ID, people.Profile{Name: "=HYPERLINK(1)"}); err != nil {
		t.Fatal(err)
	}
	first := sue.get(path).must(200, "121 people", "Learner048", "evil@example.org").without("Learner049")
	second := sue.get(followLink(t, first, "Next page")).must(200, "Learner049", "Learner098").without("Learner048", "Learner099")
	third := sue.get(followLink(t, second, "Next page")).must(200, "Learner119").without(">Next page<")
	sue.get(followLink(t, third, "First page")).must(200, "Learner000")
	sue.get(path+"?sort=name-down").must(200, "Learner119").without("Learner001")
	sue.get(path+"?q=LEARNER07").must(200, "10 people found", "Learner079").without("Learner080", ">Next page<")
	sue.get(path+"?q=learner079%40ex").must(200, "1 person found", "Learner079")
	sue.get(path+"?q=nobody").must(200, "Nobody fits.")
	sue.get(path+"?cohort="+url.QueryEscape("red & <b>")).must(200, "3 people", "Learner040", "red &amp; &lt;b&gt;").without("<b>")
	sue.get(path+"?cohort=+").must(200, "118 people").without("Learner040")
	sue.get(path+"?role=beta_testers").must(200, "1 person", "Beta tester")
	sue.get(path+"?role=*&sort=newest").must(200, "2 people", "Sue")
	sue.get(path+"?mode=verified&status=former").must(200, "Nobody fits.")
	sue.get(path + "?after=nonsense").must(400)
	sue.get(path+"?mode=%00&role=..&cohort=%ff&sort=x&status=y").must(200, "Nobody fits.")

	sheet := sue.get(followLink(t, first, "Download as CSV")).must(200)
	rows := sheet.table()
	if len(rows) != 122 || rows[0][0] != "username" || rows[1][1] != "'=HYPERLINK(1)" {
		t.Errorf("%d rows, %q", len(rows), rows[:2])
	}
	if got := sue.get(path + ".csv?q=learner07").must(200).table(); len(got) != 11 {
		t.Errorf("%d rows", len(got))
	}
	if name := sheet.header.Get("Content-Disposition"); !strings.HasPrefix(name, `attachment; filename="people-course-v1-`) {
		t.Errorf("%q", name)
	}
}

// followLink gives the address of the link with the text.
func followLink(t *testing.T, p *page, text string) string {
	t.Helper()
	for _, n := range p.all("a") {
		if n.FirstChild != nil && strings.Contains(n.FirstChild.Data, text) {
			return attribute(n, "href")
		}
	}
	t.Fatalf("%s has no link %q: %.2000s", p.path, text, p.words())
	return ""
}

// results reads a list's lines as its table has them.
func results(p *page) string {
	var out []string
	for _, row := range p.table()[1:] {
		out = append(out, row[1]+"="+row[4])
	}
	return strings.Join(out, " ")
}

func TestEnrolByList(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	w.cohort(run, people.Cohort{Name: "red"})
	for _, name := range []string{"ann", "bob", "cat"} {
		w.account(name, run)
	}
	w.account("dan", run, "")
	sue := w.member("sue", run, "staff")
	path := staffPath(run)
	form := sue.get(path + "/enrol").must(200).form(path + "/lists")
	form.set("people", "").press("").must(422, "Name somebody")
	form.set("people", "ann", "mode", "bad\x01").press("").must(422, "This cannot be a mode")
	form.set("people", strings.Repeat("ann\n", lists.MaxLines+1), "mode", "").press("").must(422, "This is too long", "10,000")
	form.set("people", "ann, BOB@example.org; new@example.org\nnobody dan", "cohort", "red")
	at := form.press("").must(303).header.Get("Location")
	const want = "ann=enrolled bob@example.org=enrolled new@example.org=invited nobody=unknown dan=changed"
	if got := results(sue.get(at + "/results.csv").must(200)); !strings.EqualFold(got, strings.Replace(want, "bob@", "BOB@", 1)) {
		t.Errorf("foreseen: %s", got)
	}
	checked := sue.get(at).must(200, "nothing is changed yet", "2: enrolled", "1: no such account", "Enrol 4 people")
	if w.memberOf(run, "ann").Enrolled {
		t.Error("looking enrolled somebody")
	}
	if again := form.press("").must(303).header.Get("Location"); again != at {
		t.Errorf("the form sent twice is %s and %s", at, again)
	}
	start := checked.form(at + "/start")
	start.press("").must(303)
	start.press("").must(303)
	done := sue.get(at).must(200, "Done", "Undo this list")
	if m := w.memberOf(run, "ann"); !m.Enrolled || m.Cohort != "red" {
		t.Errorf("%+v", m)
	}
	sue.get(at+"?result=unknown").must(200, "nobody", "Show all lines").without(">ann<")
	sue.get(path+"/enrol").must(200, "Enrol 5 people")
	done.form(at + "/undo").press("").must(303)
	sue.get(at).must(200, "Undone").without("Undo this list")
	start.press("").must(409, "past that")
	if w.memberOf(run, "ann").Enrolled || w.memberOf(run, "dan").Cohort != "" || !w.memberOf(run, "dan").Enrolled {
		t.Error("not as it was")
	}

	// A table with columns, as a file; and what no list is.
	upload := func(name, text, typed string) *page {
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		for field, value := range map[string]string{"token": sue.token(), "kind": "enrol", "request": fmt.Sprintf("%032x", body.Len()+len(text)+len(typed)), "people": typed} {
			if err := m.WriteField(field, value); err != nil {
				t.Fatal(err)
			}
		}
		file, err := m.CreateFormFile("file", name)
		if err == nil {
			_, err = file.Write([]byte(text))
		}
		if err = firstError(err, m.Close()); err != nil {
			t.Fatal(err)
		}
		return sue.send("POST", path+"/lists", map[string]string{"Content-Type": m.FormDataContentType()}, body.String())
	}
	at = upload("list.csv", "\ufeffCohort;Email;Username;Mode\r\nred;cat@example.org;;verified\r\n;;ann;\r\ngreen;;bob;\r\n", "").must(303).header.Get("Location")
	sue.get(at).must(200).form(at + "/start").press("").must(303)
	if got := results(sue.get(at + "/results.csv")); got != "cat@example.org=enrolled ann=enrolled bob=no_cohort" {
		t.Error(got)
	}
	if m := w.memberOf(run, "cat"); m.Mode != "verified" || m.Cohort != "red" {
		t.Errorf("%+v", m)
	}
	upload("list.csv", "ann", "bob").must(422, "not both")
	upload("list.xlsx", "PK\x03\x04\xff\xfe\x00", "").must(422, "no text in UTF-8")

	// Unenrolling goes the same way.
	at = sue.get(path+"/enrol").form(path+"/lists").set("kind", "unenrol", "people", "cat bob").press("").must(303).header.Get("Location")
	sue.get(at).must(200, "Unenrol 1 person").form(at + "/start").press("").must(303)
	if w.memberOf(run, "cat").Enrolled {
		t.Error("still enrolled")
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// A long list is a job's: the page shows how far it is, and is found again.
func TestLongList(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	path := staffPath(run)
	var who []string
	for i := range 150 {
		who = append(who, fmt.Sprintf("new%d@example.org", i))
	}
	w.hold()
	at := sue.get(path+"/enrol").form(path+"/lists").set("people", strings.Join(who, "\n")).press("").must(303).header.Get("Location")
	sue.get(at).must(200, "Being checked", "0 of 150", `data-progress="`).without("/start")
	sue.get(path+"/enrol").must(200, "Enrol 150 people", "Being checked")
	var progress struct {
		Percent int
		Works   bool
	}
	sue.get(at + "/progress").must(200).json(&progress)
	if !progress.Works || progress.Percent != 0 {
		t.Errorf("%+v", progress)
	}
	w.release()
	w.working.Wait()
	sue.get(at).must(200, "150: no confirmed account yet").form(at + "/start").press("").must(303)
	w.working.Wait()
	sue.get(at + "/progress").must(200).json(&progress)
	if progress.Works || progress.Percent != 100 {
		t.Errorf("%+v", progress)
	}
	sue.get(path+"/invitations").must(200, "new0@example.org", "Next page")
}

// An address without an account is invited, hears of it, and is enrolled once its owner has signed up and confirmed it.
func TestInvitationBecomesAnEnrolment(t *testing.T) {
	mailer := &portstest.Mailer{}
	w := newWorld(t, options{unlimited: true, config: func(c *host.Config) { c.Mailer = mailer }})
	run := w.forces()
	ann := w.account("ann", run)
	if _, err := w.site.People.SetEmail(t.Context(), ann.ID, ann.Email, true); err != nil {
		t.Fatal(err)
	}
	if _, err := w.site.People.SetProfile(t.Context(), ann.ID, people.Profile{Name: "Ann", Locale: "ar"}); err != nil {
		t.Fatal(err)
	}
	w.account("thief", run) // has typed the address of somebody else, and cannot confirm it
	thief := mustUser(t, w, "thief")
	if _, err := w.site.People.SetEmail(t.Context(), thief.ID, "victim@example.org", false); err != nil {
		t.Fatal(err)
	}
	sue := w.member("sue", run, "staff")
	path := staffPath(run)
	form := sue.get(path+"/enrol").must(200, "Send them a mail").form(path+"/lists").set("people", "ann@example.org zoe@example.org victim@example.org")
	at := form.press("").must(303).header.Get("Location")
	if n := len(mailer.Sent()); n != 0 {
		t.Errorf("%d mails before anything was done", n)
	}
	sue.get(at).must(200).form(at + "/start").press("").must(303)
	w.working.Wait()
	sue.get(at).must(200, "A mail was sent.", "Done")
	if w.memberOf(run, "thief").Enrolled {
		t.Error("an address that nobody confirmed enrolled who typed it")
	}
	for _, m := range mailer.Sent() {
		if strings.ContainsAny(m.Subject+m.To, "\r\n") || !strings.Contains(m.Subject, "Forces and motion") || !strings.Contains(m.Text, w.url+"/") {
			t.Errorf("%+v", m)
		}
		if arabic := strings.Contains(m.Text, "مرحبًا"); arabic != (m.To == "ann@example.org") {
			t.Errorf("the wrong language: %+v", m)
		}
	}
	if n := len(mailer.Sent()); n != 3 {
		t.Errorf("%d mails", n)
	}
	invited := sue.get(path+"/invitations").must(200, "zoe@example.org", "victim@example.org").without("ann@example.org")
	invited.form(path+"/invitations/revoke").must(t, "email", "victim@example.org").press("").must(303)
	sue.get(path+"/invitations").must(200, "zoe@example.org").without("victim@example.org")

	w.account("zoe", run)
	zoe := mustUser(t, w, "zoe")
	if _, _, err := w.site.People.StartSession(t.Context(), zoe, people.Facts{Method: "test"}, ""); err != nil {
		t.Fatal(err)
	}
	if w.memberOf(run, "zoe").Enrolled {
		t.Error("enrolled before the address was confirmed")
	}
	token, err := w.site.People.IssueToken(t.Context(), zoe.ID, people.PurposeConfirm, zoe.Email, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	w.visitor().get("/confirm?link=" + url.QueryEscape(token)).must(200).form("/confirm").press("").must(200)
	if !w.memberOf(run, "zoe").Enrolled {
		t.Error("not enrolled")
	}
	sue.get(path+"/invitations").must(200, "Nobody is invited.")
}

// must sets a field, whatever stands in it: for pages with many forms to one address.
func (f *form) must(t *testing.T, name, value string) *form {
	t.Helper()
	if f.values.Get(name) == "" {
		t.Fatalf("the form has no field %s", name)
	}
	return f.set(name, value)
}

func TestCourseTeam(t *testing.T) {
	w := newWorld(t, options{})
	run, other := w.forces(), w.otherCourse()
	w.account("ann", run, "")
	path := staffPath(run) + "/team"
	ina := w.member("ina", run, "instructor")
	page := ina.get(path).must(200, "Ina", "Administrator", "given on the server", "This is you.")
	grant := page.form(path + "/grant")
	grant.set("who", "", "role", "staff").press("").must(422, "Fill this in.")
	grant.set("who", "nobody", "role", "staff").press("").must(422, "There is no account of this name", `value="nobody"`)
	grant.set("who", "ann", "role", "admin").press("").must(403)
	grant.set("who", "ann", "role", "forum/moderator", "by", "somebody").press("").must(303)
	done := grant.set("who", "ann@example.org", "role", "staff", "by", mustUser(t, w, "ann").ID).press("").must(303).follow().must(200, "ann has the role Staff now.", "forum/moderator", "given by")
	m := w.memberOf(run, "ann")
	for _, role := range m.Roles {
		if role.By != mustUser(t, w, "ina").ID || role.At.IsZero() {
			t.Errorf("given by whom the form says: %+v", role)
		}
	}
	done.form(path+"/revoke").set("who", "ann", "role", "staff").press("").must(303).follow().must(200, "ann does not have the role Staff any more.")
	if w.memberOf(run, "ann").Has("staff") {
		t.Error("still staff")
	}
	// The only administrator stays one.
	page.form(path+"/revoke").set("who", "ina", "role", "instructor").press("").must(409, "only administrator")
	grant.set("who", "ann", "role", "instructor").press("").must(303)
	page.form(path+"/revoke").set("who", "ina", "role", "instructor").press("").must(303)

	// Staff, limited or not, make beta testers and nothing else, and see no buttons that they may not press.
	for _, role := range []string{"staff", "limited_staff"} {
		name := strings.ReplaceAll(role, "_", "")[:3] + "x"
		b := w.member(name, run, role)
		p := b.get(path).must(200, "You can make people beta testers.").without(`value="instructor"`)
		form := p.form(path + "/grant")
		for _, forbidden := range []string{"instructor", "staff", "limited_staff", "data_researcher", "forum/moderator", ""} {
			form.set("who", name, "role", forbidden).press("").must(403)
			b.send("POST", path+"/revoke", map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-Quoin-Token": b.token()},
				url.Values{"who": {"ann"}, "role": {forbidden}}.Encode()).must(403)
		}
		form.set("who", "ann", "role", "beta_testers").press("").must(303).follow().must(200, "ann has the role Beta tester now.").
			form(path + "/revoke").press("").must(303)
		if w.memberOf(run, "ann").Has("beta_testers") || !w.memberOf(run, "ann").Has("instructor") {
			t.Errorf("%+v", w.memberOf(run, "ann").Roles)
		}
	}
	// What another course's pseudonym means there is nobody's business here.
	dora := w.account("dora", other, "staff")
	ann := w.enter(mustUser(t, w, "ann"))
	ann.get(path + "?role=staff&who=" + w.site.People.Pseudonym(dora.ID, other.String())).must(200).without("dora")
}

func TestCohortPages(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Groups"/>`,
		"course/now.xml": `<course display_name="Groups" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c"><sequential url_name="s">
			<vertical url_name="all"><probe url_name="p1" html="&lt;p&gt;for all&lt;/p&gt;"/></vertical>
			<vertical url_name="few" group_access="{&quot;50&quot;: [2]}"><probe url_name="p2" html="&lt;p&gt;for few&lt;/p&gt;"/></vertical></sequential></chapter></course>`,
		"policies/now/policy.json": `{"course/now": {"user_partitions": [{"id": 50, "name": "Content", "scheme": "cohort", "version": 3, "parameters": {}, "active": true,
			"groups": [{"id": 1, "name": "Blue content", "version": 1}, {"id": 2, "name": "Red content", "version": 1}]},
			{"id": 60, "name": "Tracks", "scheme": "enrollment_track", "groups": [{"id": 1, "name": "Audit track", "version": 1}]}]}}`,
	})
	path := staffPath(run) + "/cohorts"
	sue, ann := w.member("sue", run, "staff"), w.member("ann", run, "")
	bob := w.member("bob", run, "")
	empty := sue.get(path).must(200, "There are no cohorts yet.", "Red content")
	if _, own, _ := strings.Cut(empty.body, "<h1"); strings.Contains(own, "Audit track") {
		t.Error("a track is offered as a content group")
	}
	create := empty.form(path)
	create.set("name", " ").press("").must(422, "Fill this in.")
	create.set("name", "x\u202e").press("").must(422)
	create.set("name", "red", "group", "7:7").press("").must(400)
	create.set("name", "red", "group", "50:2").press("").must(303).follow().must(200, "Saved.", "Red content", "By hand", "0 learners", "2 learners are in no cohort")
	create.set("name", "RED").press("").must(422, "There is a cohort of this name.")
	create.set("name", "auto", "group", "", "automatic", "yes").press("").must(303)

	// What is for a content group is seen by who is in its cohort.
	ann.get(unitPath(run, "few")).must(404)
	move := sue.get(path).form(path + "/move")
	move.set("who", "nobody", "cohort", "red").press("").must(422, "No learner of this course")
	move.set("who", "sue", "cohort", "red").press("").must(422, "No learner of this course")
	move.set("who", "ann", "cohort", "green").press("").must(400)
	move.set("who", "ann@example.org", "cohort", "red").press("").must(303)
	ann.get(unitPath(run, "few")).must(200, "for few")
	bob.get(unitPath(run, "few")).must(404)
	sue.get(path).must(200, "1 learner", "1 learner is in no cohort")

	sue.send("POST", path+"/delete", map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-Quoin-Token": sue.token()}, "name=red").must(409)
	at := sue.get(path).form(path + "/draw").press("").must(303).header.Get("Location")
	sue.get(at).must(200, "Done", "1: moved to the cohort")
	if got := w.memberOf(run, "bob").Cohort; got != "auto" {
		t.Errorf("bob is in %q", got)
	}
	// Open edX's own format, with a result for each line.
	at = sue.get(path).form(staffPath(run)+"/lists").set("people", "email,username,cohort\n,ann,auto\nbob@example.org,,red\n,nobody,red\n,ann,red\n,sue,red\n,bob,green").press("").must(303).header.Get("Location")
	sue.get(at).must(200, "Move 2 people").form(at + "/start").press("").must(303)
	if got := results(sue.get(at + "/results.csv")); got != "ann=moved bob@example.org=moved nobody=unknown ann=twice sue=not_enrolled bob=no_cohort" {
		t.Error(got)
	}
	ann.get(unitPath(run, "few")).must(404)
	bob.get(unitPath(run, "few")).must(200)
	sue.get(path).form(staffPath(run)+"/lists").set("people", "", "cohort", "red").press("").must(422, "Name somebody")
	move.set("who", "bob", "cohort", "").press("").must(303)
	sue.send("POST", path+"/delete", map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-Quoin-Token": sue.token()}, "name=red").must(303)
	sue.get(path).must(200).without(">red<")

	// Who enrols by himself comes into an automatic cohort.
	cat := w.member("cat", run)
	cat.get("/courses/" + run.String() + "/about").must(200).form("/courses/" + run.String() + "/enrol").press("").must(303)
	if got := w.memberOf(run, "cat").Cohort; got != "auto" {
		t.Errorf("cat is in %q", got)
	}
}

// A person who is erased leaves no trace in lists, under whatever name staff typed.
func TestErasedFromLists(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	ann := w.account("ann", run)
	sue := w.member("sue", run, "staff")
	path := staffPath(run)
	var pages []string
	for i, who := range []string{"Ann@Example.org", "ann"} {
		typed := fmt.Sprintf("%s other%d@example.org", who, i)
		at := sue.get(path+"/enrol").form(path+"/lists").set("people", typed).press("").must(303).header.Get("Location")
		sue.get(at).must(200).form(at + "/start").press("").must(303)
		pages = append(pages, at)
	}
	if _, err := w.site.ErasePerson(context.Background(), ann.ID); err != nil {
		t.Fatal(err)
	}
	for _, at := range pages {
		sue.get(at).must(200, "@example.org").without(">ann<", ">Ann@", ">ann@")
	}
}
