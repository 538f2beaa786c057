package trace

import "context"

// Kind says which side of a conversation a span is.
type Kind int

// The kinds.
const (
	Internal Kind = iota
	Server        // answers somebody outside
	Producer      // hands work over
	Consumer      // does work that was handed over
)

// Attr is a fact about a span: a text or a whole number.
type Attr struct {
	Key    string
	Text   string
	Number int64
	// Counted says that Number is the value, and not Text.
	Counted bool
}

// Text is an attribute that is a text.
func Text(key, value string) Attr { return Attr{Key: key, Text: value} }

// Number is an attribute that is a number.
func Number(key string, value int64) Attr { return Attr{Key: key, Number: value, Counted: true} }

// Origin says where work comes from, as W3C traceparents; what cannot be read counts as "".
type Origin struct {
	// Parent is of our own making: the new span belongs to its trace and is recorded if it was.
	Parent string
	// Link is somebody else's: the new span has a trace of its own and only refers to it.
	Link string
}

// Tracer begins traces. It is safe for concurrent use and never blocks.
type Tracer interface {
	Root(name string, kind Kind, origin Origin) Recorder
}

// Recorder is one span of a tracer. It is safe for concurrent use; after End it ignores what it is told.
type Recorder interface {
	Child(name string, kind Kind) Recorder
	Set(attrs ...Attr)
	// Fail marks the span as failed for a reason that is one of few, such as an error's code.
	Fail(reason string)
	End()
	// Sampled reports whether anybody will see the span; children of others are not begun.
	Sampled() bool
	// TraceID is 32 hexadecimal digits.
	TraceID() string
	// Traceparent names the span to another process.
	Traceparent() string
}

// Span is a piece of work under way. Its zero value records nothing.
type Span struct{ recorder Recorder }

type spanKey struct{}

// Begin begins a trace, or goes on with origin's. A nil tracer begins nothing.
func Begin(ctx context.Context, tracer Tracer, name string, kind Kind, origin Origin) (context.Context, Span) {
	if tracer == nil {
		return ctx, Span{}
	}
	recorder := tracer.Root(name, kind, origin)
	return context.WithValue(ctx, spanKey{}, recorder), Span{recorder}
}

// Start begins a part of what ctx's span is about. Where there is none, or nobody will see it, it does nothing.
func Start(ctx context.Context, name string, kind Kind) (context.Context, Span) {
	parent := of(ctx)
	if parent == nil || !parent.Sampled() {
		return ctx, Span{}
	}
	recorder := parent.Child(name, kind)
	return context.WithValue(ctx, spanKey{}, recorder), Span{recorder}
}

// Carry names ctx's span to another process, as a W3C traceparent; "" where there is none.
func Carry(ctx context.Context) string {
	if recorder := of(ctx); recorder != nil {
		return recorder.Traceparent()
	}
	return ""
}

// ID is the trace that ctx's work belongs to, for lines of the log; "" where nobody will see it.
func ID(ctx context.Context) string {
	if recorder := of(ctx); recorder != nil && recorder.Sampled() {
		return recorder.TraceID()
	}
	return ""
}

// Of is the span that ctx's work is part of.
func Of(ctx context.Context) Span { return Span{of(ctx)} }

func of(ctx context.Context) Recorder {
	recorder, _ := ctx.Value(spanKey{}).(Recorder)
	return recorder
}

// Recording reports whether anybody will see the span: attributes that cost something to find need not be found otherwise.
func (s Span) Recording() bool { return s.recorder != nil && s.recorder.Sampled() }

// Set adds attributes, or replaces those of the same key.
func (s Span) Set(attrs ...Attr) {
	if s.recorder != nil {
		s.recorder.Set(attrs...)
	}
}

// Fail marks the span as failed for a reason that is one of few, never an error's text: that may quote what a learner wrote.
func (s Span) Fail(reason string) {
	if s.recorder != nil {
		s.recorder.Fail(reason)
	}
}

// End ends the span.
func (s Span) End() {
	if s.recorder != nil {
		s.recorder.End()
	}
}
