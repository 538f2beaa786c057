package wasm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// guestCode is the test guest's module, built once.
var guestCode = sync.OnceValues(func() ([]byte, error) {
	b := build.Builder{Cache: filepath.Join(os.TempDir(), "quoin-test-build")}
	artifact, err := b.Build(context.Background(), "testdata/guest", manifest.Manifest{Name: "guest", Engine: "wasm", Source: "go"})
	if err != nil {
		return nil, err
	}
	return os.ReadFile(artifact.Path)
})

func load(t testing.TB, config Config, limits engine.Limits) engine.Conn {
	t.Helper()
	code, err := guestCode()
	if err != nil {
		t.Fatal(err)
	}
	if config.CacheDir == "" {
		config.CacheDir = filepath.Join(os.TempDir(), "quoin-test-wazero")
	}
	e, err := New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if used := e.Usage(); used.Instances != 0 || used.Memory != 0 {
			t.Errorf("after closing the engine holds %+v", used)
		}
	})
	conn, err := e.Load(t.Context(), engine.Artifact{Name: "guest", Code: code, Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func frame(t testing.TB, op wire.Op, c wire.Context, body any) []byte {
	t.Helper()
	data, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: op, Context: c}, body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func doing(t testing.TB, what, word string) []byte {
	t.Helper()
	return frame(t, wire.OpHandle, wire.Context{Subject: "s"}, &wire.HandleRequest{Handler: "do", HTTP: wire.HTTP{
		Form: map[string][]string{"what": {what}, "word": {word}},
	}})
}

// do calls the guest and gives the text that it answered.
func do(t testing.TB, conn engine.Conn, what, word string, call engine.Call) (string, engine.Result, error) {
	t.Helper()
	call.Frame = doing(t, what, word)
	result, err := conn.Call(t.Context(), call)
	if err != nil {
		return "", result, err
	}
	var reply wire.HandleReply
	err = wire.DecodeReply(result.Frame, &reply)
	return string(reply.Body.Data), result, err
}

func codeOf(err error) wire.Code {
	var failure *wire.Error
	if errors.As(err, &failure) {
		return failure.Code
	}
	return ""
}

func TestDescribeAndGrade(t *testing.T) {
	conn := load(t, Config{}, engine.Limits{})
	var fuel int64
	for n := range 100 {
		result, err := conn.Call(t.Context(), engine.Call{Frame: gradeFrame(t)})
		if err != nil {
			t.Fatal(err)
		}
		var verdict wire.Verdict
		if err := wire.DecodeReply(result.Frame, &verdict); err != nil || verdict.Earned != 1 {
			t.Fatalf("%+v, %v", verdict, err)
		}
		if n > 0 && result.Fuel != fuel {
			t.Fatalf("call %d used %d, the one before %d", n, result.Fuel, fuel)
		}
		fuel = result.Fuel
	}
	if fuel <= 0 {
		t.Errorf("fuel %d", fuel)
	}
}

func gradeFrame(t testing.TB) []byte {
	seed := 1
	return frame(t, wire.OpGrade, wire.Context{Block: "guest", Seed: &seed}, &wire.GradeRequest{
		Submission: wire.Submission{ID: "0123456789abcdef0123456789abcdef", Attempt: 1, At: 1, Answers: []byte(`"choice_1"`)},
		Public:     wire.Blob{Data: []byte(`{"question":"What?","choices":["a","b","c","d"]}`)},
		Secret:     wire.Blob{Data: []byte(`{"right":"choice_1","feedback":{"choice_0":"no","choice_1":"yes"}}`)},
	})
}

func TestNoTraceOfACallIsLeft(t *testing.T) {
	conn := load(t, Config{Instances: 1}, engine.Limits{})
	for range 3 {
		text, _, err := do(t, conn, "leak", "secret", engine.Call{})
		if err != nil || text != "[ssecret]x" {
			t.Errorf("got %q, %v: something is left of the call before", text, err)
		}
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	one, _, err := do(t, conn, "entropy", "", engine.Call{Now: at, Random: [16]byte{1}})
	if err != nil {
		t.Fatal(err)
	}
	two, _, _ := do(t, conn, "entropy", "", engine.Call{Now: at, Random: [16]byte{1}})
	other, _, _ := do(t, conn, "entropy", "", engine.Call{Now: at, Random: [16]byte{2}})
	if one != two || one == other || !strings.Contains(one, "2026-01-02T04:04:05Z true") {
		t.Errorf("clock and randomness: %q, %q, %q", one, two, other)
	}
	if text, _, err := do(t, conn, "files", "", engine.Call{}); err != nil || text != "true 0 0" {
		t.Errorf("files, environment, arguments: %q, %v", text, err)
	}
}

func TestHostileGuestsAreContained(t *testing.T) {
	conn := load(t, Config{}, engine.Limits{Memory: 32 << 20, Fuel: 200_000_000, Reply: 4 << 20})
	for what, want := range map[string]wire.Code{
		"loop": wire.CodeFuel, "memory": wire.CodeMemory, "recurse": wire.CodeFuel, "exit": wire.CodeTrap, "huge": wire.CodeTooLarge,
		"panic": wire.CodeTrap,
	} {
		_, result, err := do(t, conn, what, "", engine.Call{})
		if codeOf(err) != want {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
		if what == "loop" && result.Fuel < 200_000_000 {
			t.Errorf("the loop used %d", result.Fuel)
		}
		if text, _, err := do(t, conn, "leak", what, engine.Call{}); err != nil || text != "[s"+what+"]x" {
			t.Errorf("after %s: %q, %v", what, text, err)
		}
	}
	_, _, err := do(t, conn, "exit", "", engine.Call{})
	if err == nil || !strings.Contains(err.Error(), "leaving") || !strings.Contains(err.Error(), "code 3") {
		t.Errorf("an exit does not tell its code and last words: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := conn.Call(ctx, engine.Call{Frame: doing(t, "loop", ""), Fuel: 1 << 60}); codeOf(err) != wire.CodeDeadline {
		t.Errorf("past the deadline: %v", err)
	}
}

func TestServicesAndLog(t *testing.T) {
	conn := load(t, Config{}, engine.Limits{Services: 3})
	if text, _, err := do(t, conn, "service", "", engine.Call{}); err != nil || !strings.Contains(text, "no services") {
		t.Errorf("without services: %q, %v", text, err)
	}
	asked := 0
	text, _, err := do(t, conn, "service", "", engine.Call{Service: func(context.Context, []byte) []byte {
		asked++
		reply, _ := wire.EncodeReply(wire.ChildrenFound{}, nil)
		return reply
	}})
	if err != nil || text != "<nil>" || asked != 1 {
		t.Errorf("got %q, %v, asked %d", text, err, asked)
	}
	var lines []string
	if _, _, err := do(t, conn, "log", "", engine.Call{Log: func(level int, line string) { lines = append(lines, fmt.Sprint(level, line)) }}); err != nil {
		t.Fatal(err)
	}
	if len(lines) != 1 || lines[0] != "4a line of 42" {
		t.Errorf("got %q", lines)
	}
}

func TestGrowthIsLearned(t *testing.T) {
	conn := load(t, Config{CacheDir: t.TempDir(), Instances: 2}, engine.Limits{})
	before := inner(t, conn).code
	c := inner(t, conn)
	for range 5 { // what a guest's heap needs beside what it grew by is learnt by and by
		for range growthsSeen {
			if text, _, err := do(t, conn, "grow", "", engine.Call{}); err != nil || text != fmt.Sprint(6<<20) {
				t.Fatal(text, err)
			}
		}
		c.running.Wait()
	}
	if hint := c.hint(); hint <= spare || hint != c.extra {
		t.Errorf("the hint is %d, built with %d", hint, c.extra)
	}
	if c.code.module != before.module {
		t.Error("the module was compiled again")
	}
	if grown := c.code.begins - before.begins; grown < 6<<20-spare {
		t.Errorf("memory begins with %d bytes, %d before", c.code.begins, before.begins)
	}
	if c.growths > 0 {
		t.Errorf("%d of the last %d calls found too little memory", c.growths, growthsSeen)
	}
}

func inner(t *testing.T, loaded engine.Conn) *conn {
	t.Helper()
	c, ok := loaded.(*conn)
	if !ok {
		t.Fatalf("got a %T", loaded)
	}
	return c
}

func TestOneMemoryBudgetForAll(t *testing.T) {
	conn := load(t, Config{Memory: 48 << 20, Instances: 16}, engine.Limits{})
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for range 20 {
				if _, _, err := do(t, conn, "leak", "x", engine.Call{}); err != nil {
					t.Errorf("got %v", err)
				}
			}
		})
	}
	group.Wait()
	if used := inner(t, conn).engine.Usage(); used.Memory > 48<<20 {
		t.Errorf("%+v is over the budget", used)
	}
}

func TestCloseWaitsForCalls(t *testing.T) {
	conn := load(t, Config{}, engine.Limits{})
	started, finish := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		_, _, err := do(t, conn, "service", "", engine.Call{Service: func(context.Context, []byte) []byte {
			close(started)
			<-finish
			reply, _ := wire.EncodeReply(wire.ChildrenFound{}, nil)
			return reply
		}})
		done <- err
	}()
	<-started
	closed := make(chan error, 1)
	go func() { closed <- conn.Close(context.Background()) }()
	close(finish)
	if err := <-done; err != nil {
		t.Errorf("the running call: %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if _, err := conn.Call(t.Context(), engine.Call{Frame: doing(t, "leak", "")}); codeOf(err) != wire.CodeStopping {
		t.Errorf("after closing: %v", err)
	}
}

func BenchmarkGrade(b *testing.B) {
	for name, config := range map[string]Config{"metered": {}, "not-restored": {NoRestore: true}, "unmetered": {Unmetered: true, NoRestore: true}} {
		b.Run(name, func(b *testing.B) {
			conn := load(b, config, engine.Limits{})
			request := gradeFrame(b)
			b.ResetTimer()
			for b.Loop() {
				if _, err := conn.Call(b.Context(), engine.Call{Frame: request}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
