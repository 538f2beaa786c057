package site

import (
	"context"
	"slices"
	"sync"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/process"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// trusted is the process engine for the packages that the configuration names, and for code that an admin installed by the
// command line on the server. The refusal comes before anything of the package runs.
type trusted struct {
	site *Site

	mu      sync.Mutex
	process *process.Engine
}

// Name implements engine.Engine.
func (*trusted) Name() string { return "process" }

// Load implements engine.Engine.
func (t *trusted) Load(ctx context.Context, artifact engine.Artifact) (engine.Conn, error) {
	installed := t.site.Blocks != nil && t.site.Blocks.Allows(artifact.Digest)
	if !installed && !slices.Contains(t.site.config.AllowProcess, artifact.Name) {
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameHost,
			"it runs as a process, which is trusted code, and this site's configuration does not allow %q to", artifact.Name)
	}
	return t.engine().Load(ctx, artifact)
}

// engine is made when the first process is to run: most sites have none.
func (t *trusted) engine() *process.Engine {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.process == nil {
		t.process = process.New(process.Config{Logger: t.site.config.Log})
	}
	return t.process
}

// Close implements engine.Engine.
func (t *trusted) Close(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.process == nil {
		return nil
	}
	return t.process.Close(ctx)
}

// Compile-time guards.
var _ engine.Engine = (*trusted)(nil)
