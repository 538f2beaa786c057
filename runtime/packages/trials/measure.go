package trials

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest/suite"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Measured is what a folder's calls took.
type Measured struct {
	Name, Version string
	// Code is the artifact's size in bytes.
	Code int64
	Rows []Row
	// Left are engines that could host the block and were left out, each with the reason.
	Left []Left
	// State and Answers are the most that one call stored of a learner: values of fields, and a submission, in bytes.
	State, Answers int
}

// Left is an engine that was not measured.
type Left struct{ Engine, Why string }

// Row is one kind of call through one engine.
type Row struct {
	// Op and Name are the operation with the view, handler or task that it was for, Engine what ran it.
	Op     wire.Op
	Name   string
	Engine string
	Calls  int
	// P50 and P99 are over all calls, Fuel, Memory and Reply the most of one: instructions, bytes, bytes.
	P50, P99      time.Duration
	Fuel, Memory  int64
	Reply, Frames int
}

// mostFrames bounds how many different requests of one kind are measured.
const mostFrames = 16

// Measure plays the block's samples and stories once, and then makes each kind of call that they led to so many times through
// every engine that can host the block. Services answer as they did the first time. The error is about this machine, or says
// what of the block cannot be run.
func Measure(ctx context.Context, config Config, folder string, calls int) (*Measured, error) {
	text, err := os.ReadFile(filepath.Join(folder, manifest.FileName))
	if err != nil {
		return nil, fmt.Errorf("measuring %s: %w", folder, err)
	}
	m, err := manifest.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("measuring %s: %w", folder, err)
	}
	result := &Measured{Name: m.Name, Version: m.Version}
	var tape *tape
	for _, name := range enginesOf(&m) {
		on := m
		on.Engine = name
		played, err := result.through(ctx, config, folder, on, tape, calls)
		if errors.Is(err, build.ErrNoProcess) && name != m.Engine {
			result.Left = append(result.Left, Left{name, build.ErrNoProcess.Error()})
			continue
		}
		if tape = played; err != nil {
			return nil, fmt.Errorf("measuring %s through %s: %w", folder, name, err)
		}
	}
	slices.SortStableFunc(result.Rows, func(a, b Row) int {
		return cmp.Or(slices.Index(wire.Ops(), a.Op)-slices.Index(wire.Ops(), b.Op), cmp.Compare(a.Name, b.Name))
	})
	return result, nil
}

// enginesOf lists the engines that can host a block, its own first: the source of a Go block becomes a process as well.
func enginesOf(m *manifest.Manifest) []string {
	if m.Source == "go" && m.Engine == "wasm" {
		return []string{"wasm", "process"}
	}
	return []string{m.Engine}
}

// through measures one engine; the first one records the tape.
func (r *Measured) through(ctx context.Context, config Config, folder string, m manifest.Manifest, played *tape, calls int) (_ *tape, err error) {
	built, err := (&build.Builder{Cache: config.Cache, Go: config.Go}).Build(ctx, folder, m)
	if err != nil {
		return nil, err
	}
	e, err := open(ctx, config, m.Engine)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.Close(context.WithoutCancel(ctx))) }()
	conn, err := load(ctx, e, m, built)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	if played == nil {
		if info, err := os.Stat(built.Path); err == nil {
			r.Code = info.Size()
		}
		if played, err = record(ctx, conn, folder); err != nil {
			return nil, err
		}
		r.State, r.Answers = played.state, played.answers
	}
	for _, kind := range slices.SortedFunc(maps.Keys(played.frames), func(a, b called) int { return cmp.Or(cmp.Compare(a.op, b.op), cmp.Compare(a.name, b.name)) }) {
		row, err := measure(ctx, conn, played.frames[kind], calls)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", kind.op, kind.name, err)
		}
		row.Op, row.Name, row.Engine = kind.op, kind.name, m.Engine
		r.Rows = append(r.Rows, row)
	}
	return played, nil
}

// called is a kind of call.
type called struct {
	op   wire.Op
	name string
}

// recorded is one request with what services answered.
type recorded struct {
	frame   []byte
	answers [][]byte
}

// tape holds the requests that samples and stories led to. Safe for concurrent use: stories race.
type tape struct {
	mu             sync.Mutex
	frames         map[called][]recorded
	state, answers int
}

// record plays samples and stories.
func record(ctx context.Context, conn engine.Conn, folder string) (*tape, error) {
	t := &tape{frames: map[called][]recorded{}}
	serve := Serve(ctx, conn)
	all, err := suite.Trials(suite.Config{Dir: folder, Serve: func(host sdk.Host, frame []byte) []byte {
		listening := &listener{Host: host}
		reply := serve(listening, frame)
		t.keep(frame, reply, listening.answers)
		return reply
	}})
	if err != nil {
		return nil, err
	}
	for _, trial := range all {
		if name := filepath.Base(trial.Name); strings.Contains(trial.Name, "story/") || name == "samples" || name == "views" {
			trial.Run() // whether it holds is `quoin block test`'s to tell
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return t, nil
}

// listener is a host whose services are listened to.
type listener struct {
	sdk.Host
	answers [][]byte
}

// Service implements sdk.Host.
func (l *listener) Service(frame []byte) []byte {
	answer := l.Host.Service(frame)
	l.answers = append(l.answers, answer)
	return answer
}

func (t *tape) keep(frame, reply []byte, answers [][]byte) {
	request, message, err := wire.DecodeRequest(frame)
	if err != nil || wire.DecodeReply(reply, nil) != nil {
		return // what is refused is not what learners wait for
	}
	kind := called{op: request.Op}
	switch request.Op { //nolint:exhaustive // the others have no names
	case wire.OpRender:
		var r wire.RenderRequest
		if message.Body(&r) == nil {
			kind.name = r.View
		}
	case wire.OpHandle:
		var r wire.HandleRequest
		if message.Body(&r) == nil {
			kind.name = r.Handler
		}
		t.stored(reply)
	case wire.OpTask:
		var r wire.TaskRequest
		if message.Body(&r) == nil {
			kind.name = r.Task
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.frames[kind]) < mostFrames {
		t.frames[kind] = append(t.frames[kind], recorded{slices.Clone(frame), answers})
	}
}

// stored notes how much a reply stores of a learner.
func (t *tape) stored(frame []byte) {
	var reply wire.HandleReply
	if wire.DecodeReply(frame, &reply) != nil {
		return
	}
	state, answers := 0, 0
	for i := range reply.Effects {
		switch e := &reply.Effects[i]; {
		case e.Set != nil:
			state += len(e.Set.Field) + len(e.Set.Value)
		case e.Submit != nil:
			answers += len(e.Submit.Answers)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.state, t.answers = max(t.state, state), max(t.answers, answers)
}

// measure makes the requests in turn, so many times in all, after a tenth as many that do not count.
func measure(ctx context.Context, conn engine.Conn, requests []recorded, calls int) (Row, error) {
	row := Row{Calls: calls, Frames: len(requests)}
	took := make([]time.Duration, 0, calls)
	for n := -calls / 10; n < calls; n++ {
		one := requests[(n+calls)%len(requests)]
		next := 0
		call := asked(one.frame)
		call.Service = func(context.Context, []byte) []byte {
			if next++; next <= len(one.answers) {
				return one.answers[next-1]
			}
			return nil
		}
		begun := time.Now()
		result, err := conn.Call(ctx, call)
		elapsed := time.Since(begun)
		if err != nil {
			return row, err
		}
		if n < 0 {
			continue
		}
		took = append(took, elapsed)
		row.Fuel, row.Memory, row.Reply = max(row.Fuel, result.Fuel), max(row.Memory, result.Memory), max(row.Reply, len(result.Frame))
	}
	slices.Sort(took)
	if len(took) > 0 {
		row.P50, row.P99 = took[len(took)/2], took[len(took)*99/100]
	}
	return row, nil
}
