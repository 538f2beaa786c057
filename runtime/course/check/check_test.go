package check_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course/check"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/sdk"
)

// run imports a course whose one unit holds the blocks, and checks it.
func run(t *testing.T, answers check.Answers, files map[string]string) *check.Report {
	t.Helper()
	report, err := tryRun(t, answers, files)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func tryRun(t *testing.T, answers check.Answers, files map[string]string) (*check.Report, error) {
	t.Helper()
	ctx := t.Context()
	var ahead time.Duration
	s, err := site.Open(ctx, site.Config{Data: t.TempDir(), Now: func() time.Time { return time.Now().UTC().Add(ahead) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	for name, block := range map[string]sdk.Block{"quirk": quirkBlock(), "pool": poolBlock()} {
		m, err := manifest.Parse(fmt.Appendf(nil, `{"name": %q, "version": "1.0.0", "title": "T", "description": "D", "licence": "MIT"}`, name))
		if err != nil {
			t.Fatal(err)
		}
		version := registry.Native(m, native.Engine{}, nil, func(h engine.Host, frame []byte) []byte { return block.Serve(h, frame) })
		if err := s.Registry.Install(version); err != nil {
			t.Fatal(err)
		}
	}
	imported, err := importer.Import(ctx, importer.Config{Courses: s.Courses, Blocks: s.Kernel, Files: site.Keeper{Files: s.Files}},
		importer.Request{Files: intaketest.Open(t, files), Now: time.Now().UTC()})
	if err != nil {
		t.Fatal(err)
	}
	published, err := s.Courses.Published(ctx, imported.Course)
	if err != nil {
		t.Fatal(err)
	}
	opening, err := check.Opening(ctx, published, time.Now().UTC())
	if err != nil {
		t.Fatal(err)
	}
	ahead = max(0, time.Until(opening))
	return check.Run(ctx, check.Config{Kernel: s.Kernel, Learner: learner(t, s, imported.Course.String()), Answers: answers, Formulas: s.Formulas}, &imported)
}

func learner(t *testing.T, s *site.Site, run string) *access.Person {
	t.Helper()
	key, err := site.Course(run)
	if err != nil {
		t.Fatal(err)
	}
	user, err := s.People.Create(t.Context(), people.NewUser{Username: "new", Email: "new@example.org", Password: "long enough for anybody"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.People.Enrol(t.Context(), user.ID, run, ""); err != nil {
		t.Fatal(err)
	}
	person, err := s.Person(t.Context(), &user, key)
	if err != nil {
		t.Fatal(err)
	}
	return person
}

// archive is a course whose one unit holds the elements, one a line from line 2 on.
func archive(elements ...string) map[string]string {
	return map[string]string{
		"course.xml":        `<course url_name="now" org="Org" course="Num"/>`,
		"course/now.xml":    `<course display_name="Small" start="2020-01-01T00:00:00Z"><chapter url_name="c1"/></course>`,
		"chapter/c1.xml":    `<chapter><sequential url_name="s1"/></chapter>`,
		"sequential/s1.xml": `<sequential format="Homework" graded="true"><vertical url_name="v1"/></sequential>`,
		"vertical/v1.xml":   "<vertical>\n" + strings.Join(elements, "\n") + "\n</vertical>",
	}
}

func messages(list []check.Trouble) string {
	var lines []string
	for _, t := range list {
		lines = append(lines, fmt.Sprintf("%s:%d %s: %s -> %s", t.File, t.Line, t.Block[strings.LastIndex(t.Block, "@")+1:], t.Message, t.Fix))
	}
	return strings.Join(lines, "\n")
}

func TestBlocksThatCannotBeShown(t *testing.T) {
	report := run(t, nil, archive(
		`<quirk url_name="fine" mode="fine"/>`,
		`<quirk url_name="trap" mode="panic"/>`,
		`<quirk url_name="refused" mode="refuse"/>`,
		`<strange url_name="s"/>`,
	))
	quirks := report.Types["quirk"]
	if quirks.Count != 3 || quirks.Rendered != 1 || len(quirks.Errors) != 2 {
		t.Fatalf("quirks: %d, %d rendered, %s", quirks.Count, quirks.Rendered, messages(quirks.Errors))
	}
	got := messages(quirks.Errors)
	for _, want := range []string{"vertical/v1.xml:3 trap: ", "on purpose", "vertical/v1.xml:4 refused: the mode must not be", "mend the block's element"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not told:\n%s", want, got)
		}
	}
	strange := report.Types["strange"]
	if strange.Count != 1 || strange.Rendered != 1 || !slices.Equal(report.UnknownTypes, []string{"strange"}) {
		t.Errorf("a type that is not installed: %+v, unknown %v", strange, report.UnknownTypes)
	}
	if !report.Failed() {
		t.Error("a block that cannot be shown is no failure")
	}
	if count, rendered := report.Blocks(); count != 8 || rendered != 6 {
		t.Errorf("%d of %d blocks rendered", rendered, count)
	}
}

func TestProblems(t *testing.T) {
	report := run(t, nil, archive(
		`<quirk url_name="fine" mode="fine"/>`,
		`<quirk url_name="json" mode="json"/>`,
		`<quirk url_name="pending" mode="pending"/>`,
		`<quirk url_name="unknown" mode="unknown"/>`,
		`<quirk url_name="unsupported" mode="unsupported"/>`,
		`<quirk url_name="wrong" mode="wrong"/>`,
		`<quirk url_name="crash" mode="crash"/>`,
		`<quirk url_name="invalid" mode="invalid"/>`,
		`<quirk url_name="mute" mode="mute"/>`,
		`<quirk url_name="unsolvable" mode="unsolvable"/>`,
		`<quirk url_name="notries" mode="fine" max_attempts="0"/>`,
	))
	p := report.Problems
	if p.Count != 11 || p.FullScore != 2 || p.AnswerUnknown != 2 || p.Unsupported != 1 || len(p.Failed) != 6 || len(p.Unanswered) != 3 {
		t.Errorf("%+v", p)
	}
	got := messages(p.Failed) + "\n" + messages(p.Unanswered)
	for _, want := range []string{
		"vertical/v1.xml:7 wrong: the answer that it calls right earns 0 of 1: word is incorrect -> correct the answer key",
		"crash: grading failed: ", "out of order", "invalid: the answer that it calls right is refused as invalid: too short",
		"mute: its block took the answer but handed nothing in", "unsolvable: its block could not say what is right: ",
		"notries: a fresh learner cannot hand in an answer: it allows no try",
		"pending: somebody else grades it: the office", "unknown: a function decides -> give the answer with --answers",
		"unsupported: not supported yet: telepathy",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not told:\n%s", want, got)
		}
	}
	if sent := p.Failed[0].Answers["word"]; !slices.Equal(sent, []string{"left"}) {
		t.Errorf("what was sent is told as %v", sent)
	}
}

// What a block says of its author's mistakes is in the report, with the place of its element; a good one says nothing.
func TestFindings(t *testing.T) {
	report := run(t, nil, archive(`<quirk url_name="careless" mode="careless"/>`, `<quirk url_name="fine" mode="fine"/>`))
	want := "vertical/v1.xml:2 careless: error, line 2 of mode: no answer is right -> mark one"
	if got := messages(report.Findings); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestGates checks that nothing is passed over because a fresh learner would not get to it now.
func TestGates(t *testing.T) {
	files := archive(
		`<quirk url_name="staff" mode="fine" visible_to_staff_only="true"/>`,
		`<quirk url_name="later" mode="fine" start="2099-01-01T00:00:00Z"/>`,
		`<quirk url_name="group" mode="fine" group_access="{&quot;50&quot;: [2]}"/>`,
		`<quirk url_name="closed" mode="fine" due="2021-01-01T00:00:00Z"/>`,
		`<pool url_name="drawn"><quirk url_name="first" mode="fine"/><quirk url_name="never" mode="fine"/></pool>`,
		`<strange url_name="s"><quirk url_name="inside" mode="fine"/></strange>`,
	)
	files["sequential/s1.xml"] = `<sequential due="2021-01-01T00:00:00Z" hide_after_due="true"><vertical url_name="v1"/></sequential>`
	report := run(t, nil, files)
	if p := report.Problems; p.Count != 7 || p.FullScore != 7 {
		t.Errorf("%d of %d in full\n%s", p.FullScore, p.Count, messages(p.Failed))
	}
	if report.Failed() {
		t.Errorf("%+v", report)
	}
}

func TestAnswers(t *testing.T) {
	files := archive(
		`<quirk url_name="unknown" mode="unknown"/>`,
		`<quirk url_name="usage" mode="unknown"/>`,
		`<quirk url_name="fine" mode="fine"/>`,
		`<quirk url_name="misfit" mode="fine"/>`,
	)
	report := run(t, check.Answers{
		"unknown": {"word": {"right"}},
		"block-v1:Org+Num+now+type@quirk+block@usage": {"word": {"right"}},
		"fine":   {"word": {"left"}},
		"misfit": {"sentence": {"right"}},
	}, files)
	p := report.Problems
	if p.Count != 4 || p.FullScore != 2 || len(p.Failed) != 2 {
		t.Errorf("%+v", p)
	}
	got := messages(p.Failed)
	for _, want := range []string{"fine: the given answer earns 0 of 1", `misfit: the given answer does not fit: it has no input "sentence"; it has word`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not told:\n%s", want, got)
		}
	}
	_, err := tryRun(t, check.Answers{"nowhere": {"word": {"x"}}}, files)
	if err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("answers for a block that is not there: %v", err)
	}
}

func TestLinks(t *testing.T) {
	files := archive(`<strange url_name="s">`, `<img src="/static/gone.png"/>`, `<a href="/jump_to_id/nowhere">x</a></strange>`)
	files["static/there.png"] = "picture"
	report := run(t, nil, files)
	missing, broken := report.Assets.Missing, report.Links.Broken
	if report.Assets.Count != 1 || len(missing) != 1 || missing[0].Target != "gone.png" || missing[0].File != "vertical/v1.xml" || missing[0].Line != 3 {
		t.Errorf("files: %+v", report.Assets)
	}
	if len(broken) != 1 || broken[0].Target != "nowhere" || broken[0].Line != 4 || !strings.HasSuffix(broken[0].Block, "@s") {
		t.Errorf("links: %+v", broken)
	}
	if report.Failed() {
		t.Error("a link that leads nowhere fails the course")
	}
}

// TestJSON pins the names that programs read.
func TestJSON(t *testing.T) {
	data, err := json.Marshal(run(t, nil, archive(`<quirk url_name="fine" mode="fine"/>`)))
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]json.RawMessage
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	names := slices.Sorted(maps.Keys(tree))
	if want := []string{"assets", "course", "findings", "formulas", "links", "problems", "types", "unknown_types"}; !slices.Equal(names, want) {
		t.Errorf("names %v, want %v", names, want)
	}
	for name, want := range map[string]string{
		"course": `"course-v1:Org+Num+now"`, "unknown_types": `[]`, "links": `{"broken":[]}`, "formulas": `{"count":0,"wrong":[]}`, "assets": `{"count":0,"missing":[]}`,
		"problems": `{"count":1,"full_score":1,"answer_unknown":0,"unsupported":0,"failed":[],"unanswered":[]}`,
	} {
		if string(tree[name]) != want {
			t.Errorf("%s is %s, want %s", name, tree[name], want)
		}
	}
	if !strings.Contains(string(tree["types"]), `"quirk":{"count":1,"rendered":1,"errors":[]}`) {
		t.Errorf("types: %s", tree["types"])
	}
}
