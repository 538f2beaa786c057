package site

import (
	"context"
	"slices"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/process"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// trusted is the process engine for the packages that the configuration names. The refusal comes before anything of the
// package runs.
type trusted struct {
	process *process.Engine
	allowed []string
}

// Name implements engine.Engine.
func (trusted) Name() string { return "process" }

// Load implements engine.Engine.
func (t trusted) Load(ctx context.Context, artifact engine.Artifact) (engine.Conn, error) {
	if !slices.Contains(t.allowed, artifact.Name) {
		return nil, wire.Errorf(wire.CodeRefused, wire.BlameHost,
			"it runs as a process, which is trusted code, and this site's configuration does not allow %q to", artifact.Name)
	}
	return t.process.Load(ctx, artifact)
}

// Close implements engine.Engine. The engine itself is the site's to close.
func (trusted) Close(context.Context) error { return nil }

// Compile-time guards.
var _ engine.Engine = trusted{}
