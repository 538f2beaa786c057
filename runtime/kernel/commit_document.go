package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// errDone is errAgain for a request that was committed before: its steps are done now, and its reply is remembered.
var errDone = fmt.Errorf("%w: the same request", errAgain)

// onDocument commits on the one block document that the reply names, by one swap. The reply is remembered by a step, where
// the next request of the same id is looked for first. Until that step is done the document alone knows of the request, so
// its id is noted there too.
func (p *plan) onDocument(ctx context.Context, recorded state.Recorded) error {
	documents, err := p.collection(p.commit.Collection)
	if err != nil {
		return err
	}
	outbox := state.NewOutbox(documents.Docs, p.kernel.steps)
	id := documents.ID(p.owner, p.commit.ID)
	if recorded.Request != "" {
		if err := p.step(stepRecorded, recorded); err != nil {
			return err
		}
	}
	for range conflicts {
		doc, err := documents.Docs.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			doc, err = store.Doc[state.Document]{ID: id, Body: state.Document{Owner: p.owner, Name: p.commit.ID}}, nil
		}
		if err != nil {
			return err
		}
		if len(doc.Body.Outbox) > 0 {
			if err := outbox.Finish(ctx, id, doc.Body.Outbox); err != nil {
				return err
			}
			continue // finishing changed the document
		}
		noted := state.Recorded{Request: p.noted(recorded.Request), BodyHash: recorded.BodyHash, At: recorded.At}
		if _, found := doc.Body.Find(noted.Request); found && noted.Request != "" {
			return errDone
		}
		if err := p.change(ctx, documents, &doc); err != nil {
			return err
		}
		p.entry.Source = store.ID(p.manifest.Name, p.commit.Collection, id)
		entry := doc.Body.Record(p.entry, noted, 0)
		if _, err = documents.Docs.Put(ctx, doc); err == nil {
			return finishNow(ctx, p.kernel, outbox, id, entry)
		}
		if !errors.Is(err, store.ErrConflict) {
			return p.refused(err)
		}
	}
	return errAgain
}

// noted names a request among those of all callers of a document; "" stays "".
func (p *plan) noted(request string) string {
	if request == "" {
		return ""
	}
	return digest("request", p.origin.Learner, p.origin.Usage, request)
}

// change applies the refusable effects to the document as it is now, all or none.
func (p *plan) change(ctx context.Context, documents state.Documents, doc *store.Doc[state.Document]) error {
	exists := doc.Version != 0 && doc.Body.Deleted == nil
	if len(p.document) == 0 && !exists {
		return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "the commit document %s %q does not exist", p.commit.Collection, p.commit.ID)
	}
	if len(p.document) > 0 && exists {
		// The base is read as the block reads it: an addition goes to the newer shape, and what a newer version wrote is not
		// overwritten by an older one. Without a document effect the body stays as it is, under its writer's number.
		base, err := p.shape(ctx, p.commit.Collection, doc.Body.Schema, json.RawMessage(doc.Body.Body))
		if err != nil {
			return err
		}
		doc.Body.Body = string(base)
	}
	for _, e := range p.document {
		if err := p.changeOne(documents, doc, e, exists); err != nil {
			return err
		}
	}
	return nil
}

func (p *plan) changeOne(documents state.Documents, doc *store.Doc[state.Document], e *wire.Effect, exists bool) error {
	switch {
	case e.Insert != nil:
		if exists {
			return errAgain // the call runs again and reads it
		}
		doc.Body.Created = p.entry.At
		return p.body(documents, doc, e.Insert.Body)
	case e.Replace != nil:
		if !exists || doc.Body.Revision != e.Replace.Version {
			return errAgain
		}
		return p.body(documents, doc, e.Replace.Body)
	case e.Add != nil:
		if !exists {
			return wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "there is no %s %q", p.commit.Collection, p.commit.ID)
		}
		return p.bounded(documents, doc, e.Add)
	}
	return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "unknown document effect")
}

func (p *plan) body(documents state.Documents, doc *store.Doc[state.Document], body json.RawMessage) error {
	if err := documents.SetBody(&doc.Body, body); err != nil {
		return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "%v", err)
	}
	doc.Body.Schema = p.description.Schema
	return nil
}

// bounded adds to an integer within bounds, or refuses in the block's words.
func (p *plan) bounded(documents state.Documents, doc *store.Doc[state.Document], add *wire.AddDoc) error {
	after, value, err := state.AddTo(doc.Body.Body, state.Addition{Field: add.Field, Key: add.Key, By: add.By})
	if err != nil {
		return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "%v", err)
	}
	if add.Min != nil && value < *add.Min || add.Max != nil && value > *add.Max {
		return conflict(add.Refusal, NoneLeft)
	}
	return p.body(documents, doc, json.RawMessage(after))
}

// The kernel's own words in a CodeConflict, for hosts that say them in the reader's language; what else comes with that code and
// blames the outside is a block's.
const (
	OtherSitting = "sitting"
	SameRequest  = "another request was sent under the same id"
	NoneLeft     = "no more are left"
	NameTaken    = "something else has the same name already"
)

// conflict refuses in the block's words, or in the host's.
func conflict(words, otherwise string) error {
	if words == "" {
		words = otherwise
	}
	return wire.Errorf(wire.CodeConflict, wire.BlameOutside, "%s", words)
}

// refused makes an error of the store one that callers understand.
func (p *plan) refused(err error) error {
	if !errors.Is(err, store.ErrExists) {
		return err
	}
	words := ""
	for _, e := range p.document {
		switch {
		case e.Insert != nil:
			words = e.Insert.Refusal
		case e.Replace != nil:
			words = e.Replace.Refusal
		}
	}
	return conflict(words, NameTaken)
}

// now applies the steps of a call that changes nothing but by steps that need no commit document: a visitor's events.
func (p *plan) now(ctx context.Context) error {
	p.entry.Source = store.ID("once", p.entry.ID)
	p.entry.Number, p.entry.Once = 1, true
	return p.kernel.steps.Apply(ctx, &p.entry)
}

// onRequest commits on a document of the request's own, for calls without a learner: tasks, events, mounts. A request that
// came before gives its remembered reply.
func (p *plan) onRequest(ctx context.Context, id string, recorded state.Recorded) error {
	k := p.kernel
	p.entry.Source, p.entry.Once = store.ID("requests", id), true
	body := state.Request{At: p.entry.At}
	entry := body.Record(p.entry, recorded, 1)
	if err := k.requests.Insert(ctx, id, body); err != nil {
		if errors.Is(err, store.ErrExists) {
			return errAgain // the first one's reply is given instead
		}
		return err
	}
	return finishNow(ctx, k, k.requestOutbox, id, entry)
}
