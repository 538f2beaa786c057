package portstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// ErrInvalidMessage is about a message or topic that no bus takes.
var ErrInvalidMessage = errors.New("invalid message")

// Bus delivers within the process. Its zero value is ready, and it is safe for use by many goroutines.
type Bus struct {
	mu          sync.Mutex
	subscribers []*subscription
	published   []ports.Message
	failure     error
}

type subscription struct {
	topics   []string
	messages chan ports.Message
}

var _ ports.Bus = (*Bus)(nil)

// Publish implements ports.Bus. Delivery has happened when it returns; a subscriber 64 messages behind loses them.
func (b *Bus) Publish(ctx context.Context, message ports.Message) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	if err := checkMessage(message); err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failure != nil {
		return fmt.Errorf("publishing: %w", b.failure)
	}
	b.published = append(b.published, message)
	for _, s := range b.subscribers {
		if slices.Contains(s.topics, message.Topic) {
			select {
			case s.messages <- message:
			default:
			}
		}
	}
	return nil
}

// Subscribe implements ports.Bus.
func (b *Bus) Subscribe(ctx context.Context, topics ...string) (<-chan ports.Message, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("subscribing: %w", err)
	}
	if len(topics) == 0 {
		return nil, fmt.Errorf("subscribing: %w: no topic", ErrInvalidMessage)
	}
	for _, topic := range topics {
		if err := checkMessage(ports.Message{Topic: topic, Kind: "any"}); err != nil {
			return nil, fmt.Errorf("subscribing: %w", err)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failure != nil {
		return nil, fmt.Errorf("subscribing: %w", b.failure)
	}
	s := &subscription{topics: slices.Clone(topics), messages: make(chan ports.Message, 64)}
	b.subscribers = append(b.subscribers, s)
	context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.subscribers = slices.DeleteFunc(b.subscribers, func(other *subscription) bool { return other == s })
		close(s.messages)
	})
	return s.messages, nil
}

// Published are all messages, oldest first, whether anybody listened or not.
func (b *Bus) Published() []ports.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.published)
}

// Fail makes Publish and Subscribe return err, typically ports.ErrUnavailable, until it is called with nil.
func (b *Bus) Fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failure = err
}

func checkMessage(m ports.Message) error {
	for _, part := range []struct {
		name, value string
		least, most int
	}{{"topic", m.Topic, 1, 1024}, {"kind", m.Kind, 1, 64}, {"id", m.ID, 0, 1024}} {
		if n := len(part.value); n < part.least || n > part.most || !utf8.ValidString(part.value) {
			return fmt.Errorf("%w: its %s has %d bytes, want %d to %d of UTF-8", ErrInvalidMessage, part.name, n, part.least, part.most)
		}
	}
	return nil
}
