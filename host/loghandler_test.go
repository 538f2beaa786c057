package host

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
)

// What the kernel logs with a request's context bears the request's id, once.
func TestLogHandlerNamesTheRequest(t *testing.T) {
	var out strings.Builder
	log := slog.New(LogHandler(slog.NewTextHandler(&out, nil))).With("block", "b").WithGroup("")
	ctx := withRequest(context.Background(), "id17")
	log.WarnContext(ctx, "first")
	log.WarnContext(ctx, "second", "request", "id17")
	log.Warn("third")
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, want := range []int{1, 1, 0} {
		if n := strings.Count(lines[i], "request=id17"); n != want || !strings.Contains(lines[i], "block=b") {
			t.Errorf("%d times in %q, want %d", n, lines[i], want)
		}
	}
}

// A handler that panics fails its request; the server goes on.
func TestPanicFailsOneRequest(t *testing.T) {
	app := fiber.New()
	app.Use(func(c *fiber.Ctx) error {
		if err := next(c); err != nil {
			return c.Status(fiber.StatusInternalServerError).SendString(err.Error())
		}
		return nil
	})
	app.Get("/", func(*fiber.Ctx) error { panic("on purpose") })
	app.Get("/fine", func(c *fiber.Ctx) error { return c.SendString("fine") })
	for path, want := range map[string]string{"/": "panic: on purpose", "/fine": "fine"} {
		answer, err := app.Test(httptest.NewRequest(http.MethodGet, path, nil))
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%s: %d %s, %v", path, answer.StatusCode, body, err)
		}
	}
}
