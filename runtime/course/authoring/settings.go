package authoring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Settings are changes of a course's settings.
type Settings struct {
	// Fields are the course's own block's; null unsets.
	Fields wire.Fields
	// Grading is the grading policy, nil where it stays.
	Grading *string
	// Renamed are assignment types with another name: what is graded as one of them stays so.
	Renamed []Rename
}

// Rename is another name for something.
type Rename struct {
	From string `bson:"from" json:"from"`
	To   string `bson:"to" json:"to"`
}

// Regrading is what a change made of the grading policy.
type Regrading struct {
	Before string `bson:"before" json:"before"`
	After  string `bson:"after" json:"after"`
}

// fieldGrading stands for the grading policy in what an undo left alone.
const fieldGrading = "grading"

// PublishSettings changes settings of the course and publishes these alone. It is one line of the history, which can be undone. Of a
// course of which nothing is published it gives a zero head.
func (a *Authoring) PublishSettings(ctx context.Context, who Author, run key.Course, s Settings) (course.Head, error) {
	head, _, err := a.publishSettings(ctx, who, run, s, "")
	return head, err
}

func (a *Authoring) publishSettings(ctx context.Context, who Author, run key.Course, s Settings, undoes string) (course.Head, Op, error) {
	before, err := a.courses.Run(ctx, run)
	if err != nil {
		return course.Head{}, Op{}, notFound(err)
	}
	c, err := a.planSettings(ctx, who, run, s, undoes)
	if err != nil {
		return course.Head{}, Op{}, err
	}
	op, err := c.do(ctx)
	if err != nil {
		return course.Head{}, op, err
	}
	head, err := before.Head, course.ErrStale
	for range attempts {
		if head, err = a.settingsOnce(ctx, who, run, s); !errors.Is(err, course.ErrStale) {
			break
		}
	}
	if errors.Is(err, course.ErrStale) {
		err = fmt.Errorf("publishing the settings of %s: %w", run, ErrStale)
	}
	if err != nil {
		return course.Head{}, op, err
	}
	op, err = a.enterSettings(ctx, c, op, head, &before)
	if err != nil {
		return head, op, err
	}
	return head, op, a.tidy(ctx, c.order)
}

// planSettings plans what settings make of the working copy.
func (a *Authoring) planSettings(ctx context.Context, who Author, run key.Course, s Settings, undoes string) (*changing, error) {
	if err := a.finish(ctx, run, abandoned); err != nil {
		return nil, err
	}
	if _, set := s.Fields[NeedsReview]; set && !who.Runs {
		return nil, notYours(NeedsReview)
	}
	c := a.plan(run, who, KindSettings)
	c.entry.Undoes, c.entry.Renamed = undoes, s.Renamed
	if s.Grading != nil {
		c.entry.Grading = &Regrading{After: *s.Grading}
	}
	for name := range s.Fields {
		c.entry.Fields = append(c.entry.Fields, name)
	}
	slices.Sort(c.entry.Fields)
	root, err := c.edit(ctx, run.Usage("course", course.RootID))
	if err == nil {
		err = a.assignAll(ctx, root, s.Fields)
	}
	if err != nil || len(s.Renamed) == 0 {
		return c, err
	}
	w, err := a.working(ctx, run)
	if err != nil {
		return nil, err
	}
	w.root.walk(func(p *place) {
		name := renamed(p.own()["format"], s.Renamed)
		if err != nil || name == "" || !course.Structural(p.usage.Type) {
			return
		}
		var content *course.Revision
		if content, err = c.edit(ctx, p.usage); err == nil {
			content.Fields["format"] = name
		}
	})
	return c, err
}

// renamed gives the new name of an assignment type as JSON, "" for one that keeps its name.
func renamed(format string, names []Rename) string {
	set, _ := unquote(format)
	for _, name := range names {
		if set != "" && set == name.From {
			return quote(name.To)
		}
	}
	return ""
}

func (a *Authoring) settingsOnce(ctx context.Context, who Author, run key.Course, s Settings) (course.Head, error) {
	there, err := a.courses.Run(ctx, run)
	if err != nil {
		return course.Head{}, notFound(err)
	}
	if there.Head.Root == "" {
		return course.Head{}, a.setGrading(ctx, run, s.Grading)
	}
	published, err := a.courses.Revision(ctx, there.Head.Root)
	if err != nil {
		return course.Head{}, err
	}
	content := clone(published)
	if err := a.assignAll(ctx, content, s.Fields); err != nil {
		return course.Head{}, err
	}
	made, err := a.renameBelow(ctx, content, s.Renamed)
	if err != nil {
		return course.Head{}, err
	}
	p := course.Publication{
		Course: run, Root: content.Hash(), Base: there.Head.Number, By: who.ID, Reuse: true, Whole: true,
		Grading: there.Grading, Import: there.Import, Note: "settings",
	}
	if s.Grading != nil {
		p.Grading = *s.Grading
	}
	if p.Root == there.Head.Root && p.Grading == there.Grading {
		return there.Head, nil
	}
	if _, err := a.courses.AddRevisions(ctx, append(made, content)...); err != nil {
		return course.Head{}, err
	}
	head, _, err := a.courses.Publish(ctx, a.config.Blocks, p)
	return head, err
}

// renameBelow puts the new names of assignment types into what is published below a content, and gives what came of it.
func (a *Authoring) renameBelow(ctx context.Context, content *course.Revision, names []Rename) ([]*course.Revision, error) {
	if len(names) == 0 || content.Type == "vertical" {
		return nil, nil
	}
	var hashes []string
	for _, child := range content.Children {
		hashes = append(hashes, child.Hash)
	}
	below, err := a.courses.RevisionsByHash(ctx, hashes)
	if err != nil {
		return nil, err
	}
	var made []*course.Revision
	for i, child := range content.Children {
		if below[child.Hash] == nil || !course.Structural(child.Type) {
			continue
		}
		other := clone(below[child.Hash])
		deeper, err := a.renameBelow(ctx, other, names)
		if err != nil {
			return nil, err
		}
		if name := renamed(other.Fields["format"], names); name != "" {
			other.Fields["format"] = name
		}
		if hash := other.Hash(); hash != child.Hash {
			content.Children[i].Hash = hash
			made = append(append(made, deeper...), other)
		}
	}
	return made, nil
}

// setGrading sets the grading policy of a course of which nothing is published.
func (a *Authoring) setGrading(ctx context.Context, run key.Course, grading *string) error {
	if grading == nil {
		return nil
	}
	_, err := a.runs.Update(ctx, run.String(), func(r *course.Run) (bool, error) {
		if r.Head.Root != "" {
			return false, course.ErrStale
		}
		r.Grading = *grading
		return true, nil
	})
	return err
}

// enterSettings completes the line of the history. The working copy's part is there already where there is one; a policy alone is
// entered here, after it is published, as a publish is.
func (a *Authoring) enterSettings(ctx context.Context, c *changing, op Op, head course.Head, before *course.Run) (Op, error) {
	regraded := c.entry.Grading
	if regraded != nil && regraded.After == before.Grading {
		regraded = nil
	} else if regraded != nil {
		regraded.Before = before.Grading
	}
	if op.ID == "" && regraded == nil && head.Number == before.Head.Number {
		return op, nil // nothing is other than it was
	}
	op.ID = c.entry.Op
	_, err := a.edits.Update(ctx, entryID(c.entry.Course, op.ID), func(e *Entry) (bool, error) {
		if e.Op == "" {
			*e = c.entry
			e.Places, e.Open = []string{c.run.Usage("course", course.RootID).String()}, ""
		}
		e.Grading = regraded
		if head.Number != before.Head.Number {
			e.Head = head.Number
		}
		return true, nil
	})
	if err != nil {
		return op, fmt.Errorf("entering settings into the history: %w", err)
	}
	return op, a.closeEntry(ctx, &c.entry)
}

// undoSettings makes settings hold again that an operation changed, where they still are what it made of them.
func (a *Authoring) undoSettings(ctx context.Context, who Author, run key.Course, e *Entry) (Undone, error) {
	root := run.Usage("course", course.RootID)
	contents, err := a.stepContents(ctx, e)
	if err != nil {
		return Undone{}, err
	}
	there, now, err := a.settingsNow(ctx, run)
	if err != nil {
		return Undone{}, err
	}
	var undone Undone
	s := Settings{Fields: wire.Fields{}}
	for _, step := range e.Steps {
		before, after := contents[step.Before], contents[step.After]
		if step.Usage != root.String() || before == nil || after == nil {
			continue
		}
		for _, field := range changedFields(before, after) {
			if same(valueOr(now, field), valueOr(after.Fields, field)) {
				s.Fields[field] = json.RawMessage(valueOr(before.Fields, field))
			} else {
				undone.Left = append(undone.Left, Left{root, field})
			}
		}
	}
	if policy, renamed, changes := policyBefore(e, &there); changes {
		s.Grading, s.Renamed = &policy, renamed
	} else if e.Grading != nil {
		undone.Left = append(undone.Left, Left{root, fieldGrading})
	}
	_, undone.Op, err = a.publishSettings(ctx, who, run, s, e.Op)
	return undone, err
}

// UndonePolicy is the grading policy that undoing an operation would bring back, "" for the usual one, and which assignment types
// would have their names again; false where an undo leaves the policy alone.
func (a *Authoring) UndonePolicy(ctx context.Context, run key.Course, op string) (policy string, renamed []Rename, changes bool, err error) {
	doc, err := a.entry(ctx, run, op)
	if err != nil {
		return "", nil, false, err
	}
	there, err := a.courses.Run(ctx, run)
	if err != nil {
		return "", nil, false, notFound(err)
	}
	policy, renamed, changes = policyBefore(&doc.Body, &there)
	return policy, renamed, changes, nil
}

// policyBefore is the policy before an operation, where the one that it set still holds.
func policyBefore(e *Entry, now *course.Run) (policy string, renamed []Rename, changes bool) {
	if e.Grading == nil || now.Grading != e.Grading.After {
		return "", nil, false
	}
	for _, name := range e.Renamed {
		renamed = append(renamed, Rename{From: name.To, To: name.From})
	}
	return e.Grading.Before, renamed, true
}

// settingsNow are the course's settings as they hold, those of the working copy where nothing is published.
func (a *Authoring) settingsNow(ctx context.Context, run key.Course) (course.Run, store.Map[string], error) {
	there, err := a.courses.Run(ctx, run)
	if err != nil {
		return there, nil, notFound(err)
	}
	if there.Head.Root != "" {
		published, err := a.courses.Revision(ctx, there.Head.Root)
		if err != nil {
			return there, nil, err
		}
		return there, published.Fields, nil
	}
	draft, err := a.current(ctx, run.Usage("course", course.RootID))
	return there, draft.Body.Revision.Fields, err
}
