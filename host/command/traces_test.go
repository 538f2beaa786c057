package command

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/trace/otlp/otlptest"
)

// withoutOTel keeps the variables of whoever runs the tests out.
func withoutOTel(t *testing.T) {
	t.Helper()
	for _, name := range []string{otelEndpoint, otelTracesEndpoint, "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"} {
		t.Setenv(name, "")
	}
}

func traceSettings(t *testing.T, args ...string) (*settings, error) {
	t.Helper()
	s := &settings{}
	p := Parts{Err: io.Discard}
	set := newFlags(&p, "serve")
	s.siteFlags(set)
	s.serveFlags(set)
	if _, err := parse(set, args); err != nil {
		t.Fatal(err)
	}
	return s, s.complete(set)
}

func TestTraceSettings(t *testing.T) {
	withoutOTel(t)
	s, err := traceSettings(t)
	if err != nil {
		t.Fatal(err)
	}
	if _, on, err := s.Traces.config(); on || err != nil {
		t.Errorf("without settings traces go somewhere: %v", err)
	}
	t.Setenv(otelEndpoint, "http://otel:4318")
	s, err = traceSettings(t, "--traces-ratio", "0.25")
	if err != nil {
		t.Fatal(err)
	}
	if config, on, err := s.Traces.config(); !on || err != nil || config.URL != "http://otel:4318/v1/traces" || config.Ratio != 0.25 || config.Headers != nil {
		t.Errorf("%+v, %t, %v", config, on, err)
	}
	t.Setenv("QUOIN_TRACES_URL", "https://ours")
	t.Setenv("QUOIN_TRACES_HEADERS", "authorization=Bearer%20k, x-tenant=a")
	s, err = traceSettings(t)
	if err != nil {
		t.Fatal(err)
	}
	if config, _, err := s.Traces.config(); err != nil || config.URL != "https://ours/v1/traces" || config.Headers["authorization"] != "Bearer k" || config.Headers["x-tenant"] != "a" {
		t.Errorf("%+v, %v", config, err)
	}
	for _, bad := range [][]string{
		{"--traces-ratio", "1.1"},
		{"--traces-ratio", "-0.1"},
		{"--traces-ratio", "NaN"},
		{"--traces-url", "collector:4318"},
		{"--traces-url", "http://user:hunter2@c"},
		{"--traces-headers", "hunter2"},
		{"--traces-headers", "a=hunter2%0d"},
	} {
		if _, err := traceSettings(t, bad...); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestDoctorLooksAtTheCollector(t *testing.T) {
	withoutOTel(t)
	examine := func(base string) []finding {
		e := &examination{settings: &settings{Traces: tracing{URL: base, Ratio: 1}}}
		e.checkTraces(t.Context())
		return e.findings
	}
	if found := examine(""); len(found) != 0 {
		t.Errorf("nothing is set: %+v", found)
	}
	if found := examine(otlptest.New(t).URL); len(found) != 1 || found[0].State != stateOK {
		t.Errorf("the collector takes traces: %+v", found)
	}
	away := httptest.NewServer(http.NotFoundHandler())
	away.Close()
	if found := examine(away.URL); len(found) != 1 || found[0].State != stateWarn || !strings.Contains(found[0].Mend, "traces-url") {
		t.Errorf("nothing listens: %+v", found)
	}
}

// A process whose collector is away works, counts what it dropped, and stops cleanly.
func TestProcessWithoutItsCollector(t *testing.T) {
	withoutOTel(t)
	away := httptest.NewServer(http.NotFoundHandler())
	away.Close()
	s := start(t, &desk{}, "--role", "worker", "--redis-url", "redis://queue:6379", "--data", filepath.Join(t.TempDir(), "data"),
		"--traces-url", away.URL, "--traces-headers", "key=hunter2")
	if status, body := s.get(t, "/metrics"); status != 200 || !strings.Contains(body, `quoin_traces_spans_dropped_total{why="full"} 0`) {
		t.Errorf("%d %s", status, body)
	}
	s.stop()
	if status := <-s.ended; status != 0 {
		t.Errorf("it ended with %d", status)
	}
	if log := s.logged(); strings.Contains(log, "hunter2") || !strings.Contains(log, `traces-headers="(set)"`) && !strings.Contains(log, "traces-headers=(set)") {
		t.Errorf("the headers are told: %s", log)
	}
}
