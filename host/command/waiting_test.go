package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// A server whose queue is away lives, is not ready, and begins when the queue is back.
func TestStartWaitsForTheQueue(t *testing.T) {
	d := &desk{}
	tries := 0
	asked := make(chan string, 2)
	s := &server{settings: &settings{Listen: "127.0.0.1:0"}, log: (&settings{LogFormat: "text", LogLevel: "error"}).logger(io.Discard)}
	var err error
	if s.listener, err = s.listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer s.listener.Close()
	address := "http://" + s.listener.Addr().String()
	s.parts = &Parts{Background: func(context.Context, BackgroundConfig) (Background, error) {
		if tries++; tries == 1 {
			return nil, fmt.Errorf("opening queue: %w", ports.ErrUnavailable)
		}
		for _, path := range []string{"/healthz", "/readyz"} { // nobody else serves them now
			response, err := http.Get(address + path)
			if err != nil {
				t.Error(err)
				continue
			}
			response.Body.Close()
			asked <- fmt.Sprint(path, " ", response.StatusCode)
		}
		return d, nil
	}}
	if err := s.openBackground(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-asked + ", " + <-asked; got != "/healthz 200, /readyz 503" {
		t.Error(got)
	}
	// The address is free for the site itself.
	go func() {
		_ = http.Serve(s.listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "the site") })) //nolint:gosec // a test
	}()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); err != nil || string(text) != "the site" {
		t.Errorf("%s %v", text, err)
	}
}

// What waiting does not mend ends the start at once, and so does the operator.
func TestStartDoesNotWaitForever(t *testing.T) {
	s := &server{settings: &settings{}, log: (&settings{LogFormat: "text", LogLevel: "error"}).logger(io.Discard)}
	wrong := errors.New("RedisURL is not a URL")
	s.parts = &Parts{Background: func(context.Context, BackgroundConfig) (Background, error) { return nil, wrong }}
	if err := s.openBackground(t.Context()); !errors.Is(err, wrong) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.parts = &Parts{Background: func(context.Context, BackgroundConfig) (Background, error) {
		cancel()
		return nil, ports.ErrUnavailable
	}}
	if err := s.openBackground(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestSampleNeedsDevelopment(t *testing.T) {
	got := callWith(t.Context(), t, (&desk{}).parts(), "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--sample", "examples/course")
	got.want(t, 1, "add --development")
}

func TestVersion(t *testing.T) {
	got := callWith(t.Context(), t, (&desk{}).parts(), "version")
	if got.status != 0 || !strings.HasPrefix(got.out, "quoin ") {
		t.Errorf("%+v", got)
	}
}
