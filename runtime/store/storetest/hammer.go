package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// Hammer is the concurrent part of the suite: many goroutines at the same few records. It is meant for -race.
func Hammer(t *testing.T, open Opener) {
	t.Helper()
	s := suite{open: open}
	t.Run("compare and swap loses nothing", s.hammerVersions)
	t.Run("an id has one winner", s.hammerInserts)
	t.Run("a unique value has one winner", s.hammerUnique)
	t.Run("bounded increments never oversell", s.hammerBounds)
	t.Run("once is once", s.hammerOnce)
	t.Run("pages while others write", s.hammerPages)
	t.Run("contexts that end", s.hammerContexts)
	t.Run("closing under load", s.hammerClose)
}

const hammers = 16

// together runs many goroutines and waits for them.
func together(run func(i int)) {
	var wait sync.WaitGroup
	for i := range hammers {
		wait.Go(func() { run(i) })
	}
	wait.Wait()
}

func (s suite) hammerVersions(t *testing.T) {
	st := s.fresh(t)
	people := store.Of[person](st, items)
	const rounds = 15
	var increments atomic.Int64
	together(func(i int) {
		for n := range rounds {
			if i%4 == 0 { // an increment between a reading and its writing is a conflict too
				if _, err := st.Increment(t.Context(), collection, "one", store.Increment{Path: "value", By: 1}); err == nil {
					increments.Add(1)
				} else if !errors.Is(err, store.ErrNotFound) {
					t.Error(err)
				}
				continue
			}
			key := fmt.Sprintf("%d-%d", i, n)
			_, err := people.Update(t.Context(), "one", func(p *person) (bool, error) {
				if p.Keys == nil {
					p.Keys = store.Map[int64]{}
				}
				p.Keys[key] = 1
				p.Value++
				return true, nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	doc, err := people.Get(t.Context(), "one")
	is(t, err, nil)
	updates := int64(hammers * 3 / 4 * rounds)
	if doc.Body.Value != updates+increments.Load() || int64(len(doc.Body.Keys)) != updates || doc.Version != doc.Body.Value {
		t.Errorf("value %d, %d keys, version %d after %d updates and %d increments", doc.Body.Value, len(doc.Body.Keys), doc.Version, updates, increments.Load())
	}
}

func (s suite) hammerInserts(t *testing.T) {
	st := s.fresh(t)
	const ids = 30
	var winners [ids]atomic.Int64
	var many atomic.Int64
	together(func(i int) {
		var records []store.Record
		for n := range ids {
			err := st.Insert(t.Context(), collection, record(t, fmt.Sprintf("single-%d", n), bson.D{{Key: "by", Value: i}}))
			if err == nil {
				winners[n].Add(1)
			} else {
				is(t, err, store.ErrExists)
			}
			records = append(records, record(t, fmt.Sprintf("many-%d", n), bson.D{{Key: "by", Value: i}}))
		}
		inserted, err := st.InsertMany(t.Context(), collection, records)
		if err != nil {
			t.Error(err)
		}
		many.Add(int64(inserted))
	})
	for n := range winners {
		if winners[n].Load() != 1 {
			t.Errorf("id %d was inserted %d times", n, winners[n].Load())
		}
	}
	if many.Load() != ids {
		t.Errorf("%d ids were inserted by lists, want %d", many.Load(), ids)
	}
}

func (s suite) hammerUnique(t *testing.T) {
	st := s.fresh(t)
	const rounds = 20
	var winners [rounds]atomic.Int64
	together(func(i int) {
		for n := range rounds {
			fields := bson.D{{Key: "slug", Value: n}, {Key: "codes", Value: bson.A{fmt.Sprint("x", i), fmt.Sprint("code-", n)}}}
			err := st.Insert(t.Context(), collection, record(t, fmt.Sprintf("%d-%d", i, n), fields))
			if err == nil {
				winners[n].Add(1)
				// Free the name of the next rounds; the code stays taken.
				is(t, replace(t, st, fmt.Sprintf("%d-%d", i, n), 1, fields[:1]), nil)
			} else {
				is(t, err, store.ErrTaken)
			}
		}
	})
	for n := range winners {
		if winners[n].Load() != 1 {
			t.Errorf("the value %d was taken %d times", n, winners[n].Load())
		}
	}
}

func (s suite) hammerBounds(t *testing.T) {
	st := s.fresh(t)
	const seats = 40
	insert(t, st, "hall", bson.D{{Key: "free", Value: seats}})
	var sold, returned atomic.Int64
	together(func(i int) {
		for range seats / 4 {
			_, err := st.Increment(t.Context(), collection, "hall", store.Increment{Path: "free", By: -1, Min: pointer(0)})
			switch {
			case err == nil:
				sold.Add(1)
			case !errors.Is(err, store.ErrBounds):
				t.Error(err)
			}
			if i%4 == 0 {
				_, err := st.Increment(t.Context(), collection, "hall", store.Increment{Path: "free", By: 1, Max: pointer(seats)})
				switch {
				case err == nil:
					returned.Add(1)
				case !errors.Is(err, store.ErrBounds):
					t.Error(err)
				}
			}
		}
	})
	var body struct{ Free int64 }
	got := get(t, st, "hall")
	if err := bson.Unmarshal(got.Body, &body); err != nil {
		t.Fatal(err)
	}
	if want := seats - sold.Load() + returned.Load(); body.Free != want || body.Free < 0 || body.Free > seats {
		t.Errorf("%d seats are free after %d were sold and %d returned, want %d", body.Free, sold.Load(), returned.Load(), want)
	}
	if got.Version != 1+sold.Load()+returned.Load() {
		t.Errorf("version %d after %d changes", got.Version, sold.Load()+returned.Load())
	}
}

func (s suite) hammerOnce(t *testing.T) {
	st := s.fresh(t)
	insert(t, st, "one", bson.D{{Key: "n", Value: 0}})
	const tokens = 20
	together(func(int) {
		for n := range tokens {
			if _, err := st.Increment(t.Context(), collection, "one", store.Increment{Path: "n", By: 1, Once: fmt.Sprint(n)}); err != nil {
				t.Error(err)
			}
		}
	})
	n, err := st.Increment(t.Context(), collection, "one", store.Increment{Path: "n", By: 0})
	if err != nil || n != tokens {
		t.Errorf("%d, %v; want one addition for each of %d tokens", n, err, tokens)
	}
}

// hammerPages reads pages while other records come and go: those that stay are seen, and none twice.
func (s suite) hammerPages(t *testing.T) {
	st := s.fresh(t)
	const steady = 60
	for i := range steady {
		insert(t, st, fmt.Sprintf("steady-%02d", i), bson.D{{Key: "owner", Value: "o"}, {Key: "rank", Value: i / 7}})
	}
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(i), 1))
			for n := 0; ctx.Err() == nil; n++ {
				id := fmt.Sprintf("z-%d-%d", i, n)
				insert(t, st, id, bson.D{{Key: "owner", Value: "o"}, {Key: "rank", Value: random.IntN(9)}})
				is(t, st.Delete(t.Context(), collection, id, 1), nil)
			}
		})
	}
	for round := range 20 {
		seen := map[string]int{}
		query := store.Query{Index: "owner", Equal: []any{"o"}, Limit: 1 + round%9, Reverse: round%2 == 0}
		for _, id := range walk(t.Context(), t, st, query) {
			seen[id]++
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s was seen %d times", id, n)
			}
		}
		for i := range steady {
			if id := fmt.Sprintf("steady-%02d", i); seen[id] != 1 {
				t.Errorf("%s was not seen", id)
			}
		}
	}
	stop()
	writers.Wait()
}

// hammerContexts lets callers give up at any moment: what a caller was told is true.
func (s suite) hammerContexts(t *testing.T) {
	st := s.fresh(t)
	var told sync.Map // id -> error
	together(func(i int) {
		random := rand.New(rand.NewPCG(uint64(i), 2))
		for n := range 40 {
			ctx, cancel := context.WithCancel(t.Context())
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				for range random.IntN(2000) {
					_ = ctx.Err() // a moment, not a time
				}
				cancel()
			}()
			id := fmt.Sprintf("%d-%d", i, n)
			told.Store(id, st.Insert(ctx, collection, record(t, id, bson.D{{Key: "tags", Value: bson.A{"a", "b"}}, {Key: "rank", Value: n}})))
			<-gone
		}
	})
	told.Range(func(key, result any) bool {
		id := fmt.Sprint(key)
		err, _ := result.(error)
		_, getErr := st.Get(t.Context(), collection, id)
		switch {
		case err == nil:
			is(t, getErr, nil)
		case errors.Is(err, store.ErrUnavailable): // may or may not have happened
		case errors.Is(err, context.Canceled):
			is(t, getErr, store.ErrNotFound)
		default:
			t.Errorf("%s: %v", id, err)
		}
		return true
	})
}

// hammerClose closes the store while others use it: what was acknowledged before was done, and all end.
func (s suite) hammerClose(t *testing.T) {
	st := s.fresh(t)
	started := make(chan struct{}, hammers)
	var closer sync.WaitGroup
	closer.Go(func() {
		for range hammers {
			<-started
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	together(func(i int) {
		for n := 0; ; n++ {
			id := fmt.Sprintf("%d-%d", i, n)
			err := st.Insert(t.Context(), collection, record(t, id, bson.D{{Key: "value", Value: n}}))
			if err == nil {
				_, err = st.Get(t.Context(), collection, id)
			}
			if n == 3 {
				started <- struct{}{}
			}
			if err != nil {
				is(t, err, store.ErrUnavailable)
				return
			}
		}
	})
	closer.Wait()
}
