package otlp

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/trace"
	"github.com/quoin-lms/quoin/runtime/trace/otlp/otlptest"
)

const foreign = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

func open(t *testing.T, config Config) *Exporter {
	t.Helper()
	var err error
	if config.URL, err = Address(config.URL); err != nil {
		t.Fatal(err)
	}
	e, err := Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A job's run in another process belongs to the trace of who handed it over, below the handing over.
func TestJobGoesOnWithItsTrace(t *testing.T) {
	c := otlptest.New(t)
	web, worker := open(t, Config{URL: c.URL, Ratio: 1, Headers: map[string]string{"x-key": "k"}}), open(t, Config{URL: c.URL})
	var handed ports.Job
	queue := trace.Handing(ports.QueueFunc(func(_ context.Context, job ports.Job) error { handed = job; return nil }))
	ctx, span := trace.Begin(t.Context(), web, "GET /", trace.Server, trace.Origin{})
	if err := queue.Enqueue(ctx, ports.Job{ID: "secretid", Kind: "grade", Ref: "secretref"}); err != nil {
		t.Fatal(err)
	}
	span.End()
	err := trace.Working(t.Context(), worker, handed, func(ctx context.Context) error {
		_, inner := trace.Start(ctx, "inner", trace.Internal)
		inner.End()
		return errors.New("secrettext")
	})
	if err == nil {
		t.Error("the job's error is gone")
	}
	for _, e := range []*Exporter{web, worker} {
		if err := e.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	parent := ""
	for _, name := range []string{"GET /", "hand over grade", "work grade", "inner"} {
		found := c.Named(name)
		if len(found) != 1 || found[0].Parent != parent || found[0].Trace != c.Named("GET /")[0].Trace {
			t.Fatalf("%s: %+v, want one below %q", name, found, parent)
		}
		parent = found[0].ID
	}
	if strings.Contains(c.Text(), "secret") {
		t.Errorf("the job's id, document or error is told: %s", c.Text())
	}
	if c.Named("work grade")[0].Attrs["error.type"] != "error" || c.Named("work grade")[0].Kind != "consumer" {
		t.Errorf("%+v", c.Named("work grade"))
	}
}

// What is not recorded has no parts, and its jobs are not recorded either, whatever their worker's part is.
func TestRatioDecidesForTheWholeTrace(t *testing.T) {
	c := otlptest.New(t)
	web, worker := open(t, Config{URL: c.URL, Ratio: 0}), open(t, Config{URL: c.URL, Ratio: 1})
	ctx, span := trace.Begin(t.Context(), web, "GET /", trace.Server, trace.Origin{Link: foreign})
	if span.Recording() || trace.ID(ctx) != "" || !strings.HasSuffix(trace.Carry(ctx), "-00") {
		t.Errorf("recording %t, id %q, carries %q", span.Recording(), trace.ID(ctx), trace.Carry(ctx))
	}
	_, _ = trace.Begin(ctx, worker, "work", trace.Consumer, trace.Origin{Parent: trace.Carry(ctx)})
	span.End()
	for _, e := range []*Exporter{web, worker} {
		if err := e.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if spans := c.Spans(); len(spans) != 0 {
		t.Errorf("%+v", spans)
	}
}

// A collector that never answers holds up nobody: what finds no room is dropped and counted, and closing ends with its context.
func TestDeadCollectorHoldsUpNobody(t *testing.T) {
	hanging := make(chan struct{})
	begun := make(chan struct{}, 100)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { begun <- struct{}{}; <-hanging }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(hanging) })
	e := open(t, Config{URL: server.URL, Ratio: 1, Room: 4, Every: time.Millisecond})
	e.Root("first", trace.Internal, trace.Origin{}).End()
	<-begun // now the sender waits for the collector
	for range 10 {
		e.Root("more", trace.Internal, trace.Origin{}).End()
	}
	if counts := e.Counts(); counts.Full != 6 || counts.Waiting != 4 || counts.Sent != 0 {
		t.Errorf("%+v, want 6 dropped and 4 waiting", counts)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_ = e.Close(ended) // whether it tells of the context is the library's matter
	if counts := e.Counts(); counts.Refused != 5 || counts.Waiting != 0 {
		t.Errorf("%+v, want 5 refused and none waiting", counts)
	}
}

func TestCheck(t *testing.T) {
	c := otlptest.New(t)
	address, err := Address(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(t.Context(), Config{URL: address, Headers: map[string]string{"authorization": "Bearer k"}}); err != nil || c.Header("Authorization") != "Bearer k" {
		t.Errorf("a collector that takes spans: %v, header %q", err, c.Header("Authorization"))
	}
	refusing := httptest.NewServer(http.NotFoundHandler())
	defer refusing.Close()
	if err := Check(t.Context(), Config{URL: refusing.URL + "/v1/traces"}); err == nil {
		t.Error("something that is no collector takes spans")
	}
	refusing.Close()
	if err := Check(t.Context(), Config{URL: refusing.URL + "/v1/traces"}); err == nil {
		t.Error("nothing listens, and takes spans")
	}
}

func TestAddress(t *testing.T) {
	for base, want := range map[string]string{
		"http://c:4318": "http://c:4318/v1/traces", "https://c/otlp/": "https://c/otlp/v1/traces", "http://c/v1/traces": "http://c/v1/traces",
		"c:4318": "", "ftp://c": "", "http://u:p@c": "", "http://c?key=1": "", "": "",
	} {
		if got, err := Address(base); got != want || (err != nil) != (want == "") {
			t.Errorf("%q is %q, %v; want %q", base, got, err, want)
		}
	}
}

func TestTraceparent(t *testing.T) {
	if c := parse(foreign); !c.IsValid() || !c.IsSampled() || c.TraceID().String() != foreign[3:35] {
		t.Errorf("%s is %v", foreign, c)
	}
	for _, bad := range []string{
		"", "00", strings.ToUpper(foreign), foreign + "-x", "01" + foreign[2:], foreign[:53] + "ff", strings.Repeat("0", 55),
		"00-00000000000000000000000000000000-b7ad6b7169203331-01", strings.Replace(foreign, "b7", "zz", 1), strings.Repeat(foreign, 1000),
	} {
		if parse(bad).IsValid() {
			t.Errorf("%.80q counts", bad)
		}
	}
}

// BenchmarkStart is what code that could be followed pays where nobody follows, and where somebody does.
func BenchmarkStart(b *testing.B) {
	b.Run("off", func(b *testing.B) {
		ctx := context.WithValue(b.Context(), benchKey{}, 1)
		for b.Loop() {
			_, span := trace.Start(ctx, "block grade", trace.Internal)
			span.End()
		}
	})
	b.Run("on", func(b *testing.B) {
		e, err := Open(b.Context(), Config{URL: "http://127.0.0.1:1/v1/traces", Ratio: 1})
		if err != nil {
			b.Fatal(err)
		}
		ctx, root := trace.Begin(b.Context(), e, "root", trace.Server, trace.Origin{})
		for b.Loop() {
			_, span := trace.Start(ctx, "block grade", trace.Internal)
			span.End()
		}
		root.End()
		ended, cancel := context.WithCancel(b.Context())
		cancel()
		_ = e.Close(ended) // nothing listens there
	})
}

type benchKey struct{}
