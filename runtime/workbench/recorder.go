package workbench

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// kept bounds the calls that are remembered of each learner.
const kept = 200

// Recorder remembers the calls of some packages. Safe for concurrent use.
type Recorder struct {
	breaker *Breaker
	now     func() time.Time

	mu    sync.Mutex
	names map[string]bool
	last  int64
	rings map[string][]*Call // by learner, "" for calls about nobody
	heard func(*Call)
}

// NewRecorder makes a recorder that lets the breaker's faults happen.
func NewRecorder(breaker *Breaker) *Recorder {
	r := &Recorder{breaker: breaker, now: time.Now, names: map[string]bool{}, rings: map[string][]*Call{}}
	breaker.onConflict(r.supersede)
	return r
}

// supersede marks the newest call of a handler that was to be written to a learner's state: it runs again.
func (r *Recorder) supersede(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for learner, ring := range r.rings {
		for i := len(ring) - 1; i >= 0; i-- {
			if call := ring[i]; call.Op == wire.OpHandle && state.LearnerID(learner, call.Usage) == id {
				again := *call
				again.superseded = true
				again.Faults = append(slices.Clone(call.Faults), FaultConflict)
				ring[i] = &again
				return
			}
		}
	}
}

// Watch records the calls of a package from now on.
func (r *Recorder) Watch(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names[name] = true
}

// OnCall names who is told of each call that has ended.
func (r *Recorder) OnCall(heard func(*Call)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard = heard
}

// Calls gives the calls about some learners with a number above after, oldest first. They must not be changed.
func (r *Recorder) Calls(after int64, learners ...string) []*Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []*Call
	for _, learner := range learners {
		for _, call := range r.rings[learner] {
			if call.ID > after {
				list = append(list, call)
			}
		}
	}
	return inOrder(list)
}

// Last is the number of the newest call.
func (r *Recorder) Last() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

func (r *Recorder) watches(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.names[name]
}

func (r *Recorder) keep(call *Call) {
	r.mu.Lock()
	r.last++
	call.ID = r.last
	r.rings[call.Learner] = append(r.rings[call.Learner], call)
	if ring := r.rings[call.Learner]; len(ring) > kept {
		r.rings[call.Learner] = slices.Clone(ring[len(ring)-kept:])
	}
	heard := r.heard
	r.mu.Unlock()
	if heard != nil {
		heard(call)
	}
}

// Wrap lets an engine's calls be recorded.
func (r *Recorder) Wrap(e engine.Engine) engine.Engine { return recording{e, r} }

type recording struct {
	engine.Engine
	recorder *Recorder
}

// Load implements engine.Engine.
func (r recording) Load(ctx context.Context, artifact engine.Artifact) (engine.Conn, error) {
	conn, err := r.Engine.Load(ctx, artifact)
	if err != nil || !r.recorder.watches(artifact.Name) {
		return conn, err
	}
	return recorded{conn, r.recorder, artifact.Name, artifact.Digest[:min(12, len(artifact.Digest))]}, nil
}

// recorded is a loaded package whose calls are remembered.
type recorded struct {
	engine.Conn
	recorder *Recorder
	name     string
	artifact string
}

// Call implements engine.Conn.
func (r recorded) Call(ctx context.Context, call engine.Call) (engine.Result, error) {
	about := engine.AboutOf(ctx)
	c := &Call{At: r.recorder.now(), Package: r.name, Artifact: r.artifact, Usage: about.Usage, Learner: about.Subject}
	c.take(call.Frame)
	if c.Op == wire.OpDescribe { // asked of every version that is loaded; it says the same each time
		return r.Conn.Call(ctx, call)
	}
	r.listen(c, &call)
	fault, err := r.recorder.breaker.before(ctx, c.Op)
	if fault != "" {
		c.Faults = append(c.Faults, fault)
	}
	var result engine.Result
	if err == nil {
		result, err = r.Conn.Call(ctx, call)
	}
	c.end(result.Frame, err)
	c.Fuel, c.Memory, c.Elapsed, c.Waited = result.Fuel, result.Memory, milliseconds(result.Elapsed), milliseconds(result.Waited)
	c.Interpreted = result.Interpreted
	r.recorder.keep(c)
	return result, err
}

// listen lets the call's services and log be remembered, and services be refused. Both are called by the goroutine that runs the
// call.
func (r recorded) listen(c *Call, call *engine.Call) {
	if log := call.Log; log != nil {
		call.Log = func(level int, line string) {
			c.Log = append(c.Log, Line{level, line})
			log(level, line)
		}
	}
	service := call.Service
	if service == nil {
		return
	}
	call.Service = func(ctx context.Context, frame []byte) []byte {
		asked := Asked{}
		if named, _, err := wire.DecodeService(frame); err == nil {
			asked.Service, asked.Method = named.Service, named.Method
		}
		if segments, err := wire.Segments(frame); err == nil {
			asked.Request = legible(segments)
		}
		start := r.recorder.now()
		reply := r.refused(c)
		if reply == nil {
			reply = service(ctx, frame)
		}
		asked.Elapsed = milliseconds(r.recorder.now().Sub(start))
		if err := wire.DecodeReply(reply, nil); err != nil {
			asked.Error = failureOf(err)
		} else if segments, err := wire.Segments(reply); err == nil {
			asked.Reply = legible(segments)
		}
		c.Services = append(c.Services, asked)
		return reply
	}
}

// refused is a service's refusal when one is due, else nil.
func (r recorded) refused(c *Call) []byte {
	if !r.recorder.breaker.take(FaultRefused) {
		return nil
	}
	c.Faults = append(c.Faults, FaultRefused)
	reply, err := wire.EncodeReply(nil, wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "the workbench refused the service"))
	if err != nil {
		return nil // an error always encodes
	}
	return reply
}
