package process

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/process/door"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// lane is one stream to a process, used by one call at a time. A goroutine reads it until it ends, so that a caller can leave
// while the process is silent.
type lane struct {
	instance *instance
	stream   grpc.ClientStream
	cancel   context.CancelFunc
	number   uint32
	in       chan *door.Message
	// broken says why in was closed.
	broken error
}

// open opens a stream. It does not wait for the process: what it says first comes with the first call.
func (i *instance) open() (*lane, error) {
	ctx, cancel := context.WithCancel(context.Background()) // the stream outlives the call that opens it
	stream, err := i.client.NewStream(ctx,
		&grpc.StreamDesc{StreamName: door.Stream, ServerStreams: true, ClientStreams: true}, door.Method)
	if err != nil {
		cancel()
		return nil, err
	}
	l := &lane{instance: i, stream: stream, cancel: cancel, in: make(chan *door.Message, 1)}
	go l.read()
	return l, nil
}

func (l *lane) read() {
	defer close(l.in)
	for {
		m := new(door.Message)
		if err := l.stream.RecvMsg(m); err != nil {
			l.broken = err
			return
		}
		select {
		case l.in <- m:
		case <-l.stream.Context().Done():
			l.broken = l.stream.Context().Err()
			return
		}
	}
}

// hello waits for the process's first message, which proves that it serves blocks.
func (l *lane) hello(ctx context.Context) error {
	select {
	case m, ok := <-l.in:
		if !ok {
			return fmt.Errorf("it serves no block: %w", l.broken)
		}
		if m.Kind != door.Ready {
			return fmt.Errorf("it began with a message of kind %d", m.Kind)
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take gives an idle lane or a new one.
func (i *instance) take() (*lane, error) {
	i.mu.Lock()
	if n := len(i.idle); n > 0 {
		l := i.idle[n-1]
		i.idle = i.idle[:n-1]
		i.mu.Unlock()
		return l, nil
	}
	i.mu.Unlock()
	return i.open()
}

// put keeps a lane whose call has ended for the next one.
func (i *instance) put(l *lane) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.idle = append(i.idle, l)
}

// fate is what becomes of a lane after a call.
type fate int

const (
	reusable fate = iota
	// lingering: the call goes on although nobody waits for it.
	lingering
	unusable
)

// talk runs one call and answers what it asks. Nothing here waits longer than ctx.
func (l *lane) talk(ctx context.Context, call engine.Call, limits engine.Limits) ([]byte, *wire.Error, fate) {
	l.number++
	if err := l.send(door.Call, call.Frame); err != nil {
		return nil, l.instance.crash(ctx, err), unusable
	}
	h := helper{call: call, limits: limits}
	for {
		select {
		case <-ctx.Done():
			return nil, overdue(ctx), lingering
		case m, ok := <-l.in:
			if !ok {
				return nil, l.brokenBy(ctx, limits), unusable
			}
			if m.Call != l.number {
				continue // what was left over from an earlier call
			}
			switch m.Kind { //nolint:exhaustive // the other kinds are ours to send
			case door.Reply, door.TooLarge:
				reply, err := ending(m, limits)
				return reply, err, reusable
			case door.LogLine:
				h.log(m.Body)
			case door.ServiceRequest:
				if err := l.send(door.ServiceReply, h.service(ctx, m.Body)); err != nil {
					return nil, l.instance.crash(ctx, err), unusable
				}
			}
		}
	}
}

func (l *lane) send(kind door.Kind, body []byte) error {
	return l.stream.SendMsg(&door.Message{Kind: kind, Call: l.number, Body: body})
}

// brokenBy tells why the stream ended under a call: a message beyond the limit ends the stream alone, everything else means
// that the process is about to end.
func (l *lane) brokenBy(ctx context.Context, limits engine.Limits) *wire.Error {
	if status.Code(l.broken) == codes.ResourceExhausted {
		return wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "the process sent a message of more than %d bytes", limits.Reply)
	}
	return l.instance.crash(ctx, l.broken)
}

// linger tells the process that nobody waits for the call and waits for its end. Where that takes longer than grace, late is
// called, once. It reports whether the lane may be used again.
func (l *lane) linger(grace time.Duration, late func()) bool {
	timer := time.AfterFunc(grace, late)
	defer timer.Stop()
	if err := l.send(door.Cancel, nil); err != nil {
		return false
	}
	for m := range l.in {
		switch {
		case m.Call != l.number:
		case m.Kind == door.Reply, m.Kind == door.TooLarge:
			return true
		case m.Kind == door.ServiceRequest:
			if err := l.send(door.ServiceReply, given(wire.CodeDeadline, "the host gave this call up")); err != nil {
				return false
			}
		}
	}
	return false
}

// ending reads the message that ends a call.
func ending(m *door.Message, limits engine.Limits) ([]byte, *wire.Error) {
	size := uint64(len(m.Body))
	if m.Kind == door.TooLarge {
		var err error
		if size, err = door.UnpackSize(m.Body); err != nil {
			return nil, wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "%v", err)
		}
	}
	if m.Kind == door.TooLarge || size > uint64(limits.Reply) {
		return nil, wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "the reply has %d bytes, the limit is %d", size, limits.Reply)
	}
	return m.Body, nil
}

// overdue is the error of a call whose context ended.
func overdue(ctx context.Context) *wire.Error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return wire.Errorf(wire.CodeDeadline, wire.BlameHost, "the call was given up before its reply")
	}
	return wire.Errorf(wire.CodeDeadline, wire.BlameBlock, "the call was not ready in time")
}

// helper answers what one call asks, within its limits.
type helper struct {
	call             engine.Call
	limits           engine.Limits
	services, logged int
	cut              bool
}

func (h *helper) service(ctx context.Context, frame []byte) []byte {
	h.services++
	if h.services > h.limits.Services {
		return given(wire.CodeTooLarge, "this call asked services more than %d times", h.limits.Services)
	}
	if h.call.Service == nil {
		return engine.NoServices()
	}
	reply := h.call.Service(ctx, frame)
	if len(reply) > wire.MaxFrame {
		return given(wire.CodeTooLarge, "the service's reply has %d bytes, the limit is %d", len(reply), wire.MaxFrame)
	}
	return reply
}

// levelWarn is that of log/slog.
const levelWarn = 4

func (h *helper) log(body []byte) {
	level, line, err := door.UnpackLog(body)
	if h.call.Log == nil || h.cut || err != nil {
		return
	}
	if h.logged += len(line); h.logged > h.limits.Logs {
		h.cut = true
		h.call.Log(levelWarn, fmt.Sprintf("the log of this call was cut at %d bytes", h.limits.Logs))
		return
	}
	h.call.Log(level, line)
}

// given is the reply frame of an error that the engine answers a service request with.
func given(code wire.Code, format string, args ...any) []byte {
	frame, err := wire.EncodeReply(nil, wire.Errorf(code, wire.BlameBlock, format, args...))
	if err != nil {
		panic(err) // a short message that does not encode is a defect of package wire
	}
	return frame
}
