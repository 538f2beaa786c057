package workers

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/sdk/wire"
	"github.com/quoin-lms/quoin/workers/queue"
)

// BenchmarkSubmitToVerdict hands in answers to a choice problem, graded by its WebAssembly block, at a steady rate, each by
// another learner, and takes the time from the call of the handler to the verdict on the bus. Run it with a count of answers:
//
//	go test ./workers -run '^$' -bench SubmitToVerdict -benchtime 1000x
//
// At 0 a second, 64 learners hand in as fast as they are answered.
func BenchmarkSubmitToVerdict(b *testing.B) {
	cache := b.TempDir()
	for _, backend := range []string{"embedded", "redis"} {
		for _, rate := range []int{100, 300, 0} {
			b.Run(fmt.Sprintf("%s/rate=%d", backend, rate), func(b *testing.B) {
				p := openShipped(b, cache, backends[backend](b))
				newExam(b, p, warmUp+b.N).run(b, rate)
			})
		}
	}
}

// warmUp is how many answers come before those that are measured: the block's code is compiled again once its memory is known.
const warmUp = 200

// openShipped opens a site with the blocks that the binary carries, and works all of it. Compiled code is kept in cache.
func openShipped(b *testing.B, cache string, config queue.Config) *process {
	b.Helper()
	const shipped = "../blocks/dist"
	if _, err := os.Stat(filepath.Join(shipped, "problem")); err != nil {
		b.Skip("the problem block is not built: run make blocks first")
	}
	q, err := queue.Open(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	data := b.TempDir()
	if err := os.Symlink(cache, filepath.Join(data, "cache")); err != nil {
		b.Fatal(err)
	}
	s, err := site.Open(b.Context(), site.Config{Data: data, Queue: q, Bus: q, Limiter: q, Shipped: os.DirFS(shipped)})
	if err != nil {
		b.Fatal(err)
	}
	w, err := Start(b.Context(), Config{Site: s, Queue: q})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		for _, end := range []func() error{
			func() error { return w.Stop(context.Background()) },
			func() error { return s.Close(context.Background()) },
			q.Close,
		} {
			if err := end(); err != nil {
				b.Error(err)
			}
		}
	})
	return &process{b, s, q}
}

// exam is one problem and learners who have its page open.
type exam struct {
	process   *process
	published *course.Published
	problem   *course.Block
	sittings  []string

	mu    sync.Mutex
	times []time.Duration
	lost  atomic.Int64
}

func newExam(b *testing.B, p *process, learners int) *exam {
	b.Helper()
	e := &exam{process: p, published: p.importProblem(b), times: make([]time.Duration, 0, learners)}
	e.problem = block(b, e.published, "problem", "p")
	for n := range learners {
		visit, err := p.site.Kernel.Visit(b.Context(), learner(e.published.Key, fmt.Sprint("l", n)), e.published, e.problem)
		if err != nil {
			b.Fatal(err)
		}
		shown, err := visit.Render(b.Context(), e.problem, wire.ViewLearner)
		if err != nil || shown.Failure != nil {
			b.Fatal(err, shown.Failure)
		}
		e.sittings = append(e.sittings, shown.Sitting)
	}
	return e
}

// importProblem brings in a course of one choice problem.
func (p *process) importProblem(b *testing.B) *course.Published {
	b.Helper()
	dir := b.TempDir()
	for name, text := range map[string]string{
		"course.xml": `<course org="Test" course="Bench" url_name="1"/>`,
		"course/1.xml": `<course start="2020-01-01T00:00:00Z"><chapter><sequential format="Homework" graded="true"><vertical>
			<problem url_name="p"/></vertical></sequential></chapter></course>`,
		"problem/p.xml": `<problem><multiplechoiceresponse><label>Which?</label><choicegroup type="MultipleChoice">
			<choice correct="true">A</choice><choice correct="false">B</choice><choice correct="false">C</choice></choicegroup>
			</multiplechoiceresponse></problem>`,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	files, err := intake.Open(b.Context(), dir, intake.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer files.Close()
	report, err := importer.Import(b.Context(), importer.Config{
		Courses: p.site.Courses, Blocks: p.site.Kernel, Files: site.Keeper{Files: p.site.Files},
	}, importer.Request{Files: files, Now: time.Now()})
	if err != nil || len(report.Failed) > 0 {
		b.Fatal(err, report.Failed)
	}
	published, err := p.site.Courses.Published(b.Context(), report.Course)
	if err != nil {
		b.Fatal(err)
	}
	return published
}

// run hands in every learner's answer, and reports how long verdicts took.
func (e *exam) run(b *testing.B, rate int) {
	for n := range warmUp {
		e.submit(b, n)
	}
	e.times = e.times[:0]
	var group sync.WaitGroup
	places := make(chan struct{}, 64)
	b.ResetTimer()
	start := time.Now()
	for n := range b.N {
		if rate > 0 {
			time.Sleep(time.Until(start.Add(time.Duration(n) * time.Second / time.Duration(rate))))
		} else {
			places <- struct{}{}
		}
		group.Go(func() {
			e.submit(b, warmUp+n)
			if rate == 0 {
				<-places
			}
		})
	}
	group.Wait()
	took := time.Since(start)
	b.StopTimer()
	slices.Sort(e.times)
	at := func(part float64) float64 { return ms(e.times[min(len(e.times)-1, int(part*float64(len(e.times))))]) }
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(at(1), "max-ms")
	b.ReportMetric(float64(len(e.times))/took.Seconds(), "verdicts/s")
	b.ReportMetric(float64(e.lost.Load()), "lost")
	b.ReportMetric(0, "ns/op")
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (e *exam) submit(b *testing.B, n int) {
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	name := fmt.Sprint("l", n)
	verdicts, err := e.process.queue.Subscribe(ctx, scoring.LearnerTopic(name))
	if err != nil {
		b.Error(err)
		return
	}
	start := time.Now()
	response, err := e.process.site.Kernel.Handle(ctx, learner(e.published.Key, name), e.published, e.problem, kernel.Request{
		Handler: "submit", As: wire.RoleLearner, ID: fmt.Sprintf("%032x", n), Sitting: e.sittings[n], BodyHash: state.BodyHash([]byte(name)),
		HTTP: wire.HTTP{Method: "POST", Form: map[string][]string{"input_2_1": {"choice_0"}}},
	})
	if err != nil {
		b.Error(err)
		return
	}
	for message := range verdicts {
		if strings.HasSuffix(message.ID, " "+response.Submission) {
			e.mu.Lock()
			e.times = append(e.times, time.Since(start))
			e.mu.Unlock()
			return
		}
	}
	e.lost.Add(1)
}
