package mongostore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Ensure implements store.Store.
func (s *Store) Ensure(ctx context.Context, specs ...store.Spec) error {
	if err := s.gate.Enter(); err != nil {
		return fmt.Errorf("ensuring collections: %w", err)
	}
	defer s.gate.Leave()
	collections := make([]*rules.Collection, 0, len(specs))
	for _, spec := range specs {
		c, err := rules.Compile(spec)
		if err != nil {
			return fmt.Errorf("ensuring %w", err)
		}
		collections = append(collections, c)
	}
	for _, c := range collections {
		if s.declared.Has(c) {
			continue
		}
		if err := s.ensure(ctx, c); err != nil {
			return fmt.Errorf("ensuring collection %s: %w", c.Name, err)
		}
		s.declared.Add(c)
	}
	return nil
}

// schemaDocument says which indexes a collection has.
type schemaDocument struct {
	ID      string        `bson:"_id"`
	Version int64         `bson:"v"`
	Indexes []schemaIndex `bson:"indexes"`
}

type schemaIndex struct {
	Name   string   `bson:"name"`
	Fields []string `bson:"fields"`
	Unique bool     `bson:"unique"`
	Multi  bool     `bson:"multi"`
}

func describe(index *rules.Index) schemaIndex {
	described := schemaIndex{Name: index.Name, Unique: index.Unique, Multi: index.Multi}
	for _, field := range index.Fields {
		described.Fields = append(described.Fields, field.String())
	}
	return described
}

func (d schemaIndex) index() *rules.Index {
	index := &rules.Index{Name: d.Name, Unique: d.Unique, Multi: d.Multi}
	for _, field := range d.Fields {
		index.Fields = append(index.Fields, strings.Split(field, "."))
	}
	return index
}

// ensure makes the indexes and then notes their definitions. Two processes may do so at a time: making an index that is
// there is nothing, and the note is a compare-and-swap.
func (s *Store) ensure(ctx context.Context, c *rules.Collection) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for {
		noted, err := s.noted(ctx, c.Name)
		if err != nil {
			return err
		}
		missing, err := missingIndexes(noted, c)
		if err != nil {
			return err
		}
		if err := s.makeIndexes(ctx, c, missing); err != nil {
			return err
		}
		if len(missing) == 0 {
			return nil
		}
		for _, index := range missing {
			noted.Indexes = append(noted.Indexes, describe(index))
		}
		done, err := s.note(ctx, noted)
		if err != nil || done {
			return err
		}
	}
}

func missingIndexes(noted schemaDocument, c *rules.Collection) ([]*rules.Index, error) {
	var missing []*rules.Index
	for _, index := range c.Indexes {
		i := slices.IndexFunc(noted.Indexes, func(d schemaIndex) bool { return d.Name == index.Name })
		if i < 0 {
			missing = append(missing, index)
		} else if present := noted.Indexes[i].index(); !present.Same(index) {
			return nil, fmt.Errorf("%w: index %q is %s in the database, but declared as %s: give the changed index a new name",
				store.ErrInvalid, index.Name, present, index)
		}
	}
	return missing, nil
}

// noted reads what is known of a collection; version 0 is nothing.
func (s *Store) noted(ctx context.Context, collection string) (schemaDocument, error) {
	noted := schemaDocument{ID: "c:" + collection}
	err := s.database.Collection(schemaName).FindOne(ctx, byID(noted.ID)).Decode(&noted)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return noted, nil
	}
	return noted, unavailable(ctx, err)
}

// note writes what is known of a collection; done is false if another process was faster.
func (s *Store) note(ctx context.Context, noted schemaDocument) (done bool, err error) {
	schema := s.database.Collection(schemaName)
	noted.Version++
	if noted.Version == 1 {
		_, err := schema.InsertOne(ctx, noted)
		if mongo.IsDuplicateKeyError(err) {
			return false, nil
		}
		return true, unavailable(ctx, err)
	}
	filter := append(byID(noted.ID), bson.E{Key: versionField, Value: noted.Version - 1})
	result, err := schema.ReplaceOne(ctx, filter, noted)
	if err != nil {
		return false, unavailable(ctx, err)
	}
	return result.MatchedCount == 1, nil
}

// makeIndexes makes all indexes of the collection, the noted ones too: a restored database may lack them. Documents are
// checked only for the missing ones.
func (s *Store) makeIndexes(ctx context.Context, c *rules.Collection, missing []*rules.Index) error {
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, buildTimeout)
		defer cancel()
	}
	collection := s.database.Collection(c.Name)
	if err := checkDocuments(ctx, collection, missing); err != nil {
		return err
	}
	wanted := c.Indexes
	if s.ferret { // which fails when some of them are there
		wanted = missing
	}
	models := make([]mongo.IndexModel, 0, len(wanted))
	for _, index := range wanted {
		models = append(models, s.model(index))
	}
	if len(models) == 0 {
		return nil
	}
	_, err := collection.Indexes().CreateMany(ctx, models)
	var refusal mongo.ServerError
	switch {
	case err == nil:
		return nil
	case mongo.IsDuplicateKeyError(err):
		return fmt.Errorf("%w: an index cannot be unique, there are documents with the same values: %w", store.ErrInvalid, err)
	case errors.As(err, &refusal) && (refusal.HasErrorCode(codeIndexOptionsConflict) || refusal.HasErrorCode(codeIndexKeySpecsConflict)):
		return fmt.Errorf("%w: the database has another index of this name: %w", store.ErrInvalid, err)
	}
	return unavailable(ctx, err)
}

func (s *Store) model(index *rules.Index) mongo.IndexModel {
	var keys, condition bson.D
	for _, field := range index.Fields {
		keys = append(keys, bson.E{Key: path(field), Value: 1})
		condition = append(condition, bson.E{Key: path(field), Value: bson.D{typeCondition}})
	}
	if !index.Unique {
		keys = append(keys, bson.E{Key: idField, Value: 1})
	}
	o := options.Index().SetName(index.Name)
	if index.Unique {
		o.SetUnique(true)
	}
	if !s.ferret {
		o.SetPartialFilterExpression(condition)
	}
	return mongo.IndexModel{Keys: keys, Options: o}
}

// checkDocuments looks for documents that new indexes cannot hold. The server would leave them out without a word.
func checkDocuments(ctx context.Context, c *mongo.Collection, indexes []*rules.Index) error {
	if len(indexes) == 0 {
		return nil
	}
	fields := bson.D{}
	for _, index := range indexes {
		for _, field := range index.Fields {
			top := path(field[:1])
			if !slices.ContainsFunc(fields, func(e bson.E) bool { return e.Key == top }) {
				fields = append(fields, bson.E{Key: top, Value: 1})
			}
		}
	}
	cursor, err := c.Find(ctx, bson.D{}, options.Find().SetProjection(fields))
	if err != nil {
		return unavailable(ctx, err)
	}
	var unfit error
	err = eachDocument(ctx, cursor, func(d document) bool {
		for _, index := range indexes {
			if _, keysErr := index.Keys(d.Body); keysErr != nil {
				unfit = fmt.Errorf("document %.80q: %w", d.ID, keysErr)
				return false
			}
		}
		return true
	})
	return errors.Join(unfit, err)
}
