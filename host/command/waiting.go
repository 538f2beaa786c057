package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// Pauses between two tries of reaching the queue.
const (
	firstPause = 250 * time.Millisecond
	mostPause  = 5 * time.Second
)

// openBackground opens the queue, and waits for one that is away: machines start in any order. Meanwhile the process answers
// that it lives and is not ready.
func (s *server) openBackground(ctx context.Context) error {
	config := BackgroundConfig{RedisURL: s.settings.RedisURL, Prefix: s.settings.Prefix, Log: s.log, Tracer: s.tracer()}
	var err error
	if s.background, err = s.parts.Background(ctx, config); err == nil {
		return nil
	}
	stop := func() {}
	defer func() { stop() }()
	for pause, first := firstPause, true; errors.Is(err, ports.ErrUnavailable); pause = min(2*pause, mostPause) {
		s.log.Warn("the queue is away; trying again", "error", err, "pause", pause)
		if first {
			stop, first = s.notReady(), false
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		if s.background, err = s.parts.Background(ctx, config); err == nil {
			s.log.Info("the queue answers")
			return nil
		}
	}
	return fmt.Errorf("opening the queue: %w", err)
}

// notReady answers health checks on the listener until stop is called, which leaves the listener open.
func (s *server) notReady() (stop func()) {
	tcp, ok := s.listener.(*net.TCPListener)
	if !ok {
		return func() {}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, `{"status":"ok"}`) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "5")
		http.Error(w, `{"status":"not ready"}`, http.StatusServiceUnavailable)
	})
	web := &http.Server{Handler: mux, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	web.SetKeepAlivesEnabled(false)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := web.Serve(lent{tcp}); !errors.Is(err, http.ErrServerClosed) {
			s.log.Warn("health checks are not answered while the queue is away", "error", err)
		}
	}()
	return func() {
		if err := web.Close(); err != nil {
			s.log.Warn("ending the answers to health checks", "error", err)
		}
		<-ended
		if err := tcp.SetDeadline(time.Time{}); err != nil {
			s.log.Warn("taking the address back", "error", err)
		}
	}
}

// lent is a listener whose Close only ends a waiting Accept.
type lent struct{ *net.TCPListener }

// Close implements net.Listener.
func (l lent) Close() error { return l.SetDeadline(time.Now()) }
