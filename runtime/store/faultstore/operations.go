package faultstore

import (
	"context"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Ensure implements store.Store, without faults.
func (s *Store) Ensure(ctx context.Context, specs ...store.Spec) error {
	return s.inner.Ensure(ctx, specs...)
}

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, collection, id string) (record store.Record, err error) {
	err = s.around(ctx, Get, collection, id, func() (err error) {
		record, err = s.inner.Get(ctx, collection, id)
		return err
	}, nil)
	if err != nil {
		return store.Record{}, err
	}
	return record, nil
}

// GetMany implements store.Store.
func (s *Store) GetMany(ctx context.Context, collection string, ids []string) (records []store.Record, err error) {
	err = s.around(ctx, GetMany, collection, "", func() (err error) {
		records, err = s.inner.GetMany(ctx, collection, ids)
		return err
	}, nil)
	if err != nil {
		return nil, err
	}
	return records, nil
}

// Insert implements store.Store.
func (s *Store) Insert(ctx context.Context, collection string, record store.Record) error {
	return s.around(ctx, Insert, collection, record.ID, func() error { return s.inner.Insert(ctx, collection, record) }, nil)
}

// InsertMany implements store.Store.
func (s *Store) InsertMany(ctx context.Context, collection string, records []store.Record) (inserted int, err error) {
	insert := func(records []store.Record) func() error {
		return func() (err error) {
			inserted, err = s.inner.InsertMany(ctx, collection, records)
			return err
		}
	}
	err = s.around(ctx, InsertMany, collection, "", insert(records), insert(records[:len(records)/2]))
	return inserted, err
}

// Replace implements store.Store.
func (s *Store) Replace(ctx context.Context, collection string, record store.Record) error {
	return s.around(ctx, Replace, collection, record.ID, func() error { return s.inner.Replace(ctx, collection, record) }, nil)
}

// Increment implements store.Store.
func (s *Store) Increment(ctx context.Context, collection, id string, inc store.Increment) (value int64, err error) {
	err = s.around(ctx, Increment, collection, id, func() (err error) {
		value, err = s.inner.Increment(ctx, collection, id, inc)
		return err
	}, nil)
	if err != nil {
		return 0, err
	}
	return value, nil
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, collection, id string, version int64) error {
	return s.around(ctx, Delete, collection, id, func() error { return s.inner.Delete(ctx, collection, id, version) }, nil)
}

// Find implements store.Store.
func (s *Store) Find(ctx context.Context, collection string, query store.Query) (page store.Page, err error) {
	err = s.around(ctx, Find, collection, "", func() (err error) {
		page, err = s.inner.Find(ctx, collection, query)
		return err
	}, nil)
	if err != nil {
		return store.Page{}, err
	}
	return page, nil
}

// Count implements store.Store.
func (s *Store) Count(ctx context.Context, collection string, query store.Query, limit int) (n int, err error) {
	err = s.around(ctx, Count, collection, "", func() (err error) {
		n, err = s.inner.Count(ctx, collection, query, limit)
		return err
	}, nil)
	if err != nil {
		return 0, err
	}
	return n, nil
}

// Close does nothing: the wrapped store is its owner's.
func (s *Store) Close() error { return nil }

var _ store.Store = (*Store)(nil)
