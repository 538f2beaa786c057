package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// plan is what a reply's effects come to: changes to the commit document, and steps for everything else.
type plan struct {
	kernel      *Kernel
	manifest    *manifest.Manifest
	description *wire.Description
	origin      state.Origin
	// owner is whose documents the call sees.
	owner string
	entry state.Entry
	// fields are user_state changes by name; "" unsets.
	fields map[string]string
	submit *wire.Submit
	// sitting is what a sitting effect asked for, nil when none did.
	sitting *wire.Sitting
	// document are the refusable effects on the commit document: one, or several bounded additions.
	document []*wire.Effect
	// shape reads documents of older schemas.
	shape  state.Shape
	commit *wire.DocumentRef
}

// plan sorts the effects of a reply. It refuses names that the block did not declare and effects that its manifest does not
// ask permission for. Files are stored here: they are private and collected unless the commit binds them.
func (k *Kernel) plan(ctx context.Context, version *registry.Version, d *wire.Description, origin state.Origin,
	effects []wire.Effect, commit *wire.DocumentRef,
) (*plan, error) {
	p := &plan{
		kernel: k, manifest: &version.Manifest, shape: k.shape(version, d, origin.Type), description: d, origin: origin, owner: origin.Owner(), commit: commit, fields: map[string]string{},
		entry: state.Entry{ID: newID(), At: k.config.Now(), Origin: origin},
	}
	for i := range effects {
		if err := p.add(ctx, &effects[i]); err != nil {
			return nil, fmt.Errorf("effect %d: %w", i, err)
		}
	}
	return p, nil
}

// permissions that effects need in the manifest, beside what the table of operation and role allows.
var permissions = map[wire.EffectKind]string{
	wire.EffectNotify:   "notify",
	wire.EffectPublish:  "publish",
	wire.EffectSchedule: "schedule",
	wire.EffectEnrol:    "enrol",
	wire.EffectIndex:    "index",
	wire.EffectScore:    "score",
}

func (p *plan) add(ctx context.Context, e *wire.Effect) error {
	kind := e.Kind()
	if needed := permissions[kind]; needed != "" && !p.manifest.Has(needed, "") {
		return wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "%s: block.json does not ask for the permission %q", kind, needed)
	}
	switch {
	case e.Set != nil:
		return p.set(e.Set.Field, string(e.Set.Value))
	case e.Unset != nil:
		return p.set(e.Unset.Field, "")
	case e.Increment != nil, e.Append != nil:
		return p.shared(e)
	case e.Submit != nil:
		p.submit = e.Submit
	case e.Sitting != nil:
		p.sitting = e.Sitting
	case e.File != nil:
		return p.keep(ctx, e.File)
	case e.Insert != nil, e.Replace != nil, e.Add != nil, e.Delete != nil:
		return p.documents(e)
	case e.Event != nil:
		if !slices.ContainsFunc(p.description.Events, func(t wire.EventType) bool { return t.Name == e.Event.Name }) {
			return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "event %q is not declared", e.Event.Name)
		}
		return p.step(stepEvent, e.Event)
	case e.Schedule != nil:
		if !slices.Contains(p.description.Tasks, e.Schedule.Task) {
			return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "task %q is not declared", e.Schedule.Task)
		}
		return p.schedule(e.Schedule)
	default:
		return p.plain(e)
	}
	return nil
}

// schedule hands the task the submission of this reply where it asks for that; the submission then takes part in the key.
func (p *plan) schedule(s *wire.Schedule) error {
	step := scheduleStep{Schedule: *s}
	if s.Submission {
		step.Handed = submissionID(p.origin.Learner, p.origin.Usage, p.origin.Request)
		step.Key += "#" + step.Handed
	}
	return p.step(stepSchedule, step)
}

// plain adds effects whose step is the effect itself.
func (p *plan) plain(e *wire.Effect) error {
	switch {
	case e.Settle != nil:
		return p.step(stepSettle, e.Settle)
	case e.Score != nil:
		return p.step(stepScore, e.Score)
	case e.Complete != nil:
		return p.step(stepComplete, e.Complete)
	case e.Notify != nil:
		if p.origin.Run == "" && e.Notify.Run == "" {
			return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "an app of the site must name the run whose people it notifies")
		}
		return p.step(stepNotify, e.Notify)
	case e.Publish != nil:
		return p.step(stepPublish, e.Publish)
	case e.Enrol != nil:
		return p.step(stepEnrol, e.Enrol)
	case e.Index != nil:
		return p.step(stepIndex, e.Index)
	case e.Redraw != nil:
		return p.step(stepRedraw, e.Redraw)
	}
	return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "unknown effect")
}

// scratchSteps is what a preview does: all of it stays with the stand-in, in its own state, submissions and scores, or in shared
// fields and documents of the preview (see [state.Origin.Owner]). What is not listed here reaches others, and is not done at all.
var scratchSteps = []string{
	stepSubmit, stepSettle, stepComplete, stepPersonal, stepState, stepShared, stepInsert, stepAdd, stepDelete, stepRedraw, stepRecorded,
}

func (p *plan) step(kind string, data any) error {
	if p.origin.Scratch != "" && !slices.Contains(scratchSteps, kind) {
		return nil
	}
	encoded, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encoding a %s step: %w", kind, err)
	}
	p.entry.Steps = append(p.entry.Steps, state.Step{Kind: kind, Data: string(encoded)})
	return nil
}

func (p *plan) field(name string) (*wire.Field, error) {
	i := slices.IndexFunc(p.description.Fields, func(f wire.Field) bool { return f.Name == name })
	if i < 0 {
		return nil, wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "field %q is not declared", name)
	}
	return &p.description.Fields[i], nil
}

func (p *plan) set(name, value string) error {
	field, err := p.field(name)
	if err != nil {
		return err
	}
	if !wire.Writable(wire.Role(p.origin.Role), field.Scope) {
		return wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "field %q of scope %s may not be set for role %s", name, field.Scope, p.origin.Role)
	}
	switch {
	case field.Scope != wire.ScopeUserState:
		return p.step(stepPersonal, personalStep{string(field.Scope), name, value, p.description.Schema})
	case p.commit != nil:
		return p.step(stepState, stateStep{name, value, p.description.Schema})
	}
	p.fields[name] = value
	return nil
}

// maxList bounds a shared list that declares no bound of its own.
const maxList = 1000

func (p *plan) shared(e *wire.Effect) error {
	var change state.SharedChange
	want := "sum"
	if e.Increment != nil {
		change = state.SharedChange{Field: e.Increment.Field, Key: e.Increment.Key, By: e.Increment.By}
	} else {
		want, change = "list", state.SharedChange{Field: e.Append.Field, Value: e.Append.Value, Most: maxList}
	}
	field, err := p.field(change.Field)
	if err != nil {
		return err
	}
	if field.Scope != wire.ScopeSummary || field.Shared != want {
		return wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "field %q is not a shared %s", change.Field, want)
	}
	if field.Max != nil && want == "list" {
		change.Most = int(*field.Max)
	}
	return p.step(stepShared, change)
}

func (p *plan) keep(ctx context.Context, file *wire.KeepFile) error {
	if p.kernel.config.Files == nil || p.origin.Learner == "" {
		return wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "this server keeps no files for blocks")
	}
	o := p.origin
	_, err := p.kernel.config.Files.Keep(ctx, o.Learner, o.Run, o.Usage, file.Name, file.Type, file.Data.Data)
	return err
}

func (p *plan) documents(e *wire.Effect) error {
	name := ""
	switch {
	case e.Insert != nil:
		name = e.Insert.Collection
	case e.Replace != nil:
		name = e.Replace.Collection
	case e.Add != nil:
		name = e.Add.Collection
	case e.Delete != nil:
		name = e.Delete.Collection
	}
	if _, err := p.collection(name); err != nil {
		return err
	}
	if e.Refusable() {
		p.document = append(p.document, e)
		return nil
	}
	switch {
	case e.Insert != nil:
		return p.step(stepInsert, insertStep{*e.Insert, p.description.Schema})
	case e.Add != nil:
		return p.step(stepAdd, e.Add)
	}
	return p.step(stepDelete, e.Delete)
}

func (p *plan) collection(name string) (state.Documents, error) {
	i := slices.IndexFunc(p.description.Collections, func(c wire.Collection) bool { return c.Name == name })
	if i < 0 {
		return state.Documents{}, wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "collection %q is not declared", name)
	}
	return p.kernel.documents(p.manifest.Name, p.description.Collections[i]), nil
}

// remember makes the record of a reply, without its effects; a large one is stored aside first.
func (k *Kernel) remember(ctx context.Context, id, bodyHash, learner string, reply *wire.HandleReply, submission string) (state.Recorded, error) {
	recorded := state.Recorded{Request: id, BodyHash: bodyHash, At: k.config.Now(), Submission: submission}
	if id == "" {
		return recorded, nil
	}
	bare := *reply
	bare.Effects, bare.Commit = nil, nil
	frame, err := wire.EncodeReply(&bare, nil)
	if err != nil {
		return recorded, wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "remembering the reply: %v", err)
	}
	if len(frame) <= state.InlineReply {
		recorded.Reply = frame
		return recorded, nil
	}
	recorded.Stored = newID()
	return recorded, k.replies.Insert(ctx, recorded.Stored, largeReply{Frame: frame, Learner: learner, At: recorded.At})
}

// commit makes a learner's or staff's reply true: on his state of the block, or on the block document that it names.
func (s *seat) commit(ctx context.Context, r Request, allowed *wire.Access, reply *wire.HandleReply) (*Response, error) {
	k, person, usage := s.visit.kernel, s.visit.Person, s.block.Usage.String()
	origin := state.Origin{
		Run: s.visit.Published.Key.String(), Usage: usage, Type: s.block.Usage.Type, Package: s.version.Manifest.Name,
		Learner: person.Learner, Caller: person.Learner, Role: string(r.As), Request: r.ID, Sitting: s.nextSitting(), Scratch: person.Scratch,
	}
	p, err := k.plan(ctx, s.version, &s.description, origin, reply.Effects, reply.Commit)
	if err != nil {
		return nil, err
	}
	response := &Response{HandleReply: *reply}
	if p.submit != nil {
		if err := s.maySubmit(ctx, p, allowed); err != nil {
			return nil, err
		}
		response.Submission = submissionID(person.Learner, usage, r.ID)
	}
	recorded, err := k.remember(ctx, r.ID, r.BodyHash, person.Learner, reply, response.Submission)
	if err != nil {
		return nil, err
	}
	switch {
	case reply.Commit != nil:
		err = p.onDocument(ctx, recorded)
	case person.Learner == "":
		err = p.now(ctx)
	default:
		err = s.onState(ctx, p, recorded, response.Submission)
	}
	if err != nil {
		return nil, err
	}
	return response, nil
}

// onState commits on the learner's state by one swap.
func (s *seat) onState(ctx context.Context, p *plan, recorded state.Recorded, submission string) error {
	k, doc := s.visit.kernel, s.state
	l := &doc.Body
	s.own(l)
	if err := s.upgrade(ctx, l); err != nil {
		return err
	}
	if p.sitting != nil && !p.sitting.Open && l.Open() {
		now := s.visit.Now
		l.Sitting.Ended = &now
	}
	if s.grades() && (p.submit != nil || len(p.fields) > 0 || p.sitting != nil && p.sitting.Open) {
		if err := s.open(ctx, l); err != nil {
			return err
		}
	}
	if p.submit != nil {
		if err := s.addSubmit(l, p, submission); err != nil {
			return err
		}
	}
	p.entry.Source = store.ID("states", doc.ID)
	for name, value := range p.fields {
		l.Set(name, value, state.Task{Entry: &p.entry}.Stamp())
	}
	entry := l.Record(p.entry, recorded, state.RecentKept)
	if _, err := k.learners.Put(ctx, doc); err != nil {
		if errors.Is(err, store.ErrConflict) {
			return errAgain
		}
		return err
	}
	return finishNow(ctx, k, k.learnerOutbox, doc.ID, entry)
}

// upgrade rewrites what an older schema stored in the shape of the version that now writes.
func (s *seat) upgrade(ctx context.Context, l *state.Learner) error {
	if l.Schema == s.description.Schema || len(l.Fields) == 0 {
		l.Schema = s.description.Schema
		return nil
	}
	fields, err := s.userState(ctx)
	if err != nil {
		return err
	}
	l.Fields = make(store.Map[string], len(fields))
	for name, value := range fields {
		l.Fields[name] = string(value)
	}
	l.Schema = s.description.Schema
	return nil
}

// finishNow applies a committed entry before the reply, and drops it afterwards while nobody waits.
func finishNow[T any, P interface {
	*T
	Protocol() *state.Commit
}](ctx context.Context, k *Kernel, outbox state.Outbox[T, P], id string, entry state.Entry) error {
	if len(entry.Steps) == 0 {
		return nil
	}
	if err := outbox.Apply(ctx, &entry); err != nil {
		return err
	}
	background := context.WithoutCancel(ctx)
	k.closing.Go(func() {
		if err := outbox.Drop(background, id, entry.ID); err != nil {
			k.config.Log.Warn("an applied entry stays in its outbox; the sweeper drops it", "document", id, "error", err)
		}
	})
	return nil
}
