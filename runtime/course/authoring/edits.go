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

// Kinds of changes.
const (
	KindCreate    = "create"
	KindSave      = "save"
	KindOLX       = "olx"
	KindConflict  = "conflict" // kept beside the draft, changes nothing
	KindResolve   = "resolve"
	KindAdd       = "add"
	KindRemove    = "remove"
	KindMove      = "move"
	KindDuplicate = "duplicate"
	KindPaste     = "paste"
	KindSet       = "set"
	KindUndo      = "undo"
	KindRestore   = "restore"
	KindReplace   = "replace"
	KindDiscard   = "discard"
	KindReturn    = "return"
	KindPublish   = "publish"
	// Of copies from libraries: taken, brought up to date, left as they are though there is something newer.
	KindTake     = "take"
	KindUpdate   = "update"
	KindDecline  = "decline"
	KindSettings = "settings" // holds at once
	// An archive that replaced what is published, and its undo. Their steps are drafts that they set aside.
	KindImport   = "import"
	KindUnimport = "unimport"
)

// Entry is one line of a course's history.
type Entry struct {
	Course string `bson:"course" json:"course"`
	Op     string `bson:"op" json:"op"`
	Kind   string `bson:"kind" json:"kind"`
	// By is the author's user id.
	By    string    `bson:"by" json:"by"`
	Began time.Time `bson:"began" json:"began"`
	// At is when it was done, for saves the last of them.
	At    time.Time `bson:"at" json:"at"`
	Steps []Step    `bson:"steps,omitempty" json:"steps,omitempty"`
	// Fields are those that a save was about.
	Fields []string `bson:"fields,omitempty" json:"fields,omitempty"`
	// Undoes is the operation that this one took back, UndoneBy the one that took this one back.
	Undoes   string `bson:"undoes,omitempty" json:"undoes,omitempty"`
	UndoneBy string `bson:"undone_by,omitempty" json:"undone_by,omitempty"`
	// Head is the number of the published state that came of it, Note what its author wrote to it.
	Head int    `bson:"head,omitempty" json:"head,omitempty"`
	Note string `bson:"note,omitempty" json:"note,omitempty"`
	// Grading and Renamed are what a change of settings made of the grading policy and of the names in it.
	Grading *Regrading `bson:"grading,omitempty" json:"grading,omitempty"`
	Renamed []Rename   `bson:"renamed,omitempty" json:"renamed,omitempty"`

	// Parts are what was published, by usage, with all that stood in it then.
	Parts []string `bson:"parts,omitempty" json:"-"`
	// Titles are those of the blocks that it added, moved, copied or took away, as they were called then; "@" and the type for
	// one without a title. Types are the blocks' types.
	Titles []string `bson:"titles,omitempty" json:"titles,omitempty"`
	Types  []string `bson:"types,omitempty" json:"types,omitempty"`
	// Places are the blocks that it concerns and all that they stand in.
	Places []string `bson:"places,omitempty" json:"-"`
	// Open is the course while the operation is not done, Moved when an operation on several blocks began.
	Open  string     `bson:"open,omitempty" json:"-"`
	Moved *time.Time `bson:"moved,omitempty" json:"-"`
}

// Step is what an operation did to one block.
type Step struct {
	Usage string `bson:"usage" json:"usage"`
	// Before and After name contents, for [Authoring.Compare]; Before is "" for a new block.
	Before string `bson:"before,omitempty" json:"before,omitempty"`
	After  string `bson:"after" json:"after"`
	// Gone are published blocks that it took out of this one, with all that was in them.
	Gone []course.ChildRef `bson:"gone,omitempty" json:"-"`
}

// EditSpec is the collection of the history, by (course, operation).
func EditSpec() store.Spec {
	return store.Spec{Name: "edits", Indexes: []store.Index{
		{Name: "course", Fields: []string{"course", "at"}},
		{Name: "places", Fields: []string{"places", "at"}, Multi: true},
		{Name: "open", Fields: []string{"open", "began"}},
		{Name: "by", Fields: []string{"by", "at"}},
		{Name: "moved", Fields: []string{"course", "moved"}},
	}}
}

// Specs lists the collections of this package.
func Specs() []store.Spec { return []store.Spec{EditSpec()} }

func entryID(run, op string) string { return store.ID(run, op) }

// entry reads one line of the history.
func (a *Authoring) entry(ctx context.Context, run key.Course, op string) (store.Doc[Entry], error) {
	doc, err := a.edits.Get(ctx, entryID(run.String(), op))
	if errors.Is(err, store.ErrNotFound) {
		return doc, fmt.Errorf("%w: operation %q", ErrNotFound, op)
	}
	return doc, err
}

// Kind tells what kind of change an operation was.
func (a *Authoring) Kind(ctx context.Context, run key.Course, op string) (string, error) {
	doc, err := a.entry(ctx, run, op)
	return doc.Body.Kind, err
}

// History lists what was done, the newest first: to a block and all in it, or with a zero or the course's own usage to the course.
func (a *Authoring) History(ctx context.Context, run key.Course, of key.Usage, after store.Cursor, limit int) ([]Entry, store.Cursor, error) {
	query := store.Query{Index: "course", Equal: []any{run.String()}, Reverse: true, Limit: limit, After: after}
	if !of.IsZero() && of != run.Usage("course", course.RootID) {
		query.Index, query.Equal = "places", []any{of.String()}
	}
	docs, next, err := a.edits.Find(ctx, query)
	if err != nil {
		return nil, "", fmt.Errorf("reading the history of %s: %w", run, err)
	}
	entries := make([]Entry, len(docs))
	for i, doc := range docs {
		entries[i] = doc.Body
	}
	return entries, next, a.keepLatest(ctx, entries)
}

// keepLatest stores the contents that the newest saves came to, which only drafts hold until somebody goes on: whoever reads a
// history may compare them.
func (a *Authoring) keepLatest(ctx context.Context, entries []Entry) error {
	var usages []string
	for i := range entries {
		if single(entries[i].Kind) && len(entries[i].Steps) == 1 {
			usages = append(usages, entries[i].Steps[0].Usage)
		}
	}
	slices.Sort(usages)
	drafts, err := a.drafts.GetMany(ctx, slices.Compact(usages))
	if err != nil {
		return fmt.Errorf("reading what the newest saves came to: %w", err)
	}
	var contents []*course.Revision
	for i := range entries {
		if !single(entries[i].Kind) || len(entries[i].Steps) != 1 {
			continue
		}
		step := &entries[i].Steps[0]
		if draft, there := drafts[step.Usage]; there && draft.Body.Last.Op == entries[i].Op {
			content := draft.Body.Revision.Apart()
			step.After = content.Hash()
			contents = append(contents, content)
		}
	}
	_, err = a.courses.AddRevisions(ctx, contents...)
	return err
}

// enter writes the line of the history that a draft's last save made. The draft holds all of it, so it may be entered again.
func (a *Authoring) enter(ctx context.Context, d *course.Draft, places []string) error {
	if d.Last.Op == "" || !single(d.Last.Kind) {
		return nil
	}
	after := d.Revision.Hash()
	_, err := a.edits.Update(ctx, entryID(d.Course, d.Last.Op), func(e *Entry) (bool, error) {
		if len(e.Steps) == 1 && e.Steps[0].After == after && e.At.Equal(d.At) {
			return false, nil
		}
		if places == nil {
			places = []string{d.Usage}
		}
		if len(places) > len(e.Places) {
			e.Places = places
		}
		e.Course, e.Op, e.Kind, e.By, e.Began, e.At = d.Course, d.Last.Op, d.Last.Kind, d.By, d.Last.Began, d.At
		e.Fields = d.Last.Fields
		e.Steps = []Step{{Usage: d.Usage, Before: d.Last.Before, After: after}}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("entering a save into the history: %w", err)
	}
	return nil
}

// single reports whether changes of a kind write one draft, which then holds what their line of the history needs.
func single(kind string) bool { return slices.Contains([]string{KindSave, KindOLX, KindResolve}, kind) }

// version is a text that is another one after each change of the course's working copy that is in the history.
func (a *Authoring) version(ctx context.Context, run key.Course, head int) (string, error) {
	docs, _, err := a.edits.Find(ctx, store.Query{Index: "course", Equal: []any{run.String()}, Reverse: true, Limit: 1})
	if err != nil || len(docs) == 0 {
		return fmt.Sprintf("%d", head), err
	}
	return fmt.Sprintf("%d-%s-%d", head, docs[0].Body.Op, docs[0].Version), nil
}

// newestMove names the newest operation on several blocks.
func (a *Authoring) newestMove(ctx context.Context, run key.Course) (string, error) {
	e, err := a.move(ctx, run)
	return e.Op, err
}

// movedAt is when the newest operation on several blocks began: a save that comes after it is a line of its own, so that the two are
// taken back in the order in which they were done.
func (a *Authoring) movedAt(ctx context.Context, run key.Course) (time.Time, error) {
	e, err := a.move(ctx, run)
	if err != nil || e.Moved == nil {
		return time.Time{}, err
	}
	return *e.Moved, nil
}

// move is the newest operation on several blocks.
func (a *Authoring) move(ctx context.Context, run key.Course) (Entry, error) {
	docs, _, err := a.edits.Find(ctx, store.Query{Index: "moved", Equal: []any{run.String()}, Reverse: true, Limit: 1})
	if err != nil {
		return Entry{}, fmt.Errorf("reading the newest operation of %s: %w", run, err)
	}
	if len(docs) == 0 {
		return Entry{}, nil
	}
	return docs[0].Body, nil
}
