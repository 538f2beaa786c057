package mongostore

import (
	"context"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/internal/gate"
	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// format is the version of documents and indexes. A database with a higher one is refused.
const format = 1

// schemaName is the collection that describes the others.
const schemaName = "store.schema"

// ErrNewer says that a newer version of this program wrote the database.
var ErrNewer = errors.New("the database was written by a newer version of this program")

// Store is a store.Store in MongoDB. See the package comment.
type Store struct {
	config   Config
	client   *mongo.Client
	database *mongo.Database
	// ferret says that the server is FerretDB 1; see the package comment.
	ferret   bool
	declared rules.Declared
	gate     gate.Gate
}

// Open connects to the database and checks that this program can use it. The caller must Close it.
func Open(ctx context.Context, config Config) (*Store, error) {
	s, err := open(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("opening the store in MongoDB: %w", err)
	}
	return s, nil
}

func open(ctx context.Context, config Config) (*Store, error) {
	clientOptions, err := config.options()
	if err != nil {
		return nil, err
	}
	client, err := mongo.Connect(clientOptions)
	if err != nil {
		return nil, err
	}
	s := &Store{config: config, client: client, database: client.Database(config.database())}
	if err := s.check(ctx); err != nil {
		return nil, errors.Join(err, client.Disconnect(context.WithoutCancel(ctx)))
	}
	return s, nil
}

// check looks at the server and at the format of the database, which it writes into an empty one.
func (s *Store) check(ctx context.Context) error {
	var server struct {
		FerretDB string `bson:"ferretdbVersion"`
	}
	if err := s.database.RunCommand(ctx, bson.D{{Key: "buildInfo", Value: 1}}).Decode(&server); err != nil {
		return unavailable(ctx, err)
	}
	s.ferret = server.FerretDB != ""

	schema := s.database.Collection(schemaName)
	_, err := schema.InsertOne(ctx, bson.D{{Key: "_id", Value: "format"}, {Key: "version", Value: int64(format)}})
	if err != nil && !mongo.IsDuplicateKeyError(err) {
		return unavailable(ctx, err)
	}
	var stored struct{ Version int64 }
	if err := schema.FindOne(ctx, bson.D{{Key: "_id", Value: "format"}}).Decode(&stored); err != nil {
		return unavailable(ctx, err)
	}
	if stored.Version > format {
		return fmt.Errorf("%w (its format is %d, this program knows up to %d)", ErrNewer, stored.Version, format)
	}
	return nil
}

// enter begins an operation on a declared collection; gate.Leave must follow if there was no error.
func (s *Store) enter(ctx context.Context, collection string) (*rules.Collection, *mongo.Collection, error) {
	if err := s.gate.Enter(); err != nil {
		return nil, nil, err
	}
	c, err := s.declared.Lookup(collection)
	if err == nil {
		// Before anything was sent, a context that is over means that nothing has happened.
		err = ctx.Err()
	}
	if err != nil {
		s.gate.Leave()
		return nil, nil, err
	}
	return c, s.database.Collection(collection), nil
}

// Close implements store.Store.
func (s *Store) Close() error {
	err := s.gate.Close(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), s.config.timeout())
		defer cancel()
		return s.client.Disconnect(ctx)
	})
	if err != nil {
		return fmt.Errorf("closing the store: %w", err)
	}
	return nil
}

// document is a record as it is stored.
type document struct {
	ID      string   `bson:"_id"`
	Version int64    `bson:"v"`
	Body    bson.Raw `bson:"d"`
}

// The names of document's fields, and of the one that it leaves out.
const (
	idField      = "_id"
	versionField = "v"
	tokensField  = "once"
	bodyField    = "d"
)

func newDocument(record store.Record) document {
	return document{ID: record.ID, Version: 1, Body: record.Body}
}

func (d document) record() store.Record {
	return store.Record{ID: d.ID, Version: d.Version, Body: d.Body}
}

// wholeRecord leaves the tokens out.
var wholeRecord = bson.D{{Key: versionField, Value: 1}, {Key: bodyField, Value: 1}}

// path is the place of a body's field in the document.
func path(p rules.Path) string { return bodyField + "." + p.String() }

func byID(id string) bson.D { return bson.D{{Key: idField, Value: id}} }

// versionOf reads a record's version, or returns ErrNotFound.
func versionOf(ctx context.Context, c *mongo.Collection, id string) (int64, error) {
	var found struct {
		Version int64 `bson:"v"`
	}
	err := c.FindOne(ctx, byID(id), options.FindOne().SetProjection(bson.D{{Key: versionField, Value: 1}})).Decode(&found)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return 0, store.ErrNotFound
	}
	return found.Version, unavailable(ctx, err)
}

var _ store.Store = (*Store)(nil)
