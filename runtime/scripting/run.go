package scripting

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Bounds of a run.
const (
	// Memory bounds the interpreter with everything that a script makes, in bytes.
	Memory = 160 << 20
	// Fuel bounds a run, in steps of the processor's kind: about ten million rounds of a loop in Python, a few seconds.
	Fuel = 16_000_000_000
	// MaxCode bounds a script with its globals and its input, in bytes.
	MaxCode = 2 << 20
	// maxReply bounds what a run gives back, maxStdout what of it is output, in bytes.
	maxReply, maxStdout = 2 << 20, 64 << 10
	// remembered bounds the replies that are kept, in bytes.
	remembered = 32 << 20
	// retry is how long after a failed start the next one is tried.
	retry = time.Minute
)

// Config is what an interpreter works with.
type Config struct {
	// Language is the contract's name of what it runs; "" is Python.
	Language string
	// Engine runs the interpreter; it must be engine wasm.
	Engine engine.Engine
	Log    *slog.Logger
	// Fuel bounds a run; 0 is [Fuel].
	Fuel int64
	// Now is the clock; nil is the system's.
	Now func() time.Time
}

// Interpreter runs programs of one language. It starts with the first one. Safe for concurrent use.
type Interpreter struct {
	config   Config
	language language
	runs     singleflight.Group
	done     *otter.Cache[[sha256.Size]byte, *wire.ScriptDone]

	// mu guards the start.
	mu     sync.Mutex
	conn   engine.Conn
	failed error
	tried  time.Time
	// starting is closed when the start that runs is over; nil when none runs.
	starting chan struct{}
	closed   bool
}

// Python is an interpreter of Python, the one that problems ask.
type Python = Interpreter

// New makes it; nothing is loaded yet.
func New(config Config) (*Interpreter, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Language == "" {
		config.Language = wire.LanguagePython
	}
	spoken, known := languages[config.Language]
	if !known {
		return nil, fmt.Errorf("there is no interpreter of %q", config.Language)
	}
	p := &Interpreter{config: config, language: spoken}
	var err error
	p.done, err = otter.New(&otter.Options[[sha256.Size]byte, *wire.ScriptDone]{
		MaximumWeight: remembered,
		Weigher: func(_ [sha256.Size]byte, done *wire.ScriptDone) uint32 {
			size := len(done.Globals) + len(done.Stdout)
			if done.Failed != nil {
				size += len(done.Failed.Message)
			}
			return uint32(size) + 256
		},
	})
	if err != nil {
		return nil, fmt.Errorf("remembering scripts: %w", err)
	}
	return p, nil
}

// Start loads the interpreter, or says why it cannot be had; the error wraps [npm.ErrNotBuilt] where the binary lacks it. After
// a failure it is not tried again for a minute.
func (p *Interpreter) Start(ctx context.Context) error {
	_, err := p.started(ctx)
	return err
}

// started waits for the interpreter. A start goes on when whoever asked first has gone: it takes seconds on a machine that never
// compiled it, which is longer than a page waits.
func (p *Interpreter) started(ctx context.Context) (engine.Conn, error) {
	for {
		p.mu.Lock()
		if p.closed {
			p.mu.Unlock()
			return nil, errClosed
		}
		settled := p.conn != nil || p.failed != nil && (errors.Is(p.failed, npm.ErrNotBuilt) || p.config.Now().Sub(p.tried) < retry)
		conn, failed := p.conn, p.failed
		if !settled && p.starting == nil {
			p.starting = make(chan struct{})
			go p.start(context.WithoutCancel(ctx), p.starting)
		}
		starting := p.starting
		p.mu.Unlock()
		if settled {
			return conn, failed
		}
		select {
		case <-starting:
		case <-ctx.Done():
			return nil, fmt.Errorf("%s is being started: try again in some seconds", p.language.title)
		}
	}
}

var errClosed = errors.New("the server is shutting down")

func (p *Interpreter) start(ctx context.Context, over chan struct{}) {
	defer close(over)
	conn, err := p.load(ctx)
	if err != nil {
		p.config.Log.Warn("programs do not run", "language", p.config.Language, "error", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conn, p.failed, p.tried, p.starting = conn, err, p.config.Now(), nil
}

func (p *Interpreter) load(ctx context.Context) (engine.Conn, error) {
	artifact, err := p.language.artifact()
	if err != nil {
		return nil, err
	}
	conn, err := p.config.Engine.Load(ctx, artifact)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", p.language.title, err)
	}
	return conn, nil
}

// request is what the interpreter reads.
type request struct {
	wire.ScriptRun
	// Limit bounds the output, in bytes.
	Limit int `json:"stdout"`
	// Library is the digest of the interpreter and its modules, Digests those of the files by name: they tell apart what is
	// remembered.
	Library string            `json:"library"`
	Digests map[string]string `json:"digests,omitempty"`
}

// File is a file that a script may import from.
type File struct {
	// Hash tells it from others of its name, Read gives what is in it.
	Hash string
	Read func(context.Context) ([]byte, error)
}

// Run runs a script, or gives what an equal run gave. files hold the run's files by name; they are read when it really runs.
// What the script does wrong is in the reply, with the line; an error is a *wire.Error and means that it was not run to its end,
// by no fault of its own.
func (p *Interpreter) Run(ctx context.Context, run wire.ScriptRun, files map[string]File) (*wire.ScriptDone, error) {
	conn, err := p.started(ctx)
	if err != nil {
		return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "%v", err)
	}
	asked := request{ScriptRun: run, Limit: maxStdout, Library: p.language.digest(), Digests: map[string]string{}}
	for name, file := range files {
		asked.Digests[name] = file.Hash
	}
	frame, err := json.Marshal(asked)
	if err != nil {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "the script's globals are not valid JSON: %v", err)
	}
	if len(frame) > MaxCode {
		return nil, wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "the script and its values have %d bytes, the limit is %d", len(frame), MaxCode)
	}
	key := sha256.Sum256(frame)
	if done, ok := p.done.GetIfPresent(key); ok {
		return done, nil
	}
	return p.once(ctx, key, func(ctx context.Context) (*wire.ScriptDone, error) {
		placed, err := inCourse(ctx, files)
		if err != nil {
			return nil, err
		}
		return p.execute(ctx, conn, engine.Call{Frame: frame, Fuel: p.fuel(run.Fuel), Long: true, Random: [16]byte(key[:16]), Files: placed})
	})
}

// fuel bounds a run that asks for so much.
func (p *Interpreter) fuel(asked int64) int64 {
	most := p.config.Fuel
	if most == 0 {
		most = Fuel
	}
	if asked <= 0 || asked > most {
		return most
	}
	return asked
}

// once lets one of several equal runs happen, and remembers what came of it. It goes on when its first caller leaves.
func (p *Interpreter) once(ctx context.Context, key [sha256.Size]byte, do func(context.Context) (*wire.ScriptDone, error)) (*wire.ScriptDone, error) {
	running := p.runs.DoChan(string(key[:]), func() (any, error) {
		done, err := do(context.WithoutCancel(ctx))
		if err == nil {
			p.done.Set(key, done)
		}
		return done, err
	})
	select {
	case result := <-running:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*wire.ScriptDone), nil //nolint:errcheck,forcetypeassert // the function above gives nothing else
	case <-ctx.Done():
		return nil, wire.Errorf(wire.CodeDeadline, wire.BlameHost, "the call was given up while a script ran")
	}
}

// inCourse reads files and gives them the paths that they have for a script.
func inCourse(ctx context.Context, files map[string]File) (map[string][]byte, error) {
	placed := make(map[string][]byte, len(files))
	for name, file := range files {
		data, err := file.Read(ctx)
		if err != nil {
			return nil, err
		}
		placed["course/"+name] = data
	}
	return placed, nil
}

// execute runs the interpreter. That a script used up its fuel or memory, or ended the interpreter, is its own doing; anything
// else that stops it is not, and is not remembered.
func (p *Interpreter) execute(ctx context.Context, conn engine.Conn, call engine.Call) (*wire.ScriptDone, error) {
	result, err := conn.Call(ctx, call)
	if err != nil {
		if failed := ofSandbox(err); failed != nil {
			return &wire.ScriptDone{Failed: failed}, nil
		}
		return nil, err
	}
	return readDone(result.Frame), nil
}

// readDone reads what the runner wrote. Another text is the script's doing: it ended the interpreter, or wrote to its output.
func readDone(frame []byte) *wire.ScriptDone {
	done := &wire.ScriptDone{}
	if json.Unmarshal(frame, done) != nil {
		return &wire.ScriptDone{Failed: &wire.ScriptError{Class: "SystemExit", Message: "the script ended the interpreter, or wrote past it"}}
	}
	return done
}

// ofSandbox says what the sandbox stopped a script for, as an exception of the script's; nil when it was not the script's doing.
func ofSandbox(err error) *wire.ScriptError {
	var failure *wire.Error
	if !errors.As(err, &failure) || failure.Blame != wire.BlameBlock {
		return nil
	}
	switch failure.Code { //nolint:exhaustive // the others are the host's trouble
	case wire.CodeFuel:
		return &wire.ScriptError{Class: "TimeoutError", Message: "the script takes too long: does a loop of it never end?", Limit: wire.LimitTime}
	case wire.CodeMemory:
		return &wire.ScriptError{Class: "MemoryError", Message: "the script needs more memory than it may have", Limit: wire.LimitMemory}
	case wire.CodeTooLarge:
		return &wire.ScriptError{Class: "ValueError", Message: "the script leaves more behind than it may", Limit: wire.LimitOutput}
	case wire.CodeTrap:
		return &wire.ScriptError{Class: "SystemError", Message: "the script broke the interpreter: " + failure.Message, Limit: wire.LimitDepth}
	}
	return nil
}

// Close lets go of the interpreter.
func (p *Interpreter) Close(ctx context.Context) error {
	p.mu.Lock()
	p.closed = true
	starting := p.starting
	p.mu.Unlock()
	if starting != nil {
		select {
		case <-starting:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn == nil {
		return nil
	}
	conn := p.conn
	p.conn = nil
	return conn.Close(ctx)
}
