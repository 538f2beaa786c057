package mongostore

import (
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
)

// Config says where the store is. Only URL must be set.
type Config struct {
	// URL is a MongoDB connection string. Its write concern, read preference and timeout are overruled.
	URL string
	// Database is the name of the database; "" is "quoin".
	Database string
	// Timeout bounds an operation whose context has no deadline; 0 is 10 s.
	Timeout time.Duration
	// Monitor sees the commands that are sent; nil is none.
	Monitor *event.CommandMonitor
}

const (
	defaultDatabase = "quoin"
	defaultTimeout  = 10 * time.Second
	// selectionTimeout is how long an operation looks for a primary: an election takes some seconds.
	selectionTimeout = 8 * time.Second
	// buildTimeout bounds the building of an index over documents that are there.
	buildTimeout = 6 * time.Hour
)

func (c Config) database() string {
	if c.Database == "" {
		return defaultDatabase
	}
	return c.Database
}

func (c Config) timeout() time.Duration {
	if c.Timeout <= 0 {
		return defaultTimeout
	}
	return c.Timeout
}

func (c Config) options() (*options.ClientOptions, error) {
	journal := true
	o := options.Client().ApplyURI(c.URL).
		SetAppName("quoin").
		SetWriteConcern(&writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: &journal}).
		SetReadPreference(readpref.Primary()).
		SetServerSelectionTimeout(min(selectionTimeout, c.timeout())).
		SetTimeout(c.timeout())
	if c.Monitor != nil {
		o.SetMonitor(c.Monitor)
	}
	if o.Validate() != nil {
		// The driver's error may repeat the URL, which may hold a password.
		return nil, errors.New("the MongoDB URL is not valid (it is not shown, for it may hold a password); it looks like mongodb://user:password@host:27017/?replicaSet=rs0")
	}
	return o, nil
}
