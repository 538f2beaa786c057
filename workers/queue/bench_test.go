package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// stopwatch times jobs from Enqueue to their handler.
type stopwatch struct {
	mu    sync.Mutex
	begun map[string]time.Time
	took  []time.Duration
	all   sync.WaitGroup
}

func newStopwatch() *stopwatch { return &stopwatch{begun: map[string]time.Time{}} }

func (s *stopwatch) begin(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun[id] = time.Now()
	s.all.Add(1)
}

func (s *stopwatch) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, found := s.begun[id]; found {
		s.took = append(s.took, time.Since(at))
		delete(s.begun, id)
		s.all.Done()
	}
}

// percentile of what was timed, in milliseconds.
func (s *stopwatch) percentile(p float64) float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.Sort(s.took)
	return float64(s.took[int(float64(len(s.took)-1)*p)]) / float64(time.Millisecond)
}

func benchEach(b *testing.B, bench func(b *testing.B, config Config)) {
	for _, name := range []string{"embedded", "redis"} {
		b.Run(name, func(b *testing.B) {
			config := backends[name](b)
			config.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
			bench(b, config)
		})
	}
}

func processTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// pace calls f n times, so many times a second, whatever f takes.
func pace(n, perSecond int, f func(i int)) {
	begin := time.Now()
	var wg sync.WaitGroup
	for i := range n {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * time.Second / time.Duration(perSecond))))
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

// BenchmarkLatency is from Enqueue to the handler; -benchtime=3000x makes it 3000 jobs.
func BenchmarkLatency(b *testing.B) {
	benchEach(b, func(b *testing.B, config Config) {
		for _, rate := range []int{100, 300} {
			b.Run(fmt.Sprint(rate, "_jobs_a_second"), func(b *testing.B) {
				q := open(b, config)
				watch := newStopwatch()
				start(b, q, map[string]Handler{"k": HandlerFunc(func(_ context.Context, job ports.Job) error {
					watch.end(job.ID)
					return nil
				})})
				cpu := processTime()
				b.ResetTimer()
				pace(b.N, rate, func(i int) {
					job := interactive(fmt.Sprint(rate, "-", i), "k")
					job.Course = fmt.Sprint(i % 10)
					watch.begin(job.ID)
					mustEnqueue(b, q, job)
				})
				watch.all.Wait()
				b.ReportMetric(watch.percentile(0.5), "p50-ms")
				b.ReportMetric(watch.percentile(0.99), "p99-ms")
				b.ReportMetric(float64((processTime()-cpu).Microseconds())/float64(b.N), "cpu-µs/job")
				b.ReportMetric(0, "ns/op")
			})
		}
	})
}

// BenchmarkThroughput hands over jobs that do nothing as fast as the queue takes them.
func BenchmarkThroughput(b *testing.B) {
	benchEach(b, func(b *testing.B, config Config) {
		for _, lane := range []ports.Lane{ports.LaneInteractive, ports.LaneBackground} {
			for _, courses := range []int{1, 20} {
				b.Run(fmt.Sprintf("%s/%d_courses", lane, courses), func(b *testing.B) {
					q := open(b, config)
					var ran sync.WaitGroup
					ran.Add(b.N)
					start(b, q, map[string]Handler{"k": HandlerFunc(func(context.Context, ports.Job) error {
						ran.Done()
						return nil
					})})
					b.ResetTimer()
					var next atomic.Int64
					for range 8 {
						ran.Go(func() {
							for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
								job := ports.Job{ID: fmt.Sprint(i), Kind: "k", Lane: lane, Course: fmt.Sprint(i % int64(courses))}
								insist(b, q, job)
							}
						})
					}
					ran.Wait()
					b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
				})
			}
		}
	})
}

// insist enqueues as the sweeper does: when the queue is full, again later.
func insist(b *testing.B, q *Queue, job ports.Job) {
	for {
		err := q.Enqueue(context.Background(), job)
		if err == nil {
			return
		}
		if !errors.Is(err, ErrFull) {
			b.Error(err)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// BenchmarkIdle is what workers cost that have nothing to do; -benchtime=10s makes it ten seconds.
func BenchmarkIdle(b *testing.B) {
	benchEach(b, func(b *testing.B, config Config) {
		q := open(b, config)
		start(b, q, nil)
		b.ResetTimer()
		cpu := processTime()
		for range b.N {
			time.Sleep(10 * time.Millisecond)
		}
		b.ReportMetric(float64(processTime()-cpu)/float64(b.Elapsed()), "cores")
	})
}

// BenchmarkFlood is the latency of a course with ten jobs a second, alone and while another course floods the lane, for
// jobs that wait (for a grader elsewhere) so long.
func BenchmarkFlood(b *testing.B) {
	benchEach(b, func(b *testing.B, config Config) {
		for _, length := range []time.Duration{time.Millisecond, 20 * time.Millisecond, 500 * time.Millisecond} {
			for _, flooded := range []bool{false, true} {
				b.Run(fmt.Sprintf("jobs_of_%s/flooded=%t", length, flooded), func(b *testing.B) { flood(b, config, length, flooded) })
			}
		}
	})
}

func flood(b *testing.B, config Config, length time.Duration, flooded bool) {
	q := open(b, config)
	watch := newStopwatch()
	start(b, q, map[string]Handler{"k": HandlerFunc(func(_ context.Context, job ports.Job) error {
		watch.end(job.ID)
		time.Sleep(length)
		return nil
	})})
	ctx, cancel := context.WithCancel(b.Context())
	var flooding sync.WaitGroup
	if flooded {
		flooding.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				job := interactive(fmt.Sprint("flood ", i), "k")
				job.Course = "flooding"
				if q.Enqueue(ctx, job) != nil {
					time.Sleep(10 * time.Millisecond)
				}
			}
		})
		wait(b, "the lane is full", func() bool {
			s, err := q.Stats(context.Background())
			return err == nil && s.Interactive.Waiting > 500
		})
	}
	b.ResetTimer()
	pace(b.N, 10, func(i int) {
		job := interactive(fmt.Sprint("quiet ", i), "k")
		job.Course = "quiet"
		watch.begin(job.ID)
		mustEnqueue(b, q, job)
	})
	watch.all.Wait()
	b.ReportMetric(watch.percentile(0.5), "p50-ms")
	b.ReportMetric(watch.percentile(0.99), "p99-ms")
	b.ReportMetric(0, "ns/op")
	cancel()
	flooding.Wait()
}
