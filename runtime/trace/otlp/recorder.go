package otlp

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	otel "go.opentelemetry.io/otel/trace"

	"github.com/quoin-lms/quoin/runtime/trace"
)

var kinds = map[trace.Kind]otel.SpanKind{
	trace.Internal: otel.SpanKindInternal, trace.Server: otel.SpanKindServer,
	trace.Producer: otel.SpanKindProducer, trace.Consumer: otel.SpanKindConsumer,
}

// recorder is a span.
type recorder struct {
	tracer otel.Tracer
	span   otel.Span
}

// Child implements trace.Recorder.
func (r recorder) Child(name string, kind trace.Kind) trace.Recorder {
	_, span := r.tracer.Start(otel.ContextWithSpan(context.Background(), r.span), name, otel.WithSpanKind(kinds[kind]))
	return recorder{r.tracer, span}
}

// Set implements trace.Recorder.
func (r recorder) Set(attrs ...trace.Attr) {
	if !r.span.IsRecording() {
		return
	}
	set := make([]attribute.KeyValue, 0, len(attrs))
	for _, a := range attrs {
		if a.Counted {
			set = append(set, attribute.Int64(a.Key, a.Number))
		} else {
			set = append(set, attribute.String(a.Key, a.Text))
		}
	}
	r.span.SetAttributes(set...)
}

// Fail implements trace.Recorder.
func (r recorder) Fail(reason string) {
	r.span.SetStatus(codes.Error, "")
	r.span.SetAttributes(attribute.String("error.type", reason))
}

// End implements trace.Recorder.
func (r recorder) End() { r.span.End() }

// Sampled implements trace.Recorder.
func (r recorder) Sampled() bool { return r.span.SpanContext().IsSampled() }

// TraceID implements trace.Recorder.
func (r recorder) TraceID() string { return r.span.SpanContext().TraceID().String() }

// Traceparent implements trace.Recorder.
func (r recorder) Traceparent() string {
	c := r.span.SpanContext()
	return "00-" + c.TraceID().String() + "-" + c.SpanID().String() + "-" + c.TraceFlags().String()
}

// traceparentSize is what version 00 of the format takes, in bytes.
const traceparentSize = 55

// parse reads a traceparent of version 00 strictly; what is none gives an invalid context.
func parse(text string) otel.SpanContext {
	if len(text) != traceparentSize || strings.ToLower(text) != text {
		return otel.SpanContext{}
	}
	parts := strings.Split(text, "-")
	if len(parts) != 4 || parts[0] != "00" || parts[3] != "00" && parts[3] != "01" {
		return otel.SpanContext{}
	}
	traceID, err := otel.TraceIDFromHex(parts[1])
	if err != nil {
		return otel.SpanContext{}
	}
	spanID, err := otel.SpanIDFromHex(parts[2])
	if err != nil {
		return otel.SpanContext{}
	}
	config := otel.SpanContextConfig{TraceID: traceID, SpanID: spanID, Remote: true}
	if parts[3] == "01" {
		config.TraceFlags = otel.FlagsSampled
	}
	return otel.NewSpanContext(config)
}
