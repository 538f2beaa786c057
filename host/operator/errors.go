package operator

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// Mishap is an error that was logged.
type Mishap struct {
	At      time.Time
	Message string
	// Request is the id that an error page showed, "" for what no request asked for.
	Request string
	// About are the allowed attributes in the order of the log, such as "block problem".
	About string
	// Reason is the error's first line, cut.
	Reason string
	// Times counts the same message with the same reason in a row.
	Times int
}

// Mishaps keeps the newest errors that were logged, without what people wrote: only attributes whose values are the code's own
// are kept (security R27). The zero value is ready; it is safe for concurrent use.
type Mishaps struct {
	mu   sync.Mutex
	list []Mishap
}

const (
	maxMishaps = 50
	maxReason  = 300
)

// harmless are the attributes that are kept; a path is not, since it may name what somebody works on.
var harmless = []string{"block", "version", "op", "code", "chore", "job", "method", "route", "lane", "package"}

// List gives the errors that are kept, newest first.
func (m *Mishaps) List() []Mishap {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := slices.Clone(m.list)
	slices.Reverse(list)
	return list
}

// Handler passes everything on and keeps errors.
func (m *Mishaps) Handler(next slog.Handler) slog.Handler { return keeper{next, m, nil} }

type keeper struct {
	slog.Handler
	kept  *Mishaps
	attrs []slog.Attr
}

// Handle implements slog.Handler.
func (k keeper) Handle(ctx context.Context, record slog.Record) error {
	if record.Level >= slog.LevelError {
		k.kept.keep(k.attrs, record)
	}
	return k.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (k keeper) WithAttrs(attrs []slog.Attr) slog.Handler {
	return keeper{k.Handler.WithAttrs(attrs), k.kept, slices.Concat(k.attrs, attrs)}
}

// WithGroup implements slog.Handler.
func (k keeper) WithGroup(name string) slog.Handler {
	return keeper{k.Handler.WithGroup(name), k.kept, k.attrs}
}

func (m *Mishaps) keep(attrs []slog.Attr, record slog.Record) {
	one := Mishap{At: record.Time, Message: record.Message, Times: 1}
	var about []string
	take := func(a slog.Attr) bool {
		switch {
		case a.Key == "request":
			one.Request = a.Value.String()
		case a.Key == "error" || a.Key == "why":
			one.Reason = firstLine(a.Value.String())
		case slices.Contains(harmless, a.Key):
			about = append(about, a.Key+" "+firstLine(a.Value.String()))
		}
		return true
	}
	for _, a := range attrs {
		take(a)
	}
	record.Attrs(take)
	one.About = strings.Join(about, ", ")
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := len(m.list); n > 0 {
		if last := &m.list[n-1]; last.Message == one.Message && last.Reason == one.Reason && last.About == one.About {
			last.At, last.Request, last.Times = one.At, one.Request, last.Times+1
			return
		}
	}
	m.list = append(m.list, one)
	if len(m.list) > maxMishaps {
		m.list = slices.Delete(m.list, 0, len(m.list)-maxMishaps)
	}
}

func firstLine(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	if len(text) > maxReason {
		text = strings.ToValidUTF8(text[:maxReason], "") + "…"
	}
	return text
}
