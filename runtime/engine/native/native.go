// Package native runs blocks as function calls in this process, for tests and debuggers. Nothing is metered or isolated:
// what a block does to the process, it does.
package native

import (
	"context"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Engine runs artifacts that carry a Serve function. The zero value is ready.
type Engine struct{}

// Name implements engine.Engine.
func (Engine) Name() string { return "native" }

// Load implements engine.Engine.
func (Engine) Load(_ context.Context, artifact engine.Artifact) (engine.Conn, error) {
	if artifact.Serve == nil {
		return nil, wire.Errorf(wire.CodeBroken, wire.BlameHost, "%s carries no native block", artifact.Name)
	}
	limits := artifact.Limits.OrDefaults()
	return engine.Func(func(ctx context.Context, call engine.Call) (engine.Result, error) {
		start := time.Now()
		frame := artifact.Serve(host{ctx, call}, call.Frame)
		result := engine.Result{Frame: frame, Elapsed: time.Since(start)}
		if len(frame) > limits.Reply {
			return result, wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "the reply has %d bytes, the limit is %d", len(frame), limits.Reply)
		}
		if err := ctx.Err(); err != nil {
			return result, wire.Errorf(wire.CodeDeadline, wire.BlameBlock, "the call ended after its deadline")
		}
		return result, nil
	}), nil
}

// Close implements engine.Engine.
func (Engine) Close(context.Context) error { return nil }

// host passes a call's services and log to a block compiled into this process.
type host struct {
	ctx  context.Context
	call engine.Call
}

// Service implements engine.Host.
func (h host) Service(frame []byte) []byte {
	if h.call.Service == nil {
		return engine.NoServices()
	}
	return h.call.Service(h.ctx, frame)
}

// Log implements engine.Host.
func (h host) Log(level int, line string) {
	if h.call.Log != nil {
		h.call.Log(level, line)
	}
}

// Compile-time guards.
var (
	_ engine.Engine = Engine{}
	_ engine.Host   = host{}
)
