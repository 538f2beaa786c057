package mongostore

import (
	"context"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
)

// Codes of server errors that mean something here (src/mongo/base/error_codes.yml of the server).
const (
	codeIndexOptionsConflict  = 85
	codeIndexKeySpecsConflict = 86
	codeBSONObjectTooLarge    = 10334
)

// unavailable turns a failure of the database into an ErrUnavailable. Errors that are the store's own stay as they are. A
// context that ended is named too, but does not stand alone: what was sent may have happened.
func unavailable(ctx context.Context, err error) error {
	for _, own := range []error{
		nil, store.ErrUnavailable, store.ErrNotFound, store.ErrExists, store.ErrConflict, store.ErrBounds, store.ErrInvalid,
	} {
		if errors.Is(err, own) {
			return err
		}
	}
	var server mongo.ServerError
	if errors.As(err, &server) && server.HasErrorCode(codeBSONObjectTooLarge) {
		return fmt.Errorf("%w: %w", store.ErrInvalid, err)
	}
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		return fmt.Errorf("%w: %w (%w)", store.ErrUnavailable, ended, err)
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// unread is unavailable for reads: when their context has ended, that is all there is to say.
func unread(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return unavailable(ctx, err)
}

// whichKey tells what an insert's duplicate key error means. A record whose id is there already is ErrExists, even if
// the server noticed another clash first.
func whichKey(ctx context.Context, c *mongo.Collection, id string, err error) error {
	if !clashesOnID(err) {
		_, versionErr := versionOf(ctx, c, id)
		switch {
		case errors.Is(versionErr, store.ErrNotFound):
			return fmt.Errorf("%w (%w)", store.ErrTaken, err)
		case versionErr != nil:
			return versionErr
		}
	}
	return store.ErrExists
}

// clashesOnID tells whether the server said that the clash is on _id. Some do not say.
func clashesOnID(err error) bool {
	var write mongo.WriteException
	if !errors.As(err, &write) || len(write.WriteErrors) != 1 {
		return false
	}
	return patternIsID(write.WriteErrors[0].Raw)
}

func patternIsID(writeError bson.Raw) bool {
	pattern, ok := writeError.Lookup("keyPattern").DocumentOK()
	if !ok {
		return false
	}
	_, lookupErr := pattern.LookupErr(idField)
	elements, elementsErr := pattern.Elements()
	return lookupErr == nil && elementsErr == nil && len(elements) == 1
}
