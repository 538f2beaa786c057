package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Task is a job that a block asked for. The document is the truth; the queue only a hint.
type Task struct {
	Run     string `bson:"run,omitempty"`
	Usage   string `bson:"usage"`
	Type    string `bson:"type"`
	Package string `bson:"package"`
	Name    string `bson:"name"`
	Key     string `bson:"key,omitempty"`
	Payload string `bson:"payload,omitempty"`
	// Submission is the one that the task was handed.
	Submission string `bson:"submission,omitempty"`
	// Stamp orders schedules of the same task and key: a later one replaces an earlier one.
	Stamp string `bson:"stamp"`
	// Due is when to run it, nil when it is done or cancelled: the sweeper's index.
	Due *time.Time `bson:"due,omitempty"`
	// Every repeats it, in seconds.
	Every int64 `bson:"every,omitempty"`
	// Runs counts runs that ended, Tries those of the current run that failed.
	Runs  int `bson:"runs,omitempty"`
	Tries int `bson:"tries,omitempty"`
	// Lease is until when a worker holds it.
	Lease   *time.Time `bson:"lease,omitempty"`
	Failure string     `bson:"failure,omitempty"`
}

func taskSpec() store.Spec {
	return store.Spec{Name: "tasks", Indexes: []store.Index{{Name: "due", Fields: []string{"due"}}, {Name: "usage", Fields: []string{"usage"}}}}
}

// TaskJob is the kind of the jobs that run tasks; their Ref is the task's id.
const TaskJob = "task"

// Limits of tasks.
const (
	taskLease = time.Minute
	taskTries = 8
)

func (k *Kernel) applySchedule(ctx context.Context, t state.Task, s scheduleStep) error {
	o := t.Entry.Origin
	id := store.ID(o.Package, o.Usage, s.Task, s.Key)
	due := time.UnixMilli(s.At).UTC()
	if due.Before(t.Entry.At) {
		due = t.Entry.At
	}
	doc, err := k.tasks.Update(ctx, id, func(task *Task) (bool, error) {
		if task.Stamp >= t.Stamp() {
			return false, nil
		}
		*task = Task{
			Run: o.Run, Usage: o.Usage, Type: o.Type, Package: o.Package, Name: s.Task, Key: s.Key, Payload: string(s.Payload),
			Submission: s.Handed, Stamp: t.Stamp(), Every: s.Every, Runs: task.Runs,
		}
		if !s.Cancel {
			task.Due = &due
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	k.handTask(ctx, id, &doc.Body)
	return nil
}

func (k *Kernel) handTask(ctx context.Context, id string, task *Task) {
	if k.config.Queue == nil || task.Due == nil {
		return
	}
	job := ports.Job{
		ID: digest("task", id, task.Stamp, strconv.Itoa(task.Runs), strconv.Itoa(task.Tries)), Kind: TaskJob, Lane: ports.LaneBackground,
		Course: task.Run, Ref: id, At: *task.Due,
	}
	if err := k.config.Queue.Enqueue(ctx, job); err != nil {
		k.config.Log.WarnContext(ctx, "the queue did not take a task; the sweeper will", "task", task.Name, "error", err)
	}
}

// RunTask runs one task if it is due and nobody holds it. It is what a worker does with a job.
func (k *Kernel) RunTask(ctx context.Context, id string) error {
	now, taken := k.config.Now(), false
	doc, err := k.tasks.Update(ctx, id, func(task *Task) (bool, error) {
		taken = task.Due != nil && !task.Due.After(now) && (task.Lease == nil || !task.Lease.After(now))
		if !taken {
			return false, nil
		}
		until := now.Add(taskLease)
		task.Lease, task.Due = &until, &until
		task.Tries++
		return true, nil
	})
	if err != nil || !taken {
		return err
	}
	again, failure := k.runTask(ctx, id, &doc.Body)
	_, err = k.tasks.Update(ctx, id, func(task *Task) (bool, error) {
		if task.Stamp != doc.Body.Stamp {
			return false, nil // scheduled anew meanwhile
		}
		task.Lease = nil
		k.settleTask(task, again, failure)
		return true, nil
	})
	if err == nil && failure == nil && again != nil {
		doc.Body.Runs, doc.Body.Tries, doc.Body.Due = doc.Body.Runs+1, 0, &now
		k.handTask(ctx, id, &doc.Body)
	}
	return errors.Join(failure, err)
}

// settleTask says what comes after a run.
func (k *Kernel) settleTask(task *Task, again json.RawMessage, failure error) {
	now := k.config.Now()
	if failure != nil {
		task.Failure = failure.Error()[:min(len(failure.Error()), 2000)]
		if task.Tries < taskTries {
			due := now.Add(time.Second << task.Tries)
			task.Due = &due
			return
		}
		k.config.Log.Error("a task was given up", "type", task.Type, "task", task.Name, "error", failure)
	} else {
		task.Failure = ""
	}
	task.Runs++
	task.Tries, task.Due = 0, nil
	switch {
	case failure == nil && again != nil:
		task.Payload, task.Due = string(again), &now
	case task.Every > 0:
		due := now.Add(time.Duration(task.Every) * time.Second)
		task.Due = &due
	}
}

// runTask asks the block and commits what it changes.
func (k *Kernel) runTask(ctx context.Context, id string, task *Task) (again json.RawMessage, err error) {
	version, err := k.config.Registry.Lookup(task.Type)
	if err != nil {
		return nil, err
	}
	description, err := k.describe(ctx, version, task.Type)
	if err != nil {
		return nil, err
	}
	run := digest("run", id, task.Stamp, strconv.Itoa(task.Runs))
	asker, err := k.taskAsker(ctx, version, &description, task)
	if err != nil {
		return nil, err
	}
	if asker.Block == nil && description.Kind == wire.KindApp {
		return nil, nil // switched off here: it wants nothing done until it is on again
	}
	asker.Key = run
	request := &wire.TaskRequest{Task: task.Name, Payload: json.RawMessage(task.Payload), Key: run}
	if request.Fields, err = k.taskFields(ctx, version, &description, task, asker.Block); err != nil {
		return nil, err
	}
	if task.Submission != "" {
		submission, err := k.scorer.Submission(ctx, task.Submission)
		if err != nil {
			return nil, err
		}
		handed := submission.Wire(task.Submission)
		request.Submission = &handed
	}
	var reply wire.EffectsReply
	_, err = k.invoke(ctx, question{
		version: version, op: wire.OpTask, asker: asker, body: request,
		context: wire.Context{
			Block: task.Type, Run: task.Run, Usage: task.Usage, Address: k.address(task.Usage), Role: wire.RoleHost,
			Now: k.config.Now().UnixMilli(), Random: run,
		},
	}, &reply)
	if err != nil {
		return nil, err
	}
	if failure := wire.CheckEffects(wire.OpTask, wire.RoleHost, reply.Effects, reply.Commit); failure != nil {
		return nil, refuse(task.Type, wire.OpTask, failure)
	}
	origin := state.Origin{Run: task.Run, Usage: task.Usage, Type: task.Type, Package: task.Package, Role: string(wire.RoleHost), Request: run}
	p, err := k.plan(ctx, version, &description, origin, reply.Effects, reply.Commit)
	if err != nil {
		return nil, err
	}
	recorded, err := k.remember(ctx, run, "", "", &wire.HandleReply{}, "")
	if err != nil {
		return nil, err
	}
	if reply.Commit != nil {
		err = p.onDocument(ctx, recorded)
	} else {
		err = p.onRequest(ctx, requestID(task.Package, task.Run, run), recorded)
	}
	if errors.Is(err, errDone) || errors.Is(err, errAgain) && reply.Commit == nil {
		return reply.Again, nil // this run was committed before
	}
	if errors.Is(err, errAgain) {
		return nil, wire.Errorf(wire.CodeConflict, wire.BlameHost, "task %s met a document that others change: it runs again", task.Name)
	}
	return reply.Again, err
}

// taskFields gives a task the authored fields that are set on the block, secret ones excepted, and the shared ones.
func (k *Kernel) taskFields(
	ctx context.Context, version *registry.Version, d *wire.Description, task *Task, block *course.Block,
) (wire.Fields, error) {
	fields := wire.Fields{}
	if block != nil {
		revision, err := k.revision(ctx, version, block.Hash)
		if err != nil {
			return nil, err
		}
		authored, err := k.authored(ctx, version, d, revision)
		if err != nil {
			return nil, err
		}
		for _, field := range d.Fields {
			value, set := authored[field.Name]
			if set && field.Scope.Authored() && !field.Secret && field.Type != wire.TypeKey {
				fields[field.Name] = value
			}
		}
	}
	shared, err := k.shared.Get(ctx, task.Usage)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	for name, value := range shared.Body.Fields {
		fields[name] = json.RawMessage(value)
	}
	return fields, nil
}

// taskAsker is what services know of a task's call: its course and place, and no person.
func (k *Kernel) taskAsker(ctx context.Context, version *registry.Version, d *wire.Description, task *Task) (*services.Call, error) {
	asker := &services.Call{
		Op: wire.OpTask, Role: wire.RoleHost, Manifest: &version.Manifest, Description: d, Type: task.Type, Owner: task.Run,
	}
	usage, err := key.ParseUsage(task.Usage)
	if err != nil {
		return asker, err
	}
	if usage.Course.IsZero() {
		asker.Published = Site()
	} else if asker.Published, err = k.config.Courses.Published(ctx, usage.Course); err != nil {
		return nil, fmt.Errorf("running a task: %w", err)
	}
	asker.Block, err = k.Find(ctx, asker.Published, usage)
	if errors.Is(err, course.ErrNotFound) {
		return asker, nil // the block was taken out of the course, or the app switched off; its tasks end by themselves
	}
	return asker, err
}

// DueTasks hands the tasks to the queue that somebody must look at. It returns how many there were; limit bounds them.
func (k *Kernel) DueTasks(ctx context.Context, limit int) (int, error) {
	docs, _, err := k.tasks.Find(ctx, store.Query{Index: "due", To: k.config.Now(), Limit: limit})
	if err != nil {
		return 0, fmt.Errorf("looking for due tasks: %w", err)
	}
	for _, doc := range docs {
		k.handTask(ctx, doc.ID, &doc.Body)
	}
	return len(docs), nil
}
