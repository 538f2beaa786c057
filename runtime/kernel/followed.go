package kernel

import (
	"context"

	"github.com/quoin-lms/quoin/runtime/trace"
)

// describe tells the call's span what it was and how it ended: neither whose work it was about nor what anybody said.
func (o *Observation) describe(ctx context.Context) {
	span := trace.Of(ctx)
	if !span.Recording() {
		return
	}
	outcome := "ok"
	if o.Code != "" {
		outcome = string(o.Code)
		span.Fail(outcome)
	}
	span.Set(
		trace.Text("quoin.block.type", o.Block), trace.Text("quoin.block.version", o.Version), trace.Text("quoin.block.operation", string(o.Op)),
		trace.Text("quoin.block.engine", o.Engine), trace.Text("quoin.block.outcome", outcome),
		trace.Number("quoin.block.fuel", o.Fuel), trace.Number("quoin.block.waited_us", o.Waited.Microseconds()),
	)
}
