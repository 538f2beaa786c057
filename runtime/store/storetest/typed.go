package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

type person struct {
	Slug  string           `bson:"slug,omitempty"`
	Value int64            `bson:"value"`
	Keys  store.Map[int64] `bson:"keys,omitempty"`
}

// typed checks store.Collection on a real store.
func (s suite) typed(t *testing.T) {
	ctx := t.Context()
	open := func(t *testing.T) store.Collection[person] { return store.Of[person](s.fresh(t), items) }
	t.Run("put, get and replace", func(t *testing.T) {
		people := open(t)
		keys := store.Map[int64]{"$set": 1, "a.b": 2, "": 3, "a\x00b": 4, "_id": 5, "0": 6}
		doc, err := people.Put(ctx, store.Doc[person]{ID: "one", Body: person{Value: 1, Keys: keys}})
		if err != nil || doc.Version != 1 {
			t.Fatal(doc, err)
		}
		_, err = people.Put(ctx, store.Doc[person]{ID: "one"})
		is(t, err, store.ErrConflict)
		doc.Body.Value = 2
		if doc, err = people.Put(ctx, doc); err != nil || doc.Version != 2 {
			t.Fatal(doc, err)
		}
		got, err := people.Get(ctx, "one")
		if err != nil || got.Version != 2 || got.Body.Value != 2 || !maps.Equal(got.Body.Keys, keys) {
			t.Errorf("got %+v, %v", got, err)
		}
		doc.Version = 1
		_, err = people.Replace(ctx, doc)
		is(t, err, store.ErrConflict)
		many, err := people.GetMany(ctx, []string{"one", "two"})
		if err != nil || len(many) != 1 || many["one"].Body.Value != 2 {
			t.Errorf("got %+v, %v", many, err)
		}
	})
	t.Run("update", func(t *testing.T) {
		people := open(t)
		for want := range int64(3) {
			doc, err := people.Update(ctx, "one", func(p *person) (bool, error) { p.Value++; return true, nil })
			if err != nil || doc.Version != want+1 || doc.Body.Value != want+1 {
				t.Fatal(doc, err)
			}
		}
		doc, err := people.Update(ctx, "one", func(*person) (bool, error) { return false, nil })
		if err != nil || doc.Version != 3 {
			t.Errorf("an update that writes nothing: %+v, %v", doc, err)
		}
		mine := errors.New("mine")
		if _, err = people.Update(ctx, "one", func(*person) (bool, error) { return true, mine }); !errors.Is(err, mine) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an update that meets a foreign unique value ends", func(t *testing.T) {
		people := open(t)
		if err := people.Insert(ctx, "one", person{Slug: "a"}); err != nil {
			t.Fatal(err)
		}
		bounded, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		for _, id := range []string{"two", "two"} {
			_, err := people.Update(bounded, id, func(p *person) (bool, error) { p.Slug = "a"; return true, nil })
			is(t, err, store.ErrTaken)
			isNot(t, err, store.ErrConflict)
		}
	})
	t.Run("each", func(t *testing.T) {
		people := open(t)
		for i := range 25 {
			if err := people.Insert(ctx, fmt.Sprintf("id-%02d", i), person{Value: int64(i)}); err != nil {
				t.Fatal(err)
			}
		}
		var sum int64
		err := people.Each(ctx, store.Query{Index: "value", From: 5, Limit: 4}, func(d store.Doc[person]) error { sum += d.Body.Value; return nil })
		if err != nil || sum != 24*25/2-10 {
			t.Errorf("sum %d, %v", sum, err)
		}
		mine, seen := errors.New("mine"), 0
		err = people.Each(ctx, store.Query{Limit: 2}, func(store.Doc[person]) error {
			if seen++; seen == 3 {
				return mine
			}
			return nil
		})
		if !errors.Is(err, mine) || seen != 3 {
			t.Errorf("%v after %d", err, seen)
		}
	})
}
