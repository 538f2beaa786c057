package otlp

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Counts are spans.
type Counts struct {
	Sent uint64
	// Full found no room to wait in, Refused were given up because the collector did not take them.
	Full, Refused uint64
	Waiting       int
}

// batch is how many spans go in one message at most.
const batch = 512

// sender keeps spans until they are sent, in bounded room: work never waits for a collector. The library's own batching
// does the same but does not tell how many it dropped.
type sender struct {
	client  sdktrace.SpanExporter
	log     *slog.Logger
	every   time.Duration
	waiting chan sdktrace.ReadOnlySpan
	// flush asks for everything to be sent now; the channel in it is closed afterwards.
	flush chan chan struct{}
	stop  chan struct{}
	done  chan struct{}
	once  sync.Once
	// sending ends with the patience of Shutdown.
	sending context.Context //nolint:containedctx // it is the goroutine's own
	abandon context.CancelFunc

	sent, full, refused atomic.Uint64
	last                atomic.Pointer[error]
}

var _ sdktrace.SpanProcessor = (*sender)(nil)

func newSender(client sdktrace.SpanExporter, config Config) *sender {
	s := &sender{client: client, log: config.Log, every: config.Every, flush: make(chan chan struct{}), stop: make(chan struct{}), done: make(chan struct{})}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.every <= 0 {
		s.every = 2 * time.Second
	}
	room := config.Room
	if room <= 0 {
		room = 4096
	}
	s.waiting = make(chan sdktrace.ReadOnlySpan, room)
	s.sending, s.abandon = context.WithCancel(context.Background())
	go s.run()
	return s
}

// OnStart implements sdktrace.SpanProcessor.
func (s *sender) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd implements sdktrace.SpanProcessor. It never blocks.
func (s *sender) OnEnd(span sdktrace.ReadOnlySpan) {
	if !span.SpanContext().IsSampled() {
		return
	}
	select {
	case s.waiting <- span:
	default:
		s.full.Add(1)
	}
}

func (s *sender) run() {
	defer close(s.done)
	ticker := time.NewTicker(s.every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			s.sendAll()
		case sent := <-s.flush:
			s.sendAll()
			close(sent)
		case <-s.stop:
			s.sendAll()
			return
		}
	}
}

// sendAll sends what waits now; what comes meanwhile waits for the next round.
func (s *sender) sendAll() {
	for left := len(s.waiting); left > 0; {
		spans := make([]sdktrace.ReadOnlySpan, 0, min(left, batch))
		for len(spans) < cap(spans) {
			spans = append(spans, <-s.waiting)
		}
		left -= len(spans)
		s.send(spans)
	}
}

func (s *sender) send(spans []sdktrace.ReadOnlySpan) {
	ctx, cancel := context.WithTimeout(s.sending, timeout)
	defer cancel()
	err := s.client.ExportSpans(ctx, spans)
	if err == nil {
		s.sent.Add(uint64(len(spans)))
		if s.last.Swap(nil) != nil {
			s.log.Info("the collector of traces takes spans again")
		}
		return
	}
	s.refused.Add(uint64(len(spans)))
	if s.last.Swap(&err) == nil { // once, not each round
		s.log.Warn("the collector of traces takes no spans; they are dropped until it does", "error", err)
	}
}

// failure is why the last message was not taken, nil if it was.
func (s *sender) failure() error {
	if err := s.last.Load(); err != nil {
		return *err
	}
	return nil
}

// ForceFlush implements sdktrace.SpanProcessor.
func (s *sender) ForceFlush(ctx context.Context) error {
	sent := make(chan struct{})
	select {
	case s.flush <- sent:
	case <-s.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-sent:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Shutdown implements sdktrace.SpanProcessor: it sends what waits until ctx ends.
func (s *sender) Shutdown(ctx context.Context) error {
	s.once.Do(func() { close(s.stop) })
	defer s.abandon()
	release := context.AfterFunc(ctx, s.abandon)
	defer release()
	<-s.done
	return s.client.Shutdown(ctx)
}

func (s *sender) counts() Counts {
	return Counts{Sent: s.sent.Load(), Full: s.full.Load(), Refused: s.refused.Load(), Waiting: len(s.waiting)}
}
