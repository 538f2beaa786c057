package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(parentKey); path != "" {
		beParent(path)
	}
	dir, err := os.MkdirTemp("", "quoin-probe")
	if err != nil {
		panic(err)
	}
	cache = dir
	status := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

// cache is where TestMain has the probe built.
var cache string

// probeArtifact is the block in testdata/probe, built once by the builder that sites use.
var probeArtifact = sync.OnceValues(func() (engine.Artifact, error) {
	folder, err := filepath.Abs(filepath.Join("testdata", "probe"))
	if err != nil {
		return engine.Artifact{}, err
	}
	builder := build.Builder{Cache: cache}
	built, err := builder.Build(context.Background(), folder, manifest.Manifest{Name: "probe", Engine: "process", Source: "go"})
	return engine.Artifact{Name: "probe", Version: "1.0.0", Path: built.Path, Digest: built.Digest}, err
})

func probe(t testing.TB) engine.Artifact {
	t.Helper()
	artifact, err := probeArtifact()
	if err != nil {
		t.Fatal(err)
	}
	return artifact
}

// shortDir is a temporary folder with a path short enough for sockets.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "q")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// open counts the engines of the running test, before the goroutines that were there when it opened its first.
var open, before int

// newEngine makes an engine whose end the test checks: no process, no file and no goroutine is left.
func newEngine(t testing.TB, config Config) *Engine {
	t.Helper()
	if open == 0 {
		before = len(mine())
	}
	open++
	if config.Dir == "" {
		config.Dir = shortDir(t)
	}
	e := New(config)
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(config.Dir); err != nil || len(left) > 0 {
			t.Errorf("the engine left %v, %v", left, err)
		}
		if open--; open > 0 {
			return // the goroutines of the others come and go
		}
		eventually(t, "goroutines end", func() bool { return len(mine()) <= before }, func() string {
			return strings.Join(mine(), "\n\n")
		})
	})
	return e
}

// mine gives the stacks of the goroutines that belong to engines.
func mine() []string {
	buf := make([]byte, 4<<20)
	var found []string
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		for _, part := range []string{"hashicorp/go-plugin", "google.golang.org/grpc", "engine/process."} {
			if strings.Contains(stack, part) && !strings.Contains(stack, "testing.tRunner") && !strings.Contains(stack, "process.mine") {
				found = append(found, stack)
				break
			}
		}
	}
	return found
}

// eventually waits for a state that has no event to wait for. A minute is for the slowest machine; it is no expectation.
func eventually(t testing.TB, what string, holds func() bool, explain func() string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within a minute\n%s", what, explain())
		}
	}
}

func load(t testing.TB, e *Engine, artifact engine.Artifact) *Conn {
	t.Helper()
	conn, err := e.Load(t.Context(), artifact)
	if err != nil {
		t.Fatal(err)
	}
	return conn.(*Conn)
}

// start loads the probe with a fresh engine.
func start(t testing.TB, config Config) *Conn {
	t.Helper()
	return load(t, newEngine(t, config), probe(t))
}

// say makes a call that must succeed.
func say(t testing.TB, c *Conn, request string) string {
	t.Helper()
	result, err := c.Call(t.Context(), engine.Call{Frame: []byte(request)})
	if err != nil {
		t.Fatalf("%.50s: %v", request, err)
	}
	return string(result.Frame)
}

// within makes a call with a deadline.
func within(t testing.TB, c *Conn, d time.Duration, request string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	result, err := c.Call(ctx, engine.Call{Frame: []byte(request)})
	return string(result.Frame), err
}

// wants checks an error's code and that its message tells something.
func wants(t testing.TB, err error, code wire.Code, words ...string) {
	t.Helper()
	var failed *wire.Error
	if !errors.As(err, &failed) {
		t.Fatalf("got %v, want an error of code %s", err, code)
	}
	if failed.Code != code {
		t.Errorf("got %v, want code %s", failed, code)
	}
	for _, word := range words {
		if !strings.Contains(failed.Message, word) {
			t.Errorf("%q does not tell %q", failed.Message, word)
		}
	}
}

// pidOf asks the block for its process's number.
func pidOf(t testing.TB, c *Conn) int {
	t.Helper()
	return number(t, say(t, c, "pid"))
}

func number(t testing.TB, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%q is no number", text)
	}
	return n
}
