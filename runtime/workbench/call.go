package workbench

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Call is one call of a block, as the inspector shows it.
type Call struct {
	ID int64     `json:"id"`
	At time.Time `json:"at"`
	Op wire.Op   `json:"op"`
	// Name is the view, handler, mount or task.
	Name    string `json:"name,omitempty"`
	Block   string `json:"block"`
	Package string `json:"package"`
	// Artifact begins the digest of the code that ran.
	Artifact string `json:"artifact"`
	// Usage and Learner say what and whom the call was about, "" for none.
	Usage   string `json:"usage,omitempty"`
	Learner string `json:"learner,omitempty"`
	// Context, Request and Reply are what crossed the boundary, with blobs in their places.
	Context json.RawMessage `json:"context,omitempty"`
	Request json.RawMessage `json:"request,omitempty"`
	Reply   json.RawMessage `json:"reply,omitempty"`
	Error   *wire.Error     `json:"error,omitempty"`
	// Effects are the kinds of the changes that the reply asks for, in order.
	Effects  []wire.EffectKind `json:"effects,omitempty"`
	Services []Asked           `json:"services,omitempty"`
	Log      []Line            `json:"log,omitempty"`
	// Fuel is in units of about one instruction, Memory in bytes; 0 is unknown.
	Fuel   int64 `json:"fuel,omitempty"`
	Memory int64 `json:"memory,omitempty"`
	// Elapsed and Waited are in milliseconds; Waited is the part of Elapsed that went by before an instance was free.
	Elapsed float64 `json:"elapsed"`
	Waited  float64 `json:"waited,omitempty"`
	// Interpreted says that the compiler was still at work, so that Elapsed tells little of a site's.
	Interpreted bool `json:"interpreted,omitempty"`
	// Sent and Got are the sizes of the frames in bytes.
	Sent int `json:"sent"`
	Got  int `json:"got"`
	// Faults are those that the workbench let happen.
	Faults []Fault `json:"faults,omitempty"`

	// handled is the request where Op is handle, for stories.
	handled *wire.HandleRequest
	// answered is its reply, verdict what grade answered.
	answered *wire.HandleReply
	verdict  *wire.Verdict
	// superseded says that somebody else was faster, so that the call ran again.
	superseded bool
}

// Asked is one question to a service.
type Asked struct {
	Service wire.Service    `json:"service"`
	Method  string          `json:"method"`
	Request json.RawMessage `json:"request,omitempty"`
	Reply   json.RawMessage `json:"reply,omitempty"`
	Error   *wire.Error     `json:"error,omitempty"`
	Elapsed float64         `json:"elapsed"`
}

// Line is one line of a block's log; levels are those of log/slog.
type Line struct {
	Level int    `json:"level"`
	Text  string `json:"text"`
}

// shown bounds one message as it is kept, in bytes; a longer one is cut and says so.
const shown = 64 << 10

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// take reads what the call asks from its frame.
func (c *Call) take(frame []byte) {
	c.Sent = len(frame)
	request, message, err := wire.DecodeRequest(frame)
	if err != nil {
		return // what the kernel sends can be read; a call that cannot be is kept without its content
	}
	c.Op, c.Block = request.Op, request.Context.Block
	if encoded, err := json.Marshal(request.Context); err == nil {
		c.Context = encoded
	}
	segments, err := wire.Segments(frame)
	if err != nil {
		return
	}
	c.Request = legible(segments)
	var named struct {
		View, Handler, Mount, Task, Name string
	}
	if json.Unmarshal(segments[1], &named) == nil {
		for _, name := range []string{named.Handler, named.View, named.Mount, named.Task} {
			if name != "" {
				c.Name = name
				break
			}
		}
	}
	if c.Op == wire.OpHandle {
		c.handled = &wire.HandleRequest{}
		if message.Body(c.handled) != nil {
			c.handled = nil
		}
	}
}

// end reads what came of the call.
func (c *Call) end(frame []byte, err error) {
	if err != nil {
		c.Error = failureOf(err)
		return
	}
	c.Got = len(frame)
	if failed := wire.DecodeReply(frame, nil); failed != nil {
		c.Error = failureOf(failed)
		return
	}
	segments, err := wire.Segments(frame)
	if err != nil {
		return // DecodeReply has read them
	}
	c.Reply = legible(segments)
	switch c.Op {
	case wire.OpHandle, wire.OpMount, wire.OpTask, wire.OpEvent:
		var reply wire.HandleReply
		if wire.DecodeReply(frame, &reply) != nil {
			return
		}
		for i := range reply.Effects {
			c.Effects = append(c.Effects, reply.Effects[i].Kind())
		}
		c.answered = &reply
	case wire.OpGrade:
		var verdict wire.Verdict
		if wire.DecodeReply(frame, &verdict) == nil {
			c.verdict = &verdict
		}
	default: // the reply as it stands says it all
	}
}

func failureOf(err error) *wire.Error {
	var failure *wire.Error
	if !errors.As(err, &failure) {
		failure = wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "%v", err)
	}
	return failure
}

// blobs are the members of messages that travel beside the JSON.
var blobs = map[string]bool{"public": true, "secret": true, "body": true, "xml": true, "payload": true, "data": true}

// legible is a message's body with its blobs in their places: as JSON or text where they are, else by their size.
func legible(segments [][]byte) json.RawMessage {
	body := segments[1]
	if len(body) == 0 {
		return nil
	}
	if len(segments) > 2 {
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		var members map[string]any
		if decoder.Decode(&members) == nil {
			place(members, segments)
			if encoded, err := json.Marshal(members); err == nil {
				body = encoded
			}
		}
	}
	return cut(body)
}

// place puts blobs where a message's own members name their segments: at its top, and in lists of files, submissions and
// effects. Values of fields and answers are not looked into: a number there is a number.
func place(members map[string]any, segments [][]byte) {
	for name, value := range members {
		switch v := value.(type) {
		case json.Number:
			if n, err := v.Int64(); err == nil && blobs[name] && n >= 2 && n < int64(len(segments)) {
				members[name] = blobOf(segments[n])
			}
		case []any:
			if name != "files" && name != "effects" && name != "submissions" {
				continue
			}
			for _, entry := range v {
				if inner, ok := entry.(map[string]any); ok {
					place(inner, segments)
				}
			}
		case map[string]any:
			if name == "file" {
				place(v, segments)
			}
		}
	}
}

func blobOf(data []byte) any {
	switch {
	case len(data) <= shown && json.Valid(data):
		return json.RawMessage(data)
	case len(data) <= shown && utf8.Valid(data):
		return string(data)
	}
	return map[string]int{"bytes": len(data)}
}

// cut bounds a message.
func cut(body []byte) json.RawMessage {
	if len(body) <= shown {
		return bytes.Clone(body)
	}
	encoded, err := json.Marshal(map[string]any{"bytes": len(body), "begins": string(bytes.ToValidUTF8(body[:shown/4], nil))})
	if err != nil {
		return nil // text always encodes
	}
	return encoded
}
