package enginetest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest/requests"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Hostile is a block that does what it should not, with what must come of it.
type Hostile struct {
	Name     string
	Artifact engine.Artifact
	// Frame is what it is asked; nil for one that cannot even be loaded.
	Frame []byte
	// Deadline ends the call; 0 lets it end by its other limits.
	Deadline time.Duration
	// Codes are the errors that it may end in. All must blame the block.
	Codes []wire.Code
}

// Hostiles gives the hostile blocks that an engine can host: "wasm", "process". Their limits are small, so that each ends soon.
func Hostiles(t testing.TB, engineName string, c Code) []Hostile {
	t.Helper()
	fixture := Fixture(t, "hostile")
	if engineName == "process" {
		artifact, _ := c(t, engineName, fixture)
		artifact.Limits = engine.Limits{Memory: 96 << 20, Reply: 1 << 20, Services: 20}
		// After some crashes the process is given up: that is a containment too.
		crashed := []wire.Code{wire.CodeTrap, wire.CodeBroken}
		return []Hostile{
			{"an endless loop", artifact, do("loop"), 200 * time.Millisecond, []wire.Code{wire.CodeDeadline, wire.CodeUnavailable, wire.CodeBroken}},
			{"a memory bomb", artifact, do("memory"), 0, append(crashed, wire.CodeMemory)},
			{"a dying process", artifact, do("exit"), 0, crashed},
			{"a panic", artifact, do("panic"), 0, crashed},
			{"a huge reply", artifact, do("huge"), 0, []wire.Code{wire.CodeTooLarge}},
			{"a program that is none", engine.Artifact{Name: "junk", Path: junk(t)}, nil, 0, []wire.Code{wire.CodeTrap, wire.CodeBroken}},
			{"a program that is no block", engine.Artifact{Name: "false", Path: program(t, "#!/bin/sh\nexit 1\n")}, nil, 0, []wire.Code{wire.CodeTrap, wire.CodeBroken}},
			{"a block for another ABI", engine.Artifact{Name: "other", Path: program(t, "#!/bin/sh\necho '1|7|unix|/x|grpc|'\nread line\n")}, nil, 0, []wire.Code{wire.CodeABI}},
		}
	}
	artifact, _ := c(t, engineName, fixture)
	artifact.Limits = engine.Limits{Memory: 32 << 20, Fuel: 10_000_000, Reply: 1 << 20, Services: 20}
	list := []Hostile{
		{"an endless loop", artifact, do("loop"), 0, []wire.Code{wire.CodeFuel}},
		{"an endless loop with a deadline", withFuel(artifact, 1<<60), do("loop"), 100 * time.Millisecond, []wire.Code{wire.CodeDeadline}},
		{"a memory bomb", withFuel(artifact, 1_000_000_000), do("memory"), 0, []wire.Code{wire.CodeMemory}},
		{"deep recursion", artifact, do("recurse"), 0, []wire.Code{wire.CodeFuel, wire.CodeMemory}},
		{"a huge reply", artifact, do("huge"), 0, []wire.Code{wire.CodeTooLarge}},
		{"a panic", artifact, do("panic"), 0, []wire.Code{wire.CodeTrap}},
		{"an exit", artifact, do("exit"), 0, []wire.Code{wire.CodeTrap}},
		{"a flood of log lines", artifact, do("log"), 0, []wire.Code{wire.CodeFuel}},
		{"a flood of output", artifact, do("print"), 0, []wire.Code{wire.CodeFuel}},
		{"a flood of randomness", artifact, do("random"), 0, []wire.Code{wire.CodeFuel}},
		{"a flood of service calls", artifact, do("services"), 0, []wire.Code{wire.CodeTooLarge}},
	}
	for _, m := range modules() {
		m.Artifact.Limits = artifact.Limits
		list = append(list, m)
	}
	return list
}

func withFuel(a engine.Artifact, fuel int64) engine.Artifact {
	a.Limits.Fuel = fuel
	return a
}

// do asks the hostile block's handler.
func do(what string) []byte {
	return requests.Frame(wire.OpHandle, wire.Context{Block: "hostile"}, &wire.HandleRequest{
		Handler: "do", HTTP: wire.HTTP{Form: map[string][]string{"what": {what}}},
	})
}

// modules are the hostile modules that no SDK makes.
func modules() []Hostile {
	frame, err := wire.EncodeReply(&wire.HandleReply{}, nil)
	if err != nil {
		panic(err) // an empty reply that does not encode is a defect of package wire
	}
	polite := Polite(frame)
	with := func(change func(*Module)) engine.Artifact {
		m := polite
		change(&m)
		return engine.Artifact{Name: "module", Code: m.Bytes()}
	}
	call := func(body ...[]byte) engine.Artifact {
		return with(func(m *Module) { m.Call = append(code(body...), reply(DataAt, len(frame))...) })
	}
	self := byte(2) // quoin_call's own index
	wasi := "wasi_snapshot_preview1"
	flood := with(func(m *Module) {
		m.Imports = []Import{{wasi, "random_get", typePair}}
		m.Call = append(forever(constant(0), constant(60<<10), []byte{opCall, 0, opDrop}), opTrap)
	})
	asked := do("anything")
	return []Hostile{
		{"a module for another ABI", with(func(m *Module) { m.ABI = constant(7) }), nil, 0, []wire.Code{wire.CodeABI}},
		{"a module without the contract's functions", with(func(m *Module) { m.Call = nil }), nil, 0, []wire.Code{wire.CodeABI}},
		{"no module", engine.Artifact{Name: "junk", Code: []byte("this is no module")}, nil, 0, []wire.Code{wire.CodeTrap}},
		{"no bytes", engine.Artifact{Name: "empty"}, nil, 0, []wire.Code{wire.CodeTrap}},
		{"half a module", engine.Artifact{Name: "half", Code: polite.Bytes()[:60]}, nil, 0, []wire.Code{wire.CodeTrap}},
		{"an import that blocks do not have", with(func(m *Module) { m.Imports = []Import{{"env", "system", typePair}} }), nil, 0, []wire.Code{wire.CodeForbidden}},
		{"the meter's own import", with(func(m *Module) { m.Imports = []Import{{"quoin.fuel", "refuel", typePair}} }), nil, 0, []wire.Code{wire.CodeForbidden}},
		{"a start function", with(func(m *Module) { m.Init, m.Start = []byte{}, true }), nil, 0, []wire.Code{wire.CodeForbidden}},
		{"an endless start", with(func(m *Module) { m.Init = forever() }), nil, 0, []wire.Code{wire.CodeFuel}},
		{"a start that traps", with(func(m *Module) { m.Init = []byte{opTrap} }), nil, 0, []wire.Code{wire.CodeTrap}},
		{"too large a module", with(func(m *Module) { m.Padding = 33 << 20 }), nil, 0, []wire.Code{wire.CodeTooLarge}},
		{"a module that would compile for minutes", with(func(m *Module) {
			m.Init = bytes.Repeat([]byte{opBlock, noValue, end}, 50_000)
		}), nil, 0, []wire.Code{wire.CodeTooLarge}},
		{"a trap", call([]byte{opTrap}), asked, 0, []wire.Code{wire.CodeTrap}},
		{"a recursion of the machine's stack", call(constant(0), constant(0), []byte{opCall, self, opDrop}), asked, 0, []wire.Code{wire.CodeTrap, wire.CodeFuel}},
		{"memory without an end", call(forever(constant(16), []byte{opGrow, 0, opDrop})), asked, 0, []wire.Code{wire.CodeMemory, wire.CodeFuel}},
		{"randomness without an end", flood, asked, 0, []wire.Code{wire.CodeFuel}},
		{"a reply outside the memory", with(func(m *Module) { m.Call = reply(0xfffffff0, 1000) }), asked, 0, []wire.Code{wire.CodeBadReply}},
		{"a reply longer than the memory", with(func(m *Module) { m.Call = reply(0, 1<<31) }), asked, 0, []wire.Code{wire.CodeTooLarge}},
		{"room outside the memory", with(func(m *Module) { m.Alloc = constant(-256) }), asked, 0, []wire.Code{wire.CodeMemory}},
		{"no room", with(func(m *Module) { m.Alloc = constant(0) }), asked, 0, []wire.Code{wire.CodeMemory}},
	}
}

func junk(t testing.TB) string { return program(t, "\x7fELF and nothing that follows from it") }

func program(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// Contain loads a hostile block and asks it so many times, and reports what is wrong with how that ended, "" when it was
// contained.
func (h Hostile) Contain(ctx context.Context, e engine.Engine, times int) string {
	conn, err := e.Load(ctx, h.Artifact)
	switch {
	case err != nil && h.Frame != nil:
		return "it could not be loaded: " + err.Error()
	case err != nil && times > 1:
		return h.judge(err) + h.Contain(ctx, e, times-1)
	case err != nil:
		return h.judge(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // its calls are over
	if h.Frame == nil {
		return "it was loaded"
	}
	wrong := ""
	for range times {
		wrong += h.Ask(ctx, conn)
	}
	return wrong
}

// Ask asks the loaded hostile block and reports what is wrong with how that ended.
func (h Hostile) Ask(ctx context.Context, conn engine.Conn) string {
	if h.Deadline > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, h.Deadline)
		defer cancel()
	}
	result, err := conn.Call(ctx, engine.Call{Frame: h.Frame})
	if err == nil {
		var reply wire.HandleReply
		if err = wire.DecodeReply(result.Frame, &reply); err == nil {
			return "it answered"
		}
	}
	return h.judge(err)
}

func (h Hostile) judge(err error) string {
	var failure *wire.Error
	switch {
	case !errors.As(err, &failure):
		return "it ended in an error without a code: " + err.Error()
	case !slices.Contains(h.Codes, failure.Code):
		return "it ended in " + failure.Error()
	case failure.Blame != wire.BlameBlock:
		return "the blame is not the block's: " + failure.Error()
	case strings.TrimSpace(failure.Message) == "":
		return "the error does not say anything"
	}
	return ""
}

// Contained runs every hostile block through the engine, and between them a polite one, which must notice nothing.
func Contained(t *testing.T, e engine.Engine, c Code) {
	polite := Load(t, e, c, Fixture(t, "bench"))
	want, err := polite.Call(t.Context(), engine.Call{Frame: requests.Grade()})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range Hostiles(t, e.Name(), c) {
		t.Run(h.Name, func(t *testing.T) {
			if wrong := h.Contain(t.Context(), e, 2); wrong != "" {
				t.Error(wrong)
			}
			got, err := polite.Call(t.Context(), engine.Call{Frame: requests.Grade()})
			if err != nil || !bytes.Equal(got.Frame, want.Frame) || got.Fuel != want.Fuel {
				t.Errorf("another block's call after it: %v, %d units after %d", err, got.Fuel, want.Fuel)
			}
		})
	}
}
