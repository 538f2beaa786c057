package sdk

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Reply collects a handler's answer and what shall change. Its methods return it, so they chain. A value that cannot be
// encoded turns the whole reply into an error.
type Reply struct {
	reply  wire.HandleReply
	result json.RawMessage
	again  json.RawMessage
	err    error
}

// OK answers with nothing but the effects.
func OK() *Reply { return &Reply{} }

// JSON answers with a value.
func JSON(value any) *Reply { return (&Reply{}).JSON(value) }

// JSON sets the body.
func (r *Reply) JSON(value any) *Reply {
	r.reply.Body.Data = r.encode("body", value)
	r.reply.ContentType = "application/json"
	return r
}

// Text sets a body of another type; see wire.HandleReply for those allowed.
func (r *Reply) Text(contentType, body string) *Reply {
	r.reply.ContentType, r.reply.Body.Data = contentType, []byte(body)
	return r
}

// Status sets the HTTP status.
func (r *Reply) Status(status int) *Reply { r.reply.Status = status; return r }

// Say announces a message to the learner.
func (r *Reply) Say(message string) *Reply { r.reply.Message = message; return r }

// Effect adds an effect that has no method of its own here.
func (r *Reply) Effect(effects ...wire.Effect) *Reply {
	r.reply.Effects = append(r.reply.Effects, effects...)
	return r
}

// Submit hands in an answer: one try.
func (r *Reply) Submit(answers any, files ...wire.File) *Reply {
	return r.Effect(wire.Effect{Submit: &wire.Submit{Answers: r.encode("answers", answers), Files: files}})
}

// Settle appends evidence to a pending submission and has it graded again.
func (r *Reply) Settle(submission string, evidence any) *Reply {
	return r.Effect(wire.Effect{Settle: &wire.Settle{Submission: submission, Data: r.encode("evidence", evidence)}})
}

// Set sets a field by name. Changes to the learner's own fields in Request.Fields need no Set.
func (r *Reply) Set(field string, value any) *Reply {
	return r.Effect(wire.Effect{Set: &wire.SetField{Field: field, Value: r.encode(field, value)}})
}

// Unset makes a field unset again.
func (r *Reply) Unset(field string) *Reply {
	return r.Effect(wire.Effect{Unset: &wire.UnsetField{Field: field}})
}

// Increment adds to a shared counter; key chooses one inside an object, "" is the field itself.
func (r *Reply) Increment(field, key string, by int64) *Reply {
	return r.Effect(wire.Effect{Increment: &wire.IncrementField{Field: field, Key: key, By: by}})
}

// Append adds one entry to a shared list.
func (r *Reply) Append(field string, value any) *Reply {
	return r.Effect(wire.Effect{Append: &wire.AppendField{Field: field, Value: r.encode(field, value)}})
}

// Complete raises the learner's completion; it never lowers.
func (r *Reply) Complete(fraction float64) *Reply {
	return r.Effect(wire.Effect{Complete: &wire.Complete{Fraction: fraction}})
}

// Insert adds a document under an id that the host gives.
func (r *Reply) Insert(collection string, body any) *Reply {
	return r.Effect(wire.Effect{Insert: &wire.InsertDoc{Collection: collection, Body: r.encode("document", body)}})
}

// Create adds the document (collection, id) if there is none yet; the call commits on it. Where there is one, the call runs
// again and reads it.
func (r *Reply) Create(collection, id string, body any) *Reply {
	r.reply.Commit = &wire.DocumentRef{Collection: collection, ID: id}
	return r.Effect(wire.Effect{Insert: &wire.InsertDoc{Collection: collection, ID: id, Body: r.encode("document", body)}})
}

// Replace stores a document that was read at this version; the call commits on it. Where somebody was faster, the call
// runs again and reads the newer one.
func (r *Reply) Replace(collection, id string, version int64, body any) *Reply {
	r.reply.Commit = &wire.DocumentRef{Collection: collection, ID: id}
	return r.Effect(wire.Effect{Replace: &wire.ReplaceDoc{
		Collection: collection, ID: id, Version: version, Body: r.encode("document", body),
	}})
}

// Add adds to an integer of a document; it cannot fail, and a missing document is left missing.
func (r *Reply) Add(collection, id, field string, by int64) *Reply {
	return r.Effect(wire.Effect{Add: &wire.AddDoc{Collection: collection, ID: id, Field: field, By: by}})
}

// Take adds to an integer of a document within bounds; the call commits on that document and is refused (409) when the
// result would leave them.
func (r *Reply) Take(collection, id, field string, by, least, most int64) *Reply {
	r.reply.Commit = &wire.DocumentRef{Collection: collection, ID: id}
	return r.Effect(wire.Effect{Add: &wire.AddDoc{
		Collection: collection, ID: id, Field: field, By: by, Min: &least, Max: &most,
	}})
}

// TakeKey is Take for a counter inside an object of the document. Several Take and TakeKey on one document are done in the
// one swap, all or none: a room's seats left, and what one learner has of them.
func (r *Reply) TakeKey(collection, id, field, key string, by, least, most int64) *Reply {
	r.Take(collection, id, field, by, least, most)
	r.reply.Effects[len(r.reply.Effects)-1].Add.Key = key
	return r
}

// Otherwise says what the caller is told when the effect before it is refused: a Take out of its bounds, a Create or Replace
// whose values a unique index has already.
func (r *Reply) Otherwise(message string) *Reply {
	if len(r.reply.Effects) == 0 {
		r.fail(errors.New("sdk: Otherwise stands before any effect"))
		return r
	}
	switch last := &r.reply.Effects[len(r.reply.Effects)-1]; {
	case last.Add != nil:
		last.Add.Refusal = message
	case last.Insert != nil:
		last.Insert.Refusal = message
	case last.Replace != nil:
		last.Replace.Refusal = message
	default:
		r.fail(fmt.Errorf("sdk: Otherwise stands behind %s, which cannot be refused", last.Kind()))
	}
	return r
}

// Delete removes a document.
func (r *Reply) Delete(collection, id string) *Reply {
	return r.Effect(wire.Effect{Delete: &wire.DeleteDoc{Collection: collection, ID: id}})
}

// Event writes to the event log.
func (r *Reply) Event(name string, data any) *Reply {
	return r.Effect(wire.Effect{Event: &wire.EmitEvent{Name: name, Data: r.encode("event", data)}})
}

// Publish tells open pages that something changed.
func (r *Reply) Publish(topic, id string, to ...string) *Reply {
	return r.Effect(wire.Effect{Publish: &wire.Publish{Topic: topic, ID: id, To: to}})
}

// Index puts a text into the course's search, or takes the one of that id out when it has neither title nor text.
func (r *Reply) Index(text wire.IndexDoc) *Reply {
	return r.Effect(wire.Effect{Index: &text})
}

// Schedule asks for a task now.
func (r *Reply) Schedule(task, key string, payload any) *Reply {
	return r.Effect(wire.Effect{Schedule: &wire.Schedule{Task: task, Key: key, Payload: r.encode("payload", payload)}})
}

// ScheduleSubmission asks for a task that is handed what this reply submits, id included: what sends an answer to somebody
// who grades it later.
func (r *Reply) ScheduleSubmission(task string, payload any) *Reply {
	return r.Effect(wire.Effect{Schedule: &wire.Schedule{Task: task, Payload: r.encode("payload", payload), Submission: true}})
}

// ScheduleAt asks for a task at an instant of the call's clock.
func (r *Reply) ScheduleAt(task, key string, at time.Time, payload any) *Reply {
	return r.Effect(wire.Effect{Schedule: &wire.Schedule{
		Task: task, Key: key, At: at.UnixMilli(), Payload: r.encode("payload", payload),
	}})
}

// Notify sends a message to people, at most 100; path is below the block's own address.
func (r *Reply) Notify(to []string, title, text, path string) *Reply {
	return r.Effect(wire.Effect{Notify: &wire.Notify{To: to, Title: title, Text: text, Path: path}})
}

// See answers with 303: the browser goes on to a path below the block's own address, "" is the page that it came from.
func (r *Reply) See(path string) *Reply {
	r.reply.Status, r.reply.Location = 303, path
	return r
}

// Await lets the answer wait for a task.
func (r *Reply) Await(task string, payload any) *Reply {
	r.reply.Await = &wire.Await{Task: task, Payload: r.encode("payload", payload)}
	return r
}

// Leave sends the browser to a host that the manifest or a granted field names; with fields they are posted.
func (r *Reply) Leave(url string, fields map[string]string) *Reply {
	r.reply.Leave = &wire.Leave{URL: url, Fields: fields}
	return r
}

// Result is what an awaited task gives to the page that waits.
func (r *Reply) Result(value any) *Reply { r.result = r.encode("result", value); return r }

// Again asks for another run of a task with this payload.
func (r *Reply) Again(payload any) *Reply { r.again = r.encode("payload", payload); return r }

func (r *Reply) encode(what string, value any) json.RawMessage {
	data, err := json.Marshal(value)
	if err != nil {
		r.fail(fmt.Errorf("encoding %s: %w", what, err))
	}
	return data
}

// fail keeps the first mistake; the call answers with it.
func (r *Reply) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}
