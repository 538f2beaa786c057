package workers

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
	"github.com/quoin-lms/quoin/workers/queue"
)

// quiz is a block that is compiled into the test: the word "yes" is right, and grading waits at the gate if there is one.
type quiz struct{ gate *gate }

type quizFields struct {
	Reminded int `quoin:"reminded,user_state_summary,sum"`
}

// gate holds gradings back: each takes one from pass, or finds it closed.
type gate struct {
	entered, pass chan struct{}
}

func newGate() *gate { return &gate{make(chan struct{}, 1), make(chan struct{})} }

func (quiz) Outline(*sdk.Call, *quizFields, []wire.Child) (sdk.Outline[sdk.None, sdk.None], error) {
	one := 1.0
	return sdk.Outline[sdk.None, sdk.None]{Facts: wire.Facts{MaxScore: &one}}, nil
}

func (quiz) Render(_ *sdk.Call, v sdk.View[quizFields, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: fmt.Sprintf("<p>reminded=%d</p>", v.Fields.Reminded)}, nil
}

func (quiz) Handle(_ *sdk.Call, r *sdk.Request[quizFields, sdk.None]) (*sdk.Reply, error) {
	if r.Handler == "remind" {
		return sdk.OK().Schedule("remind", "once", nil), nil
	}
	return sdk.OK().Submit(r.Form["word"]), nil
}

func (q quiz) Grade(_ *sdk.Call, s sdk.Submission[sdk.None, sdk.None]) (wire.Verdict, error) {
	if q.gate != nil {
		select {
		case q.gate.entered <- struct{}{}:
		default:
		}
		<-q.gate.pass
	}
	var words []string
	if err := json.Unmarshal(s.Answers, &words); err != nil {
		return wire.Verdict{}, err
	}
	verdict := wire.Verdict{Outcome: wire.OutcomeScored, Possible: 1}
	if words[0] == "yes" {
		verdict.Earned = 1
	}
	return verdict, nil
}

func (quiz) Task(*sdk.Call, *quizFields, wire.TaskRequest) (*sdk.Reply, error) {
	return sdk.OK().Increment("reminded", "", 1), nil
}

func quizBlock(g *gate) sdk.Block {
	learner := []wire.Role{wire.RoleLearner}
	return sdk.New[quizFields, sdk.None, sdk.None](quiz{g}, sdk.Spec{
		Views:    []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Fields: []string{"reminded"}}}},
		Handlers: []wire.Handler{{Name: "submit", Roles: learner, Grades: true}, {Name: "remind", Roles: learner}},
		Tasks:    []string{"remind"},
	})
}

// process is one process of a site: a site over a folder that others may share, with its queue.
type process struct {
	t     testing.TB
	site  *site.Site
	queue *queue.Queue
}

// backends are what everything runs on; where redis-server is not on PATH, its tests skip and say so.
var backends = map[string]func(t testing.TB) queue.Config{
	"embedded": func(testing.TB) queue.Config { return queue.Config{} },
	"redis":    func(t testing.TB) queue.Config { return queue.Config{RedisURL: startRedis(t)} },
}

// startRedis starts a redis-server on a socket of its own.
func startRedis(t testing.TB) (url string) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("redis-server is not on PATH: apt-get install redis-server")
		}
		t.Skip("redis-server is not on PATH: apt-get install redis-server")
	}
	dir, err := os.MkdirTemp("", "qw") // t.TempDir makes paths that are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	server := exec.CommandContext(context.Background(), "redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--dir", dir)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait() // it says that it was killed
		os.RemoveAll(dir)
	})
	eventually(t, "redis-server has a socket", func() bool {
		_, err := os.Stat(socket)
		return err == nil
	})
	return "unix://" + socket
}

// open opens one process of the site in a folder.
func open(t testing.TB, data string, config queue.Config, block sdk.Block) *process {
	t.Helper()
	q, err := queue.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	s, err := site.Open(t.Context(), site.Config{Data: data, Queue: q, Bus: q, Limiter: q})
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t, s, q}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	p.install(block)
	return p
}

func (p *process) install(block sdk.Block) {
	p.t.Helper()
	m, err := manifest.Parse([]byte(`{"name": "quiz", "version": "1.0.0", "title": "T", "description": "D", "licence": "Apache-2.0",
		"permissions": [{"name": "schedule", "reason": "r"}]}`))
	if err != nil {
		p.t.Fatal(err)
	}
	v := registry.Native(m, native.Engine{}, nil, func(h engine.Host, frame []byte) []byte { return block.Serve(h, frame) })
	if err := p.site.Registry.Install(v); err != nil {
		p.t.Fatal(err)
	}
}

// work starts this process's workers, and stops them with the test.
func (p *process) work(role Role) *Workers {
	p.t.Helper()
	w, err := Start(p.t.Context(), Config{Site: p.site, Queue: p.queue, Role: role, SweepEvery: 50 * time.Millisecond})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := w.Stop(ctx); err != nil {
			p.t.Error(err)
		}
	})
	return w
}

// publish makes a course of one unit with one block of each id.
func (p *process) publish(run key.Course, blockType string, fields store.Map[string], ids ...string) *course.Published {
	p.t.Helper()
	var all []*course.Revision
	ref := func(blockType, id string, fields store.Map[string], children ...course.ChildRef) course.ChildRef {
		r := &course.Revision{Type: blockType, Fields: fields, Children: children}
		all = append(all, r)
		return course.ChildRef{Type: blockType, ID: id, Hash: r.Hash()}
	}
	var blocks []course.ChildRef
	for _, id := range ids {
		blocks = append(blocks, ref(blockType, id, fields))
	}
	unit := ref("vertical", "unit", nil, blocks...)
	sub := ref("sequential", "sub", store.Map[string]{"graded": "true", "format": `"Homework"`}, unit)
	root := ref("course", "course", store.Map[string]{"start": `"2020-01-01T00:00:00Z"`}, ref("chapter", "chapter", nil, sub))
	if _, err := p.site.Courses.AddRevisions(p.t.Context(), all...); err != nil {
		p.t.Fatal(err)
	}
	_, broken, err := p.site.Courses.Publish(p.t.Context(), p.site.Kernel, course.Publication{Course: run, Root: root.Hash, By: "test"})
	if err != nil || len(broken) > 0 {
		p.t.Fatal(err, broken)
	}
	published, err := p.site.Courses.Published(p.t.Context(), run)
	if err != nil {
		p.t.Fatal(err)
	}
	return published
}

var testRun = key.Course{Org: "Test", Number: "Workers", Run: "now"}

func block(t testing.TB, published *course.Published, blockType, id string) *course.Block {
	t.Helper()
	b, err := published.Find(t.Context(), published.Key.Usage(blockType, id))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func learner(run key.Course, name string) *access.Person {
	return &access.Person{User: "user-" + name, Run: run, Learner: name, Enrolled: true}
}

// post calls a handler as a page would, and tells what was handed in.
func (p *process) post(
	ctx context.Context, published *course.Published, b *course.Block, name, handler, request string, form map[string][]string,
) (submission string, err error) {
	person := learner(published.Key, name)
	visit, err := p.site.Kernel.Visit(ctx, person, published, b)
	if err != nil {
		return "", err
	}
	shown, err := visit.Render(ctx, b, wire.ViewLearner)
	if err != nil {
		return "", err
	}
	encoded, err := json.Marshal(form)
	if err != nil {
		return "", err
	}
	response, err := p.site.Kernel.Handle(ctx, person, published, b, kernel.Request{
		Handler: handler, As: wire.RoleLearner, HTTP: wire.HTTP{Method: "POST", Form: form}, ID: request, Sitting: shown.Sitting,
		BodyHash: state.BodyHash([]byte(handler), encoded),
	})
	if err != nil {
		return "", err
	}
	return response.Submission, nil
}

func (p *process) submit(published *course.Published, id, name string) (submission string) {
	p.t.Helper()
	submission, err := p.post(p.t.Context(), published, block(p.t, published, "quiz", id), name, "submit", "r-"+name, map[string][]string{"word": {"yes"}})
	if err != nil {
		p.t.Fatal(err)
	}
	return submission
}

func (p *process) delivery(submission string) scoring.Delivery {
	p.t.Helper()
	d, err := p.site.Kernel.Scorer().Delivery(p.t.Context(), submission)
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}

func (p *process) done(submission string) bool {
	return p.delivery(submission).State == scoring.StateDone
}

// eventually waits for what has to happen. Its patience is no measure of speed.
func eventually(t testing.TB, what string, happened func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !happened() {
		if time.Now().After(deadline) {
			t.Fatalf("it never happened that %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
