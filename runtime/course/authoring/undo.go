package authoring

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Undone is what became of an undo.
type Undone struct {
	Op Op
	// Left tells what stayed as it is, because somebody has changed it since.
	Left []Left
}

// Left is a field of a block that an undo left alone; Field is "" for the whole block.
type Left struct {
	Usage key.Usage
	Field string
}

// Undo takes an operation back: what still is as the operation made it becomes what it was before. The undo of an undo does the
// operation again.
func (a *Authoring) Undo(ctx context.Context, who Author, run key.Course, op string) (Undone, error) {
	if err := a.finish(ctx, run, 0); err != nil {
		return Undone{}, err
	}
	doc, err := a.entry(ctx, run, op)
	if err != nil {
		return Undone{}, err
	}
	e := &doc.Body
	switch {
	case e.Kind == KindConflict || e.Kind == KindPublish || e.Kind == KindCreate:
		return Undone{}, invalid(CodeUndo, "", "this cannot be undone")
	case e.UndoneBy != "":
		return Undone{}, invalid(CodeUndo, "", "this was undone already")
	}
	if err := a.latest(ctx, e); err != nil {
		return Undone{}, err
	}
	if e.Kind == KindSettings {
		return a.undoSettings(ctx, who, run, e)
	}
	c := a.plan(run, who, KindUndo)
	c.entry.Undoes = op
	contents, err := a.stepContents(ctx, e)
	if err != nil {
		return Undone{}, err
	}
	revived, err := c.reviveAside(ctx, e, contents)
	if err != nil {
		return Undone{}, err
	}
	for _, step := range slices.Backward(e.Steps) {
		if step.After == "" {
			continue
		}
		if err := c.reverse(ctx, &step, contents); err != nil {
			return Undone{}, err
		}
	}
	done, err := c.do(ctx)
	if err != nil {
		return Undone{}, err
	}
	left, err := c.left(ctx)
	if err != nil {
		return Undone{}, err
	}
	for _, usage := range revived {
		_, stands, err := a.parent(ctx, usage)
		if err != nil {
			return Undone{}, err
		}
		if !stands {
			left = append(left, Left{Usage: usage})
		}
	}
	return Undone{Op: done, Left: left}, nil
}

// reviveAside plans that blocks which an import left nowhere have the drafts again that it set aside, before what they stood in gets
// its own back.
func (c *changing) reviveAside(ctx context.Context, e *Entry, contents map[string]*course.Revision) ([]key.Usage, error) {
	var usages []key.Usage
	for _, step := range e.Steps {
		usage, err := key.ParseUsage(step.Usage)
		if step.After != "" || err != nil {
			continue
		}
		if err := c.revive(ctx, usage, contents[step.Before]); err != nil {
			return nil, err
		}
		usages = append(usages, usage)
	}
	return usages, nil
}

// latest reads what a save that may still go on has come to.
func (a *Authoring) latest(ctx context.Context, e *Entry) error {
	if !single(e.Kind) || len(e.Steps) != 1 {
		return nil
	}
	doc, err := a.drafts.Get(ctx, e.Steps[0].Usage)
	if errors.Is(err, store.ErrNotFound) || err == nil && doc.Body.Last.Op != e.Op {
		return nil
	}
	if err != nil {
		return err
	}
	content := doc.Body.Revision.Apart()
	e.Steps[0].After = content.Hash()
	_, err = a.courses.AddRevisions(ctx, content)
	return err
}

// stepContents reads what the steps of an operation name.
func (a *Authoring) stepContents(ctx context.Context, e *Entry) (map[string]*course.Revision, error) {
	var hashes []string
	for _, step := range e.Steps {
		hashes = append(hashes, step.Before, step.After)
		for _, gone := range step.Gone {
			hashes = append(hashes, gone.Hash)
		}
	}
	slices.Sort(hashes)
	return a.courses.RevisionsByHash(ctx, slices.DeleteFunc(slices.Compact(hashes), func(h string) bool { return h == "" }))
}

// reverse plans a step backwards. A new block's own content stays: what it stands in forgets it.
func (c *changing) reverse(ctx context.Context, step *Step, contents map[string]*course.Revision) error {
	usage, err := key.ParseUsage(step.Usage)
	if err != nil || step.Before == "" {
		return err
	}
	before, after := contents[step.Before], contents[step.After]
	if before == nil || after == nil {
		return fmt.Errorf("undoing a change of %s: its content is missing from the store", usage)
	}
	for _, gone := range step.Gone {
		if err := c.revive(ctx, c.run.Usage(gone.Type, gone.ID), contents[gone.Hash]); err != nil {
			return err
		}
	}
	c.step(usage, after, clone(before))
	return nil
}

// revive plans that a block which was published once and is not any more has its content again.
func (c *changing) revive(ctx context.Context, usage key.Usage, content *course.Revision) error {
	_, err := c.authoring.current(ctx, usage)
	if !errors.Is(err, ErrNotFound) || content == nil {
		return err
	}
	c.create(usage, content)
	return nil
}

// left finds what did not become what the plan says.
func (c *changing) left(ctx context.Context) ([]Left, error) {
	var left []Left
	for _, usage := range c.order {
		before, after := c.before[usage], c.after[usage]
		if before == nil {
			continue
		}
		doc, err := c.authoring.current(ctx, usage)
		if errors.Is(err, ErrNotFound) {
			left = append(left, Left{Usage: usage})
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, field := range changedFields(before, after) {
			now := valueOr(doc.Body.Revision.Fields, field)
			merged, ok := mergeValues(valueOr(before.Fields, field), now, valueOr(after.Fields, field))
			if !ok || !same(merged, now) {
				left = append(left, Left{usage, field})
			}
		}
		if !sameSource(before.Source, after.Source) && !sameSource(doc.Body.Revision.Source, after.Source) {
			left = append(left, Left{usage, FieldOLX})
		}
	}
	return left, nil
}

// FieldOLX names in edits, conflicts and findings the element of a block whose type is not installed.
const FieldOLX = "olx"

// changedFields names the fields in which two contents differ.
func changedFields(before, after *course.Revision) []string {
	names := maps.Clone(map[string]string(before.Fields))
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, after.Fields)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(names)), func(name string) bool {
		x, hadX := before.Fields[name]
		y, hadY := after.Fields[name]
		return hadX == hadY && same(x, y)
	})
}

// equal reports whether two contents say the same, however their values are written.
func equal(a, b *course.Revision) bool {
	return len(changedFields(a, b)) == 0 && maps.Equal(map[string]string(a.Extra), map[string]string(b.Extra)) && sameSource(a.Source, b.Source) &&
		slices.EqualFunc(a.Children, b.Children, func(x, y course.ChildRef) bool { return x.Type == y.Type && x.ID == y.ID })
}

// Restore gives a block the content that it had once: a hash of its history. What stood in it then and stands nowhere now comes
// back; what stands elsewhere now stays there.
func (a *Authoring) Restore(ctx context.Context, who Author, usage key.Usage, hash string) (Op, error) {
	if err := a.finish(ctx, usage.Course, abandoned); err != nil {
		return Op{}, err
	}
	gone, err := a.had(ctx, usage, hash)
	if err != nil {
		return Op{}, err
	}
	contents, err := a.courses.RevisionsByHash(ctx, []string{hash})
	if err != nil {
		return Op{}, err
	}
	was := contents[hash]
	if was == nil {
		return Op{}, fmt.Errorf("%w: content %q", ErrNotFound, hash)
	}
	w, err := a.working(ctx, usage.Course)
	if err != nil {
		return Op{}, err
	}
	c := a.plan(usage.Course, who, KindRestore)
	target := clone(was)
	target.Children = nil
	for _, child := range was.Children {
		child.Hash = ""
		at := w.places[usage.Course.Usage(child.Type, child.ID)]
		if at != nil && (at.parent == nil || at.parent.usage != usage) {
			continue
		}
		if at == nil {
			if err := c.reviveAll(ctx, child, gone); err != nil {
				return Op{}, err
			}
		}
		target.Children = append(target.Children, child)
	}
	now, err := c.edit(ctx, usage)
	if err != nil {
		return Op{}, err
	}
	for _, child := range now.Children { // what came since stays
		if !slices.Contains(target.Children, child) {
			target.Children = append(target.Children, child)
		}
	}
	*now = *target
	return c.do(ctx)
}

// reviveAll brings a block back that stands nowhere, with what was published in it.
func (c *changing) reviveAll(ctx context.Context, child course.ChildRef, gone map[course.ChildRef]string) error {
	hash := gone[child]
	if hash == "" {
		return nil
	}
	contents, err := c.authoring.courses.RevisionsByHash(ctx, []string{hash})
	if err != nil || contents[hash] == nil {
		return err
	}
	for _, below := range contents[hash].Children {
		if gone[course.ChildRef{Type: below.Type, ID: below.ID}] == "" {
			gone[course.ChildRef{Type: below.Type, ID: below.ID}] = below.Hash
		}
		if err := c.reviveAll(ctx, course.ChildRef{Type: below.Type, ID: below.ID}, gone); err != nil {
			return err
		}
	}
	return c.revive(ctx, c.run.Usage(child.Type, child.ID), contents[hash])
}

// had reports, by its error, whether a content is in a block's history, and gives what was taken out of the block.
func (a *Authoring) had(ctx context.Context, usage key.Usage, hash string) (map[course.ChildRef]string, error) {
	found, gone := false, map[course.ChildRef]string{}
	query := store.Query{Index: "places", Equal: []any{usage.String()}, Reverse: true, Limit: 200}
	err := a.edits.Each(ctx, query, func(doc store.Doc[Entry]) error {
		for i := range doc.Body.Steps {
			step := &doc.Body.Steps[i]
			if step.Usage != usage.String() {
				continue
			}
			found = found || step.Before == hash || step.After == hash
			for _, ref := range step.Gone {
				gone[course.ChildRef{Type: ref.Type, ID: ref.ID}] = ref.Hash
			}
			if step.After == hash && single(doc.Body.Kind) {
				if err := a.latest(ctx, &doc.Body); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: content %q of %s", ErrNotFound, hash, usage)
	}
	return gone, err
}

// Difference is what two contents of a block differ in. Before and After are the field's JSON, "null" for unset.
type Difference struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
	// Lines compares texts of several lines.
	Lines []Line `json:"lines,omitempty"`
	// Added, Removed and Moved are children, for the difference without a field.
	Added   []course.ChildRef `json:"added,omitempty"`
	Removed []course.ChildRef `json:"removed,omitempty"`
	Moved   bool              `json:"moved,omitempty"`
}

// Compare tells how two contents differ, by their hashes in the history; "" is a block that was not there.
func (a *Authoring) Compare(ctx context.Context, before, after string) ([]Difference, error) {
	contents, err := a.courses.RevisionsByHash(ctx, slices.DeleteFunc([]string{before, after}, func(h string) bool { return h == "" }))
	if err != nil {
		return nil, err
	}
	two := [2]*course.Revision{}
	for i, hash := range []string{before, after} {
		if two[i] = contents[hash]; two[i] == nil {
			if hash != "" {
				return nil, fmt.Errorf("%w: content %q", ErrNotFound, hash)
			}
			two[i] = &course.Revision{}
		}
	}
	return differences(two[0].Apart(), two[1].Apart()), nil
}

func differences(before, after *course.Revision) []Difference {
	var out []Difference
	for _, field := range changedFields(before, after) {
		d := Difference{Field: field, Before: valueOr(before.Fields, field), After: valueOr(after.Fields, field)}
		x, textX := unquote(d.Before)
		y, textY := unquote(d.After)
		if textX && textY {
			d.Lines = compareLines(x, y)
		}
		out = append(out, d)
	}
	if !sameSource(before.Source, after.Source) {
		x, y := sourceXML(before), sourceXML(after)
		out = append(out, Difference{Field: FieldOLX, Before: quote(x), After: quote(y), Lines: compareLines(x, y)})
	}
	if slices.Equal(before.Children, after.Children) {
		return out
	}
	d := Difference{}
	stays := unmoved(before.Children, after.Children)
	for _, child := range before.Children {
		if !slices.Contains(after.Children, child) {
			d.Removed = append(d.Removed, child)
		} else if !stays[child] {
			d.Moved = true
		}
	}
	for _, child := range after.Children {
		if !slices.Contains(before.Children, child) {
			d.Added = append(d.Added, child)
		}
	}
	return append(out, d)
}

func sourceXML(r *course.Revision) string {
	if r.Source == nil {
		return ""
	}
	return r.Source.XML
}
