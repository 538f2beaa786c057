package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// hands is a clock that the test moves.
type hands struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hands) time() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hands) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func openStore(t testing.TB) store.Store {
	t.Helper()
	ctx := context.Background()
	s, err := sqlitestore.Open(ctx, sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "store")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Ensure(ctx, Specs()...); err != nil {
		t.Fatal(err)
	}
	return s
}

func open(t testing.TB) (*Log, *hands) {
	t.Helper()
	h := &hands{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	return New(Config{Store: openStore(t), Now: h.time}), h
}

func names(events []wire.Event) []string {
	list := []string{}
	for _, e := range events {
		list = append(list, e.Name)
	}
	return list
}

func (l *Log) log(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := l.Append(context.Background(), wire.Event{Name: name, Actor: "ann", Run: "run"}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAppend(t *testing.T) {
	ctx := context.Background()
	l, h := open(t)
	full := wire.Event{
		ID: "entry-1", Name: "edx.problem.hint.demandhint_displayed", Version: 3, Source: SourceBrowser, Time: 12345, Actor: "ann", Session: "s",
		Agent: "Browser/1", Run: "course-v1:O+C+R", Usage: "block-v1:O+C+R+type@problem+block@p", Path: []string{"a", "b"}, Revision: "rev",
		Sitting: "sit", Request: "req", Data: json.RawMessage(`{"a":1}`),
	}
	for range 2 { // the second time is the same step again
		if _, err := l.Append(ctx, full); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := l.Append(ctx, wire.Event{Name: "play_video"}, full); err != nil || n != 1 {
		t.Errorf("%d new, %v", n, err)
	}
	events, next, err := l.Find(ctx, Query{})
	if err != nil || next != "" || len(events) != 2 {
		t.Fatalf("%v, %q, %v", events, next, err)
	}
	if !reflect.DeepEqual(events[0], full) {
		t.Errorf("got %+v, want %+v", events[0], full)
	}
	if e := events[1]; len(e.ID) != 26 || e.Version != 1 || e.Source != SourceServer || e.Time != h.time().UnixMilli() || e.Data != nil {
		t.Errorf("filled in: %+v", e)
	}
}

// A field that is added to the envelope must be carried.
func TestEveryFieldIsCarried(t *testing.T) {
	if n := reflect.TypeFor[wire.Event]().NumField(); n != 15 {
		t.Errorf("wire.Event has %d fields, the log carries 15", n)
	}
	if n := reflect.TypeFor[eventDoc]().NumField(); n != 15 { // all but the id, and the place
		t.Errorf("eventDoc has %d fields, want 15", n)
	}
}

func TestRefused(t *testing.T) {
	ctx := context.Background()
	l, _ := open(t)
	long := strings.Repeat("x", MaxField+1)
	for name, e := range map[string]wire.Event{
		"no name":   {},
		"bad name":  {Name: "a b"},
		"dots":      {Name: ".a"},
		"long name": {Name: strings.Repeat("a", maxName+1)},
		"line":      {Name: "a\nb"},
		"source":    {Name: "a", Source: "moon"},
		"id":        {Name: "a", ID: long},
		"actor":     {Name: "a", Actor: long},
		"bytes":     {Name: "a", Usage: "a\xff"},
		"path":      {Name: "a", Path: make([]string, MaxPath+1)},
		"long path": {Name: "a", Path: []string{"ok", long}},
		"bad path":  {Name: "a", Path: []string{strings.Repeat("y", 100), "\xff"}},
		"data":      {Name: "a", Data: json.RawMessage(`{"a":`)},
		"big data":  {Name: "a", Data: json.RawMessage(`"` + strings.Repeat("x", MaxData) + `"`)},
		"raw bytes": {Name: "a", Data: json.RawMessage("\"\xff\"")},
	} {
		if n, err := l.Append(ctx, wire.Event{Name: "good"}, e); !errors.Is(err, ErrInvalid) || n != 0 {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
	if events, _, err := l.Find(ctx, Query{}); err != nil || len(events) != 0 {
		t.Errorf("a refused batch left %v, %v", events, err)
	}
	if _, err := l.Append(ctx, wire.Event{Name: "a", Agent: strings.Repeat("é\xff", 1000)}); err != nil {
		t.Errorf("a long agent: %v", err)
	}
}

func TestLargeBatches(t *testing.T) {
	ctx := context.Background()
	l, _ := open(t)
	var batch []wire.Event
	for i := range batchEvents*2 + 7 {
		batch = append(batch, wire.Event{Name: fmt.Sprint("e", i), Data: json.RawMessage(`"` + strings.Repeat("x", 5000) + `"`)})
	}
	if n, err := l.Append(ctx, batch...); err != nil || n != len(batch) {
		t.Fatal(n, err)
	}
	var got []string
	var after store.Cursor
	for {
		events, next, err := l.Find(ctx, Query{Limit: 300, After: after})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, names(events)...)
		if after = next; next == "" {
			break
		}
	}
	if !slices.Equal(got, names(batch)) {
		t.Errorf("%d events came back, or in another order", len(got))
	}
}

func TestFind(t *testing.T) {
	ctx := context.Background()
	l, h := open(t)
	begin := h.time()
	for i, who := range []string{"ann", "bob", "ann", "bob", "ann"} {
		run := []string{"one", "two"}[i/3]
		if _, err := l.Append(ctx, wire.Event{Name: fmt.Sprint("e", i), Actor: who, Run: run}); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Minute)
	}
	for name, c := range map[string]struct {
		query Query
		want  string
	}{
		"all":      {Query{}, "e0 e1 e2 e3 e4"},
		"newest":   {Query{Newest: true, Limit: 2}, "e4 e3"},
		"actor":    {Query{Actor: "ann"}, "e0 e2 e4"},
		"run":      {Query{Run: "one"}, "e0 e1 e2"},
		"time":     {Query{From: begin.Add(time.Minute), To: begin.Add(3 * time.Minute)}, "e1 e2"},
		"run time": {Query{Run: "two", From: begin.Add(4 * time.Minute)}, "e4"},
		"nobody":   {Query{Actor: "nobody"}, ""},
	} {
		events, _, err := l.Find(ctx, c.query)
		if got := strings.Join(names(events), " "); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
		}
	}
	if _, _, err := l.Find(ctx, Query{Run: "one", Actor: "ann"}); !errors.Is(err, ErrInvalid) {
		t.Errorf("run and actor: %v", err)
	}
	if n, err := l.Erase(ctx, "ann"); err != nil || n != 3 {
		t.Errorf("erased %d, %v", n, err)
	}
	kept := func(e wire.Event) bool { return e.Name == "e1" }
	if n, err := l.Trim(ctx, begin.Add(4*time.Minute), kept); err != nil || n != 1 {
		t.Errorf("trimmed %d, %v", n, err)
	}
	if events, _, err := l.Find(ctx, Query{}); err != nil || !slices.Equal(names(events), []string{"e1"}) {
		t.Errorf("left %v, %v", events, err)
	}
	if n, err := l.Trim(ctx, begin.Add(time.Hour), nil); err != nil || n != 1 {
		t.Errorf("trimmed %d, %v", n, err)
	}
}

func TestPositions(t *testing.T) {
	h := &hands{now: time.UnixMilli(1_700_000_000_000)}
	c, other := newClock(h.time), newClock(h.time)
	last := Position("")
	seen := map[Position]bool{}
	take := func(c *clock) Position {
		p := c.next()
		if seen[p] {
			t.Fatalf("%s twice", p)
		}
		seen[p] = true
		return p
	}
	for i := range 70_000 { // more than a millisecond holds
		p := take(c)
		if p <= last {
			t.Fatalf("place %d: %s is not after %s", i, p, last)
		}
		last = p
		if i < 100 {
			take(other)
		}
	}
	h.pass(-time.Hour)
	if p := take(c); p <= last {
		t.Errorf("the clock went back and %s is not after %s", p, last)
	}
	h.pass(2 * time.Hour)
	p := take(c)
	if !p.Time().Equal(h.time()) || At(h.time()) > p || At(h.time().Add(time.Millisecond)) <= p {
		t.Errorf("%s is at %s, between %s", p, p.Time(), At(h.time()))
	}
	for _, none := range []Position{"", "x", Position(strings.Repeat("z", 26))} {
		if !none.Time().IsZero() {
			t.Errorf("%q has the time %s", none, none.Time())
		}
	}
	if At(time.Time{}) > At(time.UnixMilli(1)) {
		t.Error("before 1970 is after it")
	}
}

func BenchmarkAppend(b *testing.B) {
	ctx := context.Background()
	for _, size := range []int{1, 100} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			l, _ := open(b)
			batch := make([]wire.Event, size)
			for i := range batch {
				batch[i] = wire.Event{Name: "play_video", Actor: "ann", Run: "course-v1:O+C+R", Data: json.RawMessage(`{"a":1}`)}
			}
			for b.Loop() {
				if _, err := l.Append(ctx, batch...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
