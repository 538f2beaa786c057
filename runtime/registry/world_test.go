package registry_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// script is what stands in for a module in these tests: what the block says of itself, and what it answers to everything else.
type script struct {
	Say string `json:"say"`
	// Describe is its description by type; a type that is not in it gets a plain one.
	Describe map[string]wire.Description `json:"describe,omitempty"`
}

func (s script) code() []byte {
	code, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return code
}

// scripts is an engine that runs them.
type scripts struct {
	loads, closes atomic.Int64
	// entered is told of each call that is not describe, which then waits for leave; nil is at once.
	entered, leave chan struct{}
	// fail is an error for the next loads.
	fail atomic.Pointer[wire.Error]
}

func (*scripts) Name() string                { return "wasm" }
func (*scripts) Close(context.Context) error { return nil }

func (e *scripts) Load(_ context.Context, artifact engine.Artifact) (engine.Conn, error) {
	if failure := e.fail.Load(); failure != nil {
		return nil, failure
	}
	var s script
	if err := json.Unmarshal(artifact.Code, &s); err != nil {
		return nil, wire.Errorf(wire.CodeTrap, wire.BlameBlock, "no module: %v", err)
	}
	e.loads.Add(1)
	return &running{engine: e, script: s}, nil
}

type running struct {
	engine *scripts
	script script
	closed atomic.Bool
}

func (r *running) Close(context.Context) error {
	r.closed.Store(true)
	r.engine.closes.Add(1)
	return nil
}

func (r *running) Call(_ context.Context, call engine.Call) (engine.Result, error) {
	request, _, err := wire.DecodeRequest(call.Frame)
	if err != nil {
		return engine.Result{}, err
	}
	var body any = wire.Solution{Unknown: r.script.Say}
	if request.Op == wire.OpDescribe {
		d, ok := r.script.Describe[request.Context.Block]
		if !ok {
			d = wire.Description{Kind: wire.KindComponent, Schema: 1}
		}
		body = d
	} else if r.engine.entered != nil {
		r.engine.entered <- struct{}{}
		<-r.engine.leave
	}
	if r.closed.Load() {
		return engine.Result{}, wire.Errorf(wire.CodeStopping, wire.BlameHost, "the code was unloaded under a running call")
	}
	frame, err := wire.EncodeReply(body, nil)
	return engine.Result{Frame: frame}, err
}

// ask calls a version and gives what it says.
func ask(t testing.TB, v *registry.Version) (string, error) {
	t.Helper()
	conn, done, err := v.Use(t.Context())
	if err != nil {
		return "", err
	}
	defer done()
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: wire.OpSolve}, wire.SolveRequest{})
	if err != nil {
		return "", err
	}
	result, err := conn.Call(t.Context(), engine.Call{Frame: frame})
	if err != nil {
		return "", err
	}
	var said wire.Solution
	err = wire.DecodeReply(result.Frame, &said)
	return said.Unknown, err
}

// says fails unless the current version of the type says so.
func says(t testing.TB, r *registry.Registry, blockType, want string) {
	t.Helper()
	v, err := r.Lookup(blockType)
	if err != nil {
		t.Fatalf("%s: %v", blockType, err)
	}
	if said, err := ask(t, v); err != nil || said != want {
		t.Fatalf("%s says %q, %v; want %q", blockType, said, err, want)
	}
}

func code(err error) wire.Code {
	var failure *wire.Error
	if errors.As(err, &failure) {
		return failure.Code
	}
	return ""
}

func manifestOf(name, version, more string) []byte {
	return fmt.Appendf(nil, `{"name": %q, "version": %q, "title": "T", "description": "D", "licence": "MIT",
		"source": "file", "artifact": "module"%s}`, name, version, more)
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// ship adds a package to what a binary carries.
func ship(t testing.TB, into fstest.MapFS, folder string, manifest, code []byte) {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write(code)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	into[folder+"/block.json"] = &fstest.MapFile{Data: manifest}
	into[folder+"/"+registry.CodeFile] = &fstest.MapFile{Data: packed.Bytes()}
	into[folder+"/"+registry.CodeFile+".sha256"] = &fstest.MapFile{Data: []byte(digestOf(code) + "\n")}
}

// write makes or changes a block's source folder.
func write(t testing.TB, folder string, manifest, code []byte) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"block.json": manifest, "module": code} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// touched makes sure that a change is seen though it came within one tick of the file system's clock.
func touched(t testing.TB, folder string) {
	t.Helper()
	stamp := time.Now().Add(time.Duration(ticks.Add(1)) * time.Second)
	if err := os.Chtimes(filepath.Join(folder, "module"), stamp, stamp); err != nil {
		t.Fatal(err)
	}
}

var ticks atomic.Int64

func open(t testing.TB, config registry.Config) (*registry.Registry, *scripts) {
	t.Helper()
	e := &scripts{}
	config.Engines, config.Builder = map[string]engine.Engine{"wasm": e}, &build.Builder{Cache: t.TempDir()}
	r, err := registry.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return r, e
}

func status(t testing.TB, r *registry.Registry, name string) registry.Status {
	t.Helper()
	for _, s := range r.List() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("package %s is not listed", name)
	return registry.Status{}
}

// clock is turned by the test.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
