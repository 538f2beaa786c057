package fakehost

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// taskKey identifies a task: scheduling the same again replaces it.
type taskKey struct{ usage, name, key string }

// Task is a job that the block asked for.
type Task struct {
	Place     *Place
	Name, Key string
	Payload   json.RawMessage
	// Due is when it runs next; zero when it is done, cancelled or given up.
	Due   time.Time
	Every time.Duration
	// Tries counts the failures of the run under way, Trouble says what the last one was.
	Tries   int
	Trouble string

	submission string
	// stamp names this schedule, runs how often it ran to an end.
	stamp string
	runs  int
}

// Notice is a message to one person.
type Notice struct{ To, Title, Text, Path string }

// Published is a change that open pages were told of.
type Published struct {
	Usage, Topic, ID string
	To               []string
}

func (w *World) schedule(o origin, e *wire.Schedule) {
	id := taskKey{o.place.Usage, e.Task, e.Key}
	task := &Task{Place: o.place, Name: e.Task, Key: e.Key, Payload: e.Payload, Every: time.Duration(e.Every) * time.Second, stamp: w.fresh("task")}
	if e.Submission {
		id.key += " " + o.submission
		task.submission = o.submission
	}
	if !e.Cancel {
		task.Due = time.UnixMilli(e.At).UTC()
		if task.Due.Before(w.now) {
			task.Due = w.now
		}
	}
	w.tasks[id] = task
}

// Tasks lists what is still to run, by when it is due.
func (w *World) Tasks() []*Task {
	tasks := slices.DeleteFunc(slices.Collect(maps.Values(w.tasks)), func(t *Task) bool { return t.Due.IsZero() })
	slices.SortFunc(tasks, func(a, b *Task) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Key, b.Key), cmp.Compare(a.submission, b.submission))
	})
	return tasks
}

// rounds bounds Work: a block that always asks for more is a block that never rests.
const rounds = 1000

// Work does everything that is due: grading, tasks, events, and what follows from them. A task or a delivery that fails is
// tried again later, when the clock has moved; its error is returned after everything else was done.
func (w *World) Work() error {
	var troubles error
	failed := map[any]bool{}
	for range rounds {
		busy, err := w.workOnce(failed)
		troubles = errors.Join(troubles, err)
		if !busy {
			return troubles
		}
	}
	return errors.Join(troubles, fmt.Errorf("%d rounds of work and still more: the block schedules without end", rounds))
}

func (w *World) workOnce(failed map[any]bool) (busy bool, troubles error) {
	for _, s := range w.submissions {
		if !s.waits || failed[s] {
			continue
		}
		busy = true
		if err := w.deliver(s); err != nil {
			failed[s] = true
			troubles = errors.Join(troubles, fmt.Errorf("grading: %w", err))
		}
	}
	for _, t := range w.Tasks() {
		if t.Due.After(w.now) || failed[t] {
			continue
		}
		busy = true
		if err := w.runTask(t); err != nil {
			failed[t] = true
			troubles = errors.Join(troubles, fmt.Errorf("task %s: %w", t.Name, err))
		}
	}
	more, err := w.hear()
	return busy || more, errors.Join(troubles, err)
}

// taskTries is how often a task may fail before it is given up.
const taskTries = 8

func (w *World) runTask(t *Task) error {
	t.Due = time.Time{}
	_, err := w.run(t)
	if err != nil {
		t.Trouble = err.Error()
		if t.Tries++; t.Tries < taskTries && t.Due.IsZero() {
			t.Due = w.now.Add(time.Second << t.Tries)
		}
		return err
	}
	t.Tries, t.Trouble = 0, ""
	if t.Due.IsZero() && t.Every > 0 {
		t.Due = w.now.Add(t.Every)
	}
	return nil
}

// run runs a task once and commits what it changes.
func (w *World) run(t *Task) (result json.RawMessage, err error) {
	key := digest("run", t.Place.Usage, t.Name, t.Key, t.stamp, fmt.Sprint(t.runs))
	request := &wire.TaskRequest{Task: t.Name, Payload: t.Payload, Key: key, Fields: w.authoredFields(t.Place)}
	if t.submission != "" {
		submission := w.Submission(t.submission).Submission
		request.Submission = &submission
	}
	context := wire.Context{
		Run: Run, Usage: t.Place.Usage, Address: w.address(t.Place), Role: wire.RoleHost, Now: w.now.UnixMilli(), Random: key,
	}
	var reply wire.EffectsReply
	for range conflicts {
		reply = wire.EffectsReply{}
		err := w.ask(question{
			op: wire.OpTask, context: context, body: request, asker: &asker{role: wire.RoleHost, place: t.Place, key: key},
		}, &reply)
		if err != nil {
			return nil, err
		}
		o := origin{role: wire.RoleHost, place: t.Place, request: key, from: w.config.Type + " " + t.Name}
		err = w.commitEffects(wire.OpTask, o, reply.Effects, reply.Commit)
		if errors.Is(err, errAgain) {
			continue
		}
		if err != nil {
			return nil, err
		}
		t.runs++
		if reply.Again != nil {
			t.Payload, t.Due = reply.Again, w.now
		}
		return reply.Result, nil
	}
	return nil, tooMany()
}

// commitEffects commits a reply without a learner: on a document of the request's own, or on the block document that the
// reply names.
func (w *World) commitEffects(op wire.Op, o origin, effects []wire.Effect, commit *wire.DocumentRef) error {
	if failure := wire.CheckEffects(op, o.role, effects, commit); failure != nil {
		return failure
	}
	p, err := w.plan(o, effects, commit)
	if err != nil {
		return err
	}
	if w.takeFault(FaultConflict, "") {
		return errAgain
	}
	if commit != nil {
		if err := p.onDocument(); err != nil {
			return err
		}
	}
	p.apply()
	return nil
}

// authoredFields are what tasks read: the authored fields that are set, secret ones excepted, and the shared ones.
func (w *World) authoredFields(place *Place) wire.Fields {
	fields := maps.Clone(place.shared)
	for name, value := range place.content {
		if field := w.field(name); field != nil && !field.Secret && field.Type != wire.TypeKey {
			fields[name] = value
		}
	}
	return fields
}

// emit is the event effect.
func (w *World) emit(o origin, e *wire.EmitEvent) {
	w.Events = append(w.Events, wire.Event{
		ID: w.fresh("event"), Name: e.Name, Version: 1, Source: "server", Time: w.now.UnixMilli(), Actor: o.learner,
		Run: Run, Usage: o.place.Usage, Sitting: o.sitting, Request: o.request, Data: e.Data,
	})
}

// Emit puts an event into the log, as anything else in the course would. Work delivers it if the block subscribed to it.
func (w *World) Emit(e wire.Event) {
	e.ID = w.fresh("event")
	if e.Version == 0 {
		e.Version = 1
	}
	if e.Source == "" {
		e.Source = "server"
	}
	if e.Time == 0 {
		e.Time = w.now.UnixMilli()
	}
	if e.Run == "" {
		e.Run = Run
	}
	w.Events = append(w.Events, e)
}

// heardMark begins the requests of deliveries: what a block emits while it hears reaches no block.
const heardMark = "heard-"

// hear delivers the events that the block subscribed to, of which it asked permission for each.
func (w *World) hear() (busy bool, err error) {
	heard := map[*Place][]wire.Event{}
	for _, e := range w.Events[w.delivered:] {
		if place := w.listener(&e); place != nil {
			e.Session, e.Agent, e.Request = "", "", ""
			heard[place] = append(heard[place], e)
		}
	}
	w.delivered = len(w.Events)
	places := slices.SortedFunc(maps.Keys(heard), func(a, b *Place) int { return cmp.Compare(a.Usage, b.Usage) })
	for _, place := range places {
		err = errors.Join(err, w.deliverEvents(place, heard[place]))
	}
	return len(places) > 0, err
}

// listener is the place that hears an event, nil for none: an app's one usage hears the run, another block what happens at itself.
func (w *World) listener(e *wire.Event) *Place {
	if strings.HasPrefix(e.Request, heardMark) || !slices.Contains(w.description.Subscribes, e.Name) || !w.config.Permissions.Has("events.subscribe", e.Name) {
		return nil
	}
	if w.description.Kind == wire.KindApp {
		return w.first()
	}
	for _, place := range w.places {
		if place.Usage == e.Usage {
			return place
		}
	}
	return nil
}

func (w *World) deliverEvents(place *Place, events []wire.Event) error {
	for range conflicts {
		var reply wire.EffectsReply
		err := w.ask(question{
			op: wire.OpEvent, body: wire.EventRequest{Events: events}, asker: &asker{role: wire.RoleHost, place: place},
			context: wire.Context{Run: Run, Usage: place.Usage, Address: w.address(place), Role: wire.RoleHost, Now: w.now.UnixMilli(), Random: w.fresh("random")},
		}, &reply)
		if err == nil {
			o := origin{role: wire.RoleHost, place: place, request: w.fresh(heardMark), from: w.config.Type}
			err = w.commitEffects(wire.OpEvent, o, reply.Effects, reply.Commit)
		}
		if !errors.Is(err, errAgain) {
			return err
		}
	}
	return tooMany()
}

// first is the place of the smallest id.
func (w *World) first() *Place {
	if len(w.places) == 0 {
		return w.Place("it")
	}
	return w.places[slices.Min(slices.Collect(maps.Keys(w.places)))]
}
