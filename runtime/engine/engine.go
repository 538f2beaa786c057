// Package engine says what runs a block's code. An engine carries bytes and knows no operation: it takes a request frame
// and gives back a reply frame, within limits, leaving no trace of one call visible to the next.
//
// Implementations: wasm (wazero, metered and isolated), process (go-plugin, trusted code), native (a function call, for
// tests and debuggers). enginetest holds what each must do.
package engine

import (
	"context"
	"time"
)

// Engine prepares artifacts for calls. Safe for concurrent use.
type Engine interface {
	// Name is "wasm", "process" or "native".
	Name() string
	// Load makes the artifact callable. It fails with a *wire.Error: CodeABI with both numbers, CodeTrap for code that
	// cannot even start, CodeTooLarge, CodeForbidden for what a guest may not import.
	Load(ctx context.Context, artifact Artifact) (Conn, error)
	// Close ends everything that was loaded.
	Close(ctx context.Context) error
}

// Artifact is what an engine loads.
type Artifact struct {
	// Name and Version are the package's, for messages and metrics.
	Name, Version string
	// Digest is the SHA-256 of the code in hexadecimal; equal digests may share compiled code.
	Digest string
	// Code is the module's bytes (wasm).
	Code []byte
	// Script is what the interpreter in Code runs (wasm), see package script; nil for a module that speaks the contract itself.
	Script []byte
	// Contract says that the script speaks the contract's frames as text and may ask services, see package script.
	Contract bool
	// Program says how the command in Code is run (wasm); nil for everything that is not a command of WASI.
	Program *Program
	// Path is the executable (process).
	Path string
	// Serve is the block itself (native).
	Serve  func(host Host, frame []byte) []byte
	Limits Limits
}

// Program is a command of WASI preview 1 that handles frames: each call is a run of it, with the frame as standard input and
// what it writes to standard output as the reply. It has no network, no environment, and no files but these.
type Program struct {
	// Files are what it can read, by path without a slash before it. They are not to be changed any more.
	Files map[string][]byte
	// Prepare are the arguments of a run that every call builds on: memory stays as it leaves it, and calls enter the command
	// again from its beginning. Only a command that can stand that may have it (CPython can: it finds itself initialised). Nil
	// lets each call begin with a new copy of the command.
	Prepare []string
	// Run are the arguments of a call's run, the name first.
	Run []string
}

// Host is what a running block may ask; sdk.Host has the same methods.
type Host interface {
	// Service asks a service and returns the reply frame.
	Service(frame []byte) []byte
	// Log writes one line; levels are those of log/slog.
	Log(level int, line string)
}

// Limits bound one artifact's calls. The zero value takes each engine's defaults.
type Limits struct {
	// Memory bounds one instance in bytes; 0 is 64 MiB.
	Memory int64
	// Fuel bounds a call that names no budget of its own, in units of about one instruction; 0 is 1e9.
	Fuel int64
	// Reply bounds a reply frame in bytes; 0 is wire.MaxFrame.
	Reply int
	// Services bounds how often one call may ask services; 0 is 1000.
	Services int
	// Logs bounds the bytes that one call may log; 0 is 16 KiB.
	Logs int
}

// Conn is a loaded artifact. Safe for concurrent use: an engine that needs several instances pools them.
type Conn interface {
	// Call runs one request. The error is a *wire.Error: CodeFuel, CodeMemory, CodeDeadline, CodeTrap, CodeTooLarge,
	// CodeStopping, or CodeUnavailable when the pool has no room in time. The Result is filled in as far as known even then.
	Call(ctx context.Context, call Call) (Result, error)
	// Close refuses new calls, waits for running ones until ctx ends, and frees what the artifact holds.
	Close(ctx context.Context) error
}

// Call is one request with what the engine needs to know about it.
type Call struct {
	Frame []byte
	// Fuel bounds the call; 0 takes the artifact's limit. Native and process calls are not metered.
	Fuel int64
	// Now is what the guest's clock starts at; it advances only when it is read. The zero time is 1970.
	Now time.Time
	// Random feeds the guest's source of randomness; equal bytes give equal streams.
	Random [16]byte
	// Long marks a call that may run for more than a few slices (scripts, learners' programs): it takes one of few slots, so
	// that the web stays alive.
	Long bool
	// Files are what a [Program] can read in this call beside its own.
	Files map[string][]byte
	// Service answers service requests; nil refuses each. It is called by the goroutine that runs the call.
	Service func(ctx context.Context, frame []byte) []byte
	// Log takes one line of the block's log; nil drops it. Levels are those of log/slog.
	Log func(level int, line string)
}

// Result is what a call gave and used.
type Result struct {
	Frame []byte
	// Fuel is what was used; equal calls use equal fuel. Costs is the version of the table that it was counted by. Both are 0
	// when the engine does not meter.
	Fuel  int64
	Costs int
	// Memory is the instance's size in bytes after the call; 0 when unknown.
	Memory int64
	// Interpreted says that the code was not compiled yet, so that Elapsed tells little of it.
	Interpreted bool
	// Elapsed is wall time including the wait for an instance; Waited is that wait.
	Elapsed, Waited time.Duration
}

// Func adapts a function to Conn.
type Func func(ctx context.Context, call Call) (Result, error)

// Call implements Conn.
func (f Func) Call(ctx context.Context, call Call) (Result, error) { return f(ctx, call) }

// Close implements Conn.
func (f Func) Close(context.Context) error { return nil }

// Compile-time guards.
var _ Conn = Func(nil)
