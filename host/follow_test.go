package host_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/runtime/trace/otlp"
	"github.com/quoin-lms/quoin/runtime/trace/otlp/otlptest"
)

// traced gives a tracer and the collector that it sends to when it is closed.
func traced(t *testing.T) (*otlptest.Collector, *otlp.Exporter) {
	t.Helper()
	collector := otlptest.New(t)
	return collector, tracerTo(t, collector.URL)
}

func tracerTo(t *testing.T, base string) *otlp.Exporter {
	t.Helper()
	address, err := otlp.Address(base)
	if err != nil {
		t.Fatal(err)
	}
	tracer, err := otlp.Open(t.Context(), otlp.Config{URL: address, Ratio: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		_ = tracer.Close(ended) // a test that wants what it sent has closed it
	})
	return tracer
}

// A learner's submit is one trace, from the request to the block that grades in the background.
func TestSubmitIsOneTrace(t *testing.T) {
	collector, tracer := traced(t)
	w := newWorld(t, options{config: func(c *host.Config) { c.Tracer = tracer }})
	run := w.forces()
	ann := w.member("ann", run, "")
	five := unitPath(run, "five")
	ann.get(five).form(blockPath(run, "problem", "pword")).set("input_2_1", "anything").press("submit").must(303)
	w.working.Wait()
	if err := tracer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	grades := collector.Named("block grade")
	if len(grades) != 1 {
		t.Fatalf("%d gradings in %+v", len(grades), collector.Spans())
	}
	byID := map[string]otlptest.Span{}
	for _, span := range collector.Spans() {
		byID[span.ID] = span
	}
	var way []otlptest.Span
	for span, found := grades[0], true; found; span, found = byID[span.Parent] {
		way = append(way, span)
	}
	want := []string{"block grade internal", "work grade consumer", "hand over grade producer"}
	for i, name := range want {
		if i >= len(way) || way[i].Name+" "+way[i].Kind != name {
			t.Fatalf("step %d is not %q: %+v", i, name, way)
		}
	}
	root := way[len(way)-1]
	if root.Parent != "" || root.Kind != "server" || !strings.HasPrefix(root.Name, "POST /") || root.Attrs["http.response.status_code"] != "303" ||
		root.Attrs["http.request.method"] != "POST" || "POST "+root.Attrs["http.route"] != root.Name || root.Attrs["quoin.request"] == "" {
		t.Errorf("it begins with %+v", root)
	}
	for _, span := range way {
		if span.Trace != root.Trace {
			t.Errorf("%s is in trace %s, want %s", span.Name, span.Trace, root.Trace)
		}
	}
	if a := grades[0].Attrs; a["quoin.block.type"] != "problem" || a["quoin.block.operation"] != "grade" || a["quoin.block.outcome"] != "ok" || a["quoin.block.version"] == "" {
		t.Errorf("the grading says %v", a)
	}
	handled := false
	for _, span := range collector.Named("block handle") {
		handled = handled || span.Trace == root.Trace
	}
	if !handled {
		t.Error("the block's handling of the submit is not in its trace")
	}
	for _, text := range []string{"ann", run.String(), "anything"} {
		for _, span := range collector.Spans() {
			for key, value := range span.Attrs {
				if value == text || strings.Contains(span.Name, text) {
					t.Errorf("%s tells %s in %s", span.Name, text, key)
				}
			}
		}
	}
}

// Nobody outside decides what is recorded or joins a trace; a trusted proxy's trace is referred to.
func TestForeignTraceparent(t *testing.T) {
	const foreign = "0af7651916cd43dd8448eb211c80319c"
	for _, proxies := range [][]string{nil, {"192.0.2.1"}, {"127.0.0.1"}} {
		collector, tracer := traced(t)
		w := newWorld(t, options{config: func(c *host.Config) { c.Tracer, c.Proxies = tracer, proxies }})
		ask, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/signin?secret=canary", nil)
		if err != nil {
			t.Fatal(err)
		}
		ask.Header.Set("Traceparent", "00-"+foreign+"-b7ad6b7169203331-01")
		answer, err := http.DefaultClient.Do(ask)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if err := tracer.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		found := collector.Named("GET /signin")
		if len(found) != 1 || found[0].Trace == foreign || found[0].Parent != "" {
			t.Fatalf("%v: %+v", proxies, found)
		}
		trusted := len(proxies) == 1 && proxies[0] == "127.0.0.1"
		if linked := len(found[0].Links) == 1 && found[0].Links[0] == foreign; linked != trusted {
			t.Errorf("%v: it refers to %v", proxies, found[0].Links)
		}
	}
}

// A collector that is away, or never answers, changes no answer.
func TestAnswersWithoutCollector(t *testing.T) {
	hanging := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hanging }))
	t.Cleanup(slow.Close)
	t.Cleanup(func() { close(hanging) })
	away := httptest.NewServer(http.NotFoundHandler())
	away.Close()
	for _, base := range []string{slow.URL, away.URL} {
		tracer := tracerTo(t, base)
		w := newWorld(t, options{config: func(c *host.Config) { c.Tracer = tracer }})
		run := w.forces()
		ann := w.member("ann", run, "")
		ann.get(unitPath(run, "five")).form(blockPath(run, "problem", "pword")).set("input_2_1", "anything").press("submit").must(303)
		w.working.Wait()
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		_ = tracer.Close(ended) // it cannot send
		if counts := tracer.Counts(); counts.Sent != 0 || counts.Refused == 0 || counts.Waiting != 0 {
			t.Errorf("%+v, want all refused", counts)
		}
	}
}
