package lists

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Errors, wrapped with the operation.
var (
	// ErrNotFound: the run has no such list, or no longer.
	ErrNotFound = errors.New("no such list")
	// ErrState: the list is not in the state that the operation needs.
	ErrState = errors.New("the list is past that")
	// ErrTooLong: more than MaxLines.
	ErrTooLong = errors.New("the list is too long")
)

// Kind is what is done to the people of a list.
type Kind string

// The kinds.
const (
	Enrol   Kind = "enrol"
	Unenrol Kind = "unenrol"
	Cohort  Kind = "cohort" // put into the line's cohort, or the list's
	Draw    Kind = "draw"   // put into one of the automatic cohorts
)

// State is how far a list is.
type State string

// The states. Nothing is changed before Running.
const (
	Checking State = "checking" // lines are looked at
	Ready    State = "ready"    // somebody has to say yes
	Running  State = "running"
	Done     State = "done"
	Undoing  State = "undoing"
	Undone   State = "undone"
)

// Works reports whether the list is being worked on.
func (s State) Works() bool { return s == Checking || s == Running || s == Undoing }

// Limits of a list.
const (
	// MaxLines is the longest list. Small is how many lines are worked on while somebody waits for the page.
	MaxLines = 10_000
	Small    = 50
	// UndoFor is how long a list can be undone, KeptFor how long it is kept.
	UndoFor = 7 * 24 * time.Hour
	KeptFor = 30 * 24 * time.Hour
	// maxTyped bounds what is kept of a line, in bytes.
	maxTyped = 320
)

// JobKind is the kind of the jobs that work on lists; their Ref is the list's id.
const JobKind = "list"

// Entry is one line as it was handed in.
type Entry struct {
	// Line is where it stood, from 1.
	Line int
	// Who is a user name or an address.
	Who string
	// Mode and Cohort are the line's own, "" for the list's.
	Mode, Cohort string
}

// Order is what is to be done.
type Order struct {
	// ID makes handing in idempotent: the same one again is the same list. 32 hexadecimal digits.
	ID   string
	Run  string
	Kind Kind
	// By is the user who wants it.
	By string
	// Mode and Cohort are for lines without their own: "" leaves both to the course and to chance.
	Mode, Cohort string
	// Mail tells people of it, those without a language of their own in Language.
	Mail     bool
	Language string
	Entries  []Entry
}

// List is a list as it stands.
type List struct {
	ID, Run      string
	Kind         Kind
	By           string
	Mode, Cohort string
	Mail         bool
	Language     string
	At           time.Time
	State        State
	// Lines is how many there are, Finished how many of them in the present state.
	Lines, Finished int
	// Totals count the lines by result.
	Totals map[Result]int
	// DoneAt is when it was done, zero before. It can be undone until UndoUntil.
	DoneAt, UndoUntil time.Time
}

// Notice is a mail that a line asks for.
type Notice struct {
	Kind Kind
	Run  string
	// User is nil for an address that has no account: then Email says where to.
	User     *people.User
	Email    string
	Language string
	// Key is the same whenever the same mail is asked for again.
	Key string
}

// Notifier sends the mails of lists.
type Notifier interface {
	Notify(ctx context.Context, notice Notice) error
}

// Config is what lists work with. Store and People must be set.
type Config struct {
	Store  store.Store
	People *people.People
	// Queue takes jobs for long lists; nil leaves them to Sweep.
	Queue ports.Queue
	Log   *slog.Logger
	// Now is the clock; nil is the system's.
	Now func() time.Time
}

// Lists keeps and works lists. Safe for concurrent use, also by several processes.
type Lists struct {
	config   Config
	notifier Notifier
	lists    store.Collection[listDoc]
	lines    store.Collection[lineDoc]
}

type listDoc struct {
	Run      string         `bson:"run"`
	Kind     Kind           `bson:"kind"`
	By       string         `bson:"by"`
	Mode     string         `bson:"mode,omitempty"`
	Cohort   string         `bson:"cohort,omitempty"`
	Mail     bool           `bson:"mail,omitempty"`
	Language string         `bson:"language,omitempty"`
	At       time.Time      `bson:"at"`
	State    State          `bson:"state"`
	Lines    int            `bson:"lines"`
	Finished int            `bson:"finished"`
	Totals   map[Result]int `bson:"totals,omitempty"`
	DoneAt   time.Time      `bson:"done_at,omitempty"`
	// Due is when somebody should work on it: a worker puts it off while he does. Worker is who.
	Due     *time.Time `bson:"due,omitempty"`
	Worker  string     `bson:"worker,omitempty"`
	Expires time.Time  `bson:"expires"`
}

func (d *listDoc) list(id string) List {
	l := List{
		ID: id, Run: d.Run, Kind: d.Kind, By: d.By, Mode: d.Mode, Cohort: d.Cohort, Mail: d.Mail, Language: d.Language, At: d.At, State: d.State,
		Lines: d.Lines, Finished: d.Finished, Totals: d.Totals, DoneAt: d.DoneAt,
	}
	if !d.DoneAt.IsZero() {
		l.UndoUntil = d.DoneAt.Add(UndoFor)
	}
	return l
}

var (
	listSpec = store.Spec{Name: "people_lists", Indexes: []store.Index{
		{Name: "run", Fields: []string{"run", "at"}},
		{Name: "due", Fields: []string{"due"}},
		{Name: "expires", Fields: []string{"expires"}},
	}}
	lineSpec = store.Spec{Name: "people_list_lines", Learners: "pseudonym", Indexes: []store.Index{
		{Name: "list", Fields: []string{"list", "number"}},
		{Name: "result", Fields: []string{"list", "result", "number"}},
		{Name: "typed", Fields: []string{"typed_key"}},
		{Name: "twin", Fields: []string{"list", "typed_key"}},
		{Name: "same", Fields: []string{"list", "user"}},
	}}
)

// Specs are the collections of this package.
func Specs() []store.Spec { return []store.Spec{listSpec, lineSpec} }

// New prepares access; it does no I/O.
func New(config Config) *Lists {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	return &Lists{config: config, lists: store.Of[listDoc](config.Store, listSpec), lines: store.Of[lineDoc](config.Store, lineSpec)}
}

// Notify sets who sends mails, before anything is worked on. A site without one sends none, and takes an address for its
// account's own although nobody confirmed it, since nobody can.
func (l *Lists) Notify(notifier Notifier) { l.notifier = notifier }

// Mails reports whether the site sends mail.
func (l *Lists) Mails() bool { return l.notifier != nil }

func (l *Lists) now() time.Time { return l.config.Now().UTC().Truncate(time.Millisecond) }

// Hand takes a list in and looks at its lines, or, when there are many, leaves that to a job. An order that came before is
// the list that it made. Draw needs no yes and begins at once.
func (l *Lists) Hand(ctx context.Context, order Order) (List, error) {
	if len(order.Entries) > MaxLines {
		return List{}, fmt.Errorf("taking a list in: %w: %d lines, at most %d", ErrTooLong, len(order.Entries), MaxLines)
	}
	now := l.now()
	doc := listDoc{
		Run: order.Run, Kind: order.Kind, By: order.By, Mode: order.Mode, Cohort: order.Cohort, Mail: order.Mail, Language: order.Language,
		At: now, State: Checking, Lines: len(order.Entries), Due: &now, Expires: now.Add(KeptFor),
	}
	if order.Kind == Draw {
		doc.State = Running
	}
	if before, err := l.lists.Get(ctx, order.ID); err == nil { // handed in before: what it holds now plays no part
		return l.handed(ctx, order, before)
	} else if !errors.Is(err, store.ErrNotFound) {
		return List{}, fmt.Errorf("taking a list in: %w", err)
	}
	// Lines first: a list that is there is whole.
	docs := make([]store.Doc[lineDoc], len(order.Entries))
	for i, entry := range order.Entries {
		docs[i] = store.Doc[lineDoc]{ID: lineID(order.ID, i), Body: newLine(order.ID, i, entry)}
	}
	if _, err := l.lines.InsertMany(ctx, docs); err != nil {
		return List{}, fmt.Errorf("taking a list in: %w", err)
	}
	if err := l.lists.Insert(ctx, order.ID, doc); err != nil && !errors.Is(err, store.ErrExists) {
		return List{}, fmt.Errorf("taking a list in: %w", err)
	}
	return l.begin(ctx, order.Run, order.ID)
}

// handed answers an order that came before, to the same person for the same course alone.
func (l *Lists) handed(_ context.Context, order Order, before store.Doc[listDoc]) (List, error) {
	if before.Body.Run != order.Run || before.Body.By != order.By || before.Body.Kind != order.Kind {
		return List{}, fmt.Errorf("taking a list in: %w", ErrNotFound)
	}
	return before.Body.list(before.ID), nil
}

// begin works on a short list at once and hands a long one over.
func (l *Lists) begin(ctx context.Context, run, id string) (List, error) {
	list, err := l.Get(ctx, run, id)
	if err != nil || !list.State.Works() {
		return list, err
	}
	if list.Lines <= Small && (!list.Mail || list.State != Running) { // a mail takes its time
		if err := l.Work(ctx, id, "page "+id); err != nil {
			return List{}, err
		}
		return l.Get(ctx, run, id)
	}
	l.hand(ctx, id, &list)
	return list, nil
}

func (l *Lists) hand(ctx context.Context, id string, list *List) {
	if l.config.Queue == nil {
		return
	}
	job := ports.Job{ID: fmt.Sprintf("%s-%s-%d", id, list.State, list.Finished), Kind: JobKind, Lane: ports.LaneBackground, Course: list.Run, Ref: id}
	if err := l.config.Queue.Enqueue(ctx, job); err != nil {
		l.config.Log.WarnContext(ctx, "the queue did not take a list; the sweeper will", "error", err)
	}
}

// Get returns a run's list, or ErrNotFound.
func (l *Lists) Get(ctx context.Context, run, id string) (List, error) {
	doc, err := l.lists.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && doc.Body.Run != run {
		err = ErrNotFound
	}
	if err != nil {
		return List{}, fmt.Errorf("looking up a list: %w", err)
	}
	return doc.Body.list(id), nil
}

// Recent lists a run's lists, the latest first.
func (l *Lists) Recent(ctx context.Context, run string, limit int) ([]List, error) {
	docs, _, err := l.lists.Find(ctx, store.Query{Index: "run", Equal: []any{run}, Reverse: true, Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("listing lists: %w", err)
	}
	lists := make([]List, len(docs))
	for i := range docs {
		lists[i] = docs[i].Body.list(docs[i].ID)
	}
	return lists, nil
}

// Start does what a list that is ready asks for. A list that runs or is done already stays as it is.
func (l *Lists) Start(ctx context.Context, run, id string) (List, error) {
	return l.turn(ctx, run, id, func(d *listDoc) (State, error) {
		switch d.State {
		case Ready:
			return Running, nil
		case Running, Done:
			return d.State, nil
		case Checking, Undoing, Undone:
		}
		return "", ErrState
	})
}

// Undo takes back what a list did, where nobody has changed it since. It is ErrState when that is too long ago.
func (l *Lists) Undo(ctx context.Context, run, id string) (List, error) {
	return l.turn(ctx, run, id, func(d *listDoc) (State, error) {
		switch {
		case d.State == Done && l.now().Before(d.DoneAt.Add(UndoFor)):
			return Undoing, nil
		case d.State == Undoing || d.State == Undone:
			return d.State, nil
		}
		return "", ErrState
	})
}

func (l *Lists) turn(ctx context.Context, run, id string, next func(*listDoc) (State, error)) (List, error) {
	_, err := l.lists.Update(ctx, id, func(d *listDoc) (bool, error) {
		if d.Run != run || run == "" {
			return false, ErrNotFound
		}
		state, err := next(d)
		if err != nil || state == d.State {
			return false, err
		}
		now := l.now()
		d.State, d.Finished, d.Totals, d.Due, d.Worker = state, 0, nil, &now, ""
		return true, nil
	})
	if err != nil {
		return List{}, fmt.Errorf("turning a list: %w", err)
	}
	return l.begin(ctx, run, id)
}
