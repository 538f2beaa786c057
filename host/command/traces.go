package command

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/host/metric"
	"github.com/quoin-lms/quoin/host/operator"
	"github.com/quoin-lms/quoin/runtime/trace"
	"github.com/quoin-lms/quoin/runtime/trace/otlp"
)

// tracing says where traces go. OpenTelemetry's own variables stand in for what is not set.
type tracing struct {
	URL, Headers string
	Ratio        float64
}

// Variables that every program with OpenTelemetry knows. The library itself reads OTEL_EXPORTER_OTLP_HEADERS.
const (
	otelTracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	otelEndpoint       = "OTEL_EXPORTER_OTLP_ENDPOINT"
)

// tracesGrace is how long a stopping process tries to send the traces that wait.
const tracesGrace = 3 * time.Second

// endpoint gives the collector's base address and the setting that it comes from; "" is no traces.
func (t *tracing) endpoint() (base, from string) {
	if t.URL != "" {
		return t.URL, "traces-url"
	}
	for _, name := range []string{otelTracesEndpoint, otelEndpoint} {
		if value := os.Getenv(name); value != "" {
			return value, name
		}
	}
	return "", ""
}

// check says what is wrong, without quoting what may be a secret.
func (t *tracing) check() error {
	if !(t.Ratio >= 0 && t.Ratio <= 1) { // which NaN is not either
		return fmt.Errorf("traces-ratio %v: it must be between 0 and 1", t.Ratio)
	}
	if _, err := t.headers(); err != nil {
		return fmt.Errorf("traces-headers: %w", err)
	}
	if base, from := t.endpoint(); base != "" {
		if _, err := otlp.Address(base); err != nil {
			return fmt.Errorf("%s: %w", from, err)
		}
	}
	return nil
}

// headers reads NAME=VALUE,NAME=VALUE, with %XX for what would divide them.
func (t *tracing) headers() (map[string]string, error) {
	if t.Headers == "" {
		return nil, nil
	}
	headers := map[string]string{}
	for part := range strings.SplitSeq(t.Headers, ",") {
		name, value, found := strings.Cut(part, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		name = strings.TrimSpace(name)
		if !found || err != nil || name == "" || strings.ContainsAny(name+value, "\r\n\x00") || strings.ContainsAny(name, " \t:") {
			return nil, errors.New("they must look like NAME=VALUE,NAME=VALUE")
		}
		headers[name] = value
	}
	return headers, nil
}

// config is what the settings mean; on is false where traces go nowhere.
func (t *tracing) config() (config otlp.Config, on bool, err error) {
	base, _ := t.endpoint()
	if base == "" {
		return config, false, nil
	}
	config.Ratio = t.Ratio
	if config.URL, err = otlp.Address(base); err == nil {
		config.Headers, err = t.headers()
	}
	return config, true, err
}

// openTraces begins to send traces where that is set.
func (s *server) openTraces(ctx context.Context) error {
	config, on, err := s.settings.Traces.config()
	if err != nil || !on {
		return err
	}
	config.Role, config.Version, config.Log = s.settings.Role, operator.ThisBuild().Version, s.log
	s.traces, err = otlp.Open(ctx, config)
	return err
}

// closeTraces sends what waits. That a collector is away is no reason for a process to fail.
func (s *server) closeTraces() {
	if s.traces == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), tracesGrace)
	defer cancel()
	if err := s.traces.Close(ctx); err != nil {
		s.log.Warn("the last traces were not sent", "error", err)
	}
}

// tracer is nil where nothing is followed.
func (s *server) tracer() trace.Tracer {
	if s.traces == nil {
		return nil
	}
	return s.traces
}

func (s *server) traceMetrics(w *metric.Writer) {
	if s.traces == nil {
		return
	}
	c := s.traces.Counts()
	w.Sample("quoin_traces_spans_sent_total", metric.Counter, "Spans that the collector took.", float64(c.Sent))
	const help = "Spans that were dropped: they found no room to wait in, or the collector did not take them."
	w.Sample("quoin_traces_spans_dropped_total", metric.Counter, help, float64(c.Full), "why", "full")
	w.Sample("quoin_traces_spans_dropped_total", metric.Counter, help, float64(c.Refused), "why", "not taken")
	w.Sample("quoin_traces_spans_waiting", metric.Gauge, "Spans that wait to be sent.", float64(c.Waiting))
}

// checkTraces sends the collector a span.
func (e *examination) checkTraces(ctx context.Context) {
	const name = "traces"
	config, on, err := e.settings.Traces.config()
	if !on {
		return
	}
	if err == nil {
		config.Version = operator.ThisBuild().Version
		err = otlp.Check(ctx, config)
	}
	if err != nil {
		_, from := e.settings.Traces.endpoint()
		e.warn(name, "the collector does not take traces: "+err.Error(), "check that it runs and takes OTLP over HTTP (usually on port 4318, not gRPC on 4317), "+
			"and its address in "+from+" and headers; the site works without it, but nothing is traced")
		return
	}
	e.ok(name, "the collector at %s takes traces", config.URL)
}
