package authoring

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// FieldEdit is one field as its author saw it and as he wants it. Null is unset.
type FieldEdit struct {
	Base  json.RawMessage `json:"base"`
	Value json.RawMessage `json:"value"`
}

// Saved is what became of a save.
type Saved struct {
	Version int64       `json:"version"`
	Fields  wire.Fields `json:"fields"`
	// Conflicts are all that wait for an author at this block, Merged the fields that hold something else than was sent, because
	// somebody else's changes are in them too.
	Conflicts []Conflict `json:"conflicts,omitempty"`
	Merged    []string   `json:"merged,omitempty"`
	Op        string     `json:"op"`
}

// Conflict is what an author wrote that could not be merged with what is stored.
type Conflict struct {
	ID    string          `json:"id"`
	Field string          `json:"field"`
	Base  json.RawMessage `json:"base"`
	Value json.RawMessage `json:"value"`
	By    string          `json:"by"`
	At    time.Time       `json:"at"`
}

// What one block may hold beside its content: conflicts, and their bytes, which stand in one document with it.
const (
	maxConflicts     = 100
	maxConflictBytes = 6 << 20
)

func tooMany(conflicts []course.Conflict) bool {
	total := 0
	for i := range conflicts {
		total += len(conflicts[i].Base) + len(conflicts[i].Value)
	}
	return len(conflicts) > maxConflicts || total > maxConflictBytes
}

// Save changes fields of one block. What somebody else changed meanwhile is merged with it or, where that cannot be, kept beside
// it: the stored value stays, and the author's goes into the draft's conflicts.
func (a *Authoring) Save(ctx context.Context, who Author, usage key.Usage, edits map[string]FieldEdit) (Saved, error) {
	wanted, err := a.checkEdits(ctx, &who, usage.Type, edits)
	if err != nil {
		return Saved{}, err
	}
	return a.save(ctx, who, usage, KindSave, wanted, nil)
}

// edit is a field's edit in the form that is stored.
type edit struct{ field, base, value string }

// save merges edits into a block. more, if set, changes what is no field; it names what it changed, and what it has to leave.
func (a *Authoring) save(
	ctx context.Context, who Author, usage key.Usage, kind string, wanted []edit, more func(r *course.Revision) (changed []string, left []edit),
) (Saved, error) {
	var merged []string
	var aside, further []course.Conflict
	var op string
	moved, err := a.movedAt(ctx, usage.Course)
	if err != nil {
		return Saved{}, err
	}
	doc, err := a.change(ctx, usage, func(d *course.Draft) (bool, error) {
		merged, aside, further, op = nil, nil, nil, d.Last.Op
		read, err := a.readCame(ctx, usage, &d.Revision)
		if err != nil {
			return false, err
		}
		fields, changed := copied(read.Fields), []string{}
		goesOn := slices.Clone(d.Conflicts)
		for _, e := range wanted {
			stored := valueOr(fields, e.field)
			if i := typedOn(goesOn, e, who); i >= 0 && !same(e.value, stored) {
				goesOn[i].Value, goesOn[i].At = e.value, a.now()
				further = append(further, goesOn[i])
				continue
			}
			value, ok := mergeValues(e.base, stored, e.value)
			switch {
			case !ok && !kept(d.Conflicts, e, who):
				aside = append(aside, course.Conflict{ID: a.config.NewID(), Field: e.field, Base: e.base, Value: e.value, By: who.ID, At: a.now()})
			case ok && !same(value, stored):
				changed = append(changed, e.field)
				assign(fields, e.field, value)
			}
			if ok && !same(value, e.value) {
				merged = append(merged, e.field)
			}
		}
		revision := *read
		if more != nil {
			also, left := more(&revision)
			changed = append(changed, also...)
			for _, e := range left {
				if !kept(d.Conflicts, e, who) {
					aside = append(aside, course.Conflict{ID: a.config.NewID(), Field: e.field, Base: e.base, Value: e.value, By: who.ID, At: a.now()})
				}
			}
		}
		if len(changed) == 0 && len(aside) == 0 && len(further) == 0 {
			return false, nil
		}
		if len(changed) > 0 {
			a.touch(d, who, kind, moved, changed)
			op = d.Last.Op
		}
		d.Revision = revision
		d.Revision.Fields = fields
		if d.Conflicts = slices.Concat(goesOn, aside); len(aside)+len(further) > 0 && tooMany(d.Conflicts) {
			return false, invalid(CodeTooLarge, "", "%d conflicts wait at this block: decide about them first", len(d.Conflicts)-len(aside))
		}
		return true, nil
	})
	if err != nil {
		return Saved{}, err
	}
	if err := a.enterSave(ctx, &doc.Body); err != nil {
		return Saved{}, err
	}
	for _, c := range slices.Concat(aside, further) {
		if err := a.enterConflict(ctx, &doc.Body, &c); err != nil {
			return Saved{}, err
		}
	}
	return savedOf(&doc, merged, op), nil
}

// enterSave enters a save with its place. Looking that up costs questions, so it is done for the first of a line alone.
func (a *Authoring) enterSave(ctx context.Context, d *course.Draft) error {
	if d.Last.Op == "" || !single(d.Last.Kind) {
		return nil
	}
	var places []string
	if d.Last.Began.Equal(d.At) {
		run, err := key.ParseCourse(d.Course)
		if err != nil {
			return err
		}
		if places, err = a.above(ctx, run, []string{d.Usage}); err != nil {
			return err
		}
	}
	return a.enter(ctx, d, places)
}

// enterConflict enters what an author wrote into the history, where it stays whatever becomes of the conflict: all that he typed in it
// is one line.
func (a *Authoring) enterConflict(ctx context.Context, d *course.Draft, c *course.Conflict) error {
	theirs := clone(&d.Revision)
	if c.Field == FieldOLX {
		if err := setXML(theirs, c.Value); err != nil {
			return err
		}
	} else {
		assign(theirs.Fields, c.Field, c.Value)
	}
	hashes, err := a.courses.AddRevisions(ctx, &d.Revision, theirs)
	if err != nil {
		return err
	}
	run, err := key.ParseCourse(d.Course)
	if err != nil {
		return err
	}
	places, err := a.above(ctx, run, []string{d.Usage})
	if err != nil {
		return err
	}
	_, err = a.edits.Update(ctx, entryID(d.Course, c.ID), func(e *Entry) (bool, error) {
		began := e.Began
		if began.IsZero() {
			began = c.At
		}
		*e = Entry{
			Course: d.Course, Op: c.ID, Kind: KindConflict, By: c.By, Began: began, At: c.At, Fields: []string{c.Field}, Places: places,
			Steps: []Step{{Usage: d.Usage, Before: hashes[0], After: hashes[1]}},
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("entering a conflict into the history: %w", err)
	}
	return nil
}

// Resolve ends a conflict: the field gets the value that its author decided for, null to unset it, made of the stored one that he
// saw. What was stored since then is merged with it or, where that cannot be, what was decided waits as a conflict in this one's
// place: nobody decides about what he has not seen.
func (a *Authoring) Resolve(ctx context.Context, who Author, usage key.Usage, conflict string, decided FieldEdit) (Saved, error) {
	var e edit
	var err error
	if e.base, err = canonical(decided.Base); err == nil {
		e.value, err = canonical(decided.Value)
	}
	if err != nil {
		return Saved{}, invalid(CodeValue, "", "the value is no JSON")
	}
	var again *course.Conflict
	var merged []string
	doc, err := a.change(ctx, usage, func(d *course.Draft) (bool, error) {
		again, merged = nil, nil
		at := slices.IndexFunc(d.Conflicts, func(c course.Conflict) bool { return c.ID == conflict })
		if at < 0 {
			return false, fmt.Errorf("%w: conflict %q of %s", ErrNotFound, conflict, usage)
		}
		e.field = d.Conflicts[at].Field
		if !who.Runs && slices.Contains(a.reserved(ctx, usage.Type), e.field) {
			return false, notYours(e.field)
		}
		read, err := a.readCame(ctx, usage, &d.Revision)
		if err != nil {
			return false, err
		}
		value, ok := mergeDecided(read, e)
		others := slices.Delete(slices.Clone(d.Conflicts), at, at+1)
		if !ok {
			again = &course.Conflict{ID: a.config.NewID(), Field: e.field, Base: e.base, Value: e.value, By: who.ID, At: a.now()}
			if d.Conflicts = slices.Insert(others, at, *again); tooMany(d.Conflicts) {
				return false, invalid(CodeTooLarge, e.field, "too much waits at this block: decide about the other versions first")
			}
			return true, nil
		}
		if !same(value, e.value) {
			merged = []string{e.field}
		}
		a.touch(d, who, KindResolve, time.Time{}, []string{e.field})
		d.Conflicts, d.Revision = others, *read
		if e.field == FieldOLX {
			return true, setXML(&d.Revision, value)
		}
		d.Revision.Fields = copied(read.Fields)
		assign(d.Revision.Fields, e.field, value)
		return true, nil
	})
	if err != nil {
		return Saved{}, err
	}
	if again != nil {
		return savedOf(&doc, nil, doc.Body.Last.Op), a.enterConflict(ctx, &doc.Body, again)
	}
	return savedOf(&doc, merged, doc.Body.Last.Op), a.enterSave(ctx, &doc.Body)
}

// mergeDecided merges what was decided with what is stored. Elements are not merged by their lines.
func mergeDecided(r *course.Revision, e edit) (string, bool) {
	if e.field != FieldOLX {
		return mergeValues(e.base, valueOr(r.Fields, e.field), e.value)
	}
	stored := quote(sourceXML(r))
	return e.value, same(stored, e.base) || same(stored, e.value)
}

// typedOn finds the conflict that an author goes on typing in: what he had typed when it came about is what this was typed over.
func typedOn(conflicts []course.Conflict, e edit, who Author) int {
	return slices.IndexFunc(conflicts, func(c course.Conflict) bool {
		return c.Field == e.field && c.By == who.ID && same(c.Value, e.base) && !same(e.value, e.base)
	})
}

// kept reports whether the same conflict waits already: a save that is repeated adds none.
func kept(conflicts []course.Conflict, e edit, who Author) bool {
	return slices.ContainsFunc(conflicts, func(c course.Conflict) bool {
		return c.Field == e.field && c.By == who.ID && c.Value == e.value
	})
}

// checkEdits refuses what the author may not write: values that are no JSON, fields that are learners' or nobody's, and what those
// alone change who run the course.
func (a *Authoring) checkEdits(ctx context.Context, who *Author, blockType string, edits map[string]FieldEdit) ([]edit, error) {
	allowed, reserved := a.Writable(ctx, blockType), a.reserved(ctx, blockType)
	wanted := make([]edit, 0, len(edits))
	for _, field := range slices.Sorted(maps.Keys(edits)) {
		if !allowed(field) {
			return nil, invalid(CodeField, field, "a %s has no such field", blockType)
		}
		if !who.Runs && slices.Contains(reserved, field) {
			return nil, notYours(field)
		}
		e := edit{field: field}
		var err error
		if e.base, err = canonical(edits[field].Base); err == nil {
			e.value, err = canonical(edits[field].Value)
		}
		if err != nil {
			return nil, invalid(CodeValue, field, "the value cannot be taken: %v", err)
		}
		wanted = append(wanted, e)
	}
	return wanted, nil
}

// Writable tells which fields of a type are an author's: those that its block declares so, and the host's settings.
func (a *Authoring) Writable(ctx context.Context, blockType string) func(field string) bool {
	if course.Structural(blockType) {
		return func(field string) bool { return field != "" && len(field) <= key.MaxPart }
	}
	declared, _ := a.config.Blocks.Declared(ctx, blockType)
	authored := make(map[string]bool, len(declared))
	for _, field := range declared {
		authored[field.Name] = field.Scope.Authored()
	}
	return func(field string) bool {
		is, declared := authored[field]
		if declared {
			return is
		}
		_, known := course.SettingType(field)
		return known
	}
}

func valueOr(fields store.Map[string], name string) string {
	if value, ok := fields[name]; ok {
		return value
	}
	return null
}

func assign(fields store.Map[string], name, value string) {
	if value == null {
		delete(fields, name)
		return
	}
	fields[name] = value
}

func savedOf(doc *store.Doc[course.Draft], merged []string, op string) Saved {
	return Saved{
		Version: doc.Version, Fields: rawFields(doc.Body.Revision.Fields), Conflicts: conflictsOf(&doc.Body), Merged: merged, Op: op,
	}
}

func conflictsOf(d *course.Draft) []Conflict {
	var out []Conflict
	for _, c := range d.Conflicts {
		out = append(out, Conflict{c.ID, c.Field, json.RawMessage(c.Base), json.RawMessage(c.Value), c.By, c.At})
	}
	return out
}

func rawFields(fields store.Map[string]) wire.Fields {
	out := make(wire.Fields, len(fields))
	for name, value := range fields {
		out[name] = json.RawMessage(value)
	}
	return out
}
