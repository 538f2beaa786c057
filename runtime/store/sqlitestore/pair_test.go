package sqlitestore_test

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/quoin-lms/quoin/runtime/store"
)

// pair sends operations to two stores in turn.
type pair struct {
	store.Store
	other store.Store
	turn  atomic.Int64
}

func (p *pair) next() store.Store {
	if p.turn.Add(1)%2 == 0 {
		return p.Store
	}
	return p.other
}

func (p *pair) Ensure(ctx context.Context, specs ...store.Spec) error {
	return errors.Join(p.Store.Ensure(ctx, specs...), p.other.Ensure(ctx, specs...))
}

func (p *pair) Get(ctx context.Context, collection, id string) (store.Record, error) {
	return p.next().Get(ctx, collection, id)
}

func (p *pair) Insert(ctx context.Context, collection string, record store.Record) error {
	return p.next().Insert(ctx, collection, record)
}

func (p *pair) InsertMany(ctx context.Context, collection string, records []store.Record) (int, error) {
	return p.next().InsertMany(ctx, collection, records)
}

func (p *pair) Replace(ctx context.Context, collection string, record store.Record) error {
	return p.next().Replace(ctx, collection, record)
}

func (p *pair) Increment(ctx context.Context, collection, id string, inc store.Increment) (int64, error) {
	return p.next().Increment(ctx, collection, id, inc)
}

func (p *pair) Delete(ctx context.Context, collection, id string, version int64) error {
	return p.next().Delete(ctx, collection, id, version)
}

func (p *pair) Find(ctx context.Context, collection string, query store.Query) (store.Page, error) {
	return p.next().Find(ctx, collection, query)
}

func (p *pair) Close() error { return errors.Join(p.Store.Close(), p.other.Close()) }
