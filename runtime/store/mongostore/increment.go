package mongostore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Increment implements store.Store.
func (s *Store) Increment(ctx context.Context, collection, id string, inc store.Increment) (int64, error) {
	value, err := s.increment(ctx, collection, id, inc)
	if err != nil {
		return 0, rules.Failed("incrementing", collection, id, err)
	}
	return value, nil
}

func (s *Store) increment(ctx context.Context, collection, id string, inc store.Increment) (int64, error) {
	_, c, err := s.enter(ctx, collection)
	if err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	sum, err := rules.CheckIncrement(inc)
	if err != nil {
		return 0, err
	}
	if !rules.ValidID(id) {
		return 0, store.ErrNotFound
	}
	if inc.Forget {
		return 0, forget(ctx, c, id, inc.Once)
	}
	o := options.FindOneAndUpdate().SetReturnDocument(options.After)
	if !s.ferret {
		o.SetProjection(bson.D{{Key: path(sum.Path), Value: 1}})
	}
	return add(ctx, c, id, inc.Once, sum, o)
}

func forget(ctx context.Context, c *mongo.Collection, id, token string) error {
	result, err := c.UpdateOne(ctx, byID(id), bson.D{{Key: "$pull", Value: bson.D{{Key: tokensField, Value: token}}}})
	switch {
	case err != nil:
		return unavailable(ctx, err)
	case result.MatchedCount == 0:
		return store.ErrNotFound
	}
	return nil
}

// add tries the one command that does everything. Where it matches nothing, the document tells why; if it tells nothing,
// somebody has changed it in between and the command is tried again.
func add(
	ctx context.Context, c *mongo.Collection, id, token string, sum rules.Sum, o *options.FindOneAndUpdateOptionsBuilder,
) (int64, error) {
	filter, update := incrementFilter(id, token, sum), incrementUpdate(token, sum)
	for {
		tryErr := mongo.ErrNoDocuments
		if sum.Low <= sum.High {
			var changed document
			tryErr = c.FindOneAndUpdate(ctx, filter, update, o).Decode(&changed)
			switch {
			case tryErr == nil:
				return rules.Integer(changed.Body, sum.Path)
			case mongo.IsDuplicateKeyError(tryErr):
				return 0, fmt.Errorf("%w (%w)", store.ErrTaken, tryErr)
			}
		}
		var refusal mongo.CommandError
		if !errors.Is(tryErr, mongo.ErrNoDocuments) && (!errors.As(tryErr, &refusal) || ctx.Err() != nil) {
			return 0, unavailable(ctx, tryErr)
		}
		value, done, err := whyNotAdded(ctx, c, id, token, sum)
		if done || err != nil {
			return value, err
		}
		if !errors.Is(tryErr, mongo.ErrNoDocuments) {
			return 0, unavailable(ctx, tryErr) // refused, and not for anything that the document holds
		}
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
	}
}

// whyNotAdded reads the document. done says that the token was there, and value is the present one.
func whyNotAdded(ctx context.Context, c *mongo.Collection, id, token string, sum rules.Sum) (value int64, done bool, err error) {
	var found struct {
		Tokens []string `bson:"once"`
		Body   bson.Raw `bson:"d"`
	}
	// The whole top field: a projection of the path itself would leave out what is in its way.
	projection := bson.D{{Key: tokensField, Value: 1}, {Key: path(sum.Path[:1]), Value: 1}}
	err = c.FindOne(ctx, byID(id), options.FindOne().SetProjection(projection)).Decode(&found)
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return 0, false, store.ErrNotFound
	case err != nil:
		return 0, false, unavailable(ctx, err)
	}
	value, err = rules.Integer(found.Body, sum.Path)
	switch {
	case err != nil:
		return 0, false, err
	case token != "" && slices.Contains(found.Tokens, token):
		return value, true, nil
	case !sum.Allows(value):
		return 0, false, store.ErrBounds
	}
	return 0, false, nil
}

// incrementFilter matches the record if the token is not remembered and the value is one that may be added to.
func incrementFilter(id, token string, sum rules.Sum) bson.D {
	filter := byID(id)
	if token != "" {
		filter = append(filter, bson.E{Key: tokensField, Value: bson.D{{Key: "$ne", Value: token}}})
	}
	field := path(sum.Path)
	inBounds := bson.D{{Key: field, Value: bson.D{
		{Key: "$type", Value: bson.A{"int", "long"}}, {Key: "$gte", Value: sum.Low}, {Key: "$lte", Value: sum.High},
	}}}
	if !sum.Allows(0) {
		return append(filter, inBounds...)
	}
	missing := bson.D{{Key: field, Value: bson.D{{Key: "$exists", Value: false}}}}
	return append(filter, bson.E{Key: "$or", Value: bson.A{inBounds, missing}})
}

func incrementUpdate(token string, sum rules.Sum) bson.D {
	update := bson.D{{Key: "$inc", Value: bson.D{{Key: path(sum.Path), Value: sum.By}, {Key: versionField, Value: int64(1)}}}}
	if token != "" {
		update = append(update, bson.E{Key: "$push", Value: bson.D{{Key: tokensField, Value: token}}})
	}
	return update
}
