package allowance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Errors that callers tell apart. All of them leave everything as it was.
var (
	// ErrReason means that no reason was given, or one of more than MaxReason bytes.
	ErrReason = errors.New("a reason is needed")
	// ErrInvalid is about a date, a time or a subsection that cannot be.
	ErrInvalid = errors.New("invalid allowance")
	// ErrNone means that there is nothing to take away.
	ErrNone = errors.New("there is no such allowance")
)

// Limits.
const (
	// MaxReason bounds a reason in bytes.
	MaxReason = 2000
	// MaxExtra bounds the extra time for one subsection.
	MaxExtra = 7 * 24 * time.Hour
	// maxTrail bounds the changes that a document remembers; the oldest go first.
	maxTrail = 5000
)

// Allowance is what one learner has of their own in a run. The zero value is nothing.
type Allowance struct {
	Learner string `bson:"learner"`
	Run     string `bson:"run"`
	// Subsections holds it by subsection usage key.
	Subsections store.Map[Granted] `bson:"subsections,omitempty"`
	// Trail is every change by staff, the oldest first.
	Trail []Change `bson:"trail,omitempty"`
}

// Granted is what a learner has of their own at one subsection.
type Granted struct {
	// Due replaces the subsection's due date; nil leaves it.
	Due *time.Time `bson:"due,omitempty"`
	// ExtraSeconds are added to a timed subsection's time.
	ExtraSeconds int64 `bson:"extra_seconds,omitempty"`
	// Begun is when the learner started the timed subsection, LimitSeconds the time that there was then, without the extra
	// time; nil for not begun.
	Begun        *time.Time `bson:"begun,omitempty"`
	LimitSeconds int64      `bson:"limit_seconds,omitempty"`
	// Ended is when the learner handed it in; nil while time runs, and where time ran out.
	Ended *time.Time `bson:"ended,omitempty"`
}

// Extra is the extra time.
func (g Granted) Extra() time.Duration { return time.Duration(g.ExtraSeconds) * time.Second }

// What says which of a learner's allowances a change is about.
type What string

// What can be given and taken away. The names are stored.
const (
	Due       What = "due"
	ExtraTime What = "extra_time"
	// Sitting is the timed subsection as the learner began it; see [Allowances.Restart].
	Sitting What = "sitting"
)

// Change is one line of the trail.
type Change struct {
	At time.Time `bson:"at"`
	// Actor is the pseudonym in this run of who made the change, "" for the command line.
	Actor      string `bson:"actor,omitempty"`
	Reason     string `bson:"reason"`
	Subsection string `bson:"subsection"`
	What       What   `bson:"what"`
	// From and To are the values before and after, "" for none: an instant in RFC 3339, or whole minutes and seconds as Go
	// writes durations.
	From string `bson:"from,omitempty"`
	To   string `bson:"to,omitempty"`
}

// Order says whom a change is for, and answers for it.
type Order struct {
	Run     key.Course
	Learner string
	// Subsection is a subsection of the run.
	Subsection key.Usage
	// Actor is who orders it, by pseudonym in the run; "" for the command line. Reason must be given: it is shown to staff.
	Actor, Reason string
}

// Spec is the collection of allowances, by (run, learner).
func Spec() store.Spec {
	return store.Spec{Name: "allowances", Learners: "learner", Indexes: []store.Index{{Name: "run", Fields: []string{"run", "learner"}}}}
}

// Specs lists the collections of this package.
func Specs() []store.Spec { return []store.Spec{Spec()} }

// Allowances gives access to all of them. Safe for concurrent use, by processes too.
type Allowances struct {
	docs store.Collection[Allowance]
	now  func() time.Time
}

// New prepares access; it does no I/O. now is the clock, nil is the system's.
func New(s store.Store, now func() time.Time) *Allowances {
	if now == nil {
		now = func() time.Time { return time.Now().UTC() }
	}
	return &Allowances{docs: store.Of[Allowance](s, Spec()), now: now}
}

func docID(run, learner string) string { return store.ID(run, learner) }

// Of returns what a learner has in a run; the zero Allowance when that is nothing.
func (a *Allowances) Of(ctx context.Context, run key.Course, learner string) (Allowance, error) {
	doc, err := a.docs.Get(ctx, docID(run.String(), learner))
	if errors.Is(err, store.ErrNotFound) {
		return Allowance{}, nil
	}
	if err != nil {
		return Allowance{}, fmt.Errorf("reading a learner's allowances: %w", err)
	}
	return doc.Body, nil
}

// List gives a run's learners who have or had something of their own, in the order of their pseudonyms, one page at a time
// (0 is 100).
func (a *Allowances) List(ctx context.Context, run key.Course, after store.Cursor, limit int) ([]Allowance, store.Cursor, error) {
	docs, next, err := a.docs.Find(ctx, store.Query{Index: "run", Equal: []any{run.String()}, Limit: limit, After: after})
	if err != nil {
		return nil, "", fmt.Errorf("listing allowances in %s: %w", run, err)
	}
	list := make([]Allowance, len(docs))
	for i := range docs {
		list[i] = docs[i].Body
	}
	return list, next, nil
}

// SetDue gives a learner another due date at a subsection, replacing one given before. A date before the course's own is
// allowed.
func (a *Allowances) SetDue(ctx context.Context, o Order, due time.Time) (Allowance, error) {
	if due.IsZero() || due.Year() < 1970 || due.Year() > 9999 {
		return Allowance{}, fmt.Errorf("setting a due date: %w: the date %v", ErrInvalid, due)
	}
	due = due.UTC().Truncate(time.Second)
	return a.change(ctx, o, Due, func(g *Granted) error {
		g.Due = &due
		return nil
	})
}

// SetExtraTime gives a learner more time for a timed subsection, replacing what was given before; it reaches one that is
// under way, too. extra is over 0 and at most MaxExtra, in whole seconds.
func (a *Allowances) SetExtraTime(ctx context.Context, o Order, extra time.Duration) (Allowance, error) {
	if extra < time.Second || extra > MaxExtra {
		return Allowance{}, fmt.Errorf("setting extra time: %w: %v", ErrInvalid, extra)
	}
	return a.change(ctx, o, ExtraTime, func(g *Granted) error {
		g.ExtraSeconds = int64(extra / time.Second)
		return nil
	})
}

// Restart lets a learner begin a timed subsection anew. Answers that were given stay.
func (a *Allowances) Restart(ctx context.Context, o Order) (Allowance, error) {
	return a.Remove(ctx, o, Sitting)
}

// Remove takes an allowance away: what the course gives everybody holds again. ErrNone when there is none.
func (a *Allowances) Remove(ctx context.Context, o Order, what What) (Allowance, error) {
	return a.change(ctx, o, what, func(g *Granted) error {
		if g.text(what) == "" {
			return ErrNone
		}
		switch what {
		case Due:
			g.Due = nil
		case ExtraTime:
			g.ExtraSeconds = 0
		case Sitting:
			g.Begun, g.Ended, g.LimitSeconds = nil, nil, 0
		default:
			return fmt.Errorf("%w: %q", ErrInvalid, what)
		}
		return nil
	})
}

// text writes one allowance as the trail has it.
func (g *Granted) text(what What) string {
	switch {
	case what == Due && g.Due != nil:
		return g.Due.UTC().Format(time.RFC3339)
	case what == ExtraTime && g.ExtraSeconds > 0:
		return g.Extra().String()
	case what == Sitting && g.Begun != nil:
		return g.Begun.UTC().Format(time.RFC3339)
	}
	return ""
}

// change edits what a learner has at a subsection and enters it into the trail. Setting what is set already changes nothing.
func (a *Allowances) change(ctx context.Context, o Order, what What, edit func(*Granted) error) (Allowance, error) {
	o.Reason = strings.TrimSpace(o.Reason)
	if o.Reason == "" || len(o.Reason) > MaxReason || !utf8.ValidString(o.Reason) {
		return Allowance{}, fmt.Errorf("changing an allowance: %w", ErrReason)
	}
	return a.edit(ctx, o.Run, o.Learner, o.Subsection, func(doc *Allowance, g *Granted) (bool, error) {
		from := g.text(what)
		if err := edit(g); err != nil {
			return false, err
		}
		to := g.text(what)
		if from == to {
			return false, nil
		}
		doc.Trail = append(doc.Trail, Change{
			At: a.now().UTC(), Actor: o.Actor, Reason: o.Reason, Subsection: o.Subsection.String(), What: what, From: from, To: to,
		})
		if over := len(doc.Trail) - maxTrail; over > 0 {
			doc.Trail = doc.Trail[over:]
		}
		return true, nil
	})
}

// edit changes a learner's document; it is made when there is none.
func (a *Allowances) edit(
	ctx context.Context, run key.Course, learner string, subsection key.Usage, edit func(*Allowance, *Granted) (bool, error),
) (Allowance, error) {
	if learner == "" || subsection.Course != run || subsection.ID == "" {
		return Allowance{}, fmt.Errorf("changing an allowance: %w: %s is not of %s, or nobody's", ErrInvalid, subsection, run)
	}
	doc, err := a.docs.Update(ctx, docID(run.String(), learner), func(doc *Allowance) (bool, error) {
		doc.Learner, doc.Run = learner, run.String()
		granted := doc.Subsections[subsection.String()]
		changed, err := edit(doc, &granted)
		if err != nil || !changed {
			return false, err
		}
		if doc.Subsections == nil {
			doc.Subsections = store.Map[Granted]{}
		}
		doc.Subsections[subsection.String()] = granted
		if granted == (Granted{}) {
			delete(doc.Subsections, subsection.String())
		}
		return true, nil
	})
	if err != nil {
		return Allowance{}, fmt.Errorf("changing an allowance: %w", err)
	}
	return doc.Body, nil
}
