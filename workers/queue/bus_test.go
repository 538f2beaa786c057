package queue

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

func message(id string) ports.Message { return ports.Message{Topic: "a", Kind: "changed", ID: id} }

func TestSlowSubscriberGetsAGap(t *testing.T) {
	h := newHub()
	messages := h.subscribe(t.Context(), []string{"a", "b"})
	for i := range 500 {
		h.publish(message(fmt.Sprint(i)))
	}
	if len(messages) != subscriberBuffer {
		t.Fatalf("%d messages wait, want a full buffer of %d", len(messages), subscriberBuffer)
	}
	for i := range subscriberBuffer - 1 {
		if m := <-messages; m != message(fmt.Sprint(i)) {
			t.Fatalf("message %d is %+v", i, m)
		}
	}
	// Without another message to come it already knows that it missed some.
	if m := <-messages; m != (ports.Message{Kind: KindGap}) {
		t.Errorf("the last message is %+v, want a gap", m)
	}
	if n := h.dropped.Load(); n != 500-(subscriberBuffer-1) {
		t.Errorf("%d were counted as dropped, want %d", n, 500-(subscriberBuffer-1))
	}
	h.publish(message("after"))
	if m := <-messages; m != message("after") {
		t.Errorf("after the gap came %+v", m)
	}
}

func TestGapIsToldOnceAndToAll(t *testing.T) {
	h := newHub()
	first, second := h.subscribe(t.Context(), []string{"a", "b", "c"}), h.subscribe(t.Context(), []string{"c"})
	h.gap()
	if len(first) != 1 || len(second) != 1 {
		t.Errorf("%d and %d messages, want one gap each", len(first), len(second))
	}
	for range 500 {
		h.gap()
	}
	if len(first) > subscriberBuffer {
		t.Errorf("%d gaps", len(first))
	}
}

func TestHubForgetsSubscribers(t *testing.T) {
	h := newHub()
	ctx, cancel := context.WithCancel(t.Context())
	messages := h.subscribe(ctx, []string{"a", "a", "b"})
	if h.subscribers.Load() != 1 {
		t.Errorf("%d subscribers", h.subscribers.Load())
	}
	cancel()
	if _, open := <-messages; open {
		t.Error("the channel is open")
	}
	wait(t, "it is forgotten", func() bool { return h.subscribers.Load() == 0 })
	h.mu.RLock()
	if len(h.topics) != 0 {
		t.Errorf("topics are left: %v", h.topics)
	}
	h.mu.RUnlock()

	stays := h.subscribe(t.Context(), []string{"a"})
	h.close()
	if _, open := <-stays; open {
		t.Error("the hub is closed, the channel is open")
	}
	if _, open := <-h.subscribe(t.Context(), []string{"a"}); open {
		t.Error("a closed hub takes subscribers")
	}
	if h.subscribers.Load() != 0 {
		t.Errorf("%d subscribers are left", h.subscribers.Load())
	}
}

func TestCloseEndsSubscriptions(t *testing.T) {
	q, err := Open(t.Context(), Config{Logger: testLogger(t)})
	if err != nil {
		t.Fatal(err)
	}
	messages, err := q.Subscribe(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if _, open := <-messages; open {
		t.Error("the channel is open")
	}
	if _, err := q.Subscribe(t.Context(), "a"); err == nil {
		// The subscription was confirmed once; what it gets is a closed channel.
		t.Log("subscribing to a closed queue gives a closed channel")
	}
	if err := q.Enqueue(t.Context(), interactive("a", "k")); err == nil {
		t.Error("a closed queue takes jobs")
	}
}

// TestSitesAreApart lets two sites share a Redis, with the same names for everything.
func TestSitesAreApart(t *testing.T) {
	config := backends["redis"](t)
	other := config
	other.Prefix += "x"
	a, b := open(t, config), open(t, other)
	var here, there runs
	start(t, a, map[string]Handler{"k": &here})
	start(t, b, map[string]Handler{"k": &there})
	onA, err := a.Subscribe(t.Context(), "t")
	if err != nil {
		t.Fatal(err)
	}
	onB, err := b.Subscribe(t.Context(), "t")
	if err != nil {
		t.Fatal(err)
	}
	limit := ports.Rate{Events: 1, Period: time.Hour}
	for i, q := range []*Queue{a, b} {
		mustEnqueue(t, q, interactive("same", "k"))
		if err := q.Publish(t.Context(), ports.Message{Topic: "t", Kind: "k", ID: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
		if ok, _, err := q.Allow(t.Context(), "k", limit); !ok || err != nil {
			t.Errorf("site %d: allowed %t, error %v", i, ok, err)
		}
	}
	wait(t, "both run their job", func() bool { return here.of("same") == 1 && there.of("same") == 1 })
	if m := <-onA; m.ID != "0" {
		t.Errorf("the first site got %+v", m)
	}
	if m := <-onB; m.ID != "1" {
		t.Errorf("the second site got %+v", m)
	}
	if len(onA)+len(onB) != 0 {
		t.Error("messages came through to the other site")
	}
}

// TestNothingListens: no other process can reach the queue inside this one, since it opens no socket at all.
func TestNothingListens(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("looks at /proc")
	}
	before := sockets(t)
	q := open(t, Config{})
	var c runs
	start(t, q, map[string]Handler{"k": &c})
	mustEnqueue(t, q, interactive("a", "k"))
	wait(t, "it works", func() bool { return c.of("a") == 1 })
	for socket := range sockets(t) {
		if !before[socket] {
			t.Errorf("it opened %s", socket)
		}
	}
}

func sockets(t *testing.T) map[string]bool {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, entry := range entries {
		// A descriptor that has been closed meanwhile is none.
		if target, err := os.Readlink("/proc/self/fd/" + entry.Name()); err == nil && strings.HasPrefix(target, "socket:") {
			found[target] = true
		}
	}
	return found
}

func TestMalformedMessagesAreIgnored(t *testing.T) {
	onEach(t, func(t *testing.T, config Config) {
		q := open(t, config)
		messages, err := q.Subscribe(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		for _, payload := range []string{"", "{", "[]", `{"t":"a"}`, `{"t":1,"k":"k"}`, `{"t":"a","k":"` + strings.Repeat("k", 65) + `"}`, strings.Repeat(" ", maxMessage+1)} {
			if err := q.callers.Publish(t.Context(), busChannel(q.config.Prefix), payload).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.Publish(t.Context(), message("good")); err != nil {
			t.Fatal(err)
		}
		if m := <-messages; m != message("good") {
			t.Errorf("got %+v", m)
		}
		if s, err := q.Stats(t.Context()); err != nil || s.Bus.Ignored != 7 || s.Bus.Received != 8 {
			t.Errorf("%+v, error %v; want 7 of 8 ignored", s.Bus, err)
		}
	})
}
