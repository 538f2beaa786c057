package wasm

import (
	"context"
	"crypto/sha256"
	"sync"

	"github.com/tetratelabs/wazero"
)

// modules are the compiled modules in use, by the hash of their bytes: all scripts run in one, and so do artifacts that are
// loaded twice. What wazero keeps of a module beside its machine code is several times its size.
type modules struct {
	mu    sync.Mutex
	known map[[32]byte]*module
}

// module is compiled by its first user, closed after its last.
type module struct {
	key      [32]byte
	token    chan struct{} // whoever holds it may look at compiled
	compiled wazero.CompiledModule
	users    int // under modules.mu
}

// share gives a compiled module; letGo when it is not needed any more. Of several callers with equal modules one compiles,
// and the others wait.
func (e *Engine) share(ctx context.Context, code []byte) (*module, error) {
	m := e.modules.take(sha256.Sum256(code))
	select {
	case m.token <- struct{}{}:
	case <-ctx.Done():
		_ = e.modules.letGo(context.WithoutCancel(ctx), m) // it is another's to compile and to close
		return nil, ended(ctx.Err())
	}
	defer func() { <-m.token }()
	if m.compiled == nil {
		compiled, err := e.compile(ctx, code)
		if err != nil {
			_ = e.modules.letGo(ctx, m) // there is nothing to close
			return nil, err
		}
		m.compiled = compiled
	}
	return m, nil
}

func (all *modules) take(key [32]byte) *module {
	all.mu.Lock()
	defer all.mu.Unlock()
	m := all.known[key]
	if m == nil {
		if all.known == nil {
			all.known = map[[32]byte]*module{}
		}
		m = &module{key: key, token: make(chan struct{}, 1)}
		all.known[key] = m
	}
	m.users++
	return m
}

// letGo closes the module after its last user.
func (all *modules) letGo(ctx context.Context, m *module) error {
	all.mu.Lock()
	m.users--
	last := m.users == 0
	if last {
		delete(all.known, m.key)
	}
	all.mu.Unlock()
	if !last || m.compiled == nil {
		return nil
	}
	return m.compiled.Close(ctx)
}
