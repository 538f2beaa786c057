package transfer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/store"
)

// errTaken ends the work of somebody whose transfer another has taken over.
var errTaken = errors.New("another worker has the transfer")

// working is one transfer in the hands of a worker.
type working struct {
	*Transfers
	id, worker string
	one        Transfer
	run        key.Course

	mu   sync.Mutex
	step importer.Progress
}

// Work works on a transfer until a person is asked again. worker names who works, alone of that name. One that somebody works on,
// or that waits for a person, is left alone.
func (t *Transfers) Work(ctx context.Context, id, worker string) error {
	w, err := t.take(ctx, id, worker)
	if err != nil || w == nil {
		return err
	}
	within, cancel := context.WithCancelCause(ctx)
	renewed := make(chan struct{})
	go func() { defer close(renewed); w.renew(within, cancel) }()
	change, failed := w.act(within)
	cancel(nil)
	<-renewed
	if ctx.Err() != nil || errors.Is(context.Cause(within), errTaken) {
		return nil //nolint:nilerr // the process ends, or somebody else goes on: the sweep finds it
	}
	if failed != nil {
		if w.one.Tries < mostTries && why(failed) == WhyHost {
			t.config.Log.WarnContext(ctx, "a transfer failed; it is tried again", "transfer", id, "course", w.one.Course, "error", failed)
			return w.later(ctx)
		}
		t.config.Log.WarnContext(ctx, "a transfer failed", "transfer", id, "course", w.one.Course, "state", string(w.one.State), "error", failed)
		change = func(one *Transfer) {
			one.FailedIn, one.State, one.Why, one.Trouble = one.State, Failed, why(failed), said(failed)
		}
	}
	return w.end(ctx, change)
}

// take makes a transfer a worker's own for a while.
func (t *Transfers) take(ctx context.Context, id, worker string) (*working, error) {
	taken := false
	doc, err := t.docs.Update(ctx, id, func(one *Transfer) (bool, error) {
		now := t.now()
		if taken = one.State.Works() && one.Due != nil && !one.Due.After(now); !taken {
			return false, nil
		}
		until := now.Add(lease)
		one.Due, one.Worker = &until, worker
		one.Tries++
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("taking a transfer: %w", err)
	}
	if !taken {
		return nil, nil
	}
	run, err := key.ParseCourse(doc.Body.Course)
	if err != nil {
		return nil, fmt.Errorf("taking a transfer: %w", err)
	}
	return &working{Transfers: t, id: id, worker: worker, one: doc.Body, run: run}, nil
}

// renew puts the lease off and tells how far the work is, until ctx ends.
func (w *working) renew(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(lease / 30)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		w.mu.Lock()
		step := w.step
		w.mu.Unlock()
		err := w.own(ctx, func(one *Transfer) {
			until := w.now().Add(lease)
			one.Due, one.Step, one.Done, one.Total = &until, step.Step, step.Done, step.Total
		})
		if errors.Is(err, errTaken) {
			cancel(err)
			return
		}
		if err != nil && ctx.Err() == nil {
			w.config.Log.WarnContext(ctx, "a transfer's lease could not be renewed", "error", err)
		}
	}
}

func (w *working) progress(p importer.Progress) {
	w.mu.Lock()
	w.step = p
	w.mu.Unlock()
}

// own changes the transfer while it is still this worker's.
func (w *working) own(ctx context.Context, change func(*Transfer)) error {
	_, err := w.docs.Update(ctx, w.id, func(one *Transfer) (bool, error) {
		if one.Worker != w.worker || one.State != w.one.State {
			return false, errTaken
		}
		change(one)
		return true, nil
	})
	return err
}

// later leaves the transfer to another try.
func (w *working) later(ctx context.Context) error {
	return w.own(ctx, func(one *Transfer) {
		due := w.now().Add(time.Duration(one.Tries) * time.Second)
		one.Due, one.Worker = &due, ""
	})
}

// end says what came of the work.
func (w *working) end(ctx context.Context, change func(*Transfer)) error {
	err := w.own(ctx, func(one *Transfer) {
		change(one)
		one.Due, one.Worker, one.Tries, one.Step, one.Since = nil, "", 0, "", w.now()
	})
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

// act does what the state asks for and gives what that changes.
func (w *working) act(ctx context.Context) (func(*Transfer), error) {
	switch w.one.State {
	case Looking:
		return w.look(ctx)
	case Importing:
		return w.bring(ctx)
	case Undoing:
		return w.undo(ctx)
	case Exporting:
		return w.export(ctx)
	case Ready, Done, Undone, Dropped, Failed:
	}
	return nil, ErrState
}

func (w *working) importer() importer.Config {
	return importer.Config{Courses: w.config.Courses, Blocks: w.config.Blocks, Files: keeper{w.config.Files}, Answers: w.config.Answers, Hasher: w.config.Hasher, Enter: w.config.Enter}
}

// keeper stores an archive's files.
type keeper struct{ files *files.Files }

func (k keeper) Put(ctx context.Context, content io.Reader) (string, int64, error) {
	blob, err := k.files.Put(ctx, content, MaxArchive)
	return blob.Hash, blob.Size, err
}

// opened opens the archive by the same guard as the command line does.
func (w *working) opened(ctx context.Context, use func(importer.Request) error) (err error) {
	file, err := os.CreateTemp(w.config.Temp, "archive-*")
	if err != nil {
		return fmt.Errorf("fetching the archive: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	content, _, err := w.config.Files.Open(ctx, w.one.Archive, 0, -1)
	if err != nil {
		return fmt.Errorf("fetching the archive: %w", err)
	}
	size, err := io.Copy(file, content)
	if err = errors.Join(err, content.Close()); err != nil {
		return fmt.Errorf("fetching the archive: %w", err)
	}
	archive, err := intake.OpenArchive(ctx, file, size, intake.Options{TempDir: w.config.Temp, Progress: func(p intake.Progress) {
		w.progress(importer.Progress{Step: "open", Done: p.Files})
	}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	return use(importer.Request{Course: w.run, Files: archive, By: w.one.By, Runs: w.one.Runs, Now: w.one.At, Op: w.id, Progress: w.progress})
}

func (w *working) look(ctx context.Context) (func(*Transfer), error) {
	var stored files.Blob
	err := w.opened(ctx, func(request importer.Request) error {
		request.Op = ""
		plan, err := importer.MakePlan(ctx, w.importer(), request)
		if err != nil {
			return err
		}
		data, err := json.Marshal(plan)
		if err != nil {
			return fmt.Errorf("keeping the plan: %w", err)
		}
		stored, err = w.config.Files.Put(ctx, bytes.NewReader(data), maxPlanSize)
		return err
	})
	return func(one *Transfer) {
		one.State, one.Plan, one.Hashes = Ready, stored.Hash, []string{one.Archive, stored.Hash}
	}, err
}

func (w *working) bring(ctx context.Context) (func(*Transfer), error) {
	plan, err := w.Plan(ctx, &w.one)
	if err != nil {
		return nil, err
	}
	var report importer.Report
	err = w.opened(ctx, func(request importer.Request) error {
		request.Plan = plan
		report, err = importer.Import(ctx, w.importer(), request)
		return err
	})
	return func(one *Transfer) {
		one.State, one.Before, one.Head, one.Aside = Done, report.Before, report.Head.Number, report.Aside
		for id := range report.Failed {
			one.Notes = append(one.Notes, id)
		}
	}, err
}

func (w *working) undo(ctx context.Context) (func(*Transfer), error) {
	undone, err := importer.Undo(ctx, w.importer(), importer.Undoing{
		Course: w.run, By: w.one.By, Op: w.id, Before: w.one.Before, Head: w.one.Head, Progress: w.progress,
	})
	return func(one *Transfer) { one.State, one.Left = Undone, undone.Left }, err
}

// within lets an export take another root than the published one.
type within struct {
	*course.Courses
	root string
}

// Run is the run with the working copy as its head.
func (c within) Run(ctx context.Context, course key.Course) (course.Run, error) {
	run, err := c.Courses.Run(ctx, course)
	run.Head.Root = c.root
	return run, err
}

// Drafts are none: they are in what is taken out.
func (within) Drafts(context.Context, key.Course) ([]course.Draft, error) { return nil, nil }

func (w *working) export(ctx context.Context) (func(*Transfer), error) {
	w.progress(importer.Progress{Step: "export"})
	config := exporter.Config{Courses: w.config.Courses, Blocks: w.config.Blocks, Files: w.config.Files, TempDir: w.config.Temp}
	if w.one.Drafts {
		root, err := w.config.Working(ctx, w.run)
		if err != nil {
			return nil, err
		}
		config.Courses = within{w.config.Courses, root}
	}
	exported, err := exporter.Export(ctx, config, exporter.Request{Course: w.run, Secrets: w.one.Secrets, Backup: w.one.Backup})
	if err != nil {
		return nil, err
	}
	w.progress(importer.Progress{Step: "pack"})
	reader, writer := io.Pipe()
	go func() {
		_, err := exported.WriteTo(writer)
		_ = writer.CloseWithError(err) // never fails
	}()
	stored, err := w.config.Files.Put(ctx, reader, MaxArchive)
	_ = reader.CloseWithError(io.ErrClosedPipe) // lets the packing end where the storing did not take it all
	report := exported.Report
	if err = errors.Join(err, exported.Close()); err != nil {
		return nil, fmt.Errorf("keeping the export: %w", err)
	}
	return func(one *Transfer) {
		one.State, one.Archive, one.Size, one.Hashes, one.Head = Done, stored.Hash, stored.Size, []string{stored.Hash}, report.Head.Number
		one.Expires = w.now().Add(exportsFor)
		for _, note := range report.Notes {
			one.Notes = append(one.Notes, note.Message)
		}
	}, nil
}

// why says whose fault an error is.
func why(err error) string {
	switch {
	case errors.Is(err, course.ErrStale):
		return WhyStale
	case said(err) != "":
		return WhyArchive
	case errors.Is(err, course.ErrNotFound):
		return WhyEmpty
	}
	return WhyHost
}

// said is what may be told of an error: what is wrong with an archive is its bringer's own.
func said(err error) string {
	var broken *intake.Error
	if errors.As(err, &broken) {
		return broken.Error()
	}
	var read *olx.Error
	if errors.As(err, &read) {
		return read.Error()
	}
	return ""
}

// Sweep hands over transfers that nobody works on, forgets those that are too old, and returns how many there were of both.
func (t *Transfers) Sweep(ctx context.Context) (int, error) {
	found := 0
	err := t.docs.Each(ctx, store.Query{Index: "due", To: t.now(), Limit: 100}, func(doc store.Doc[Transfer]) error {
		found++
		doc.Body.ID = doc.ID
		if t.config.Queue == nil {
			return t.Work(ctx, doc.ID, "sweep "+doc.ID)
		}
		t.hand(ctx, &doc.Body)
		return nil
	})
	if err == nil {
		err = t.docs.Each(ctx, store.Query{Index: "expires", To: t.now(), Limit: 100}, func(doc store.Doc[Transfer]) error {
			found++
			if err := t.docs.Delete(ctx, doc.ID, doc.Version); err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrConflict) {
				return err
			}
			return nil
		})
	}
	if err != nil {
		return found, fmt.Errorf("sweeping transfers: %w", err)
	}
	return found, nil
}
