package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/scripting"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// The problems that are graded: five types without a script, one that a script judges and draws, and a choice.
const (
	fiveTypes = `<problem><multiplechoiceresponse><choicegroup><choice correct="false">a</choice><choice correct="true">b</choice></choicegroup></multiplechoiceresponse>
<choiceresponse><checkboxgroup><choice correct="true">a</choice><choice correct="false">b</choice><choice correct="true">c</choice></checkboxgroup></choiceresponse>
<optionresponse><optioninput options="('x','y','z')" correct="y"/></optionresponse>
<stringresponse answer="quoin" type="ci"><textline/></stringresponse>
<numericalresponse answer="9.81"><responseparam type="tolerance" default="1%"/><formulaequationinput/></numericalresponse></problem>`
	fiveAnswers = `{"2_1":"choice_1","3_1":["choice_0","choice_2"],"4_1":"y","5_1":"Quoin","6_1":"9.8"}`

	scriptedProblem = `<problem><script type="loncapa/python">
a = random.randint(2, 1000)
b = random.uniform(1, 2)
def check(expect, ans):
    return {'ok': abs(float(ans) - a * math.sin(b)) &lt; 1e-3, 'msg': 'You wrote ' + ans}
</script><p>What is $a sin $b?</p><customresponse cfn="check"><textline/></customresponse></problem>`

	oneChoice = `<problem><multiplechoiceresponse><choicegroup><choice correct="false">a</choice><choice correct="true">b</choice><choice correct="false">c</choice></choicegroup></multiplechoiceresponse></problem>`
)

// graders is a site without a web, in this process.
type graders struct {
	kernel  *kernel.Kernel
	run     key.Course
	version *registry.Version
	blocks  map[string]*course.Block
	// op is what the newest calls of an operation took in the engine.
	mu  sync.Mutex
	op  map[wire.Op]times
	end []func() error
}

// problems measures grading as the kernel does it. The engine's share stands beside the whole.
func (b *bench) problems(ctx context.Context) (err error) {
	g := &graders{run: key.Course{Org: "Bench", Number: "Problems", Run: "now"}, blocks: map[string]*course.Block{}, op: map[wire.Op]times{}}
	defer func() {
		for i := len(g.end) - 1; i >= 0; i-- {
			err = errors.Join(err, g.end[i]())
		}
	}()
	if err := g.open(ctx, filepath.Join(b.dir, "problems")); err != nil {
		return err
	}
	t := &table{title: "Grading by the kernel: metered, isolated, one after the other; machine's load " + loadNow(), header: []string{"what", "p50", "p99", "p50 in the engine", "processor each", "per s", "budget"}}
	for _, row := range []struct {
		name, block, budget string
		op                  wire.Op
		n                   int
		answers             func(i int) string
		seed                func(i int) int
	}{
		{"five types, no script", "five", "p50 0.3 ms", wire.OpGrade, 3000, func(int) string { return fiveAnswers }, one},
		{"one choice", "choice", "", wire.OpGrade, 3000, func(i int) string { return fmt.Sprintf(`{"2_1":"choice_%d"}`, i%3) }, one},
		{"a script judges, never asked before", "script", "p50 40 ms, 10/s", wire.OpGrade, 200, func(i int) string { return fmt.Sprintf(`{"2_1":"%d"}`, i) }, one},
		{"a script judges, asked before", "script", "adds nothing", wire.OpGrade, 2000, func(int) string { return `{"2_1":"7"}` }, one},
		{"a script draws, then judges", "script", "p50 40 ms, 10/s", wire.OpVary, 200, func(int) string { return `{"2_1":"7"}` }, func(i int) int { return 2 + i }},
	} {
		if err := g.grade(ctx, row.block, one(0), row.answers(0)); err != nil { // warm
			return err
		}
		g.op = map[wire.Op]times{}
		var took times
		began, before := time.Now(), worked()
		for i := range row.n {
			at := time.Now()
			if err := g.grade(ctx, row.block, row.seed(i), row.answers(i)); err != nil {
				return err
			}
			took = append(took, time.Since(at))
		}
		t.add(row.name, took.at(0.5), took.at(0.99), g.op[row.op].at(0.5), (worked()-before)/time.Duration(row.n), fmt.Sprintf("%.0f", float64(row.n)/time.Since(began).Seconds()), row.budget)
	}
	if err := t.print(os.Stdout); err != nil {
		return err
	}
	return g.regrade(ctx)
}

func one(int) int { return 1 }

// loadNow is what the system says of its load, "unknown" where it says nothing.
func loadNow() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	var load float64
	if _, err := fmt.Sscan(string(data), &load); err != nil {
		return "unknown"
	}
	return fmt.Sprint(load)
}

// worked is the processor time that this process has used, as the system counts it in hundredths of a second; 0 where it does not
// tell. On a machine that others load it says more than the clock.
func worked() time.Duration {
	data, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if err1 != nil || err2 != nil {
		return 0
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}

func (g *graders) grade(ctx context.Context, block string, seed int, answers string) error {
	graded, err := g.kernel.Grade(ctx, "measured", g.submission(block, seed, answers), nil, nil)
	if err == nil && graded.Verdict.Outcome != wire.OutcomeScored {
		err = fmt.Errorf("%s: %s %s", block, graded.Verdict.Outcome, graded.Verdict.Message)
	}
	return err
}

func (g *graders) submission(block string, seed int, answers string) *scoring.Submission {
	b := g.blocks[block]
	return &scoring.Submission{
		Learner: "ann", Run: g.run.String(), Usage: b.Usage.String(), Type: "problem", Sequence: 1, Attempt: 1, At: time.Now().UTC().Truncate(time.Millisecond),
		Answers: answers, Seed: seed, Artifact: g.version.Digest, Content: b.Hash,
	}
}

// open sets the site up: the shipped block compiled from its folder, Python, a course with the three problems.
func (g *graders) open(ctx context.Context, dir string) error {
	s, err := sqlitestore.Open(ctx, sqlitestore.Config{Dir: dir})
	if err != nil {
		return err
	}
	g.end = append(g.end, s.Close)
	e, err := wasm.New(ctx, wasm.Config{CacheDir: filepath.Join(dir, "wasm")})
	if err != nil {
		return err
	}
	g.end = append(g.end, func() error { return e.Close(context.WithoutCancel(ctx)) })
	python, err := scripting.New(scripting.Config{Engine: e})
	if err == nil {
		err = python.Start(ctx)
	}
	if err != nil {
		return err
	}
	blocks, err := registry.Open(ctx, registry.Config{
		Engines: map[string]engine.Engine{"wasm": e}, Builder: &build.Builder{}, Folders: []string{filepath.Join("blocks", "problem")},
	})
	if err != nil {
		return err
	}
	if g.version, err = blocks.Lookup("problem"); err != nil {
		return err
	}
	g.kernel, err = kernel.Open(ctx, kernel.Config{
		Store: s, Registry: blocks, Courses: course.New(s, course.Config{}), People: g, Secret: []byte("a secret of 16 b"),
		Services: services.Table{wire.ServiceScript: scripting.Service(scripting.Languages{wire.LanguagePython: python}, noFiles{})}, Sources: scripting.Sources(noFiles{}),
		Observe: func(o kernel.Observation) {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.op[o.Op] = append(g.op[o.Op], o.Elapsed)
		},
	})
	if err != nil {
		return err
	}
	g.end = append(g.end, func() error { g.kernel.Wait(); return nil })
	return g.publish(ctx)
}

// Person implements scoring.People.
func (g *graders) Person(_ context.Context, run key.Course, learner string) (*access.Person, error) {
	return &access.Person{User: learner, Run: run, Learner: learner, Enrolled: true, Locale: "en"}, nil
}

func (g *graders) publish(ctx context.Context) error {
	var all []*course.Revision
	add := func(blockType, id string, fields store.Map[string], children ...course.ChildRef) course.ChildRef {
		r := &course.Revision{Type: blockType, Fields: fields, Children: children}
		all = append(all, r)
		return course.ChildRef{Type: blockType, ID: id, Hash: r.Hash()}
	}
	var problems []course.ChildRef
	for id, source := range map[string]string{"five": fiveTypes, "script": scriptedProblem, "choice": oneChoice} {
		data, err := json.Marshal(source)
		if err != nil {
			return err
		}
		problems = append(problems, add("problem", id, store.Map[string]{"data": string(data)}))
	}
	unit := add("vertical", "unit", nil, problems...)
	section := add("chapter", "section", nil, add("sequential", "sub", nil, unit))
	add("course", "course", store.Map[string]{"start": `"2026-01-01T00:00:00Z"`}, section)
	hashes, err := g.kernel.Courses().AddRevisions(ctx, all...)
	if err != nil {
		return err
	}
	_, broken, err := g.kernel.Courses().Publish(ctx, g.kernel, course.Publication{Course: g.run, Root: hashes[len(hashes)-1], By: "bench"})
	if err != nil || len(broken) > 0 {
		return errors.Join(err, fmt.Errorf("publishing: %v", broken))
	}
	published, err := g.kernel.Courses().Published(ctx, g.run)
	if err != nil {
		return err
	}
	for _, p := range problems {
		if g.blocks[p.ID], err = published.Find(ctx, g.run.Usage("problem", p.ID)); err != nil {
			return err
		}
	}
	return nil
}

// noFiles is a course without files.
type noFiles struct{}

// CourseFile implements scripting.Files.
func (noFiles) CourseFile(_ context.Context, _, name string, _ int64) (wire.File, []byte, error) {
	return wire.File{}, nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "the course has no file %q", name)
}

// CourseFileInfo implements scripting.Files.
func (n noFiles) CourseFileInfo(ctx context.Context, run, name string) (wire.File, error) {
	file, _, err := n.CourseFile(ctx, run, name, 0)
	return file, err
}
