// Package otlptest is a collector of traces for tests: it takes OTLP over HTTP and keeps what it got.
package otlptest

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// Span is a span as the collector got it.
type Span struct {
	Name, Kind        string
	Trace, ID, Parent string
	Attrs             map[string]string
	// Links are the traces that it refers to.
	Links []string
}

// Collector keeps what it is sent. It is safe for concurrent use.
type Collector struct {
	// URL is its base address.
	URL string

	mu      sync.Mutex
	spans   []Span
	text    strings.Builder
	headers http.Header
}

// New starts a collector that ends with the test.
func New(t testing.TB) *Collector {
	c := &Collector{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := c.take(r); err != nil {
			t.Error(err)
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	}))
	t.Cleanup(server.Close)
	c.URL = server.URL
	return c
}

func (c *Collector) take(r *http.Request) error {
	if r.URL.Path != "/v1/traces" || r.Method != http.MethodPost {
		return fmt.Errorf("the collector was asked to %s %s", r.Method, r.URL.Path)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var message collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(body, &message); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.headers = r.Header.Clone()
	c.text.WriteString(protojson.Format(&message))
	for _, resource := range message.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				c.spans = append(c.spans, read(span))
			}
		}
	}
	return nil
}

func read(span *otlp.Span) Span {
	kind := strings.ToLower(strings.TrimPrefix(span.GetKind().String(), "SPAN_KIND_"))
	s := Span{
		Name: span.GetName(), Kind: kind, Trace: hex.EncodeToString(span.GetTraceId()), ID: hex.EncodeToString(span.GetSpanId()),
		Parent: hex.EncodeToString(span.GetParentSpanId()), Attrs: map[string]string{},
	}
	for _, a := range span.GetAttributes() {
		s.Attrs[a.GetKey()] = a.GetValue().GetStringValue()
		if number, ok := a.GetValue().GetValue().(*common.AnyValue_IntValue); ok {
			s.Attrs[a.GetKey()] = fmt.Sprint(number.IntValue)
		}
	}
	for _, link := range span.GetLinks() {
		s.Links = append(s.Links, hex.EncodeToString(link.GetTraceId()))
	}
	return s
}

// Spans are what came so far.
func (c *Collector) Spans() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Span(nil), c.spans...)
}

// Named are the spans of a name.
func (c *Collector) Named(name string) []Span {
	var found []Span
	for _, span := range c.Spans() {
		if span.Name == name {
			found = append(found, span)
		}
	}
	return found
}

// Text is everything that came, readable, to search for what must not be in it.
func (c *Collector) Text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}

// Header is one of the last message's.
func (c *Collector) Header(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.headers.Get(name)
}
