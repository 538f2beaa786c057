package gradebook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/scoring"
)

// Config says what gradebooks are made of. Scorer, People and ContentGroups are needed.
type Config struct {
	Scorer *scoring.Scorer
	People *people.People
	// ContentGroups gives the content groups by partition that a member's own groups and what his cohort brings ("" for
	// nothing) make: his grade depends on them.
	ContentGroups func(own []string, brings string) map[string]int
	// Memory bounds the tables that are kept, in bytes as far as they can be estimated; 0 is 128 MiB. The table that was
	// opened last is kept whatever it takes.
	Memory int64
	Log    *slog.Logger
	// Now is the clock; nil is the system's.
	Now func() time.Time
}

// How fresh tables are.
const (
	// Slack is how far the clocks of a site's processes may be apart.
	Slack = 5 * time.Second
	// Fresh is how long a table is used without asking the store what has changed.
	Fresh = time.Second
	// Whole is after how long a table that is in use is read afresh, and how long one that is not is kept.
	Whole = 10 * time.Minute
	// loadPatience bounds reading a table, askAgain how often the workers are reminded of what is stale.
	loadPatience = 2 * time.Minute
	askAgain     = 5 * time.Second
)

// ErrLoading means that the table is being read and was not there in time: ask again.
var ErrLoading = errors.New("the gradebook is being read")

// Gradebook keeps tables. Safe for concurrent use.
type Gradebook struct {
	config  Config
	reading sync.WaitGroup
	mu      sync.Mutex
	books   map[key.Course]*book
}

// book is one run's table on its way through time.
type book struct {
	// refreshing is held while the store is asked what has changed.
	refreshing sync.Mutex

	// What follows is guarded by Gradebook.mu.
	table *Table
	// seen is when the store was asked last, read when the table was read whole, used when somebody opened it, asked when
	// the workers were reminded.
	seen, read, used, asked time.Time
	loading                 *loading
}

// loading is one reading of a table; done is closed when table or err is there.
type loading struct {
	done  chan struct{}
	table *Table
	err   error
}

// New makes a Gradebook.
func New(config Config) *Gradebook {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Memory == 0 {
		config.Memory = 128 << 20
	}
	return &Gradebook{config: config, books: map[key.Course]*book{}}
}

// Open gives a run's table as it is now. One that is not in memory is read, however long that takes; who does not want to wait
// longer than wait gets [ErrLoading] and finds it there later. The run's grades that are stale are handed to the workers.
func (g *Gradebook) Open(ctx context.Context, published *course.Published, wait time.Duration) (*Table, error) {
	b, table, load := g.find(ctx, published)
	var err error
	if table != nil {
		table, err = g.current(ctx, b, table)
	} else {
		table, err = await(ctx, load, wait)
		if err == nil && table.Head != published.Head.Number { // the course was published while it was read
			err = ErrLoading
		}
	}
	if err != nil {
		return nil, fmt.Errorf("opening the gradebook of %s: %w", published.Key, err)
	}
	if table.Stale > 0 {
		g.remind(ctx, b, table)
	}
	return table, nil
}

// find gives the run's table, or the reading of it that is under way.
func (g *Gradebook) find(ctx context.Context, published *course.Published) (*book, *Table, *loading) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.config.Now()
	b := g.books[published.Key]
	if b == nil {
		b = &book{}
		g.books[published.Key] = b
	}
	b.used = now
	g.evict(b, now)
	usable := b.table != nil && b.table.Head == published.Head.Number
	if b.loading == nil && (!usable || now.Sub(b.read) > Whole) {
		b.loading = &loading{done: make(chan struct{})}
		background, l := context.WithoutCancel(ctx), b.loading
		g.reading.Go(func() { g.read(background, b, l, published, now) })
	}
	if usable {
		return b, b.table, nil
	}
	return b, nil, b.loading
}

// read reads a table whole. It outlives the request that asked for it.
func (g *Gradebook) read(ctx context.Context, b *book, l *loading, published *course.Published, began time.Time) {
	ctx, cancel := context.WithTimeout(ctx, loadPatience)
	defer cancel()
	l.table, l.err = g.load(ctx, published)
	if l.err != nil {
		g.config.Log.Error("a gradebook could not be read", "run", published.Key.String(), "error", l.err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	b.loading = nil
	if l.err == nil {
		b.table, b.seen, b.read = l.table, began, began
		g.evict(b, began)
	}
	close(l.done)
}

// await waits for a reading.
func await(ctx context.Context, l *loading, wait time.Duration) (*Table, error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-l.done:
		return l.table, l.err
	case <-timer.C:
		return nil, ErrLoading
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// current brings a table to now. Of many that ask at once one asks the store, and the others get what he finds.
func (g *Gradebook) current(ctx context.Context, b *book, table *Table) (*Table, error) {
	b.refreshing.Lock()
	defer b.refreshing.Unlock()
	g.mu.Lock()
	now := g.config.Now()
	if b.table != nil && b.table.Head == table.Head {
		table = b.table // somebody was faster
	}
	seen := b.seen
	g.mu.Unlock()
	if now.Sub(seen) < Fresh {
		return table, nil
	}
	next, err := g.refresh(ctx, table, seen.Add(-Slack))
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if b.table == table { // and not one that was read whole meanwhile
		b.table, b.seen = next, now
	}
	return next, nil
}

// remind hands what is stale to the workers, now and then.
func (g *Gradebook) remind(ctx context.Context, b *book, t *Table) {
	g.mu.Lock()
	now := g.config.Now()
	due := now.Sub(b.asked) >= askAgain
	if due {
		b.asked = now
	}
	g.mu.Unlock()
	if due {
		g.config.Scorer.RequestRecount(ctx, t.Run.String())
	}
}

// evict lets go of tables that nobody has opened for long, and of those opened longest ago while all take too much. keep stays.
// It is called with the lock held.
func (g *Gradebook) evict(keep *book, now time.Time) {
	var total int64
	for run, b := range g.books {
		if b != keep && b.loading == nil && (b.table == nil || now.Sub(b.used) > Whole) {
			delete(g.books, run)
		} else if b.table != nil {
			total += b.table.bytes()
		}
	}
	for total > g.config.Memory {
		var oldest key.Course
		var last *book
		for run, b := range g.books {
			if b != keep && b.table != nil && b.loading == nil && (last == nil || b.used.Before(last.used)) {
				oldest, last = run, b
			}
		}
		if last == nil {
			return
		}
		total -= last.table.bytes()
		delete(g.books, oldest)
	}
}

// Wait returns when no table is being read: before the store is closed, after the last Open.
func (g *Gradebook) Wait() { g.reading.Wait() }

// Usage tells how many tables are in memory, and about how many bytes they take.
func (g *Gradebook) Usage() (tables int, bytes int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, b := range g.books {
		if b.table != nil {
			tables++
			bytes += b.table.bytes()
		}
	}
	return tables, bytes
}
