package workbench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/workbench"
)

// heartbeat is how often a stream is written to: a page that has gone is noticed by a write that fails.
const heartbeat = 15 * time.Second

// events tells the page of calls, builds and changes as they happen, as server-sent events.
func (s *Server) events(c *fiber.Ctx) error {
	ctx, cancel := context.WithCancel(context.Background())
	heard := s.config.Bench.Listen(ctx)
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer cancel()
		s.stream(w, heard)
	})
	return nil
}

func (s *Server) stream(w *bufio.Writer, heard <-chan workbench.Event) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	send := func(text string) bool {
		if _, err := w.WriteString(text); err != nil {
			return false
		}
		return w.Flush() == nil
	}
	if !send("retry: 500\nevent: hello\ndata: {}\n\n") {
		return
	}
	for {
		select {
		case event := <-heard:
			data, err := json.Marshal(event.Data)
			if err != nil {
				s.config.Log.Error("an event cannot be told", "event", event.Name, "error", err)
				continue
			}
			if !send(fmt.Sprintf("event: %s\ndata: %s\n\n", event.Name, data)) {
				return
			}
		case <-beat.C:
			if !send(": still here\n\n") {
				return
			}
		case <-s.stopping:
			return
		}
	}
}
