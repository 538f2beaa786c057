package problem_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem"
	"github.com/quoin-lms/quoin/blocks/problem/capa"
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
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// hosted is the block as a site runs it: compiled for the sandbox, called by the kernel, with Python behind the service script.
// Its course holds every problem of the records once.
type hosted struct {
	t        *testing.T
	kernel   *kernel.Kernel
	run      key.Course
	learners store.Collection[state.Learner]
	version  *registry.Version
	places   map[string]string // block ids by source
	heard    *listener
	findings map[string][]capa.Finding
	// packages grade what no form can send.
	packages *packages
}

// listener is an engine that keeps what the kernel gives to the newest call of each operation.
type listener struct {
	engine.Engine
	mu    sync.Mutex // publishing asks several blocks at once
	asked map[wire.Op]wire.Message
	// drew is what the newest script of a vary left behind.
	drew *wire.ScriptDone
}

// Load implements engine.Engine.
func (l *listener) Load(ctx context.Context, a engine.Artifact) (engine.Conn, error) {
	conn, err := l.Engine.Load(ctx, a)
	return heardConn{conn, l}, err
}

type heardConn struct {
	engine.Conn
	listener *listener
}

// Call implements engine.Conn.
func (c heardConn) Call(ctx context.Context, call engine.Call) (engine.Result, error) {
	if request, m, err := wire.DecodeRequest(slices.Clone(call.Frame)); err == nil {
		c.listener.mu.Lock()
		c.listener.asked[request.Op] = m
		c.listener.mu.Unlock()
	}
	return c.Conn.Call(ctx, call)
}

// noFiles is a course without files.
type noFiles struct{}

func (noFiles) CourseFile(_ context.Context, _, name string, _ int64) (wire.File, []byte, error) {
	return wire.File{}, nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "the course has no file %q", name)
}

func (n noFiles) CourseFileInfo(ctx context.Context, run, name string) (wire.File, error) {
	file, _, err := n.CourseFile(ctx, run, name, 0)
	return file, err
}

// student is the learner of the records.
const student = "student"

// host opens a site that has the problems.
func host(t *testing.T, python *scripting.Interpreter, sources []string) *hosted {
	t.Helper()
	h := &hosted{
		t: t, run: key.Course{Org: "Recorded", Number: "CAPA", Run: "now"}, places: map[string]string{},
		heard: &listener{asked: map[wire.Op]wire.Message{}}, findings: map[string][]capa.Finding{},
		packages: &packages{t: t, run: interpreter(t), made: map[string]*capa.Prepared{}},
	}
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	if h.heard.Engine, err = wasm.New(t.Context(), wasm.Config{CacheDir: cacheDir()}); err != nil {
		t.Fatal(err)
	}
	blocks, err := registry.Open(t.Context(), registry.Config{
		Engines: map[string]engine.Engine{"wasm": h.heard}, Builder: &build.Builder{}, Folders: []string{"."},
	})
	if err != nil {
		t.Fatal(err)
	}
	if h.version, err = blocks.Lookup("problem"); err != nil {
		t.Fatal(err)
	}
	script := scripting.Service(scripting.Languages{wire.LanguagePython: python}, noFiles{})
	h.kernel, err = kernel.Open(t.Context(), kernel.Config{
		Store: s, Registry: blocks, Courses: course.New(s, course.Config{}), People: h, Secret: []byte("a secret of 16 b"),
		Sources: scripting.Sources(noFiles{}), CacheBytes: 256 << 20, NoRenderCache: true, // each look is to be heard
		Services: services.Table{wire.ServiceScript: func(ctx context.Context, call *services.Call, method string, m wire.Message) (any, error) {
			answer, err := script(ctx, call, method, m)
			if done, ok := answer.(*wire.ScriptDone); ok && call.Op == wire.OpVary {
				h.heard.drew = done
			}
			return answer, err
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.kernel.Wait()
		if err := h.heard.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	h.learners = store.Of[state.Learner](s, state.LearnerSpec())
	h.publish(sources)
	return h
}

// Person implements scoring.People.
func (h *hosted) Person(_ context.Context, run key.Course, learner string) (*access.Person, error) {
	return &access.Person{User: "user-" + learner, Run: run, Learner: learner, Enrolled: true, Locale: "en"}, nil
}

// publish makes a course of units with the problems.
func (h *hosted) publish(sources []string) {
	h.t.Helper()
	var all []*course.Revision
	revision := func(blockType string, fields map[string]string, children ...course.ChildRef) *course.Revision {
		r := &course.Revision{Type: blockType, Fields: store.Map[string]{}, Children: children}
		maps.Copy(r.Fields, fields)
		all = append(all, r)
		return r
	}
	ref := func(r *course.Revision, id string) course.ChildRef {
		return course.ChildRef{Type: r.Type, ID: id, Hash: r.Hash()}
	}
	var units, problems []course.ChildRef
	for i, source := range sources {
		h.places[source] = fmt.Sprint("p", i)
		data, err := json.Marshal(source)
		if err != nil {
			h.t.Fatal(err)
		}
		problems = append(problems, ref(revision("problem", map[string]string{"data": string(data), "showanswer": `"always"`}), h.places[source]))
		if len(problems) == 50 || i == len(sources)-1 {
			units = append(units, ref(revision("vertical", nil, problems...), fmt.Sprint("u", i)))
			problems = nil
		}
	}
	sub := revision("sequential", nil, units...)
	section := revision("chapter", nil, ref(sub, "sub"))
	revision("course", map[string]string{"start": `"2026-01-01T00:00:00Z"`}, ref(section, "section"))
	hashes, err := h.kernel.Courses().AddRevisions(h.t.Context(), all...)
	if err != nil {
		h.t.Fatal(err)
	}
	_, broken, err := h.kernel.Courses().Publish(h.t.Context(), h.kernel, course.Publication{Course: h.run, Root: hashes[len(hashes)-1], By: "test"})
	if err != nil || len(broken) > 0 {
		h.t.Fatal(broken, err)
	}
}

func (h *hosted) find(source string) (*course.Published, *course.Block) {
	h.t.Helper()
	published, err := h.kernel.Courses().Published(h.t.Context(), h.run)
	if err != nil {
		h.t.Fatal(err)
	}
	block, err := published.Find(h.t.Context(), h.run.Usage("problem", h.places[source]))
	if err != nil {
		h.t.Fatal(err)
	}
	return published, block
}

// prepare implements recorded: a learner whose open sitting has the seed looks at the problem and has its answer shown. p holds
// the values that the kernel gave to the block for both, nil when the problem cannot be built.
func (h *hosted) prepare(source string, seed int64) (p *capa.Prepared, findings []capa.Finding, drawn json.RawMessage) {
	h.t.Helper()
	published, block := h.find(source)
	findings = h.check(published, source)
	p = &capa.Prepared{Public: &capa.Public{}, Secret: &capa.Secret{}}
	p.Facts.Unsupported = block.Facts.Unsupported
	if compiled, _, err := capa.Compile(source); err == nil {
		p.Facts.Types = compiled.Facts.Types // to count by; the host does not know of them
	}
	if block.Facts.MaxScore != nil {
		p.Facts.MaxScore = *block.Facts.MaxScore
	}
	learner, err := h.Person(h.t.Context(), h.run, student)
	if err != nil {
		h.t.Fatal(err)
	}
	h.seat(learner.Learner, block, seed)
	h.heard.drew = nil
	visit, err := h.kernel.Visit(h.t.Context(), learner, published, block)
	if err != nil {
		h.t.Fatal(err)
	}
	shown, err := visit.Render(h.t.Context(), block, wire.ViewLearner)
	if err != nil || shown.Failure != nil {
		h.t.Fatalf("%s: %v, %v", source, err, shown.Failure)
	}
	var seen wire.RenderRequest
	h.body(wire.OpRender, &seen)
	public := problem.Public{}
	h.decode(seen.Public.Data, &public)
	switch {
	case public.Broken:
		return nil, findings, nil
	case public.Unvaried:
		failed := &wire.ScriptError{Class: "the script"}
		if h.heard.drew != nil && h.heard.drew.Failed != nil {
			failed = h.heard.drew.Failed
		}
		return nil, append(findings, capa.Finding{Level: capa.Mistake, Message: failed.Class + ": " + failed.Message}), nil
	}
	*p.Public = *public.Shuffled(seed)
	h.inOrder(source, shown.HTML, p)
	if h.heard.drew != nil {
		drawn = h.heard.drew.Globals
	}
	if block.Facts.MaxScore == nil || len(p.Facts.Unsupported) > 0 {
		return p, findings, drawn
	}
	revealed, err := h.kernel.Reveal(h.t.Context(), learner, published, block)
	if err != nil {
		h.t.Fatalf("%s: %v", source, err)
	}
	var asked wire.RevealRequest
	h.body(wire.OpReveal, &asked)
	h.decode(asked.Secret.Data, p.Secret)
	if !maps.Equal(revealed.Answers, p.Secret.Reveal().Values()) {
		h.t.Errorf("%s reveals %v, of %v", source, revealed.Answers, p.Secret.Reveal().Values())
	}
	h.packages.made[fmt.Sprint(seed, source)] = p
	return p, findings, drawn
}

var valuesOf = regexp.MustCompile(`value="([^"]*)"`)

// inOrder compares the order of choices in the page with that of the values.
func (h *hosted) inOrder(source, page string, p *capa.Prepared) {
	h.t.Helper()
	var want []string
	for _, in := range p.Public.Inputs {
		for _, choice := range in.Choices {
			want = append(want, choice.Name)
		}
	}
	var have []string
	for _, value := range valuesOf.FindAllStringSubmatch(page, -1) {
		if name := html.UnescapeString(value[1]); slices.Contains(want, name) {
			have = append(have, name)
		}
	}
	if len(p.Facts.Unsupported) == 0 && len(distinct(want)) > 1 && len(have) == len(want) && !slices.Equal(have, want) {
		h.t.Errorf("%s shows the choices %v, drawn are %v", source, have, want)
	}
}

// seat gives a learner an open sitting with the seed.
func (h *hosted) seat(learner string, block *course.Block, seed int64) {
	h.t.Helper()
	id := state.LearnerID(learner, block.Usage.String())
	_, err := h.learners.Update(h.t.Context(), id, func(l *state.Learner) (bool, error) {
		l.Learner, l.Run, l.Usage = learner, h.run.String(), block.Usage.String()
		l.Sitting = &state.Sitting{ID: "recorded", Number: 1, Artifact: h.version.Digest, Content: block.Hash, Seed: int(seed)}
		return true, nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// check are the problems that the block finds in a source for its author.
func (h *hosted) check(published *course.Published, source string) []capa.Finding {
	h.t.Helper()
	if found, known := h.findings[source]; known {
		return found
	}
	data, err := json.Marshal(source)
	if err != nil {
		h.t.Fatal(err)
	}
	found, err := h.kernel.Check(h.t.Context(), published, "problem", wire.Fields{"data": data}, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	var findings []capa.Finding
	for _, f := range found {
		if f.Level == wire.LevelError {
			findings = append(findings, capa.Finding{Level: capa.Mistake, Message: f.Message})
		}
	}
	h.findings[source] = findings
	return findings
}

func (h *hosted) body(op wire.Op, into any) {
	h.t.Helper()
	h.heard.mu.Lock()
	defer h.heard.mu.Unlock()
	m, asked := h.heard.asked[op]
	delete(h.heard.asked, op)
	if !asked {
		h.t.Fatalf("nobody asked the block to %s", op)
	}
	if err := m.Body(into); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hosted) decode(data []byte, into any) {
	h.t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		h.t.Fatal(err)
	}
}

// grade implements recorded: the kernel grades a submission, and the verdict is read back.
func (h *hosted) grade(source string, seed int64, answers capa.Answers) *capa.Result {
	h.t.Helper()
	for _, answer := range answers {
		if answer.Kind == capa.AnswerOther {
			return told(h.packages.grade(source, seed, answers))
		}
	}
	_, block := h.find(source)
	encoded, err := json.Marshal(answers)
	if err != nil {
		h.t.Fatal(err)
	}
	graded, err := h.kernel.Grade(h.t.Context(), "recorded", &scoring.Submission{
		Learner: student, Run: h.run.String(), Usage: block.Usage.String(), Type: "problem", Sequence: 1, Attempt: 1,
		Answers: string(encoded), Seed: int(seed), Artifact: h.version.Digest, Content: block.Hash,
	}, nil, nil)
	if err != nil {
		h.t.Fatalf("%s: %v", source, err)
	}
	result, err := problem.ResultOf(&graded.Verdict)
	if err != nil || result == nil {
		h.t.Fatalf("%s: %+v, %v", source, graded.Verdict, err)
	}
	if result.Failure != nil {
		result.Outcome = result.Failure.Outcome
	}
	return result
}

// told makes of a result what a verdict tells of it.
func told(r *capa.Result) *capa.Result {
	for i := range r.Parts {
		part := &r.Parts[i]
		earned := part.Earned()
		part.Points = &earned
		if part.Correctness == capa.Unknown {
			part.Correctness = capa.Incorrect
		}
	}
	return r
}

// asVerdict makes of what was recorded of an input what a verdict tells of it: points always, and no credit where nobody judged.
func asVerdict(c gradedCase) gradedCase {
	c.Map = maps.Clone(c.Map)
	for id, part := range c.Map {
		if part.Points == nil {
			points := 0.0
			if part.Correctness == string(capa.Correct) || part.Correctness == string(capa.Partial) {
				points = 1
			}
			part.Points = &points
		}
		if part.Correctness == string(capa.Unknown) {
			part.Correctness = string(capa.Incorrect)
		}
		c.Map[id] = part
	}
	return c
}
