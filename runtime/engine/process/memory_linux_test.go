package process

import (
	"errors"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestMemoryIsBounded(t *testing.T) {
	artifact := probe(t)
	artifact.Limits = engine.Limits{Memory: 64 << 20}
	c := load(t, newEngine(t, Config{Crashes: 100, Backoff: 1}), artifact)
	if got := say(t, c, "echo small"); got != "small" {
		t.Errorf("got %q", got)
	}
	_, err := within(t, c, time.Minute, "hog 150")
	wants(t, err, wire.CodeMemory, "64 MB")
	if got := say(t, c, "echo again"); got != "again" {
		t.Errorf("got %q", got)
	}
	eventually(t, "the memory is known", func() bool { return c.Status().Memory > 1<<20 }, func() string { return "it is not" })
}

// What grows faster than the watch looks meets the kernel's limit. Which of the two sees it first is chance; both end the
// process, and the next call finds a new one. (What a dying Go process says last may be its registers and not the reason.)
func TestMemoryBackstop(t *testing.T) {
	artifact := probe(t)
	artifact.Limits = engine.Limits{Memory: 64 << 20}
	c := load(t, newEngine(t, Config{Crashes: 100, Backoff: 1}), artifact)
	_, err := within(t, c, time.Minute, "size 1000000000")
	if failure := new(wire.Error); errors.As(err, &failure) && failure.Code == wire.CodeMemory {
		wants(t, err, wire.CodeMemory, "64 MB")
	} else {
		wants(t, err, wire.CodeTrap, "ended by itself")
	}
	if got := say(t, c, "echo again"); got != "again" {
		t.Errorf("got %q", got)
	}
}
