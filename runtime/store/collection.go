package store

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Doc is a record with its body decoded.
type Doc[T any] struct {
	ID      string
	Version int64
	Body    T
}

// Collection is the typed view of one collection; T is a struct with bson tags. The zero value is not usable.
type Collection[T any] struct {
	store Store
	name  string
}

// Of gives typed access to the collection that spec declares. It does no I/O: whoever opens the program calls
// [Store.Ensure] with every spec first.
func Of[T any](s Store, spec Spec) Collection[T] {
	return Collection[T]{store: s, name: spec.Name}
}

// Get returns one document, or ErrNotFound.
func (c Collection[T]) Get(ctx context.Context, id string) (Doc[T], error) {
	record, err := c.store.Get(ctx, c.name, id)
	if err != nil {
		return Doc[T]{}, err
	}
	return c.decode(record)
}

// GetMany returns the documents that exist, by id.
func (c Collection[T]) GetMany(ctx context.Context, ids []string) (map[string]Doc[T], error) {
	records, err := c.store.GetMany(ctx, c.name, ids)
	if err != nil {
		return nil, err
	}
	docs := make(map[string]Doc[T], len(records))
	for _, record := range records {
		doc, err := c.decode(record)
		if err != nil {
			return nil, err
		}
		docs[doc.ID] = doc
	}
	return docs, nil
}

// Insert stores a new document, or returns ErrExists or ErrTaken.
func (c Collection[T]) Insert(ctx context.Context, id string, body T) error {
	record, err := c.encode(id, 0, body)
	if err != nil {
		return err
	}
	return c.store.Insert(ctx, c.name, record)
}

// InsertMany inserts those of the documents that do not exist yet; see [Store.InsertMany].
func (c Collection[T]) InsertMany(ctx context.Context, docs []Doc[T]) (int, error) {
	records := make([]Record, 0, len(docs))
	for _, doc := range docs {
		record, err := c.encode(doc.ID, 0, doc.Body)
		if err != nil {
			return 0, err
		}
		records = append(records, record)
	}
	return c.store.InsertMany(ctx, c.name, records)
}

// Replace stores the document if nobody changed it since it was read (ErrConflict otherwise) and returns it with its new
// version.
func (c Collection[T]) Replace(ctx context.Context, doc Doc[T]) (Doc[T], error) {
	record, err := c.encode(doc.ID, doc.Version, doc.Body)
	if err != nil {
		return doc, err
	}
	if err := c.store.Replace(ctx, c.name, record); err != nil {
		return doc, err
	}
	doc.Version++
	return doc, nil
}

// Put inserts the document when its version is 0 and replaces it otherwise. A lost race is ErrConflict in both cases;
// unique values that another document has are ErrTaken.
func (c Collection[T]) Put(ctx context.Context, doc Doc[T]) (Doc[T], error) {
	if doc.Version != 0 {
		return c.Replace(ctx, doc)
	}
	err := c.Insert(ctx, doc.ID, doc.Body)
	switch {
	case errors.Is(err, ErrTaken): // trying again would not help: this is no race for the id
		return doc, err
	case errors.Is(err, ErrExists):
		return doc, fmt.Errorf("%w (%w)", ErrConflict, err)
	case err != nil:
		return doc, err
	}
	doc.Version = 1
	return doc, nil
}

// Update reads a document, lets change alter it and stores it, again and again until nobody was faster. A missing
// document is given as the zero T. change returns false to leave everything as it is; it may run several times, so it
// must have no effects of its own. The document as stored (or as read, when unchanged) is returned.
func (c Collection[T]) Update(ctx context.Context, id string, change func(*T) (bool, error)) (Doc[T], error) {
	for {
		doc, err := c.Get(ctx, id)
		if errors.Is(err, ErrNotFound) {
			doc, err = Doc[T]{ID: id}, nil
		}
		if err != nil {
			return doc, err
		}
		write, err := change(&doc.Body)
		if err != nil || !write {
			return doc, err
		}
		doc, err = c.Put(ctx, doc)
		if !errors.Is(err, ErrConflict) && !errors.Is(err, ErrNotFound) {
			return doc, err
		}
		if err := ctx.Err(); err != nil {
			return doc, fmt.Errorf("updating %s %q: %w", c.name, id, err)
		}
	}
}

// Increment adds to an integer of the body; see [Increment].
func (c Collection[T]) Increment(ctx context.Context, id string, inc Increment) (int64, error) {
	return c.store.Increment(ctx, c.name, id, inc)
}

// Delete removes a document; see [Store.Delete].
func (c Collection[T]) Delete(ctx context.Context, id string, version int64) error {
	return c.store.Delete(ctx, c.name, id, version)
}

// Find returns one page of a query.
func (c Collection[T]) Find(ctx context.Context, query Query) ([]Doc[T], Cursor, error) {
	page, err := c.store.Find(ctx, c.name, query)
	if err != nil {
		return nil, "", err
	}
	docs := make([]Doc[T], 0, len(page.Records))
	for _, record := range page.Records {
		doc, err := c.decode(record)
		if err != nil {
			return nil, "", err
		}
		docs = append(docs, doc)
	}
	return docs, page.Next, nil
}

// Each calls visit for every document that matches, page by page, until visit returns an error, which Each returns.
func (c Collection[T]) Each(ctx context.Context, query Query, visit func(Doc[T]) error) error {
	for {
		docs, next, err := c.Find(ctx, query)
		if err != nil {
			return err
		}
		for _, doc := range docs {
			if err := visit(doc); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		query.After = next
	}
}

// Count counts matches up to limit.
func (c Collection[T]) Count(ctx context.Context, query Query, limit int) (int, error) {
	return c.store.Count(ctx, c.name, query, limit)
}

func (c Collection[T]) encode(id string, version int64, body T) (Record, error) {
	data, err := bson.Marshal(body)
	if err != nil {
		return Record{}, fmt.Errorf("encoding %s %q: %w", c.name, id, err)
	}
	return Record{ID: id, Version: version, Body: data}, nil
}

func (c Collection[T]) decode(record Record) (Doc[T], error) {
	doc := Doc[T]{ID: record.ID, Version: record.Version}
	if err := bson.Unmarshal(record.Body, &doc.Body); err != nil {
		return doc, fmt.Errorf("decoding %s %q: %w", c.name, record.ID, err)
	}
	return doc, nil
}
