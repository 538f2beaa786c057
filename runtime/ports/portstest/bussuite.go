package portstest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// BusRig is an implementation under test, fresh for each test: the bus as two processes see it. Where there can be only
// one process, both are the same.
type BusRig struct{ Here, There ports.Bus }

// BusSuite says what a ports.Bus has to do.
func BusSuite(t *testing.T, open func(t *testing.T) BusRig) {
	for name, test := range map[string]func(*testing.T, BusRig){
		"a message arrives in every process":            messageArrives,
		"only the topics that were asked for arrive":    topicsAreApart,
		"what comes after Subscribe is seen":            seenAfterSubscribe,
		"the end of the context closes the channel":     contextCloses,
		"a slow subscriber holds up nobody":             slowSubscriber,
		"messages and topics without names are refused": invalidMessages,
		"a caller who left is told so":                  busCallerLeft,
		"subscribers come and go under load":            hammerBus,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func subscribe(t *testing.T, ctx context.Context, bus ports.Bus, topics ...string) <-chan ports.Message { //nolint:revive // a test helper's t goes first
	t.Helper()
	messages, err := bus.Subscribe(ctx, topics...)
	if err != nil {
		t.Fatal(err)
	}
	return messages
}

func publish(t *testing.T, bus ports.Bus, message ports.Message) {
	t.Helper()
	if err := bus.Publish(t.Context(), message); err != nil {
		t.Fatal(err)
	}
}

func messageArrives(t *testing.T, rig BusRig) {
	want := ports.Message{Topic: "learner {x}\n*", Kind: "verdict", ID: "s1\x00é"}
	here, here2, there := subscribe(t, t.Context(), rig.Here, want.Topic), subscribe(t, t.Context(), rig.Here, want.Topic),
		subscribe(t, t.Context(), rig.There, want.Topic)
	for _, from := range []ports.Bus{rig.Here, rig.There} {
		publish(t, from, want)
		for i, at := range []<-chan ports.Message{here, here2, there} {
			if got := receive(t, "message", at); got != want {
				t.Errorf("subscriber %d got %+v, want %+v", i, got, want)
			}
		}
	}
}

func topicsAreApart(t *testing.T, rig BusRig) {
	both, one := subscribe(t, t.Context(), rig.Here, "a", "b"), subscribe(t, t.Context(), rig.Here, "b")
	for _, topic := range []string{"c", "a", "ab", "b"} {
		publish(t, rig.There, ports.Message{Topic: topic, Kind: "changed"})
	}
	got := map[string]bool{receive(t, "message", both).Topic: true, receive(t, "message", both).Topic: true}
	if !got["a"] || !got["b"] {
		t.Errorf("a subscriber of a and b got %v", got)
	}
	if topic := receive(t, "message", one).Topic; topic != "b" {
		t.Errorf("a subscriber of b got %q", topic)
	}
}

func seenAfterSubscribe(t *testing.T, rig BusRig) {
	for i := range 200 {
		topic := fmt.Sprint("topic ", i)
		ctx, cancel := context.WithCancel(t.Context())
		messages := subscribe(t, ctx, rig.Here, topic)
		publish(t, rig.There, ports.Message{Topic: topic, Kind: "changed"})
		receive(t, "message of "+topic, messages)
		cancel()
	}
}

func contextCloses(t *testing.T, rig BusRig) {
	ctx, cancel := context.WithCancel(t.Context())
	messages := subscribe(t, ctx, rig.Here, "a")
	other := subscribe(t, t.Context(), rig.Here, "a")
	cancel()
	eventually(t, "the channel is closed", func() bool {
		select {
		case _, open := <-messages:
			return !open
		default:
			return false
		}
	})
	publish(t, rig.Here, ports.Message{Topic: "a", Kind: "changed"})
	receive(t, "message", other)
}

func slowSubscriber(t *testing.T, rig BusRig) {
	slow := subscribe(t, t.Context(), rig.Here, "a")
	quick := subscribe(t, t.Context(), rig.Here, "a")
	const n = 1000
	for i := range n {
		publish(t, rig.There, ports.Message{Topic: "a", Kind: "changed", ID: fmt.Sprint(i)})
		if got := receive(t, "message", quick).ID; got != fmt.Sprint(i) {
			t.Fatalf("the other subscriber got %q, want %d", got, i)
		}
	}
	seen := map[string]bool{}
	for len(slow) > 0 {
		message := receive(t, "message", slow)
		if message.Topic == "" {
			continue // stands for messages that were lost
		}
		if seen[message.ID] {
			t.Errorf("message %s came twice", message.ID)
		}
		seen[message.ID] = true
	}
	if len(seen) == 0 || len(seen) == n {
		t.Errorf("the slow subscriber got %d messages of %d, want some: its buffer is bounded", len(seen), n)
	}
	publish(t, rig.There, ports.Message{Topic: "a", Kind: "changed", ID: "after"})
	for receive(t, "message after the loss", slow).ID != "after" {
	}
}

func invalidMessages(t *testing.T, rig BusRig) {
	long := strings.Repeat("x", 1025)
	for name, message := range map[string]ports.Message{
		"no topic": {Kind: "changed"}, "no kind": {Topic: "a"}, "topic too long": {Topic: long, Kind: "changed"},
		"kind too long": {Topic: "a", Kind: long}, "id too long": {Topic: "a", Kind: "changed", ID: long},
		"not UTF-8": {Topic: "a", Kind: "changed", ID: "\xff"},
	} {
		if err := rig.Here.Publish(t.Context(), message); err == nil || errors.Is(err, ports.ErrUnavailable) {
			t.Errorf("%s: the error is %v, want one that says the message is invalid", name, err)
		}
	}
	for name, topics := range map[string][]string{"no topic": nil, "empty topic": {"a", ""}, "topic too long": {long}} {
		if _, err := rig.Here.Subscribe(t.Context(), topics...); err == nil || errors.Is(err, ports.ErrUnavailable) {
			t.Errorf("subscribing to %s: the error is %v, want one that says so", name, err)
		}
	}
}

func busCallerLeft(t *testing.T, rig BusRig) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := rig.Here.Publish(ctx, ports.Message{Topic: "a", Kind: "changed"}); !errors.Is(err, context.Canceled) {
		t.Errorf("publishing: the error is %v, want context.Canceled", err)
	}
	if _, err := rig.Here.Subscribe(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("subscribing: the error is %v, want context.Canceled", err)
	}
}

func hammerBus(t *testing.T, rig BusRig) {
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 100 {
				message := ports.Message{Topic: fmt.Sprint(i % 3), Kind: "changed", ID: fmt.Sprint(g, "-", i)}
				if err := rig.There.Publish(t.Context(), message); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for i := range 100 {
				ctx, cancel := context.WithCancel(t.Context())
				if _, err := rig.Here.Subscribe(ctx, fmt.Sprint(i%3), "other"); err != nil {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	wg.Wait()
	messages := subscribe(t, t.Context(), rig.Here, "end")
	publish(t, rig.There, ports.Message{Topic: "end", Kind: "changed"})
	receive(t, "message", messages)
}
