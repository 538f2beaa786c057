package operator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// Only errors are kept, with what names no person, and only so many of them.
func TestMishaps(t *testing.T) {
	m := &Mishaps{}
	log := slog.New(m.Handler(slog.NewTextHandler(io.Discard, nil)))
	log.Info("nothing", "error", "x")
	log.With("chore", "sweep").ErrorContext(context.Background(), "a chore failed", "request", "abc", "learner", "canary-person", "answers", "canary-answer",
		"path", "/courses/canary-course", "error", errors.New("no store\nsecond line "+strings.Repeat("x", 1000)))
	list := m.List()
	if len(list) != 1 {
		t.Fatalf("%d are kept", len(list))
	}
	got := list[0]
	if got.Message != "a chore failed" || got.Request != "abc" || got.About != "chore sweep" || got.Reason != "no store" || got.Times != 1 {
		t.Errorf("%+v", got)
	}
	if strings.Contains(fmt.Sprint(got), "canary") {
		t.Errorf("it tells too much: %+v", got)
	}
	log.With("chore", "sweep").Error("a chore failed", "error", "no store")
	if list = m.List(); len(list) != 1 || list[0].Times != 2 {
		t.Errorf("the same again: %+v", list)
	}
	for i := range maxMishaps + 5 {
		log.Error(fmt.Sprint("error ", i), "error", strings.Repeat("ä", maxReason))
	}
	list = m.List()
	if len(list) != maxMishaps || list[0].Message != fmt.Sprint("error ", maxMishaps+4) || len(list[0].Reason) > maxReason+3 {
		t.Errorf("%d are kept, first %+v", len(list), list[0])
	}
}

func TestQuantile(t *testing.T) {
	bound := func(i int) time.Duration { return time.Duration(i+1) * time.Second }
	counts := []uint64{90, 0, 9, 1}
	for q, want := range map[float64]time.Duration{0.5: time.Second, 0.9: time.Second, 0.99: 3 * time.Second, 1: 6 * time.Second} {
		if got := Quantile(q, counts, bound); got != want {
			t.Errorf("%v: %v, want %v", q, got, want)
		}
	}
	if got := Quantile(0.5, []uint64{0, 0}, bound); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
}
