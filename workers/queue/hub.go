package queue

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// KindGap is the kind of the message that a subscriber gets in place of messages that were lost: its buffer was full, or the
// connection to Redis was. It has no topic and no id; whoever gets it asks for the truth again.
const KindGap = "gap"

// subscriberBuffer is how many messages a subscriber may lag behind, one of them kept for KindGap.
const subscriberBuffer = 65

// hub hands messages to the subscribers inside this process.
type hub struct {
	mu     sync.RWMutex
	topics map[string]map[*subscriber]struct{}
	closed bool
	// dropped counts messages that a subscriber lost by being slow, subscribers those there are.
	dropped     atomic.Uint64
	subscribers atomic.Int64
}

type subscriber struct {
	topics []string
	// mu keeps deliveries and the closing of messages apart.
	mu       sync.Mutex
	messages chan ports.Message
	gap      bool // the newest message in the buffer is a gap
	closed   bool
}

func newHub() *hub { return &hub{topics: map[string]map[*subscriber]struct{}{}} }

// subscribe delivers messages of topics until ctx ends or the hub is closed; then the channel is closed.
func (h *hub) subscribe(ctx context.Context, topics []string) <-chan ports.Message {
	s := &subscriber{topics: topics, messages: make(chan ports.Message, subscriberBuffer)}
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		s.close()
		return s.messages
	}
	for _, topic := range topics {
		if h.topics[topic] == nil {
			h.topics[topic] = map[*subscriber]struct{}{}
		}
		h.topics[topic][s] = struct{}{}
	}
	h.subscribers.Add(1)
	h.mu.Unlock()
	context.AfterFunc(ctx, func() { h.remove(s) })
	return s.messages
}

func (h *hub) remove(s *subscriber) {
	h.mu.Lock()
	for _, topic := range s.topics {
		delete(h.topics[topic], s)
		if len(h.topics[topic]) == 0 {
			delete(h.topics, topic)
		}
	}
	h.mu.Unlock()
	if s.close() {
		h.subscribers.Add(-1)
	}
}

func (h *hub) publish(message ports.Message) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for s := range h.topics[message.Topic] {
		if !s.deliver(message) {
			h.dropped.Add(1)
		}
	}
}

// gap tells every subscriber that it may have missed something.
func (h *hub) gap() {
	h.mu.RLock()
	defer h.mu.RUnlock()
	told := map[*subscriber]struct{}{}
	for _, subscribers := range h.topics {
		for s := range subscribers {
			if _, done := told[s]; !done {
				told[s] = struct{}{}
				s.deliver(ports.Message{Kind: KindGap})
			}
		}
	}
}

func (h *hub) close() {
	h.mu.Lock()
	topics := h.topics
	h.topics, h.closed = map[string]map[*subscriber]struct{}{}, true
	h.mu.Unlock()
	for _, subscribers := range topics {
		for s := range subscribers {
			if s.close() {
				h.subscribers.Add(-1)
			}
		}
	}
}

// deliver puts a message into the buffer, never waiting. The last place is kept for a gap, so that one who lost messages
// learns of it even if nothing else ever comes. It says whether the message, or a gap for a gap, is in the buffer.
func (s *subscriber) deliver(message ports.Message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return true
	}
	if len(s.messages) < cap(s.messages)-1 {
		s.messages <- message
		s.gap = message.Kind == KindGap
		return true
	}
	if !s.gap {
		s.messages <- ports.Message{Kind: KindGap}
		s.gap = true
	}
	return message.Kind == KindGap
}

// close says whether it was this call that closed.
func (s *subscriber) close() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.closed = true
	close(s.messages)
	return true
}
