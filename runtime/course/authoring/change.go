package authoring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// changing is an operation on several blocks that is being planned. Blocks are changed in the order in which the plan comes to
// them: what is added somewhere before what is taken away elsewhere, so that nothing is nowhere in between.
type changing struct {
	authoring *Authoring
	who       Author
	run       key.Course
	entry     Entry
	order     []key.Usage
	before    map[key.Usage]*course.Revision // nil for a new block
	after     map[key.Usage]*course.Revision
	gone      map[key.Usage][]course.ChildRef
	places    []string
}

func (a *Authoring) plan(run key.Course, who Author, kind string) *changing {
	now := a.now()
	return &changing{
		authoring: a, who: who, run: run, before: map[key.Usage]*course.Revision{}, after: map[key.Usage]*course.Revision{},
		gone:  map[key.Usage][]course.ChildRef{},
		entry: Entry{Course: run.String(), Op: a.config.NewID(), Kind: kind, By: who.ID, Began: now, At: now, Open: run.String(), Moved: &now},
	}
}

// create adds a new block. What it stands in is edited after it.
func (c *changing) create(usage key.Usage, revision *course.Revision) {
	c.order = append(c.order, usage)
	c.before[usage], c.after[usage] = nil, revision.Apart()
	c.at(usage)
}

// edit gives the content of a block to be changed.
func (c *changing) edit(ctx context.Context, usage key.Usage) (*course.Revision, error) {
	if planned := c.after[usage]; planned != nil {
		return planned, nil
	}
	doc, err := c.authoring.current(ctx, usage)
	if err != nil {
		return nil, err
	}
	c.step(usage, &doc.Body.Revision, clone(&doc.Body.Revision))
	return c.after[usage], nil
}

// step plans that a block gets another content.
func (c *changing) step(usage key.Usage, before, after *course.Revision) {
	if _, planned := c.after[usage]; !planned {
		c.order = append(c.order, usage)
		c.before[usage] = before
	}
	c.after[usage] = after
	c.at(usage)
}

// at notes which blocks the operation is about.
func (c *changing) at(usages ...key.Usage) {
	for _, usage := range usages {
		if text := usage.String(); !slices.Contains(c.places, text) {
			c.places = append(c.places, text)
		}
	}
}

func clone(r *course.Revision) *course.Revision {
	out := *r
	out.Fields, out.Extra = copied(r.Fields), copied(r.Extra)
	out.Children = slices.Clone(r.Children)
	return &out
}

func copied(m store.Map[string]) store.Map[string] {
	out := make(store.Map[string], len(m))
	for name, value := range m {
		out[name] = value
	}
	return out
}

// do carries the plan out. An operation that would change nothing is none: its id is "".
func (c *changing) do(ctx context.Context) (Op, error) {
	contents, err := c.steps(ctx)
	if err != nil {
		return Op{}, err
	}
	if len(c.entry.Steps) == 0 {
		return Op{At: c.entry.At}, nil
	}
	a := c.authoring
	if c.entry.Places, err = a.above(ctx, c.run, c.places); err != nil {
		return Op{}, err
	}
	if _, err := a.courses.AddRevisions(ctx, contents...); err != nil {
		return Op{}, err
	}
	id := entryID(c.entry.Course, c.entry.Op)
	if err := a.edits.Insert(ctx, id, c.entry); err != nil {
		return Op{}, fmt.Errorf("entering a change into the history: %w", err)
	}
	return Op{ID: c.entry.Op, At: c.entry.At}, a.carryOut(ctx, &c.entry)
}

// steps writes the plan down. What the author may not change stays; a plan of which nothing else is left is refused.
func (c *changing) steps(ctx context.Context) (contents []*course.Revision, err error) {
	refused := ""
	for _, usage := range c.order {
		before, after := c.before[usage], c.after[usage]
		if field := c.authoring.guard(ctx, &c.who, usage, before, after); field != "" {
			refused = field
		}
		if err := bounded(after); err != nil {
			return nil, err
		}
		step := Step{Usage: usage.String(), After: after.Hash(), Gone: c.gone[usage]}
		if before != nil {
			step.Before = before.Hash()
			contents = append(contents, before)
		}
		if step.Before != step.After {
			contents = append(contents, after)
			c.entry.Steps = append(c.entry.Steps, step)
		}
	}
	if len(c.entry.Steps) == 0 && refused != "" {
		return nil, notYours(refused)
	}
	if len(c.entry.Steps) > maxSteps {
		return nil, invalid(CodeTooLarge, "", "%d blocks would change at once; %d may", len(c.entry.Steps), maxSteps)
	}
	return contents, nil
}

// carryOut makes the steps of an operation that stands in the history, and closes it. It may be called again, also by others.
func (a *Authoring) carryOut(ctx context.Context, e *Entry) error {
	hashes := make([]string, 0, 2*len(e.Steps))
	for _, step := range e.Steps {
		hashes = append(hashes, step.Before, step.After)
	}
	contents, err := a.courses.RevisionsByHash(ctx, slices.DeleteFunc(hashes, func(h string) bool { return h == "" }))
	if err != nil {
		return err
	}
	for i := range e.Steps {
		if err := a.apply(ctx, e, &e.Steps[i], contents); err != nil {
			return fmt.Errorf("changing %s: %w", e.Steps[i].Usage, err)
		}
	}
	return a.closeEntry(ctx, e)
}

// apply makes one step, once.
func (a *Authoring) apply(ctx context.Context, e *Entry, step *Step, contents map[string]*course.Revision) error {
	usage, err := key.ParseUsage(step.Usage)
	if err != nil {
		return err
	}
	after := contents[step.After]
	if after == nil {
		return fmt.Errorf("content %s is missing from the store", step.After)
	}
	if step.Before == "" {
		return a.begin(ctx, e, step, after)
	}
	before := contents[step.Before]
	if before == nil {
		return fmt.Errorf("content %s is missing from the store", step.Before)
	}
	by := theirsWin
	if e.Kind == KindUndo {
		by = oursStay
	}
	doc, err := a.change(ctx, usage, func(d *course.Draft) (bool, error) {
		if slices.Contains(d.Done, e.Op) {
			return false, nil
		}
		merged := mergeRevisions(before, &d.Revision, after, by)
		if merged.Hash() != step.After {
			if _, err := a.courses.AddRevisions(ctx, merged); err != nil {
				return false, err
			}
		}
		a.mark(d, e)
		d.Revision = *merged
		return true, nil
	})
	if errors.Is(err, ErrNotFound) {
		return nil // it is in no course any more: a publish took it out meanwhile
	}
	if err == nil && doc.Body.Last.Op == e.Op {
		step.Before, step.After = doc.Body.Last.Before, doc.Body.Revision.Hash()
	}
	return err
}

// mark notes an operation in a draft that it changes.
func (a *Authoring) mark(d *course.Draft, e *Entry) {
	d.Last = course.Touch{Op: e.Op, Kind: e.Kind, Before: d.Revision.Hash(), Began: e.Began}
	d.Done = append(slices.Clone(d.Done[max(0, len(d.Done)-keptDone+1):]), e.Op)
	d.By, d.At = e.By, e.At
}

// begin stores the draft of a new block, unless it is there.
func (a *Authoring) begin(ctx context.Context, e *Entry, step *Step, content *course.Revision) error {
	d := course.Draft{Course: e.Course, Usage: step.Usage, Revision: *content}
	d.Index()
	d.By, d.At, d.Done = e.By, e.At, []string{e.Op}
	d.Last = course.Touch{Op: e.Op, Kind: e.Kind, Began: e.Began}
	if err := a.noteLibrary(ctx, &d); err != nil {
		return err
	}
	err := a.drafts.Insert(ctx, step.Usage, d)
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

// closeEntry says that an operation is done.
func (a *Authoring) closeEntry(ctx context.Context, e *Entry) error {
	if e.Undoes != "" {
		_, err := a.edits.Update(ctx, entryID(e.Course, e.Undoes), func(undone *Entry) (bool, error) {
			if undone.Op == "" || undone.UndoneBy == e.Op {
				return false, nil
			}
			undone.UndoneBy = e.Op
			return true, nil
		})
		if err != nil {
			return err
		}
	}
	_, err := a.edits.Update(ctx, entryID(e.Course, e.Op), func(there *Entry) (bool, error) {
		if there.Open == "" {
			return false, nil
		}
		there.Open, there.Steps = "", e.Steps
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("closing a change: %w", err)
	}
	return nil
}

// abandoned is how old an open operation is of which nobody is at work any more, as far as readers care.
const abandoned = 10 * time.Second

// Finish carries out what a crash left of operations on a course. Whoever changes or reads the course's working copy does so
// anyway.
func (a *Authoring) Finish(ctx context.Context, run key.Course) error { return a.finish(ctx, run, 0) }

// open reports whether an operation on the course's blocks is under way.
func (a *Authoring) open(ctx context.Context, run key.Course) (bool, error) {
	n, err := a.edits.Count(ctx, store.Query{Index: "open", Equal: []any{run.String()}}, 1)
	if err != nil {
		return false, fmt.Errorf("looking for changes that are not done: %w", err)
	}
	return n > 0, nil
}

func (a *Authoring) finish(ctx context.Context, run key.Course, older time.Duration) error {
	query := store.Query{Index: "open", Equal: []any{run.String()}, To: a.now().Add(time.Millisecond - older)}
	docs, _, err := a.edits.Find(ctx, query)
	if err != nil {
		return fmt.Errorf("looking for changes that are not done: %w", err)
	}
	for _, doc := range docs {
		if err := a.carryOut(ctx, &doc.Body); err != nil {
			return fmt.Errorf("finishing change %s of %s: %w", doc.Body.Op, run, err)
		}
	}
	return nil
}

// previewsAtOnce is how many old previews one sweep takes away.
const previewsAtOnce = 200

// Sweep carries out what crashes left of operations on any course, takes old previews away, and tells of how many. It is for the
// background: whoever opens a course finishes its own.
func (a *Authoring) Sweep(ctx context.Context) (int, error) {
	before := a.now().Add(-abandoned)
	done := 0
	var failed error
	// A line that is done has no open course, and is not in this stretch of the index.
	err := a.edits.Each(ctx, store.Query{Index: "open", From: "!"}, func(doc store.Doc[Entry]) error {
		if doc.Body.Began.After(before) {
			return nil
		}
		if err := a.carryOut(ctx, &doc.Body); err != nil {
			failed = errors.Join(failed, fmt.Errorf("finishing change %s of %s: %w", doc.Body.Op, doc.Body.Course, err))
			return nil // the others can be done
		}
		done++
		return nil
	})
	gone, old := a.courses.CollectPreviews(ctx, previewsAtOnce)
	return done + gone, errors.Join(failed, err, old)
}
