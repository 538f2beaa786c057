package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Engine runs artifacts as processes. Safe for concurrent use.
type Engine struct {
	config Config

	mu     sync.Mutex
	home   string
	lock   *os.File
	conns  map[*Conn]struct{}
	users  []uint32 // taken
	closed bool
}

// New makes an engine. Nothing is done before the first Load.
func New(config Config) *Engine {
	return &Engine{config: config.withDefaults(), conns: map[*Conn]struct{}{}}
}

// Name implements engine.Engine.
func (e *Engine) Name() string { return "process" }

// Confinement tells what holds this engine's processes on this machine. Every page that offers to install or run one, and
// doctor, must show its Warning.
func (e *Engine) Confinement() Confinement { return confinement(e.config) }

// Load implements engine.Engine: it copies the artifact's code, starts its process and waits until that serves. The result
// is a [*Conn].
func (e *Engine) Load(ctx context.Context, artifact engine.Artifact) (engine.Conn, error) {
	if artifact.Path == "" {
		return nil, wire.Errorf(wire.CodeBroken, wire.BlameHost, "%s names no executable", artifact.Name)
	}
	c, err := e.prepare(artifact)
	if err != nil {
		return nil, err
	}
	if failed := c.first(ctx); failed != nil {
		if err := c.Close(context.WithoutCancel(ctx)); err != nil {
			e.config.Logger.Warn("cleaning up behind a block process failed", "block", artifact.Name, "error", err)
		}
		return nil, failed
	}
	return c, nil
}

// prepare makes everything that a process needs.
func (e *Engine) prepare(artifact engine.Artifact) (*Conn, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, stopping()
	}
	if err := e.settleIn(); err != nil {
		return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "%v", err)
	}
	user, err := e.takeUser()
	if err != nil {
		return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "%v", err)
	}
	c := &Conn{
		config: e.config, artifact: artifact, limits: artifact.Limits.OrDefaults(), user: user,
		stop: make(chan struct{}), idle: make(chan struct{}), closed: make(chan struct{}),
		alive:    map[*instance]struct{}{},
		restarts: restarts{crashes: e.config.Crashes, window: e.config.Window, backoff: e.config.Backoff},
	}
	c.forget = func() { e.forget(c) }
	if err := c.furnish(e.home); err != nil {
		e.giveUser(user)
		return nil, wire.Errorf(wire.CodeBroken, wire.BlameHost, "preparing the process of %s: %v", artifact.Name, err)
	}
	c.work.Add(1) // the first start, which Close must wait for
	e.conns[c] = struct{}{}
	return c, nil
}

// furnish makes the Conn's folder and the copy of the code.
func (c *Conn) furnish(home string) error {
	path, err := filepath.Abs(c.artifact.Path)
	if err != nil {
		return err
	}
	c.folder = filepath.Dir(path)
	if c.dir, err = os.MkdirTemp(home, "b"); err != nil {
		return err
	}
	if c.code, err = copyCode(path, c.dir, c.artifact.Digest, c.user); err != nil {
		return errors.Join(err, os.RemoveAll(c.dir))
	}
	return nil
}

// settleIn makes the engine's folder at the first Load. e.mu is held.
func (e *Engine) settleIn() (err error) {
	if e.home != "" {
		return nil
	}
	if e.config.FirstUser != 0 {
		if err := checkUsers(e.config); err != nil {
			return err
		}
	}
	e.home, e.lock, err = home(e.config.Dir, e.config.FirstUser != 0)
	return err
}

// takeUser gives a user that no other artifact has, 0 when processes keep the server's. e.mu is held.
func (e *Engine) takeUser() (uint32, error) {
	if e.config.FirstUser == 0 {
		return 0, nil
	}
	for n := range e.config.Users {
		if user := e.config.FirstUser + n; !slices.Contains(e.users, user) {
			e.users = append(e.users, user)
			return user, nil
		}
	}
	return 0, fmt.Errorf("all %d users for block processes are taken: set aside more", e.config.Users)
}

func (e *Engine) giveUser(user uint32) {
	if at := slices.Index(e.users, user); at >= 0 {
		e.users = slices.Delete(e.users, at, at+1)
	}
}

func (e *Engine) forget(c *Conn) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.conns, c)
	e.giveUser(c.user)
}

// Close implements engine.Engine.
func (e *Engine) Close(ctx context.Context) error {
	e.mu.Lock()
	e.closed = true
	conns := e.conns
	e.conns = map[*Conn]struct{}{}
	home, lock := e.home, e.lock
	e.home, e.lock = "", nil
	e.mu.Unlock()
	var mu sync.Mutex
	var failures []error
	var closing sync.WaitGroup
	for c := range conns {
		closing.Go(func() {
			err := c.Close(ctx)
			mu.Lock()
			defer mu.Unlock()
			failures = append(failures, err)
		})
	}
	closing.Wait()
	if home != "" {
		failures = append(failures, os.RemoveAll(home), lock.Close())
	}
	return errors.Join(failures...)
}

// Compile-time guards.
var _ engine.Engine = (*Engine)(nil)
