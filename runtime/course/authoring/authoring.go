package authoring

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/beside"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/lookalike"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Op names one change, for undo.
type Op struct {
	ID string
	At time.Time
}

// Blocks reads and writes elements and outlines content; the kernel is one.
type Blocks = exporter.Blocks

// Config is what authoring works with. Store, Courses and Blocks are needed.
type Config struct {
	Courses *course.Courses
	Blocks  Blocks
	// Beside copies files along with blocks that name them; nil copies none.
	Beside *beside.Beside
	// Answers and Answered tell what publishing would do to answers that were given; nil tells nothing.
	Answers  Answers
	Answered func(ctx context.Context, usages ...key.Usage) (int, error)
	// Offered reports whether a type may be put into a course; nil allows all.
	Offered func(ctx context.Context, run key.Course, blockType string) (bool, error)
	// TempDir is where OLX lies while it is read; "" is the system's.
	TempDir string
	// Now is the clock, NewID makes ids of blocks and operations; nil is the system's.
	Now   func() time.Time
	NewID func() string
}

// Authoring changes the working copies of a site's courses. Safe for concurrent use, also by several processes on one store.
//
// Errors of all methods, for [errors.Is] and [errors.As]: [ErrNotFound] for what is not there, or what this author may not read;
// [*Invalid] for what an author can put right; [ErrStale] for what must be looked at again before it is asked anew. Others
// come from what it works with: the store, files, blocks.
type Authoring struct {
	config  Config
	courses *course.Courses
	drafts  store.Collection[course.Draft]
	edits   store.Collection[Entry]
	runs    store.Collection[course.Run]
}

// New gives access to the working copies of the courses in s, whose collections (see [Specs], and those of package course) must
// have been ensured.
func New(s store.Store, config Config) *Authoring {
	a := &Authoring{
		config: config, courses: config.Courses, drafts: store.Of[course.Draft](s, course.DraftSpec()),
		edits: store.Of[Entry](s, EditSpec()), runs: store.Of[course.Run](s, course.RunSpec()),
	}
	if a.config.Now == nil {
		a.config.Now = func() time.Time { return time.Now().UTC() }
	}
	if a.config.NewID == nil {
		a.config.NewID = newID
	}
	return a
}

// newID is 32 hexadecimal digits made by chance, as Open edX names blocks.
func newID() string {
	var id [16]byte
	_, _ = io.ReadFull(rand.Reader, id[:]) // never fails
	return hex.EncodeToString(id[:])
}

// now is the time as it is stored.
func (a *Authoring) now() time.Time { return a.config.Now().UTC().Truncate(time.Millisecond) }

var (
	// ErrNotFound means that the course or the block is not in the working copy, or that there is no such operation.
	ErrNotFound = errors.New("not in the working copy")
	// ErrStale means that somebody else changed so much meanwhile that it has to be looked at again.
	ErrStale = errors.New("changed by somebody else in between")
)

// Codes of [Invalid].
const (
	CodeField    = "field"         // no such field, or not the author's
	CodeValue    = "value"         // the value is no JSON, or of the wrong type
	CodeTooLarge = "too_large"     // more than a block or a list may hold
	CodePlace    = "place"         // the block may not stand there
	CodeType     = "not_installed" // no block of the type is installed
	CodeOff      = "off"           // the type, which Field names, is not switched on in the course
	CodeXML      = "xml"           // the OLX cannot be read
	CodeTitle    = "title"         // the title is empty or too long
	CodeKey      = "key"           // no course key, or one that is taken
	CodeAlike    = "alike"         // a course key that looks as another course's does
	CodeUndo     = "undo"          // the operation cannot be taken back
)

// Invalid says what is wrong with what an author asked for.
type Invalid struct {
	// Field is the field, or "" for none; Line is the line in it, from 1.
	Field string
	Code  string
	Line  int
	// Message is an English sentence; Code chooses the reader's.
	Message string
}

// Error implements error.
func (i *Invalid) Error() string {
	if i.Field == "" {
		return i.Message
	}
	return i.Field + ": " + i.Message
}

func invalid(code, field, format string, args ...any) *Invalid {
	return &Invalid{Code: code, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Bounds of what one block and one change may hold.
const (
	maxField    = 1 << 20
	maxFields   = 3 << 19 // a message to the block holds them all: wire.MaxJSON
	maxSource   = 6 << 20
	maxNested   = 64
	maxChildren = 2000
	maxUsages   = 1000
	maxSteps    = 20_000 // a whole course, for a return to what it was
	maxTitle    = 1000
	maxDepth    = 24
)

// head is what is published now, nil when nothing is. The course itself must be there.
func (a *Authoring) head(ctx context.Context, run key.Course) (*course.Published, error) {
	published, err := a.courses.Newest(ctx, run)
	if !errors.Is(err, course.ErrNotFound) {
		return published, err
	}
	if _, err := a.courses.Run(ctx, run); err != nil {
		return nil, notFound(err)
	}
	return nil, nil
}

// notFound makes the errors of what lies below this package's own.
func notFound(err error) error {
	if errors.Is(err, course.ErrNotFound) || errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return err
}

// Create makes a course of which nothing is published, with a first section, subsection and unit, whose titles are first.
func (a *Authoring) Create(ctx context.Context, who Author, run key.Course, title string, first ...string) error {
	if run.IsZero() || run.Library() {
		return invalid(CodeKey, "", "%q is no course key", run)
	}
	if title == "" || len(title) > maxTitle {
		return invalid(CodeTitle, "title", "a course needs a title of 1 to %d bytes", maxTitle)
	}
	if err := a.createRun(ctx, course.Run{Key: run.String(), Org: run.Org, Number: run.Number, Name: run.Run, Title: title, Created: a.now(), By: who.ID}); err != nil {
		return err
	}
	refs := []course.ChildRef{{Type: "chapter"}, {Type: "sequential"}, {Type: "vertical"}}
	for i := range refs {
		refs[i].ID = a.config.NewID()
	}
	return a.createTree(ctx, who, run, title, refs, first...)
}

// createTree makes the drafts of a new course with one block in the other, whose titles are first.
func (a *Authoring) createTree(ctx context.Context, who Author, run key.Course, title string, refs []course.ChildRef, first ...string) error {
	c := a.plan(run, who, KindCreate)
	for i := range refs {
		revision := &course.Revision{Type: refs[i].Type}
		if i < len(first) {
			revision.Fields = store.Map[string]{"display_name": quote(first[i])}
		}
		if i < len(refs)-1 {
			revision.Children = refs[i+1 : i+2 : i+2]
		}
		c.create(run.Usage(refs[i].Type, refs[i].ID), revision)
	}
	c.create(run.Usage("course", course.RootID), &course.Revision{
		Type: "course", Fields: store.Map[string]{"display_name": quote(title)}, Children: refs[:1],
	})
	_, err := c.do(ctx)
	return err
}

// createRun enters a new course. One that is there without content, made by a call that died, may be made again by the same person:
// the course's own block comes last, and until then it may be somebody else's that is being made just now.
func (a *Authoring) createRun(ctx context.Context, run course.Run) error {
	if err := a.unlike(ctx, run.Key); err != nil {
		return err
	}
	err := a.runs.Insert(ctx, run.Key, run)
	if !errors.Is(err, store.ErrExists) {
		return err
	}
	there, err := a.runs.Get(ctx, run.Key)
	if err != nil {
		return err
	}
	parsed, err := key.ParseCourse(run.Key)
	if err != nil {
		return err
	}
	_, err = a.drafts.Get(ctx, parsed.Usage("course", course.RootID).String())
	if there.Body.Head.Number > 0 || err == nil || there.Body.By != run.By {
		return invalid(CodeKey, "run", "there is a course %s already", run.Key)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	there.Body.Title, there.Body.Grading = run.Title, run.Grading
	if _, err = a.runs.Replace(ctx, there); errors.Is(err, store.ErrConflict) { // he makes it twice at once
		return invalid(CodeKey, "run", "%s is being made already", run.Key)
	}
	return err
}

// unlike refuses a key that people would take for another course's. Courses are made rarely, so all are looked at.
func (a *Authoring) unlike(ctx context.Context, name string) error {
	folded := lookalike.Fold(name)
	return a.runs.Each(ctx, store.Query{Limit: 1000}, func(doc store.Doc[course.Run]) error {
		if doc.Body.Key != name && lookalike.Fold(doc.Body.Key) == folded {
			return invalid(CodeAlike, "run", "the key is too like that of another course, %s", doc.Body.Key)
		}
		return nil
	})
}

func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }
