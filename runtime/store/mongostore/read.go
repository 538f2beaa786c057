package mongostore

import (
	"bytes"
	"context"
	"errors"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, collection, id string) (store.Record, error) {
	record, err := s.get(ctx, collection, id)
	if err != nil {
		return store.Record{}, rules.Failed("getting", collection, id, err)
	}
	return record, nil
}

func (s *Store) get(ctx context.Context, collection, id string) (store.Record, error) {
	_, c, err := s.enter(ctx, collection)
	if err != nil {
		return store.Record{}, err
	}
	defer s.gate.Leave()
	if !rules.ValidID(id) {
		return store.Record{}, store.ErrNotFound
	}
	var found document
	err = c.FindOne(ctx, byID(id), options.FindOne().SetProjection(wholeRecord)).Decode(&found)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return store.Record{}, store.ErrNotFound
	}
	found.Body = bytes.Clone(found.Body)
	return found.record(), unread(ctx, err)
}

// GetMany implements store.Store.
func (s *Store) GetMany(ctx context.Context, collection string, ids []string) ([]store.Record, error) {
	records, err := s.getMany(ctx, collection, ids)
	if err != nil {
		return nil, rules.Failed("getting many of", collection, "", err)
	}
	return records, nil
}

// idListSize is how many ids are asked for at a time.
const idListSize = 1000

func (s *Store) getMany(ctx context.Context, collection string, ids []string) ([]store.Record, error) {
	_, c, err := s.enter(ctx, collection)
	if err != nil {
		return nil, err
	}
	defer s.gate.Leave()
	wanted := rules.DistinctIDs(ids)
	found := make(map[string]store.Record, len(wanted))
	for rest := wanted; len(rest) > 0; {
		n := min(len(rest), idListSize)
		filter := bson.D{{Key: idField, Value: bson.D{{Key: "$in", Value: rest[:n]}}}}
		cursor, err := c.Find(ctx, filter, options.Find().SetProjection(wholeRecord))
		if err != nil {
			return nil, unread(ctx, err)
		}
		err = eachDocument(ctx, cursor, func(d document) bool {
			found[d.ID] = d.record()
			return true
		})
		if err != nil {
			return nil, err
		}
		rest = rest[n:]
	}
	records := make([]store.Record, 0, len(found))
	for _, id := range wanted {
		if record, ok := found[id]; ok {
			records = append(records, record)
		}
	}
	return records, nil
}

// eachDocument reads a cursor until visit returns false, and closes it. The documents' bodies are copies.
func eachDocument(ctx context.Context, cursor *mongo.Cursor, visit func(document) bool) error {
	// Closing tells the server, which would keep the cursor for minutes; a context that has ended must not prevent that.
	defer cursor.Close(context.WithoutCancel(ctx))
	for cursor.Next(ctx) {
		var d document
		if err := cursor.Decode(&d); err != nil {
			return unread(ctx, err)
		}
		d.Body = bytes.Clone(d.Body)
		if !visit(d) {
			return nil
		}
	}
	return unread(ctx, cursor.Err())
}
