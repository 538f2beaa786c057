package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// ErrInvalidMessage means that a message or topic has no name, or parts that are too long or not UTF-8.
var ErrInvalidMessage = errors.New("invalid message")

// maxMessage bounds what travels on the bus, in bytes: three parts of ids' size, escaped.
const maxMessage = 20 << 10

// wireMessage is a message as it travels.
type wireMessage struct {
	Topic string `json:"t"`
	Kind  string `json:"k"`
	ID    string `json:"i,omitempty"`
}

func (m wireMessage) check() error {
	for _, part := range []struct {
		name, value string
		least, most int
	}{{"topic", m.Topic, 1, maxID}, {"kind", m.Kind, 1, maxName}, {"id", m.ID, 0, maxID}} {
		if n := len(part.value); n < part.least || n > part.most || !utf8.ValidString(part.value) {
			return fmt.Errorf("%w: its %s has %d bytes, want %d to %d of UTF-8", ErrInvalidMessage, part.name, n, part.least, part.most)
		}
	}
	return nil
}

func decodeMessage(payload string) (ports.Message, error) {
	var m wireMessage
	if len(payload) > maxMessage {
		return ports.Message{}, fmt.Errorf("decoding message: %d bytes, want at most %d", len(payload), maxMessage)
	}
	if err := json.Unmarshal([]byte(payload), &m); err != nil {
		return ports.Message{}, fmt.Errorf("decoding message: %w", err)
	}
	if err := m.check(); err != nil {
		return ports.Message{}, fmt.Errorf("decoding message: %w", err)
	}
	return ports.Message(m), nil
}

func busChannel(prefix string) string { return "quoin:bus:" + prefix }

// Publish implements ports.Bus. It returns when Redis has the message, or ErrUnavailable.
func (q *Queue) Publish(ctx context.Context, message ports.Message) error {
	m := wireMessage(message)
	if err := m.check(); err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	payload, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	err = q.call(ctx, func(ctx context.Context) error {
		return q.callers.Publish(ctx, busChannel(q.config.Prefix), payload).Err()
	})
	if err != nil {
		return fmt.Errorf("publishing to %.80q: %w", message.Topic, err)
	}
	return nil
}

// Subscribe implements ports.Bus. It returns ErrUnavailable if this process has never reached Redis. Where messages were
// lost, because the subscriber was slow or the connection broke, a message of [KindGap] takes their place. The channel is
// closed when ctx ends or the queue is closed.
func (q *Queue) Subscribe(ctx context.Context, topics ...string) (<-chan ports.Message, error) {
	if len(topics) == 0 {
		return nil, fmt.Errorf("subscribing: %w: no topic", ErrInvalidMessage)
	}
	for _, topic := range topics {
		if err := (wireMessage{Topic: topic, Kind: KindGap}).check(); err != nil {
			return nil, fmt.Errorf("subscribing: %w", err)
		}
	}
	if err := q.bus.wait(ctx, q.patience); err != nil {
		return nil, fmt.Errorf("subscribing: %w", err)
	}
	return q.hub.subscribe(ctx, topics), nil
}

// busLink is this process's one subscription. All topics of a site share a channel: messages are small and few (a handful
// for each submission), and so a subscriber never waits for Redis, nor races with the end of another's subscription.
type busLink struct {
	hub    *hub
	log    *slog.Logger
	pubsub *redis.PubSub
	ready  chan struct{} // closed once Redis has confirmed the subscription for the first time
	done   chan struct{}

	received, broken, reconnects atomic.Uint64
}

func newBusLink(client *redis.Client, prefix string, h *hub, log *slog.Logger) *busLink {
	b := &busLink{hub: h, log: log, ready: make(chan struct{}), done: make(chan struct{})}
	// Without a channel this sends nothing; run subscribes, so that an absent Redis holds up nobody.
	b.pubsub = client.Subscribe(context.Background())
	go b.run(busChannel(prefix))
	return b
}

func (b *busLink) run(channel string) {
	defer close(b.done)
	// An error is no reason to stop: the subscription is noted, and made when Redis answers.
	if err := b.pubsub.Subscribe(context.Background(), channel); err != nil && !errors.Is(err, redis.ErrClosed) {
		b.log.Warn("bus unreachable, trying again", "error", err)
	}
	for event := range b.pubsub.ChannelWithSubscriptions(redis.WithChannelSize(1024)) {
		switch event := event.(type) {
		case *redis.Subscription:
			b.confirmed(event)
		case *redis.Message:
			b.receive(event.Payload)
		}
	}
}

func (b *busLink) confirmed(event *redis.Subscription) {
	if event.Kind != "subscribe" {
		return
	}
	select {
	case <-b.ready:
		// The connection was lost in between, and messages with it.
		b.reconnects.Add(1)
		b.log.Info("bus reconnected")
		b.hub.gap()
	default:
		close(b.ready)
	}
}

func (b *busLink) receive(payload string) {
	b.received.Add(1)
	message, err := decodeMessage(payload)
	if err != nil {
		b.broken.Add(1)
		b.log.Warn("bus message ignored", "error", err)
		return
	}
	b.hub.publish(message)
}

// wait returns when the bus has been connected once, or ErrUnavailable if that takes longer than patience.
func (b *busLink) wait(ctx context.Context, patience time.Duration) error {
	select {
	case <-b.ready:
		return ctx.Err()
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-b.ready:
		return nil
	case <-b.done:
		return fmt.Errorf("%w: the queue is closed", ports.ErrUnavailable)
	case <-timer.C:
		return fmt.Errorf("%w: redis has not answered yet", ports.ErrUnavailable)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *busLink) close() error {
	err := b.pubsub.Close()
	<-b.done
	return err
}
