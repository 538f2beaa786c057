package host_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// demoCourse imports the Open edX demo course, which lies beside the repository and is not part of it.
func (w *world) demoCourse(t *testing.T) key.Course {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "courses", "openedx-demo-course.tar.gz")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the demo course is not here: %v", err)
	}
	report := w.importFolder(path, key.Course{})
	if len(report.Failed) > 0 {
		t.Errorf("published as broken: %v", report.Failed)
	}
	return report.Course
}

// kinds are the five types of questions, by what their only control looks like.
var kinds = map[string]*regexp.Regexp{
	"choice":     regexp.MustCompile(`type="radio"`),
	"checkboxes": regexp.MustCompile(`type="checkbox"`),
	"dropdown":   regexp.MustCompile(`<select`),
	"number":     regexp.MustCompile(`class="[^"]*capa-formula`),
	"text":       regexp.MustCompile(`type="text"`),
}

var (
	controlName = regexp.MustCompile(`name="(input_[^"]*)"`)
	choiceValue = regexp.MustCompile(`(?:type="(?:radio|checkbox)"[^>]*|<option[^>]*)value="([^"]+)"`)
)

// onePerKind finds a problem of each type in a course, with right answers as the block itself gives them and wrong ones.
func (w *world) onePerKind(run key.Course, user people.User) map[string]question {
	w.t.Helper()
	ctx := w.t.Context()
	published, err := w.site.Courses.Published(ctx, run)
	if err != nil {
		w.t.Fatal(err)
	}
	person, err := w.site.Person(ctx, &user, run)
	if err != nil {
		w.t.Fatal(err)
	}
	person.Enrolled = true
	blocks, err := published.All(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	found := map[string]question{}
	for _, block := range blocks {
		if block.Usage.Type != "problem" || block.Unit == nil || block.Parent != block.Unit {
			continue
		}
		if kind, q, ok := w.questionOf(person, published, block); ok && found[kind].block == "" {
			found[kind] = q
		}
	}
	return found
}

// questionOf reads a problem of one control off its view.
func (w *world) questionOf(person *access.Person, published *course.Published, block *course.Block) (kind string, q question, ok bool) {
	w.t.Helper()
	visit, err := w.site.Kernel.Visit(w.t.Context(), person, published, block)
	if err != nil {
		w.t.Fatal(err)
	}
	shown, err := visit.Render(w.t.Context(), block, wire.ViewLearner)
	if err != nil {
		w.t.Fatal(err)
	}
	solution, err := visit.Solve(w.t.Context(), block)
	if err != nil {
		w.t.Fatal(err)
	}
	if shown.Failure != nil || !shown.Inline || solution.Input == nil || shown.Access == nil || !shown.Access.Submit.Open ||
		shown.Access.MaxTries != nil && *shown.Access.MaxTries < 2 || !shown.Access.Correctness.Open {
		return "", q, false
	}
	names := map[string]bool{}
	for _, match := range controlName.FindAllStringSubmatch(shown.HTML, -1) {
		names[match[1]] = true
	}
	if len(names) != 1 {
		return "", q, false
	}
	for _, name := range []string{"choice", "checkboxes", "dropdown", "number", "text"} {
		if kinds[name].MatchString(shown.HTML) {
			kind = name
			break
		}
	}
	q = question{unit: block.Unit.Usage.ID, block: "block-" + block.Usage.ID}
	for name := range names {
		right := solution.Input.Form[name]
		for _, value := range right {
			q.right = append(q.right, name, value)
		}
		q.wrong = []string{name, "99999"}
		for _, match := range choiceValue.FindAllStringSubmatch(shown.HTML, -1) {
			if !slices.Contains(right, match[1]) {
				q.wrong[1] = match[1]
			}
		}
	}
	return kind, q, kind != "" && len(q.right) > 0
}

// The third criterion on the real course.
func TestDemoCourseInBrowser(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without scripts": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, options{})
			run := w.demoCourse(t)
			perKind := w.onePerKind(run, w.account("ann", run))
			var questions []question
			for kind := range kinds {
				q, found := perKind[kind]
				if !found {
					t.Errorf("the course has no problem of one %s", kind)
					continue
				}
				questions = append(questions, q)
			}
			b := w.newTab(t)
			b.story("/courses/"+run.String(), "Open edX Demo Course", firstReading(w, run), "", questions, scripts)
			for _, part := range []string{"of", "point"} {
				b.see("main", part)
			}
		})
	}
}

// firstReading is the first unit that holds a text.
func firstReading(w *world, run key.Course) string {
	w.t.Helper()
	published, err := w.site.Courses.Published(w.t.Context(), run)
	if err != nil {
		w.t.Fatal(err)
	}
	blocks, err := published.All(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, block := range blocks {
		if block.Usage.Type == "html" && block.Unit != nil {
			return block.Unit.Usage.ID
		}
	}
	w.t.Fatal("the course has no text")
	return ""
}

// Every unit of the real course opens, without a script of the page in it and without a broken part.
func TestDemoCourseOpens(t *testing.T) {
	w := newWorld(t, options{})
	run := w.demoCourse(t)
	b := w.member("ann", run, "")
	b.get("/courses/"+run.String()).must(200, "Start")
	published, err := w.site.Courses.Published(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	units, broken := 0, 0
	for _, sub := range published.Subsections {
		for _, unit := range sub.Children {
			units++
			p := b.open(unitPath(run, unit.Usage.ID)).must(200)
			broken += strings.Count(p.body, "This part cannot be shown just now")
			for _, n := range p.all("script") {
				if attribute(n, "type") != "application/json" && attribute(n, "nonce") == "" {
					t.Errorf("%s: a script without the nonce stands in the page", p.path)
				}
			}
			for _, n := range p.all("img") {
				if src := attribute(n, "src"); strings.HasPrefix(src, "/static/") {
					t.Errorf("%s: the picture %s has no address in the course", p.path, src)
				}
			}
		}
	}
	if units < 50 || broken > 0 {
		t.Errorf("%d units, %d broken parts", units, broken)
	}
	t.Logf("%d units opened", units)
}
