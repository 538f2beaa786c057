package kernel

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/notices"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// The kinds of steps. They are stored: append-only.
const (
	stepSubmit   = "submit"
	stepSettle   = "settle"
	stepScore    = "score"
	stepComplete = "complete"
	stepPersonal = "personal"
	stepState    = "state"
	stepShared   = "shared"
	stepInsert   = "insert"
	stepAdd      = "add"
	stepDelete   = "delete"
	stepEvent    = "event"
	stepSchedule = "schedule"
	stepNotify   = "notify"
	stepPublish  = "publish"
	stepEnrol    = "enrol"
	stepIndex    = "index"
	stepRedraw   = "redraw"
	stepRecorded = "recorded"
	stepAct      = "act"
	stepClear    = "clear"
	stepMark     = "mark"
	stepAsk      = "ask"
	stepActed    = "acted"
	stepMarked   = "marked"
	stepTold     = "told"
)

// What steps carry that are not the effect itself.
type (
	submitStep struct {
		ID   string             `json:"id"`
		Body scoring.Submission `json:"body"`
	}
	personalStep struct {
		Scope  string `json:"scope"`
		Field  string `json:"field"`
		Value  string `json:"value"`
		Schema int    `json:"schema,omitempty"`
	}
	insertStep struct {
		wire.InsertDoc
		Schema int `json:"schema,omitempty"`
	}
	scheduleStep struct {
		wire.Schedule
		// Handed is the submission that the task is handed.
		Handed string `json:"handed,omitempty"`
	}
	stateStep struct {
		Field  string `json:"field"`
		Value  string `json:"value"`
		Schema int    `json:"schema"`
	}
)

// apply makes an applier of a function that takes the step's data decoded.
func apply[D any](kind string, do func(ctx context.Context, t state.Task, data D) error) state.Applier {
	return func(ctx context.Context, t state.Task) error {
		var data D
		if err := json.Unmarshal(t.Data, &data); err != nil {
			return fmt.Errorf("decoding a %s step: %w", kind, err)
		}
		return do(ctx, t, data)
	}
}

// applications is who does which step. Each is idempotent for ever; see package state.
func (k *Kernel) applications() state.Steps {
	return state.Steps{
		stepSubmit:   apply(stepSubmit, k.applySubmit),
		stepSettle:   apply(stepSettle, k.applySettle),
		stepScore:    apply(stepScore, k.applyScore),
		stepComplete: apply(stepComplete, k.applyComplete),
		stepPersonal: apply(stepPersonal, k.applyPersonal),
		stepState:    apply(stepState, k.applyState),
		stepShared:   apply(stepShared, k.applyShared),
		stepInsert:   apply(stepInsert, k.applyInsert),
		stepAdd:      apply(stepAdd, k.applyAdd),
		stepDelete:   apply(stepDelete, k.applyDelete),
		stepEvent:    apply(stepEvent, k.applyEvent),
		stepSchedule: apply(stepSchedule, k.applySchedule),
		stepNotify:   apply(stepNotify, k.applyNotify),
		stepPublish:  apply(stepPublish, k.applyPublish),
		stepEnrol:    apply(stepEnrol, k.applyEnrol),
		stepIndex:    apply(stepIndex, k.applyIndex),
		stepRedraw:   apply(stepRedraw, k.applyRedraw),
		stepRecorded: apply(stepRecorded, k.applyRecorded),
		stepAct:      apply(stepAct, k.applyAct),
		stepClear:    apply(stepClear, k.applyClear),
		stepMark:     apply(stepMark, k.applyMark),
		stepAsk:      apply(stepAsk, k.applyAsk),
		stepActed:    apply(stepActed, k.applyActed),
		stepMarked:   apply(stepMarked, k.applyMarked),
		stepTold:     apply(stepTold, k.applyTold),
	}
}

func (k *Kernel) applySubmit(ctx context.Context, _ state.Task, s submitStep) error {
	if len(s.Body.Files) > 0 && k.config.Files != nil {
		hashes := make([]string, len(s.Body.Files))
		for i, file := range s.Body.Files {
			hashes[i] = file.Hash
		}
		if err := k.config.Files.Bind(ctx, s.Body.Learner, s.Body.Usage, s.ID, hashes); err != nil {
			return err
		}
	}
	return k.scorer.Accept(ctx, s.ID, s.Body)
}

func (k *Kernel) applySettle(ctx context.Context, t state.Task, s wire.Settle) error {
	o := t.Entry.Origin
	if o.Scratch != "" { // a preview settles nobody's answer but its own
		delivery, err := k.scorer.Delivery(ctx, s.Submission)
		if errors.Is(err, store.ErrNotFound) || err == nil && delivery.Learner != o.Scratch {
			return nil
		}
		if err != nil {
			return err
		}
	}
	from := o.Learner
	if from == "" {
		from = o.Type
	}
	return k.scorer.Settle(ctx, t.Name(), o.Usage, s.Submission, from, string(s.Data), t.Entry.At)
}

func (k *Kernel) applyComplete(ctx context.Context, t state.Task, c wire.Complete) error {
	usage, err := key.ParseUsage(t.Entry.Origin.Usage)
	if err != nil {
		return err
	}
	return k.complete(ctx, t.Entry.Origin, usage, c.Fraction)
}

func (k *Kernel) applyPersonal(ctx context.Context, t state.Task, p personalStep) error {
	o := t.Entry.Origin
	return state.SetPersonal(ctx, k.personal, state.Personal{
		Learner: o.Learner, Run: o.Run, Package: o.Package, Scope: p.Scope,
	}, p.Field, state.Stamped{Value: p.Value, Stamp: t.Stamp(), Schema: p.Schema})
}

func (k *Kernel) applyState(ctx context.Context, t state.Task, s stateStep) error {
	o := t.Entry.Origin
	_, err := k.learners.Update(ctx, state.LearnerID(o.Learner, o.Usage), func(l *state.Learner) (bool, error) {
		if !l.SetByStep(s.Field, s.Value, t.Stamp()) {
			return false, nil
		}
		l.Learner, l.Run, l.Usage = o.Learner, o.Run, o.Usage
		if l.Schema == 0 {
			l.Schema = s.Schema
		}
		return true, nil
	})
	return err
}

func (k *Kernel) applyShared(ctx context.Context, t state.Task, c state.SharedChange) error {
	o := t.Entry.Origin
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	id := state.SharedID(o.Scratch, o.Usage)
	return k.sharedMail.Send(ctx, t, id, string(data), freshShared(id))
}

// freshShared makes the shared fields that somebody writes first; id is a [state.SharedID].
func freshShared(id string) func() state.Shared {
	return func() state.Shared { return state.Shared{Usage: id, Run: runOf(id)} }
}

// owned gives access to a collection of the step's package. Which indexes it has is not known here and not needed: bodies
// keep theirs through the description that the plan checked.
func (k *Kernel) owned(ctx context.Context, t state.Task, collection string) (state.Documents, error) {
	version, err := k.config.Registry.Lookup(t.Entry.Origin.Type)
	if err != nil {
		return state.Documents{}, err
	}
	description, err := k.describe(ctx, version, t.Entry.Origin.Type)
	if err != nil {
		return state.Documents{}, err
	}
	for _, declared := range description.Collections {
		if declared.Name == collection {
			return k.documents(version.Manifest.Name, declared), nil
		}
	}
	return state.Documents{}, fmt.Errorf("collection %s of %s is not declared any more", collection, t.Entry.Origin.Type)
}

func (k *Kernel) applyInsert(ctx context.Context, t state.Task, i insertStep) error {
	documents, err := k.owned(ctx, t, i.Collection)
	if err != nil {
		return err
	}
	owner := t.Entry.Origin.Owner()
	doc := state.Document{Owner: owner, Name: t.Name(), Created: t.Entry.At, Schema: i.Schema}
	if err := documents.SetBody(&doc, i.Body); err != nil {
		k.config.Log.WarnContext(ctx, "a document of a block was dropped", "type", t.Entry.Origin.Type, "error", err)
		return nil // the body cannot become fit by trying again
	}
	err = documents.Docs.Insert(ctx, documents.ID(owner, doc.Name), doc)
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

func (k *Kernel) applyAdd(ctx context.Context, t state.Task, a wire.AddDoc) error {
	documents, err := k.owned(ctx, t, a.Collection)
	if err != nil {
		return err
	}
	data, err := json.Marshal(state.Addition{Field: a.Field, Key: a.Key, By: a.By})
	if err != nil {
		return err
	}
	return documents.Mail.Send(ctx, t, documents.ID(t.Entry.Origin.Owner(), a.ID), string(data), nil)
}

func (k *Kernel) applyDelete(ctx context.Context, t state.Task, d wire.DeleteDoc) error {
	documents, err := k.owned(ctx, t, d.Collection)
	if err != nil {
		return err
	}
	id := documents.ID(t.Entry.Origin.Owner(), d.ID)
	_, err = documents.Docs.Update(ctx, id, func(doc *state.Document) (bool, error) {
		if doc.Name == "" || doc.Deleted != nil || doc.Created.After(t.Entry.At) {
			return false, nil // gone already, or made anew since
		}
		doc.Delete(t.Entry.At)
		return true, nil
	})
	return err
}

func (k *Kernel) applyEvent(ctx context.Context, t state.Task, e wire.EmitEvent) error {
	if k.config.Events == nil {
		return nil
	}
	o := t.Entry.Origin
	return k.config.Events.Append(ctx, wire.Event{
		ID: t.Name(), Name: e.Name, Version: 1, Source: "server", Time: t.Entry.At.UnixMilli(), Actor: o.Learner,
		Run: o.Run, Usage: o.Usage, Sitting: o.Sitting, Request: o.Request, Data: e.Data,
	})
}

func (k *Kernel) applyNotify(ctx context.Context, t state.Task, n wire.Notify) error {
	o := t.Entry.Origin
	return k.notices.Post(ctx, notices.Posting{
		ID: t.Name(), Run: cmp.Or(o.Run, n.Run), Usage: o.Usage, Type: o.Type, Title: n.Title, Text: n.Text, Path: n.Path, To: n.To, At: t.Entry.At,
	})
}

func (k *Kernel) applyPublish(ctx context.Context, t state.Task, p wire.Publish) error {
	if k.config.Bus == nil {
		return nil
	}
	audiences := p.To
	if len(audiences) == 0 {
		audiences = []string{""}
	}
	for _, audience := range audiences {
		err := k.config.Bus.Publish(ctx, ports.Message{
			Topic: liveTopic(t.Entry.Origin.Run, audience), Kind: ChangedKind, ID: t.Entry.Origin.Usage + " " + p.Topic + " " + p.ID,
		})
		if err != nil { // pages that missed it find the truth by asking
			k.config.Log.WarnContext(ctx, "pages were not told of a change", "usage", t.Entry.Origin.Usage, "error", err)
		}
	}
	return nil
}

// ChangedKind is the kind of the messages that tell of what blocks publish. Their id is the usage, the block's topic and its id,
// with spaces between.
const ChangedKind = "changed"

// liveTopic is the bus topic of what the blocks of a run publish to everybody there, or to a role, a group or a pseudonym.
func liveTopic(run, audience string) string { return "live:" + store.ID(run, audience) }

// LiveTopics are the topics that a person may hear in the run: what is for everybody, for the person's roles and groups, and for
// the person. Whether the block may be seen is asked of each message besides.
func LiveTopics(p *access.Person) []string {
	run := p.Run.String()
	topics := []string{liveTopic(run, ""), liveTopic(run, p.Learner)}
	for _, name := range groupNames(p) {
		topics = append(topics, liveTopic(run, name))
	}
	return topics
}

func (k *Kernel) applyEnrol(ctx context.Context, t state.Task, e wire.Enrol) error {
	if k.config.Enroller == nil {
		return errors.New("this server cannot enrol for blocks")
	}
	run := t.Entry.Origin.Run
	if run == "" {
		run = e.Run
	}
	return k.config.Enroller.Enrol(ctx, run, e.Learner, e.Mode, e.Active, t.Stamp())
}

func (k *Kernel) applyRedraw(ctx context.Context, t state.Task, _ wire.Redraw) error {
	o := t.Entry.Origin
	_, err := k.learners.Update(ctx, state.LearnerID(o.Learner, o.Usage), func(l *state.Learner) (bool, error) {
		if l.Learner == "" || l.Redrawn >= t.Order() {
			return false, nil
		}
		l.Drawn, l.Redrawn = false, t.Order()
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("drawing again: %w", err)
	}
	if o.Scratch != "" { // it has no grade to add up again
		return nil
	}
	usage, err := key.ParseUsage(o.Usage)
	if err != nil {
		return err
	}
	return k.scorer.Redrawn(ctx, o.Learner, usage)
}

// applyRecorded remembers a reply where the next request of the same id is looked for: at the learner's state, or at the
// request's own document.
func (k *Kernel) applyRecorded(ctx context.Context, t state.Task, r state.Recorded) error {
	o := t.Entry.Origin
	if o.Learner == "" {
		err := k.requests.Insert(ctx, requestID(o.Package, o.Run, r.Request), state.Request{Commit: state.Commit{Recent: []state.Recorded{r}}, At: r.At})
		if errors.Is(err, store.ErrExists) {
			return nil
		}
		return err
	}
	_, err := k.learners.Update(ctx, state.LearnerID(o.Learner, o.Usage), func(l *state.Learner) (bool, error) {
		if _, found := l.Find(r.Request); found {
			return false, nil
		}
		l.Learner, l.Run, l.Usage = o.Learner, o.Run, o.Usage
		l.Record(state.Entry{}, r, state.RecentKept)
		return true, nil
	})
	return err
}

// requestID names the document of a request without a learner.
func requestID(pack, run, request string) string { return store.ID(pack, run, request) }

// complete raises the completion of a block for the learner whose call it was.
func (k *Kernel) complete(ctx context.Context, o state.Origin, usage key.Usage, fraction float64) error {
	if usage.Course.IsZero() {
		return nil // an app of the site: like those of a run it is no part of what one completes
	}
	published, err := k.config.Courses.Published(ctx, usage.Course)
	if err != nil {
		return err
	}
	block, err := published.Find(ctx, usage)
	if errors.Is(err, course.ErrNotFound) || err == nil && block.Subsection == nil {
		return nil // taken out of the course since
	}
	if err != nil {
		return err
	}
	_, err = state.RaiseCompletion(ctx, k.completed, state.Completion{
		Learner: o.Learner, Run: usage.Course.String(), Subsection: block.Subsection.Usage.String(),
	}, usage.String(), fraction)
	if err != nil || fraction < 1 || o.Scratch != "" {
		return err
	}
	return k.completedNow(ctx, o.Learner, usage)
}
