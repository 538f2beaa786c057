package host_test

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/host/sheet"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/scoring"
)

func gradebookPath(run key.Course) string { return "/courses/" + run.String() + "/staff/gradebook" }

// points gives a learner points in a block of a run by hand.
func (w *world) points(user people.User, run key.Course, block string, earned, possible float64) {
	w.t.Helper()
	err := w.site.Kernel.Scorer().Override(w.t.Context(), w.site.People.Pseudonym(user.ID, run.String()), run.Usage("problem", block), scoring.Override{
		Earned: earned, Possible: possible, By: "tester", At: time.Now(), Stamp: fmt.Sprint(time.Now().UnixNano()),
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// gradedPeople are four learners of the course of twoKinds: Ann has everything right, Bert the exam, Carl half of one homework,
// and Zoe, whose name would be markup and a formula, nothing.
func (w *world) gradedPeople(run key.Course) {
	w.t.Helper()
	ann, bert, carl := w.account("ann", run, ""), w.account("bert", run, ""), w.account("carl", run, "")
	zoe := w.account("zoe", run, "")
	if _, err := w.site.People.SetProfile(w.t.Context(), zoe.ID, people.Profile{Name: `=<b>Zoe & "Co"</b>`}); err != nil {
		w.t.Fatal(err)
	}
	for _, block := range []string{"a", "b", "q", "e"} {
		w.points(ann, run, block, 1, 1)
	}
	w.points(bert, run, "e", 1, 1)
	w.points(carl, run, "a", 0.5, 1)
}

// order gives the user names of the rows of a page.
func (p *page) order() string {
	var names []string
	for _, part := range strings.Split(p.body, `<span class="login"><bdi>`)[1:] {
		name, _, _ := strings.Cut(part, "<")
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// By hand: Bert has 0.6 * 1; Carl has the best three of 0.5, 0, 0, 0 in homework, 0.4 * 0.5 / 3 = 0.0667, which is 7 %.
func TestGradebook(t *testing.T) {
	w := newWorld(t, options{})
	run := w.graded("", twoKinds)
	w.gradedPeople(run)
	sue := w.member("sue", run, "staff")
	path := gradebookPath(run)
	sue.get("/courses/"+run.String()+"/staff").must(200, `/staff/gradebook"`)
	page := sue.get(path).must(200, "4 learners", "First work", "The quiet one", "Learners do not see results", "40% of the grade",
		`<td class="sum">100%<td><bdi>A</bdi><td>100<td>100<td>100<td class="sum">100<td>100<td class="sum">100`,
		`<td class="sum">60%<td><bdi>C</bdi><td>–<td>–<td>–<td class="sum">0<td>100<td class="sum">100`,
		`<td class="sum">7%<td><bdi></bdi><td>50<td>–<td>–<td class="sum">17<td>–<td class="sum">0`,
		`=&lt;b&gt;Zoe &amp; &#34;Co&#34;&lt;/b&gt;`, `aria-rowcount="6"`, `<tr aria-rowindex="3"><th scope="row"><a href="/courses/`)
	page.without("<b>Zoe", "For practice", "are being added up again:")
	if got := page.order(); got != "zoe ann bert carl" {
		t.Errorf("by name: %s", got)
	}
	for query, want := range map[string]string{
		"?sort=-name": "carl bert ann zoe", "?sort=username": "ann bert carl zoe", "?sort=-total": "ann bert carl zoe", "?sort=total": "zoe carl bert ann",
		"?sort=-column:s1": "ann carl zoe bert", "?sort=-type:Exam": "ann bert carl zoe", "?sort=nonsense": "zoe ann bert carl", "?q=be": "bert",
		"?q=zoe@ex": "zoe", "?result=passed": "ann bert", "?result=failed": "zoe carl", "?from=60": "ann bert", "?to=60&sort=username": "bert carl zoe",
		"?from=7&to=60,0": "bert carl", "?mode=honor": "", "?status=former": "", "?page=7": "zoe ann bert carl",
	} {
		if got := sue.get(path + query).must(200).order(); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	sue.get(path+"?from=many&to=-1").must(200, `aria-invalid="true" aria-describedby="from-error"`, `id="to-error"`, "4 learners")
	sue.get(path+"?q=nobody").must(200, "Nobody fits", "Show everybody").without("<table")
	sue.get(path+"?show=points").must(200, "<td>0.5/1", "<td>1/1")
	folded := sue.get(path+"?shut=Homework&sort=total").must(200, `<td class="sum">60%<td><bdi>C</bdi><td class="sum">0<td>100<td class="sum">100`, `name="shut" value="Homework"`, `aria-expanded="false"`)
	folded.without("First work")
	sue.get(path+"?sort=-total").must(200, `aria-sort="descending"`, `sort=total`)
	// The heads lead to what they say.
	if next := folded.links("sort=-column"); len(next) != 1 || !strings.Contains(next[0], "shut=Homework") {
		t.Errorf("sorting forgets what is folded: %q", next)
	}
}

// links lists the addresses on a page that hold a text.
func (p *page) links(text string) []string {
	var found []string
	for _, part := range strings.Split(p.body, `href="`)[1:] {
		link, _, _ := strings.Cut(part, `"`)
		if link, err := url.PathUnescape(strings.ReplaceAll(link, "&amp;", "&")); err == nil && strings.Contains(link, text) {
			found = append(found, link)
		}
	}
	return found
}

func TestGradebookEmptyStates(t *testing.T) {
	w := newWorld(t, options{})
	run := w.otherCourse()
	sue := w.member("sue", run, "limited_staff")
	sue.get(gradebookPath(run)).must(200, "Nobody is enrolled yet", "/staff/enrol").without("<table")
	w.account("ann", run, "")
	w.eventually(func() bool {
		return strings.Contains(sue.get(gradebookPath(run)).must(200).body, "Nothing in this course is graded yet")
	})
}

// Each page has fifty, and scripts get any stretch of the same rows.
func TestGradebookPagesAndRows(t *testing.T) {
	w := newWorld(t, options{})
	run := w.graded("", twoKinds)
	for n := range 120 {
		user, err := w.site.People.Create(t.Context(), people.NewUser{Username: fmt.Sprintf("l%03d", n), Email: fmt.Sprintf("l%03d@example.org", n), Passwordless: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.site.People.Enrol(t.Context(), user.ID, run.String(), ""); err != nil {
			t.Fatal(err)
		}
	}
	sue := w.member("sue", run, "instructor")
	path := gradebookPath(run)
	first := sue.get(path+"?sort=username").must(200, "120 learners", "Page 1 of 5", `rel="next"`).without(`rel="prev"`)
	if got := strings.Fields(first.order()); len(got) != 25 || got[0] != "l000" {
		t.Errorf("the first page has %d rows from %v", len(got), got)
	}
	last := sue.get(path+"?sort=username&page=5").must(200, `rel="prev"`, `aria-rowindex="103"`).without(`rel="next"`)
	if got := strings.Fields(last.order()); len(got) != 20 || got[19] != "l119" {
		t.Errorf("the last page has %d rows: %v", len(got), got)
	}
	var rows struct {
		First, Total int
		HTML, Old    string
	}
	sue.get(path + "/rows?sort=username&at=110").must(200).json(&rows)
	if rows.First != 110 || rows.Total != 120 || strings.Count(rows.HTML, "<tr ") != 10 || !strings.Contains(rows.HTML, `aria-rowindex="113"`) || rows.Old != "" {
		t.Errorf("%d of %d: %.200s", rows.First, rows.Total, rows.HTML)
	}
	sue.get(path + "/rows?at=99999").must(200).json(&rows)
	if rows.HTML != "" || rows.Total != 120 {
		t.Errorf("behind the end stand %q", rows.HTML)
	}
	sue.get(path + "/rows?at=-1").must(400)
	sue.get(path + "/rows?at=x").must(400)
}

// The table holds what the address chooses, with all columns and harmless cells.
func TestGradebookSheet(t *testing.T) {
	w := newWorld(t, options{})
	run := w.graded("", twoKinds)
	w.gradedPeople(run)
	sue := w.member("sue", run, "data_researcher")
	answer := sue.get(gradebookPath(run)+".csv?sort=username&shut=Homework").must(200, "'=<b>Zoe")
	if got := answer.header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") || !strings.Contains(answer.header.Get("Content-Type"), "text/csv") {
		t.Errorf("it is sent as %s", got)
	}
	read := func(text string) [][]string {
		var rows [][]string
		for reader := sheet.NewReader(strings.NewReader(text), sheet.Limits{}); ; {
			row, _, err := reader.Read()
			if errors.Is(err, io.EOF) {
				return rows
			}
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, row)
		}
	}
	rows := read(answer.body)
	if len(rows) != 5 || strings.Join(rows[0], " ") != "learner username name email enrolled mode cohort grade letter passed up_to_date pending average:Homework average:Exam grade:s1 grade:s2 grade:s4 grade:s3" {
		t.Fatalf("%d rows under %q", len(rows), rows[0])
	}
	for i, want := range []string{
		"ann Ann ann@example.org true audit  1 A true true  1 1 1 1 1 1", "bert Bert bert@example.org true audit  0.6 C true true  0 1    1",
		"carl Carl carl@example.org true audit  0.07  false true  0.1667 0 0.5   ", `zoe =<b>Zoe & "Co"</b> zoe@example.org true audit  0  false true       `,
	} {
		if got := strings.Join(rows[i+1][1:], " "); got != want {
			t.Errorf("row %d: %q, want %q", i, got, want)
		}
	}
	points := read(sue.get(gradebookPath(run) + ".csv?q=carl&show=points").must(200).body)
	if len(points) != 2 || strings.Join(points[0][14:16], " ") != "earned:s1 possible:s1" || strings.Join(points[1][14:18], "|") != "0.5|1||" {
		t.Errorf("points are %q", points)
	}
}

// What was handed in and waits for a person's grade is no work that nobody has tried: the gradebook says that it waits, until it is
// graded, and again when the grade is taken back.
func TestGradebookShowsWhatWaits(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.essays()
	ann := w.member("ann", run, "")
	w.account("bob", run, "")
	sue, rita := w.member("sue", run, "staff"), w.member("rita", run, "data_researcher")
	path := gradebookPath(run)
	rows := func(wanted ...string) {
		t.Helper()
		w.working.Wait()
		w.eventually(func() bool {
			page := sue.get(path).must(200)
			return !slices.ContainsFunc(wanted, func(text string) bool { return !strings.Contains(page.body, text) })
		})
	}
	rows("<td>–<td class")
	ann.handInReport(run, "Low at noon.")
	waits := `<td> <a class="waits" href="/courses/` + run.String() + `/staff/grading?section=c">to grade</a>`
	rows(waits, "<td>–<td class")
	rita.get(path).must(200, `<td> <span class="waits">to grade</span>`).without("staff/grading")
	sue.get(path+".csv").must(200, ",ann,Ann,ann@example.org,true,audit,,0,,false,true,s,0,\r\n", ",bob,Bob,bob@example.org,true,audit,,0,,false,true,,,\r\n")
	sue.get(path+"?show=points").must(200, waits)
	one := sue.get("/courses/"+run.String()+"/staff/grading?section=c").formWith("act", "start").send("", nil).must(303).follow()
	done := one.gradingForm().set("c0", "o1", "c1", "l", "act", "next").send("", nil).must(303).follow()
	rows("<td>33<td class")
	sue.get(path).without(waits)
	done.formWith("act", "undo").send("", nil).must(303)
	rows(waits)
	sue.get(path).without("<td>33")
	// Points for the whole end it as well.
	err := w.site.Kernel.Scorer().Override(t.Context(), w.pseudonym("ann", run), run.Usage("file-upload", "report"), scoring.Override{
		Earned: 3, Possible: 6, By: "tester", At: time.Now(), Stamp: fmt.Sprint(time.Now().UnixNano()),
	})
	if err != nil {
		t.Fatal(err)
	}
	rows("<td>50<td class")
	sue.get(path).without(waits)
}

// Staff of each kind and data researchers see the gradebook; to everybody else there is none.
func TestWhoSeesTheGradebook(t *testing.T) {
	w := newWorld(t, options{})
	run := w.graded("", twoKinds)
	other := w.otherCourse()
	w.gradedPeople(run)
	paths := []string{"", "/rows", ".csv"}
	for _, role := range []string{"staff", "instructor", "limited_staff", "data_researcher"} {
		b := w.member("person"+strings.ReplaceAll(role, "_", ""), run, role)
		for _, path := range paths {
			b.get(gradebookPath(run) + path).must(200)
		}
	}
	for who, b := range map[string]*browser{
		"a learner": w.member("lea", run, ""), "a beta tester": w.member("beth", run, "", "beta_testers"), "staff of another course": w.member("dora", other, "staff", "data_researcher"),
	} {
		for _, path := range paths {
			if p := b.get(gradebookPath(run) + path); p.status != 404 || strings.Contains(p.body, "bert") {
				t.Errorf("%s gets %d at %s", who, p.status, p.path)
			}
		}
	}
	for _, path := range paths {
		if p := w.visitor().get(gradebookPath(run) + path); !refused(p) {
			t.Errorf("a visitor gets %d at %s", p.status, p.path)
		}
	}
	// A researcher is led to no page that he may not see, and to none of a learner's.
	rita := w.member("rita", run, "data_researcher")
	rita.get("/courses/"+run.String()+"/about").must(200, "/staff/gradebook")
	rita.get(gradebookPath(run)).must(200).without("/staff/people", "/staff/learners/", `/staff"`)
	rita.get("/courses/" + run.String() + "/staff").must(404)
}

// After a publish the page says that grades are being added up again, marks those that are from before, and shows them new once
// the workers have been there.
func TestGradebookAfterAPublish(t *testing.T) {
	w := newWorld(t, options{})
	run := w.graded("", twoKinds)
	w.gradedPeople(run)
	sue := w.member("sue", run, "staff")
	sue.get(gradebookPath(run)).must(200, "60%")
	w.hold()
	w.graded("", strings.ReplaceAll(strings.ReplaceAll(twoKinds, `"weight": 0.4`, `"weight": 0.9`), `"weight": 0.6`, `"weight": 0.1`))
	w.eventually(func() bool {
		p := sue.get(gradebookPath(run)).must(200)
		return strings.Contains(p.body, "Grades are being added up again: 0 of 3.") && strings.Count(p.body, `<td class="old">60%`) == 1
	})
	sue.get(gradebookPath(run)+".csv?q=bert").must(200, "0.6,C,true,false,")
	var rows struct{ Old string }
	sue.get(gradebookPath(run) + "/rows").json(&rows)
	if rows.Old == "" {
		t.Error("scripts do not hear of it")
	}
	w.release()
	w.working.Wait()
	w.eventually(func() bool {
		p := sue.get(gradebookPath(run)).must(200)
		return !strings.Contains(p.body, "Grades are being added up again:") && strings.Contains(p.body, `<td class="sum">10%`)
	})
}

// eventually asks until something is so, such as what is kept for a second and has to go stale first.
func (w *world) eventually(so func() bool) {
	w.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if so() {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	w.t.Fatal("it never came so")
}
