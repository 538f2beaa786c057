package storetest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// BenchLarge is the variable that, when not empty, adds a million documents to the benchmarks.
const BenchLarge = "QUOIN_BENCH_LARGE"

// Bench measures the operations that carry a site, alone and 16 at a time, on documents like a learner's states: about
// 500 bytes, 20 for each learner. open gives an empty store.
func Bench(b *testing.B, open func(*testing.B) store.Store) {
	sizes := []int{1_000, 100_000}
	if os.Getenv(BenchLarge) != "" {
		sizes = append(sizes, 1_000_000)
	}
	for _, size := range sizes {
		b.Run(fmt.Sprintf("docs=%d", size), func(b *testing.B) {
			s := open(b)
			if err := s.Ensure(b.Context(), states); err != nil {
				b.Fatal(err)
			}
			started := time.Now()
			fill(b, s, size)
			b.Logf("filled with %d documents: %.0f/s", size, float64(size)/time.Since(started).Seconds())
			bench{store: s, size: size}.run(b)
		})
	}
}

var states = store.Spec{
	Name:     "states",
	Indexes:  []store.Index{{Name: "course", Fields: []string{"course", "usage"}}},
	Learners: "learner",
}

const perLearner = 20

type state struct {
	Learner string `bson:"learner"`
	Course  string `bson:"course"`
	Usage   string `bson:"usage"`
	Tries   int64  `bson:"tries"`
	Fields  []byte `bson:"fields"`
}

func stateID(i int) string {
	return store.ID(learner(i), fmt.Sprintf("block-v1:Org+Course+Run+type@problem+block@%05d", i%perLearner))
}

func learner(i int) string { return fmt.Sprintf("%032x", uint64(i/perLearner)*0x9E3779B97F4A7C15) }

func stateRecord(b *testing.B, i int) store.Record {
	body, err := bson.Marshal(state{
		Learner: learner(i), Course: fmt.Sprintf("course-v1:Org+Course+Run%d", i/2000),
		Usage: fmt.Sprintf("problem+block@%05d", i%perLearner), Fields: []byte(strings.Repeat("x", 320)),
	})
	if err != nil {
		b.Fatal(err)
	}
	return store.Record{ID: stateID(i), Body: body}
}

func fill(b *testing.B, s store.Store, size int) {
	records := make([]store.Record, 0, 1000)
	for i := range size {
		records = append(records, stateRecord(b, i))
		if len(records) == cap(records) || i == size-1 {
			if _, err := s.InsertMany(b.Context(), states.Name, records); err != nil {
				b.Fatal(err)
			}
			records = records[:0]
		}
	}
}

type bench struct {
	store store.Store
	size  int
}

func (m bench) run(b *testing.B) {
	var fresh, next atomic.Int64
	fresh.Store(int64(m.size))
	pick := func() int { return int(uint64(next.Add(1)) * 0x9E3779B97F4A7C15 % uint64(m.size)) }
	swaps := store.Of[state](m.store, states)
	for _, op := range []struct {
		name string
		run  func(b *testing.B) error
	}{
		{"get", func(b *testing.B) error { _, err := m.store.Get(b.Context(), states.Name, stateID(pick())); return err }},
		{"find20", func(b *testing.B) error {
			page, err := m.store.Find(b.Context(), states.Name, store.Query{Index: "learners", Equal: []any{learner(pick())}, Limit: perLearner})
			if err == nil && len(page.Records) != perLearner {
				err = fmt.Errorf("found %d", len(page.Records))
			}
			return err
		}},
		{"prefix20", func(b *testing.B) error {
			_, err := m.store.Find(b.Context(), states.Name, store.Query{Prefix: store.ID(learner(pick())), Limit: perLearner})
			return err
		}},
		{"count", func(b *testing.B) error {
			_, err := m.store.Count(b.Context(), states.Name, store.Query{Index: "course", Equal: []any{"course-v1:Org+Course+Run0"}}, 100)
			return err
		}},
		{"update", func(b *testing.B) error { // a reading and a compare-and-swap
			_, err := swaps.Update(b.Context(), stateID(pick()), func(s *state) (bool, error) { s.Tries++; return true, nil })
			return err
		}},
		{"increment", func(b *testing.B) error {
			_, err := m.store.Increment(b.Context(), states.Name, stateID(pick()), store.Increment{Path: "tries", By: 1})
			return err
		}},
		{"insert", func(b *testing.B) error {
			return m.store.Insert(b.Context(), states.Name, stateRecord(b, int(fresh.Add(1))))
		}},
	} {
		b.Run(op.name+"/callers=1", func(b *testing.B) { alone(b, op.run) })
		b.Run(op.name+"/callers=16", func(b *testing.B) { many(b, op.run) })
	}
}

// alone reports the middle and the slow end, for a mean hides the checkpoints.
func alone(b *testing.B, run func(*testing.B) error) {
	durations := make([]time.Duration, 0, b.N)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		started := time.Now()
		if err := run(b); err != nil {
			b.Fatal(err)
		}
		durations = append(durations, time.Since(started))
	}
	b.StopTimer()
	slices.Sort(durations)
	b.ReportMetric(float64(durations[len(durations)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(durations[len(durations)*99/100].Microseconds()), "p99-µs")
}

func many(b *testing.B, run func(*testing.B) error) {
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	together(func(int) {
		for left.Add(-1) >= 0 {
			if err := run(b); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}
