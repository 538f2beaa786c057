package listening

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/events"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
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

// subscription says since when a type hears which names.
type subscription struct {
	Since store.Map[string] `bson:"since"`
	// App and Site say who hears: see [kernel.Subscription].
	App  bool `bson:"app,omitempty"`
	Site bool `bson:"site,omitempty"`
	// Gone is since when its package is away.
	Gone *time.Time `bson:"gone,omitempty"`
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

type place struct {
	At string `bson:"at"`
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

// hears is a stored subscription.
type hears struct {
	name  string
	app   bool
	site  bool
	since map[string]events.Position
}

// agree brings the stored subscriptions in line with the blocks that are there, and returns them by type. Those whose package cannot be
// asked now, or has just gone, stay: what happens meanwhile waits for it.
func (l *Listening) agree(ctx context.Context) (map[string]hears, error) {
	list, unsure, err := l.config.Blocks.Subscriptions(ctx)
	if err != nil {
		return nil, err
	}
	now, here := l.config.Now(), map[string]bool{}
	for _, s := range list {
		here[s.Type] = true
		_, err := l.subscriptions.Update(ctx, s.Type, func(stored *subscription) (bool, error) { return stored.take(&s, now), nil })
		if err != nil {
			return nil, err
		}
	}
	out := map[string]hears{}
	return out, l.subscriptions.Each(ctx, store.Query{Limit: 1000}, func(doc store.Doc[subscription]) error {
		h := hears{doc.ID, doc.Body.App, doc.Body.Site, map[string]events.Position{}}
		for name, at := range doc.Body.Since {
			h.since[name] = events.Position(at)
		}
		out[doc.ID] = h
		if here[doc.ID] || slices.Contains(unsure, doc.ID) {
			return nil
		}
		return l.leave(ctx, doc.ID, now)
	})
}

// take notes what is subscribed to now; a new name is heard from now on.
func (s *subscription) take(from *kernel.Subscription, now time.Time) (changed bool) {
	changed = s.Gone != nil || s.App != from.App || s.Site != from.Site
	s.Gone, s.App, s.Site = nil, from.App, from.Site
	if s.Since == nil {
		s.Since = store.Map[string]{}
	}
	for _, name := range from.Names {
		if s.Since[name] == "" {
			s.Since[name], changed = string(events.At(now)), true
		}
	}
	before := len(s.Since)
	maps.DeleteFunc(s.Since, func(name, _ string) bool { return !slices.Contains(from.Names, name) })
	return changed || len(s.Since) != before
}

// leave ends a subscription whose block has been away for some time.
func (l *Listening) leave(ctx context.Context, name string, now time.Time) error {
	doc, err := l.subscriptions.Update(ctx, name, func(stored *subscription) (bool, error) {
		if stored.Gone != nil {
			return false, nil
		}
		stored.Gone = &now
		return true, nil
	})
	if err != nil || now.Sub(*doc.Body.Gone) < away {
		return err
	}
	err = l.listeners.Each(ctx, store.Query{Index: "type", Equal: []any{name}, Limit: 500}, func(doc store.Doc[Listener]) error {
		return gone(l.listeners.Delete(ctx, doc.ID, 0))
	})
	if err != nil {
		return err
	}
	return gone(l.subscriptions.Delete(ctx, name, doc.Version))
}

// gone forgives that something was deleted or changed by another process.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) {
		return nil
	}
	return err
}

// look wakes the listeners that want what is new in the log.
func (l *Listening) look(ctx context.Context, since map[string]hears) error {
	if l.tail == nil {
		from := l.config.Events.Horizon()
		doc, err := l.places.Get(ctx, "log")
		switch {
		case err == nil:
			from = events.Position(doc.Body.At)
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		l.tail = l.config.Events.Tail(from)
	}
	for range lookPages {
		from, horizon := l.tail.Safe(), l.config.Events.Horizon()
		list, err := l.tail.Next(ctx, lookEvents)
		if err != nil {
			return err
		}
		for id, listener := range wanted(list, since) {
			if err := l.wake(ctx, id, listener, from, horizon); err != nil {
				l.tail = nil // it starts again from the place that is written down
				return err
			}
		}
		if len(list) < lookEvents {
			break
		}
	}
	return l.save(ctx, l.tail.Safe())
}

// save writes down how far was looked, when that is some way on.
func (l *Listening) save(ctx context.Context, at events.Position) error {
	if l.saved != "" && at.Time().Sub(l.saved.Time()) < time.Second {
		return nil
	}
	_, err := l.places.Update(ctx, "log", func(p *place) (bool, error) {
		if p.At >= string(at) {
			return false, nil
		}
		p.At = string(at)
		return true, nil
	})
	if err == nil {
		l.saved = at
	}
	return err
}

// wanted are the listeners that want some of the events, by id.
func wanted(list []wire.Event, since map[string]hears) map[string]Listener {
	out := map[string]Listener{}
	for i := range list {
		e := &list[i]
		if kernel.OfDelivery(e) {
			continue
		}
		for _, h := range since {
			if _, named := h.since[e.Name]; !named {
				continue
			}
			if listener, ok := h.listener(e); ok {
				out[store.ID(listener.Type, listener.Run, listener.Usage)] = listener
			}
		}
	}
	return out
}

// listener is who of the type hears an event.
func (h *hears) listener(e *wire.Event) (Listener, bool) {
	l := Listener{Type: h.name, Wide: h.app}
	switch {
	case h.app && h.site:
		l.Usage = key.Course{}.Usage(h.name, h.name).String()
	case h.app:
		run, err := key.ParseCourse(e.Run)
		if err != nil || run.Library() {
			return l, false
		}
		l.Run, l.Usage = e.Run, run.Usage(h.name, h.name).String()
	default:
		usage, err := key.ParseUsage(e.Usage)
		if err != nil || usage.Type != h.name || usage.Course.String() != e.Run {
			return l, false
		}
		l.Run, l.Usage = e.Run, e.Usage
	}
	return l, true
}

// wake makes a listener due. One that had heard everything goes on from where this look began.
func (l *Listening) wake(ctx context.Context, id string, fresh Listener, from, horizon events.Position) error {
	now := l.config.Now()
	_, err := l.listeners.Update(ctx, id, func(d *Listener) (bool, error) {
		if d.Type == "" {
			*d = fresh
			d.Name = newClaim()
		}
		if d.Due == nil {
			d.Due = &now
			d.From = max(d.From, string(from))
		}
		d.Woken = max(d.Woken, string(horizon))
		return true, nil
	})
	return err
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
