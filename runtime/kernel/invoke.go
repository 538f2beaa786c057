package kernel

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/trace"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Observation is one call, for metrics and traces.
type Observation struct {
	Block, Version string
	Op             wire.Op
	Engine         string
	// Code is "" when the call succeeded.
	Code    wire.Code
	Elapsed time.Duration
	Waited  time.Duration
	Fuel    int64
	Memory  int64
}

// deadlines end what somebody waits for. Operations that are missing end by fuel alone, so a slow machine never fails a
// learner's answer.
var deadlines = map[wire.Op]time.Duration{
	wire.OpRender:  5 * time.Second,
	wire.OpReveal:  5 * time.Second,
	wire.OpHandle:  15 * time.Second,
	wire.OpMount:   15 * time.Second,
	wire.OpChoose:  5 * time.Second,
	wire.OpOutline: 30 * time.Second,
	wire.OpCheck:   30 * time.Second,
}

// long marks operations that may take more than a few slices: they share few slots so that pages stay alive.
func long(op wire.Op) bool {
	switch op {
	case wire.OpRender, wire.OpHandle, wire.OpReveal, wire.OpChoose, wire.OpMount, wire.OpGrade:
		return false
	default:
		return true
	}
}

// question is one operation to run.
type question struct {
	version *registry.Version
	op      wire.Op
	context wire.Context
	body    any
	// asker is what services need to know; nil refuses services.
	asker *services.Call
	// frame is the encoded request when the caller has it already.
	frame []byte
}

// encode lays the question into a frame.
func (q *question) encode() error {
	if q.frame != nil {
		return nil
	}
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: q.op, Context: q.context}, q.body)
	if err != nil {
		return wire.Errorf(wire.CodeTooLarge, wire.BlameOutside, "asking %s to %s: %v", q.context.Block, q.op, err) // content, or what a learner sent
	}
	q.frame = frame
	return nil
}

// invoke runs one operation and reads its reply. The error is a *wire.Error.
func (k *Kernel) invoke(ctx context.Context, q question, into any) (engine.Result, error) {
	if err := q.encode(); err != nil {
		return engine.Result{}, err
	}
	if limit, ok := deadlines[q.op]; ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	ctx, span := trace.Start(ctx, "block "+string(q.op), trace.Internal)
	defer span.End()
	conn, done, err := q.version.Use(ctx)
	if err != nil {
		return engine.Result{}, k.observe(ctx, q, engine.Result{}, err)
	}
	defer done()
	call := engine.Call{
		Frame: q.frame, Now: time.UnixMilli(q.context.Now), Long: long(q.op),
		Log: func(level int, line string) { k.blockLog(ctx, q, level, line) },
	}
	if raw, err := hex.DecodeString(q.context.Random); err == nil {
		copy(call.Random[:], raw)
	}
	if q.asker != nil {
		q.asker.Shape = k.shape(q.version, q.asker.Description, q.asker.Type)
		call.Service = func(ctx context.Context, frame []byte) []byte { return k.services.Serve(ctx, q.asker, frame) }
		ctx = engine.WithAbout(ctx, about(q.asker))
	}
	result, err := conn.Call(ctx, call)
	if err == nil {
		err = wire.DecodeReply(result.Frame, into)
	}
	return result, k.observe(ctx, q, result, err)
}

// about tells those who watch calls what this one is about.
func about(asker *services.Call) engine.About {
	said := engine.About{Subject: asker.Subject}
	if asker.Block != nil {
		said.Usage = asker.Block.Usage.String()
	}
	return said
}

// observe counts a call and makes its error a *wire.Error that names the block.
func (k *Kernel) observe(ctx context.Context, q question, result engine.Result, err error) error {
	var failure *wire.Error
	if err != nil && !errors.As(err, &failure) {
		code, blame := wire.CodeBadReply, wire.BlameBlock
		if !errors.Is(err, wire.ErrFrame) {
			code, blame = wire.CodeUnavailable, wire.BlameHost
		}
		failure = wire.Errorf(code, blame, "%s of %s: %v", q.op, q.context.Block, err)
	}
	o := Observation{
		Block: q.context.Block, Version: q.version.Manifest.Version, Op: q.op, Engine: q.version.Manifest.Engine,
		Elapsed: result.Elapsed, Waited: result.Waited, Fuel: result.Fuel, Memory: result.Memory,
	}
	if failure != nil {
		o.Code = failure.Code
	}
	o.describe(ctx)
	k.metrics.add(o)
	if k.config.Observe != nil {
		k.config.Observe(o)
	}
	if failure == nil {
		return nil
	}
	k.logFailure(ctx, q, failure)
	return failure
}

// logFailure tells of what a block did wrong. Its own words may quote an answer, so they are logged while developing alone
// (security R27); staff read them on the page.
func (k *Kernel) logFailure(ctx context.Context, q question, failure *wire.Error) {
	if failure.Blame != wire.BlameBlock {
		return
	}
	about := []any{"block", q.context.Block, "version", q.version.Manifest.Version, "op", string(q.op), "code", string(failure.Code)}
	if k.config.FollowFolder {
		about = append(about, "error", failure.Message[:min(len(failure.Message), maxLine)])
	}
	k.config.Log.WarnContext(ctx, "a block failed", about...)
}

// maxLine bounds a logged line in bytes.
const maxLine = 2000

func (k *Kernel) blockLog(ctx context.Context, q question, level int, line string) {
	if len(line) > maxLine {
		line = line[:maxLine] + "..."
	}
	k.config.Log.Log(ctx, levelOf(level), "block log",
		"block", q.context.Block, "version", q.version.Manifest.Version, "op", string(q.op), "line", line)
}

// refuse names the block in an error for a reply that broke a rule.
func refuse(blockType string, op wire.Op, failure *wire.Error) error {
	return &wire.Error{Code: failure.Code, Blame: failure.Blame, Message: fmt.Sprintf("%s of %s: %s", op, blockType, failure.Message)}
}
