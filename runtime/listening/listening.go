package listening

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/events"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Limits of listening.
const (
	// Tries is how often a block may fail at one batch.
	Tries = 8
	// BatchEvents is the most that a block hears at once.
	BatchEvents = 50

	lease = time.Minute
	// batchesATurn is how many batches one listener gets before the next one has its turn.
	batchesATurn = 20
	atOnce       = 4
	workLimit    = 200
	lookEvents   = 1000
	lookPages    = 10
	// away is how long a package may be gone before its subscription ends: processes learn of an upgrade one after another.
	away = time.Minute
	// longest bounds the wait between two tries, and how long a package that is broken rests.
	longest = time.Minute
	// skipsKept bounds the records of a listener.
	skipsKept = 10
	// troubleKept is how long operators see what was skipped.
	troubleKept = 7 * 24 * time.Hour
)

// Blocks is what listening needs of the kernel.
type Blocks interface {
	Subscriptions(ctx context.Context) (list []kernel.Subscription, unsure []string, err error)
	Hear(ctx context.Context, d kernel.Delivery) error
}

// Config is what listening works with. Store, Events and Blocks are needed.
type Config struct {
	Store  store.Store
	Events *events.Log
	Blocks Blocks
	Log    *slog.Logger
	// Now is the clock; nil is the system's.
	Now func() time.Time
}

// Listening delivers events. Several processes may do so at the same time; within one, Round is for one goroutine.
type Listening struct {
	config        Config
	subscriptions store.Collection[subscription]
	listeners     store.Collection[Listener]
	places        store.Collection[place]
	tail          *events.Tail
	saved         events.Position
}

// Listener is how far one usage has heard.
type Listener struct {
	// Name is this document's alone: one that is made anew after its block was away numbers its batches from 1 again.
	Name  string `bson:"name"`
	Type  string `bson:"type"`
	Run   string `bson:"run,omitempty"`
	Usage string `bson:"usage"`
	// Wide says that it hears of every usage of its run, or of all runs.
	Wide bool `bson:"wide,omitempty"`
	// From and Seen are where it reads on; see [events.Log.Resume].
	From string            `bson:"from"`
	Seen store.Map[string] `bson:"seen,omitempty"`
	// Woken is up to where there may be something.
	Woken string `bson:"woken"`
	// Batch is what it hears now, by ids, Number which one that is.
	Batch  []string `bson:"batch,omitempty"`
	Number int64    `bson:"number,omitempty"`
	// Tries counts the failures at this batch, Failure is the last one's text.
	Tries   int    `bson:"tries,omitempty"`
	Failure string `bson:"failure,omitempty"`
	// Due is when to work it, nil while nothing waits. Claim names who does.
	Due   *time.Time `bson:"due,omitempty"`
	Claim string     `bson:"claim,omitempty"`
	// Skipped are the newest batches that were given up, Trouble is when something went wrong last.
	Skipped []Skip     `bson:"skipped,omitempty"`
	Trouble *time.Time `bson:"trouble,omitempty"`
}

// Skip is the record of a batch that was given up.
type Skip struct {
	At      time.Time `bson:"at"`
	Events  int       `bson:"events"`
	First   string    `bson:"first"`
	Failure string    `bson:"failure"`
}

func subscriptionSpec() store.Spec { return store.Spec{Name: "subscriptions"} }

func listenerSpec() store.Spec {
	return store.Spec{Name: "listeners", Indexes: []store.Index{
		{Name: "due", Fields: []string{"due"}}, {Name: "type", Fields: []string{"type"}}, {Name: "trouble", Fields: []string{"trouble"}},
	}}
}

func placeSpec() store.Spec { return store.Spec{Name: "listening"} }

// Specs are the collections of this package.
func Specs() []store.Spec { return []store.Spec{subscriptionSpec(), listenerSpec(), placeSpec()} }

// New prepares listening; it does no I/O.
func New(config Config) *Listening {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	s := config.Store
	return &Listening{
		config: config, subscriptions: store.Of[subscription](s, subscriptionSpec()), listeners: store.Of[Listener](s, listenerSpec()),
		places: store.Of[place](s, placeSpec()),
	}
}

// Round looks for new events and lets the blocks that want them hear. It returns how many batches were heard.
func (l *Listening) Round(ctx context.Context) (int, error) {
	since, err := l.agree(ctx)
	if err != nil {
		return 0, err
	}
	looked := l.look(ctx, since)
	heard, err := l.work(ctx, since)
	return heard, errors.Join(looked, err)
}

// Troubled lists the listeners that skipped something in the last days or fail now, by their last failure, newest first.
func (l *Listening) Troubled(ctx context.Context, limit int) ([]Listener, error) {
	from := l.config.Now().Add(-troubleKept)
	docs, _, err := l.listeners.Find(ctx, store.Query{Index: "trouble", From: from, Reverse: true, Limit: limit})
	if err != nil {
		return nil, err
	}
	list := make([]Listener, len(docs))
	for i := range docs {
		list[i] = docs[i].Body
	}
	return list, nil
}

// work lets those hear that are due.
func (l *Listening) work(ctx context.Context, since map[string]hears) (int, error) {
	docs, _, err := l.listeners.Find(ctx, store.Query{Index: "due", To: l.config.Now().Add(time.Millisecond), Limit: workLimit})
	if err != nil {
		return 0, err
	}
	var (
		mu     sync.Mutex
		heard  int
		failed error
		wait   sync.WaitGroup
		slots  = make(chan struct{}, atOnce)
	)
	for _, doc := range docs {
		h, known := since[doc.Body.Type]
		if !known {
			continue // its package is away; the listener goes with the subscription
		}
		slots <- struct{}{}
		wait.Go(func() {
			n, err := l.turn(ctx, doc.ID, &h)
			<-slots
			mu.Lock()
			defer mu.Unlock()
			heard, failed = heard+n, errors.Join(failed, err)
		})
	}
	wait.Wait()
	return heard, failed
}

// newClaim makes a random name.
func newClaim() string {
	var random [12]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}
