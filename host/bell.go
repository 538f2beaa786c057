package host

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// bellFresh is how long a count may be shown without asking again. What is read here counts at once.
const bellFresh = 10 * time.Second

// keptBells bounds the counts in memory.
const keptBells = 20_000

// bells keeps how much people have not read, since every page says so.
type bells struct {
	mu   sync.Mutex
	kept map[string]keptBell
}

type keptBell struct {
	count int
	seen  time.Time
}

func (b *bells) get(inbox string, now time.Time) (int, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept, ok := b.kept[inbox]
	return kept.count, ok && now.Sub(kept.seen) < bellFresh
}

func (b *bells) put(inbox string, count int, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kept == nil || len(b.kept) >= keptBells {
		b.kept = map[string]keptBell{}
	}
	b.kept[inbox] = keptBell{count, now}
}

func (b *bells) forget(inbox string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.kept, inbox)
}

// bell is what the head of a page says of notices.
type bell struct {
	// Count is "" for nothing unread, Label the link's whole name.
	Count, Label string
}

// inbox is the pseudonym that the reader's notices are filed under.
func (r *request) inbox() string { return r.site().People.Pseudonym(r.user.ID, "") }

// bell counts for the head of a page; nil for visitors. Without it a page is whole, so trouble is the log's matter.
func (r *request) bell(ctx context.Context) *bell {
	if r.user == nil {
		return nil
	}
	inbox, clock := r.inbox(), r.server.config.Now()
	count, fresh := r.server.bells.get(inbox, clock)
	if !fresh {
		var err error
		if count, err = r.kernel().Notices().Unread(ctx, inbox); err != nil {
			r.server.config.Log.LogAttrs(ctx, slog.LevelWarn, "notices could not be counted", slog.String("request", r.id), slog.Any("error", err))
			return &bell{Label: r.words.T("notices.title")}
		}
		r.server.bells.put(inbox, count, clock)
	}
	return r.bellOf(count)
}
