package fakehost

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Call is one call of the block with everything that crossed the boundary.
type Call struct {
	Op      wire.Op
	Context wire.Context
	// Body is the request's struct, Request and Reply the frames.
	Body           any
	Request, Reply []byte
	// Services lists what the block asked, in order.
	Services []ServiceCall
	Logs     []string
	// Failure is nil when the call succeeded.
	Failure *wire.Error
}

// ServiceCall is one question of the block to the host.
type ServiceCall struct {
	Service        wire.Service
	Method         string
	Request, Reply []byte
	Failure        *wire.Error
}

// String describes the call for a failed test: the request and the reply as indented JSON.
func (c *Call) String() string {
	if c == nil {
		return "no call was made"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  request %s\n", c.Op, frameText(c.Request))
	for _, s := range c.Services {
		fmt.Fprintf(&b, "  asked %s.%s %s\n    got %s\n", s.Service, s.Method, frameText(s.Request), frameText(s.Reply))
	}
	for _, line := range c.Logs {
		fmt.Fprintf(&b, "  logged %s\n", line)
	}
	fmt.Fprintf(&b, "  reply %s", frameText(c.Reply))
	return b.String()
}

// textLimit bounds a frame in a message, in bytes.
const textLimit = 4000

// frameText shows a frame as the JSON of its segments; blobs that are text stand behind.
func frameText(frame []byte) string {
	segments, err := wire.Segments(frame)
	if err != nil {
		return fmt.Sprintf("%q", frame)
	}
	var parts []string
	for i, segment := range segments {
		switch {
		case len(segment) == 0 || i == 0 && string(segment) == "{}":
		case utf8.Valid(segment):
			parts = append(parts, string(segment))
		default:
			parts = append(parts, fmt.Sprintf("%d bytes", len(segment)))
		}
	}
	text := strings.Join(parts, " | ")
	if len(text) > textLimit {
		text = strings.ToValidUTF8(text[:textLimit], "") + " ..."
	}
	return text
}

// question is one operation to ask.
type question struct {
	op      wire.Op
	context wire.Context
	body    any
	// asker is who asks services; nil refuses them.
	asker *asker
}

// kept is how many calls a World remembers for messages.
const kept = 8

// Last returns the newest call, nil before the first.
func (w *World) Last() *Call {
	if len(w.last) == 0 {
		return nil
	}
	return w.last[len(w.last)-1]
}

// Ask asks the block one operation directly, with a context and a body as a host would send them; the reply goes into into.
// The error is a *wire.Error. Services are refused.
func (w *World) Ask(op wire.Op, context wire.Context, body, into any) error {
	return w.ask(question{op: op, context: context, body: body}, into)
}

func (w *World) ask(q question, into any) error {
	q.context.Block = w.config.Type
	call := &Call{Op: q.op, Context: q.context, Body: q.body}
	err := w.invoke(q, call, into)
	var failure *wire.Error
	if err != nil && !errors.As(err, &failure) {
		failure = wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "%s: %v", q.op, err)
	}
	call.Failure = failure
	w.last = append(w.last, call)
	w.last = w.last[max(0, len(w.last)-kept):]
	if w.config.Observe != nil {
		w.config.Observe(call)
	}
	if failure == nil {
		return nil
	}
	return failure
}

func (w *World) invoke(q question, call *Call, into any) error {
	var err error
	if call.Request, err = wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: q.op, Context: q.context}, q.body); err != nil {
		return wire.Errorf(wire.CodeTooLarge, wire.BlameHost, "asking the block to %s: %v", q.op, err)
	}
	if w.takeFault(FaultDeadline, "") {
		return wire.Errorf(wire.CodeDeadline, wire.BlameBlock, "%s was not ready in time (a fault that the test asked for)", q.op)
	}
	// The block may keep neither the request nor its reply: both are copies, as they would be in an engine.
	reply := w.config.Serve(&host{world: w, asker: q.asker, call: call}, slices.Clone(call.Request))
	call.Reply = bytes.Clone(reply)
	if len(call.Reply) > wire.MaxFrame {
		return wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "the reply to %s has %d bytes, the limit is %d", q.op, len(call.Reply), wire.MaxFrame)
	}
	return wire.DecodeReply(call.Reply, into)
}

// host is what a running call may ask.
type host struct {
	world *World
	asker *asker
	call  *Call
}

// Log implements sdk.Host.
func (h *host) Log(_ int, line string) {
	const most = 2000
	if len(line) > most {
		line = line[:most] + "..."
	}
	h.call.Logs = append(h.call.Logs, line)
	h.world.Logged = append(h.world.Logged, line)
}

// Service implements sdk.Host.
func (h *host) Service(frame []byte) []byte {
	asked := ServiceCall{Request: bytes.Clone(frame)}
	request, message, err := wire.DecodeService(asked.Request)
	var body any
	if err == nil {
		asked.Service, asked.Method = request.Service, request.Method
		body, err = h.world.serve(h.asker, h.call.Op, request, message)
	}
	var failure *wire.Error
	if err != nil && !errors.As(err, &failure) {
		failure = wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "%v", err)
	}
	asked.Failure = failure
	reply, err := wire.EncodeReply(body, failure)
	if err != nil {
		reply, err = wire.EncodeReply(nil, wire.Errorf(wire.CodeTooLarge, wire.BlameHost, "the service's reply is too large: %v", err))
	}
	if err != nil {
		panic(fmt.Sprintf("fakehost: an error does not encode: %v", err)) // a defect of package wire
	}
	asked.Reply = bytes.Clone(reply)
	h.call.Services = append(h.call.Services, asked)
	return reply
}

// equalJSON reports whether two JSON values are equal, whatever their white space and the order of their keys.
func equalJSON(a, b []byte) bool {
	canonical := func(data []byte) []byte {
		var value any
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		if decoder.Decode(&value) != nil {
			return data
		}
		out, err := json.Marshal(value)
		if err != nil {
			return data
		}
		return out
	}
	return bytes.Equal(canonical(a), canonical(b))
}
