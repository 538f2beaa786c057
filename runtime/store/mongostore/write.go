package mongostore

import (
	"context"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Insert implements store.Store.
func (s *Store) Insert(ctx context.Context, collection string, record store.Record) error {
	if err := s.insert(ctx, collection, record); err != nil {
		return rules.Failed("inserting", collection, record.ID, err)
	}
	return nil
}

func (s *Store) insert(ctx context.Context, collection string, record store.Record) error {
	declared, c, err := s.enter(ctx, collection)
	if err != nil {
		return err
	}
	defer s.gate.Leave()
	if err := checkInsert(declared, record); err != nil {
		return err
	}
	_, err = c.InsertOne(ctx, newDocument(record))
	if mongo.IsDuplicateKeyError(err) {
		return whichKey(ctx, c, record.ID, err)
	}
	return unavailable(ctx, err)
}

func checkInsert(declared *rules.Collection, record store.Record) error {
	if err := rules.CheckRecord(record); err != nil {
		return err
	}
	return declared.CheckKeys(record.Body)
}

// InsertMany implements store.Store.
func (s *Store) InsertMany(ctx context.Context, collection string, records []store.Record) (int, error) {
	inserted, err := s.insertMany(ctx, collection, records)
	if err != nil {
		return inserted, rules.Failed("inserting into", collection, "", err)
	}
	return inserted, nil
}

// A command of InsertMany holds at most so many documents and about so many bytes; the server takes 48 MB.
const (
	chunkRecords = 1000
	chunkBytes   = 8 << 20
)

func (s *Store) insertMany(ctx context.Context, collection string, records []store.Record) (inserted int, err error) {
	declared, c, err := s.enter(ctx, collection)
	if err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	for _, record := range records {
		if err := checkInsert(declared, record); err != nil {
			return 0, fmt.Errorf("%.80q: %w", record.ID, err)
		}
	}
	var taken error
	for len(records) > 0 {
		var chunk []document
		for bytes := 0; len(records) > 0 && len(chunk) < chunkRecords && bytes < chunkBytes; records = records[1:] {
			chunk = append(chunk, newDocument(records[0]))
			bytes += len(records[0].Body)
		}
		n, err := insertChunk(ctx, c, chunk)
		inserted += n
		switch {
		case errors.Is(err, store.ErrTaken):
			taken = err
		case err != nil:
			return inserted, err
		}
	}
	return inserted, taken
}

// insertChunk sends one command. Its ErrTaken says that everything was tried.
func insertChunk(ctx context.Context, c *mongo.Collection, chunk []document) (inserted int, err error) {
	_, err = c.InsertMany(ctx, chunk, options.InsertMany().SetOrdered(false))
	if err == nil {
		return len(chunk), nil
	}
	var bulk mongo.BulkWriteException
	if !errors.As(err, &bulk) || bulk.WriteConcernError != nil {
		return 0, unavailable(ctx, err)
	}
	inserted = len(chunk) - len(bulk.WriteErrors)
	for _, failed := range bulk.WriteErrors {
		if !mongo.IsDuplicateKeyError(failed.WriteError) || failed.Index < 0 || failed.Index >= len(chunk) {
			return inserted, unavailable(ctx, err)
		}
		if patternIsID(failed.Raw) {
			continue
		}
		id := chunk[failed.Index].ID
		if which := whichKey(ctx, c, id, failed.WriteError); errors.Is(which, store.ErrTaken) {
			err = fmt.Errorf("%.80q: %w", id, which)
		} else if !errors.Is(which, store.ErrExists) {
			return inserted, which
		}
	}
	if errors.Is(err, store.ErrTaken) {
		return inserted, err
	}
	return inserted, nil
}

// Replace implements store.Store.
func (s *Store) Replace(ctx context.Context, collection string, record store.Record) error {
	if err := s.replace(ctx, collection, record); err != nil {
		return rules.Failed("replacing", collection, record.ID, err)
	}
	return nil
}

func (s *Store) replace(ctx context.Context, collection string, record store.Record) error {
	declared, c, err := s.enter(ctx, collection)
	if err != nil {
		return err
	}
	defer s.gate.Leave()
	if err := rules.CheckReplacement(record); err != nil {
		return err
	}
	if err := declared.CheckKeys(record.Body); err != nil {
		return err
	}
	if !rules.ValidID(record.ID) {
		return store.ErrNotFound
	}
	// $set and not a replacement of the whole document: the tokens stay.
	result, err := c.UpdateOne(ctx,
		append(byID(record.ID), bson.E{Key: versionField, Value: record.Version}),
		bson.D{{Key: "$set", Value: bson.D{{Key: versionField, Value: record.Version + 1}, {Key: bodyField, Value: bson.Raw(record.Body)}}}})
	switch {
	case mongo.IsDuplicateKeyError(err):
		return fmt.Errorf("%w (%w)", store.ErrTaken, err)
	case err != nil:
		return unavailable(ctx, err)
	case result.MatchedCount == 0:
		return whyUnmatched(ctx, c, record.ID)
	}
	return nil
}

// whyUnmatched tells a missing record from one at another version.
func whyUnmatched(ctx context.Context, c *mongo.Collection, id string) error {
	version, err := versionOf(ctx, c, id)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: it is at version %d", store.ErrConflict, version)
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, collection, id string, version int64) error {
	if err := s.delete(ctx, collection, id, version); err != nil {
		return rules.Failed("deleting", collection, id, err)
	}
	return nil
}

func (s *Store) delete(ctx context.Context, collection, id string, version int64) error {
	_, c, err := s.enter(ctx, collection)
	if err != nil {
		return err
	}
	defer s.gate.Leave()
	if err := rules.CheckDelete(version); err != nil {
		return err
	}
	if !rules.ValidID(id) {
		return store.ErrNotFound
	}
	filter := byID(id)
	if version != 0 {
		filter = append(filter, bson.E{Key: versionField, Value: version})
	}
	result, err := c.DeleteOne(ctx, filter)
	switch {
	case err != nil:
		return unavailable(ctx, err)
	case result.DeletedCount == 0 && version == 0:
		return store.ErrNotFound
	case result.DeletedCount == 0:
		return whyUnmatched(ctx, c, id)
	}
	return nil
}
