package otlp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	otel "go.opentelemetry.io/otel/trace"

	"github.com/quoin-lms/quoin/runtime/trace"
)

// Config says where spans go. URL is needed.
type Config struct {
	// URL is the collector's address for traces, such as http://127.0.0.1:4318/v1/traces; see [Address].
	URL string
	// Headers go with each message; nil leaves them to OTEL_EXPORTER_OTLP_HEADERS.
	Headers map[string]string
	// Ratio is the part of traces that are recorded, 0 to 1.
	Ratio float64
	// Version and Role are told of this process.
	Version, Role string
	// Log hears when the collector does not answer, and when it does again; nil discards.
	Log *slog.Logger
	// Every is how long spans wait for others to go with; 0 is two seconds.
	Every time.Duration
	// Room is how many spans may wait; 0 is 4096. What finds no room is dropped and counted.
	Room int
}

// timeout bounds one message to the collector, tries included.
const timeout = 5 * time.Second

// Exporter is a trace.Tracer that sends what it records. Close it.
type Exporter struct {
	provider *sdktrace.TracerProvider
	tracer   otel.Tracer
	sender   *sender
}

var _ trace.Tracer = (*Exporter)(nil)

// Address makes of a collector's base address the one for traces: http://127.0.0.1:4318 becomes
// http://127.0.0.1:4318/v1/traces. Credentials belong into headers and are refused here.
func Address(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", errors.New("it must look like http://127.0.0.1:4318")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("it must have no user, password or query: secrets belong into headers")
	}
	if !strings.HasSuffix(u.Path, "/v1/traces") {
		u = u.JoinPath("v1", "traces")
	}
	return u.String(), nil
}

// Open begins to send; the collector need not be there.
func Open(ctx context.Context, config Config) (*Exporter, error) {
	client, err := newClient(ctx, config)
	if err != nil {
		return nil, err
	}
	e := &Exporter{sender: newSender(client, config)}
	e.provider = sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(e.sender),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(config.Ratio))),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "quoin"), attribute.String("service.version", config.Version),
			attribute.String("quoin.role", config.Role))),
	)
	e.tracer = e.provider.Tracer("github.com/quoin-lms/quoin")
	return e, nil
}

func newClient(ctx context.Context, config Config) (sdktrace.SpanExporter, error) {
	options := []otlptracehttp.Option{
		otlptracehttp.WithEndpointURL(config.URL), otlptracehttp.WithTimeout(timeout),
		otlptracehttp.WithRetry(otlptracehttp.RetryConfig{
			Enabled: true, InitialInterval: time.Second / 2, MaxInterval: time.Second, MaxElapsedTime: timeout,
		}),
	}
	if config.Headers != nil {
		options = append(options, otlptracehttp.WithHeaders(config.Headers))
	}
	client, err := otlptracehttp.New(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("opening the way to %s: %w", config.URL, err)
	}
	return client, nil
}

// Check asks the collector to take an empty message.
func Check(ctx context.Context, config Config) (err error) {
	e, err := Open(ctx, Config{URL: config.URL, Headers: config.Headers, Ratio: 1, Version: config.Version, Role: "doctor"})
	if err != nil {
		return err
	}
	e.Root("doctor", trace.Internal, trace.Origin{}).End()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err = e.Close(ctx)
	if c := e.Counts(); c.Sent == 1 {
		return err
	}
	return errors.Join(err, e.sender.failure())
}

// Close sends what waits, until ctx ends, and ends the sending.
func (e *Exporter) Close(ctx context.Context) error {
	err := e.provider.Shutdown(ctx)
	return errors.Join(err, e.sender.Shutdown(ctx)) // which the provider leaves out where ctx has ended
}

// Counts tells what became of spans since Open.
func (e *Exporter) Counts() Counts { return e.sender.counts() }

// Root implements trace.Tracer.
func (e *Exporter) Root(name string, kind trace.Kind, origin trace.Origin) trace.Recorder {
	ctx := context.Background()
	options := []otel.SpanStartOption{otel.WithSpanKind(kinds[kind])}
	if parent := parse(origin.Parent); parent.IsValid() {
		ctx = otel.ContextWithRemoteSpanContext(ctx, parent)
	}
	if link := parse(origin.Link); link.IsValid() {
		options = append(options, otel.WithLinks(otel.Link{SpanContext: link}))
	}
	_, span := e.tracer.Start(ctx, name, options...)
	return recorder{e.tracer, span}
}
