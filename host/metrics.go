package host

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/metric"
	"github.com/quoin-lms/quoin/runtime/trace"
)

// durationBounds are the upper bounds of how long requests take, in seconds.
var durationBounds = []float64{0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

// durations counts requests by the route's pattern, never by the address: addresses are without number and name people's work.
type durations struct {
	mu    sync.Mutex
	count map[durationKey]*duration
}

// durationKey's class is the status's first digit.
type durationKey struct {
	method, route string
	class         int
}

type duration struct {
	counts []uint64
	sum    time.Duration
}

func (d *durations) observe(key durationKey, took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.count == nil {
		d.count = map[durationKey]*duration{}
	}
	at := d.count[key]
	if at == nil {
		at = &duration{counts: make([]uint64, len(durationBounds)+1)}
		d.count[key] = at
	}
	bucket, _ := slices.BinarySearch(durationBounds, took.Seconds())
	at.counts[bucket]++
	at.sum += took
}

func (d *durations) write(w *metric.Writer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	keys := slices.SortedFunc(maps.Keys(d.count), func(a, b durationKey) int {
		return cmp.Or(cmp.Compare(a.route, b.route), cmp.Compare(a.method, b.method), cmp.Compare(a.class, b.class))
	})
	for _, key := range keys {
		at := d.count[key]
		w.Histogram("quoin_http_request_seconds", "How long requests take until their answer is ready, by the route's pattern; live streams are left out.",
			durationBounds, at.counts, at.sum.Seconds(), "method", key.method, "route", key.route, "status", strconv.Itoa(key.class)+"xx")
	}
}

// measure times requests, and writes each to the log where that is told to be talkative. Errors become answers here, so that
// their status is known.
func (s *Server) measure(c *fiber.Ctx) error {
	start := time.Now()
	defer unread(c)
	if err := next(c); err != nil {
		if err := s.fail(c, err); err != nil {
			return err
		}
	}
	took := time.Since(start)
	key := durationKey{"other", "other", c.Response().StatusCode() / 100}
	id := ""
	if r, ok := c.Locals(localRequest).(*request); ok {
		r.followed()
		if id = r.id; r.route.Stream {
			return nil
		}
		if r.route.Path != "" {
			key.method, key.route = c.Method(), r.route.Path
		}
	}
	s.durations.observe(key, took)
	s.config.Log.LogAttrs(c.UserContext(), slog.LevelDebug, "a request was answered", slog.String("request", id), slog.String("method", key.method),
		slog.String("route", key.route), slog.Int("status", c.Response().StatusCode()), slog.Duration("took", took))
	return nil
}

// next runs the handlers. A panic is the failure of one request, not of the process.
func next(c *fiber.Ctx) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v\n%s", reason, debug.Stack())
		}
	}()
	return c.Next()
}

// metrics shows Prometheus how the process does. To others than the operator's own programs there is no such page.
func (r *request) metrics() error {
	remote, _ := netip.AddrFromSlice(r.Context().RemoteIP())
	door := metric.Door{
		Token: r.server.config.MetricsToken, Proxied: len(r.server.config.Proxies) > 0, Local: metric.IsLoopback(r.server.public.Hostname()),
	}
	header := func(name string) string { return r.Get(name) }
	if !door.Allows(metric.Caller{Remote: remote, Host: string(r.Context().Host()), Header: header}) {
		return errNotFound
	}
	var out bytes.Buffer
	w := metric.NewWriter(&out)
	r.server.durations.write(w)
	metric.Blocks(w, r.kernel())
	if r.server.config.Metrics != nil {
		r.server.config.Metrics(r.ctx(), w)
	}
	metric.Process(w)
	if err := w.Flush(); err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, metric.ContentType)
	r.Set(fiber.HeaderCacheControl, "no-store")
	return r.Send(out.Bytes())
}

// requestKey is where a request's id stands in its context.
type requestKey struct{}

// withRequest gives a context that names its request.
func withRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// LogHandler adds to what is logged the id of the request that it was done for, as error pages show it, and of its trace.
func LogHandler(next slog.Handler) slog.Handler { return logHandler{next} }

type logHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h logHandler) Handle(ctx context.Context, record slog.Record) error {
	if id := trace.ID(ctx); id != "" {
		record = record.Clone()
		record.AddAttrs(slog.String("trace_id", id))
	}
	if id, ok := ctx.Value(requestKey{}).(string); ok {
		named := false
		record.Attrs(func(a slog.Attr) bool {
			named = a.Key == "request"
			return !named
		})
		if !named {
			record = record.Clone()
			record.AddAttrs(slog.String("request", id))
		}
	}
	return h.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h logHandler) WithGroup(name string) slog.Handler { return logHandler{h.Handler.WithGroup(name)} }
