package host_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// Blocks are pasted across courses by who may change both, and by nobody else (security R13).
func TestStudioPastesAcrossCourses(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, from := w.draftedCourse(), w.otherCourse()
	sue, both := w.member("sue", run, "staff"), w.account("bob", run, "staff")
	if _, _, err := w.site.People.Grant(t.Context(), both.ID, from.String(), "staff", "tester"); err != nil {
		t.Fatal(err)
	}
	bob := w.enter(w.userNamed("bob"))
	unit := from.Usage("vertical", "read1").String()
	to := run.Usage("sequential", "a").String()
	if status, _ := sue.studioPost(run, "/paste", "usage", unit, "to", to, "after", ""); status != 404 {
		t.Errorf("staff of one course copy from another: %d", status)
	}
	if status, _ := bob.studioPost(run, "/paste", "usage", unit, "to", from.Usage("sequential", "s").String()); status != 404 {
		t.Errorf("a paste into another course by this one's address: %d", status)
	}
	bob.did(run, "/paste", "usage", unit, "usage", run.Usage("vertical", "u3").String(), "to", to, "after", run.Usage("vertical", "u1").String())
	if got := w.titles(run); !strings.HasPrefix(got, "A(a(1 ") || !strings.Contains(got, " 3 2) b(3))") {
		t.Error(got)
	}
}

// A course is run again with its dates moved, archived and taken out of the archive, and goes back to what was published once.
func TestStudioRunsAgain(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	boss := w.enter(w.administrator("boss"))
	sue := w.member("sue", run, "staff")
	sue.did(run, "/set", "usage", run.Usage("sequential", "a").String(), "has", "due", "due", "2020-02-01T00:00")
	sue.did(run, "/publish")
	page := studioPath(run) + "/rerun"
	sue.get(page).must(404)
	form := boss.get(page).must(200, `value="2020-01-01T00:00"`).form(page)
	form.set("new_run", "").press("").must(422, "without blanks")
	form.set("new_run", "now").press("").must(422)
	form.set("new_run", "later", "new_start", "2031-01-01T00:00").press("").must(303)
	again, err := key.NewCourse("Org", "Draft", "later")
	if err != nil {
		t.Fatal(err)
	}
	if got := w.titles(again); got != "A(a(1 2) b(3)) B(c)" {
		t.Error(got)
	}
	boss.get(studioPath(again)).must(200, "2031-02-01").without("2020-02-01")

	home := sue.get("/studio").must(200, "Draft course").without("Archived", "Run again")
	home.form(studioPath(run) + "/archive").press("").must(303)
	sue.get("/studio").must(200, "Archived").without(studioHref(run) + `"`)
	sue.get("/studio?archived=1").must(200, studioHref(run)+`"`).form(studioPath(run) + "/archive").press("").must(303)
	sue.get("/studio").must(200, studioHref(run)+`"`)

	sue.did(run, "/set", "usage", run.Usage("vertical", "u1").String(), "has", "title", "title", "Later words")
	sue.did(run, "/publish")
	sue.get(studioPath(run)+"/history").must(200, "Go back to this version", "what anybody has changed in it since")
	// The history of one block offers nothing that would change the others.
	sue.get(studioPath(run) + "/history?of=" + url.QueryEscape(run.Usage("html", "text1").String())).must(200).without("Go back to this version")
	sue.did(run, "/return", "number", "1")
	if got := w.titles(run); got != "A(a(1 2) b(3)) B(c)" {
		t.Error(got)
	}
	sue.get(studioPath(run)+"/changes").must(200, "Later words")
	for _, wrong := range []string{"0", "99", "x"} {
		if status, _ := sue.studioPost(run, "/return", "number", wrong); status != 404 && status != 400 {
			t.Errorf("a return to %s: %d", wrong, status)
		}
	}
}

// What a publish would do to scores is told before.
func TestStudioTellsOfScores(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.graded("", "")
	ann := w.member("ann", run, "")
	ann.get(unitPath(run, "v1")).form(blockPath(run, "problem", "a")).set("input_2_1", "choice_1").press("submit").must(303)
	w.working.Wait()
	sue := w.member("sue", run, "staff")
	sue.did(run, "/remove", "usage", run.Usage("sequential", "s2").String())
	sue.get(studioPath(run) + "/changes").must(200).without("put into question")
	sue.did(run, "/remove", "usage", run.Usage("sequential", "s1").String())
	sue.get(studioPath(run)+"/changes").must(200, "put into question", "it is taken out", "1 learner has answered")
}

// After a publish that makes other answers right, the team is told that scores stay, and has the answers graded again where it is told.
func TestStudioRegrades(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, other := w.graded("", ""), w.otherCourse()
	ann := w.member("ann", run, "")
	ann.get(unitPath(run, "v1")).form(blockPath(run, "problem", "a")).set("input_2_1", "choice_1").press("submit").must(303)
	w.working.Wait()
	sue, olga := w.member("sue", run, "staff"), w.member("olga", other, "staff")
	usage := run.Usage("problem", "a")
	earned := func() float64 {
		t.Helper()
		scores, err := w.site.Kernel.Scorer().Scores(t.Context(), w.pseudonym("ann", run), []string{usage.String()})
		if err != nil || scores[usage.String()] == nil {
			t.Fatal(scores, err)
		}
		return scores[usage.String()].Earned
	}
	was := earned()
	content, err := w.site.Authoring.Unit(t.Context(), run, usage)
	if err != nil {
		t.Fatal(err)
	}
	changed := false
	for field, value := range content.Fields {
		text := strings.NewReplacer(`correct=\"true\"`, `correct=\"false\"`, `correct=\"false\"`, `correct=\"true\"`).Replace(string(value))
		if text != string(value) {
			edits := map[string]authoring.FieldEdit{field: {Base: value, Value: json.RawMessage(text)}}
			if _, err := w.site.Authoring.Save(t.Context(), authoring.Author{ID: "tester"}, usage, edits); err != nil {
				t.Fatal(err)
			}
			changed = true
		}
	}
	if !changed {
		t.Fatalf("no answer to change in %s", content.Fields)
	}
	changes := studioPath(run) + "/changes"
	sue.get(changes).must(200, "put into question", "The scores stay as they were given")
	published := sue.get(changes).form(studioPath(run) + "/publish").press("").must(303)
	at := published.header.Get("Location")
	page := sue.get(at).must(200, "Learners see it now", "See it live", "Back to the outline", "stay as they are until", "Grade the answers again now", "1 learner has answered").without("What learners will see change")
	w.working.Wait()
	if earned() != was {
		t.Error("a publish alone changed a score")
	}
	regrade := studioPath(run) + "/regrade"
	if status := sue.does(regrade, "usage", usage.String(), "after", "no cursor").status; status >= 500 || status == 200 {
		t.Errorf("a cursor that nobody gave: status %d", status)
	}
	for who, b := range map[string]*browser{"a learner": ann, "staff of another course": olga} {
		if status, _ := b.studioPost(run, "/regrade", "usage", usage.String()); status != 404 {
			t.Errorf("%s grades again: %d", who, status)
		}
	}
	done := page.form(regrade).press("").must(303)
	w.working.Wait()
	sue.get(done.header.Get("Location")).must(200, "1 answer is being graded again", "Back to the outline").without("Grade the answers again now")
	if earned() == was {
		t.Error("the answer was not graded again")
	}
	if status, _ := sue.studioPost(run, "/regrade", "usage", other.Usage("problem", "a").String()); status != 404 {
		t.Errorf("another course's component: %d", status)
	}
}

// Groups restrict content before anything of the course is published.
func TestStudioGroupsBeforePublishing(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.unpublished()
	sue := w.member("sue", run, "staff")
	page := studioPath(run) + "/settings/groups"
	sue.get(page).must(200).form(page).set("g.s0.name", "Honours").press("").must(303)
	tree, err := w.site.Authoring.Tree(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	unit := tree.Course.Children[0].Children[0].Children[0].Usage
	sheet := studioPath(run) + "/blocks/" + unit.String() + "/settings"
	sue.get(sheet).must(200, "Honours").form(studioPath(run)+"/set").set("title", "For some", "groups", "50:1").press("").must(303)
	sue.get(sheet).must(200, `value="50:1" checked`)
}

// Content groups are made, renamed and removed, but for those that content is kept for; other partitions stay as they are.
func TestStudioContentGroups(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	page := studioPath(run) + "/settings/groups"
	sue.get(page).must(200).form(page).set("g.s0.name", "Red", "g.s1.name", "Blue").press("").must(303)
	sue.get(studioPath(run)+"/blocks/"+run.Usage("vertical", "u1").String()+"/settings").must(200, "Red", "Blue").form(studioPath(run)+"/set").set("groups", "50:1").press("").must(303)
	sue.did(run, "/publish")
	form := sue.get(page).must(200, `value="Red"`).form(page)
	form.set("g.0.gone", "1").press("").must(422, "Red is not removed")
	form = sue.get(page).form(page)
	form.set("g.1.name", "Red").press("").must(422, "a name of its own")
	form.set("g.1.name", "Green", "g.s0.name", "Late").press("").must(303)
	published, err := w.site.Courses.Published(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		ID     int
		Scheme string
		Groups []struct {
			ID   int
			Name string
		}
	}
	if err := json.Unmarshal([]byte(published.Run.Settings["user_partitions"]), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || all[0].Scheme != "cohort" || len(all[0].Groups) != 3 || all[0].Groups[1].ID != 2 || all[0].Groups[1].Name != "Green" || all[0].Groups[2].ID != 3 {
		t.Errorf("%+v", all)
	}
}

// Every setting is found, checked by its kind and saved alone: what somebody else changed meanwhile stays.
func TestStudioAdvancedSettings(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue, tom := w.member("sue", run, "staff"), w.member("tom", run, "staff")
	page := studioPath(run) + "/settings/advanced"
	sue.get(page+"?q="+url.QueryEscape("video auto")).must(200, "video_auto_advance", "1 found").without("s.start\"")
	sue.get(page+"?q=nothingofthat").must(200, "No setting has these words")
	sue.get(page).must(200).without("lti_passports", "matlab_api_key", "xqa_key")
	form, other := sue.get(page).formWith("form", "settings"), tom.get(page).formWith("form", "settings")
	wrong := form.set("s.start", "tomorrow", "s.advanced_modules", "{}", "s.cosmetic_display_price", "NaN", "s.show_calculator", "perhaps", "s.teams_configuration", "[1", "s.catalog_visibility", "all", "s.wiki_slug", "kept").
		press("").must(422, `value="tomorrow"`, "[1", `value="kept"`)
	if n := strings.Count(wrong.body, `class="error"`); n != 6 {
		t.Errorf("%d settings are refused", n)
	}
	other.set("s.advanced_modules", `["poll"]`, "s.cosmetic_display_price", "12.5", "s.show_calculator", "true", "s.end", "2031-01-01T00:00:00+02:00").press("").must(303)
	sue.get(studioPath(run)+"/settings/schedule").must(200, `value="2030-12-31T22:00"`)
	form = sue.get(page).formWith("form", "settings")
	tom.get(page).formWith("form", "settings").set("s.wiki_slug", "his").press("").must(303)
	form.set("s.is_new", "true").values.Set("s.show_calculator", "")
	form.press("").must(303)
	published, err := w.site.Courses.Published(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"advanced_modules": `["poll"]`, "cosmetic_display_price": "12.5", "wiki_slug": `"his"`, "is_new": "true", "end": `"2030-12-31T22:00:00Z"`} {
		if got := published.Run.Settings[name]; got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if got := published.Run.Settings["show_calculator"]; got != "" && got != "null" {
		t.Errorf("show_calculator is still %s", got)
	}
}

// A formula is set for the course's authors while they type it, and not without end.
func TestStudioFormula(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, other := w.forces(), w.otherCourse()
	address := studioPath(run) + "/formula?tex="
	sue := w.member("sue", run, "staff")
	sue.get(address+"x%5E2").must(200, "math", "msup")
	if status := sue.get(address + strings.Repeat("x", 4001)).status; status != 413 && status != 431 { // the address itself is too long
		t.Errorf("a formula of 4001 bytes: %d", status)
	}
	for who, b := range map[string]*browser{"a learner": w.member("ann", run, ""), "staff of another course": w.member("olga", other, "staff")} {
		if status := b.get(address + "x").status; status != 404 {
			t.Errorf("%s: %d", who, status)
		}
	}
	w.visitor().get(address + "x").must(401)
}
