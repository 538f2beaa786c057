package transfer

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Errors, wrapped with the operation.
var (
	// ErrNotFound: the course has no such transfer, or no longer.
	ErrNotFound = errors.New("no such transfer")
	// ErrState: it is not in the state that the operation needs.
	ErrState = errors.New("the transfer is past that")
)

// Kind is a way.
type Kind string

// The kinds.
const (
	In  Kind = "import"
	Out Kind = "export"
)

// State is how far a transfer is.
type State string

// The states. Nothing of the course is changed before Importing.
const (
	Looking   State = "looking" // the archive is read
	Ready     State = "ready"   // somebody has to say yes to the plan
	Importing State = "importing"
	Exporting State = "exporting"
	Done      State = "done"
	Undoing   State = "undoing"
	Undone    State = "undone"
	Dropped   State = "dropped" // somebody said no
	Failed    State = "failed"
)

// Works reports whether the transfer is being worked on.
func (s State) Works() bool {
	return s == Looking || s == Importing || s == Exporting || s == Undoing
}

// Why a transfer failed.
const (
	// WhyArchive: the archive cannot be read; Trouble says what is wrong with it.
	WhyArchive = "archive"
	// WhyStale: the course was published meanwhile.
	WhyStale = "stale"
	// WhyEmpty: there is nothing to take out.
	WhyEmpty = "empty"
	// WhyHost: it is nobody's fault but the site's; the log says more.
	WhyHost = "host"
)

// How long transfers are kept, and what they made.
const (
	keptFor     = 90 * 24 * time.Hour
	exportsFor  = 7 * 24 * time.Hour
	lease       = 30 * time.Second
	mostTries   = 5
	maxPlanSize = 64 << 20
	// MaxArchive bounds an archive that comes in, in bytes.
	MaxArchive = 2 << 30
)

// JobKind is the kind of the jobs that work on transfers; their Ref is the transfer's id.
const JobKind = "transfer"

// Transfer is one, as it stands.
type Transfer struct {
	Course string    `bson:"course"`
	Kind   Kind      `bson:"kind"`
	By     string    `bson:"by"`
	At     time.Time `bson:"at"`
	State  State     `bson:"state"`
	// Since is when the state began. Step, Done and Total say how far it is.
	Since time.Time `bson:"since"`
	Step  string    `bson:"step,omitempty"`
	Done  int       `bson:"done,omitempty"`
	Total int       `bson:"total,omitempty"`
	// Name is what the archive's file was called, Archive its hash and Size its size.
	Name    string `bson:"name,omitempty"`
	Archive string `bson:"archive,omitempty"`
	Size    int64  `bson:"size,omitempty"`
	// Plan is the hash of the plan, as JSON.
	Plan string `bson:"plan,omitempty"`
	// Drafts takes the team's unpublished work out, too; Secrets keys and passports. Backup writes a library as a zip.
	Drafts  bool `bson:"drafts,omitempty"`
	Secrets bool `bson:"secrets,omitempty"`
	Backup  bool `bson:"backup,omitempty"`
	// Runs says that who brought the archive, and who agreed to it, run the course: others change none of its keys.
	Runs bool `bson:"runs,omitempty"`
	// Notes are remarks on what went out, or block ids that were published as broken.
	Notes []string `bson:"notes,omitempty"`
	// Before and Head are what an import found and made, Aside how many drafts it set aside.
	Before course.ImportBefore `bson:"before,omitempty"`
	Head   int                 `bson:"head,omitempty"`
	Aside  int                 `bson:"aside,omitempty"`
	// Left is what an undo left as somebody had changed it since.
	Left []string `bson:"left,omitempty"`
	// Why and Trouble say why it failed; FailedIn is the state in which it did.
	Why      string `bson:"why,omitempty"`
	Trouble  string `bson:"trouble,omitempty"`
	FailedIn State  `bson:"failed_in,omitempty"`

	Hashes  []string   `bson:"hashes,omitempty"`
	Due     *time.Time `bson:"due,omitempty"`
	Worker  string     `bson:"worker,omitempty"`
	Tries   int        `bson:"tries,omitempty"`
	Expires time.Time  `bson:"expires"`
	// ID is the document's.
	ID string `bson:"-"`
}

var spec = store.Spec{Name: "transfers", Indexes: []store.Index{
	{Name: "course", Fields: []string{"course", "kind", "at"}},
	{Name: "due", Fields: []string{"due"}},
	{Name: "expires", Fields: []string{"expires"}},
	{Name: "hashes", Fields: []string{"hashes"}, Multi: true},
}}

// Specs are the collections of this package.
func Specs() []store.Spec { return []store.Spec{spec} }

// Config is what transfers work with. Queue may be nil: then the sweep works.
type Config struct {
	Store   store.Store
	Courses *course.Courses
	Blocks  exporter.Blocks
	Answers importer.Answers
	// Hasher and Enter are as an import has them.
	Hasher importer.Hasher
	Enter  func(context.Context, importer.Change) error
	Files  *files.Files
	Queue  ports.Queue
	// Working stores a course as its team has it and names its content, for exports with unpublished work.
	Working func(ctx context.Context, run key.Course) (root string, err error)
	// Temp is where archives lie while they are read.
	Temp string
	Log  *slog.Logger
	// Now is the clock; nil is the system's.
	Now func() time.Time
}

// Transfers keeps and works transfers. Safe for concurrent use, also by several processes.
type Transfers struct {
	config Config
	docs   store.Collection[Transfer]
}

// New prepares access; it does no I/O.
func New(config Config) *Transfers {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	return &Transfers{config: config, docs: store.Of[Transfer](config.Store, spec)}
}

func (t *Transfers) now() time.Time { return t.config.Now().UTC().Truncate(time.Millisecond) }

// Bring takes an archive in, which is stored already, and lets workers look at it. runs says that its bringer runs the course.
func (t *Transfers) Bring(ctx context.Context, run key.Course, by string, runs bool, name string, archive files.Blob) (Transfer, error) {
	return t.add(ctx, Transfer{
		Course: run.String(), Kind: In, By: by, Runs: runs, State: Looking, Name: name, Archive: archive.Hash, Size: archive.Size, Hashes: []string{archive.Hash},
	})
}

// Taking says how something goes out: with unpublished work, with keys and passports; a library as a backup.
type Taking struct{ Drafts, Secrets, Backup bool }

// Take lets workers take a course or a library out.
func (t *Transfers) Take(ctx context.Context, run key.Course, by string, how Taking) (Transfer, error) {
	return t.add(ctx, Transfer{
		Course: run.String(), Kind: Out, By: by, State: Exporting, Drafts: how.Drafts, Secrets: how.Secrets, Backup: how.Backup && run.Library(),
	})
}

func (t *Transfers) add(ctx context.Context, one Transfer) (Transfer, error) {
	var random [12]byte
	rand.Read(random[:]) // never fails
	one.ID, one.At = hex.EncodeToString(random[:]), t.now()
	one.Since, one.Due, one.Expires = one.At, &one.At, one.At.Add(keptFor)
	if err := t.docs.Insert(ctx, one.ID, one); err != nil {
		return one, fmt.Errorf("beginning a transfer: %w", err)
	}
	t.hand(ctx, &one)
	return one, nil
}

func (t *Transfers) hand(ctx context.Context, one *Transfer) {
	if t.config.Queue == nil {
		return
	}
	job := ports.Job{ID: fmt.Sprintf("%s-%s-%d", one.ID, one.State, one.Tries), Kind: JobKind, Lane: ports.LaneBackground, Course: one.Course, Ref: one.ID}
	if err := t.config.Queue.Enqueue(ctx, job); err != nil {
		t.config.Log.WarnContext(ctx, "the queue did not take a transfer; the sweeper will", "error", err)
	}
}

// Get returns a course's transfer, or ErrNotFound.
func (t *Transfers) Get(ctx context.Context, run key.Course, id string) (Transfer, error) {
	doc, err := t.docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && doc.Body.Course != run.String() {
		err = ErrNotFound
	}
	if err != nil {
		return Transfer{}, fmt.Errorf("looking up a transfer: %w", err)
	}
	doc.Body.ID = doc.ID
	return doc.Body, nil
}

// Recent lists a course's transfers of a kind, the latest first.
func (t *Transfers) Recent(ctx context.Context, run key.Course, kind Kind, limit int) ([]Transfer, error) {
	docs, _, err := t.docs.Find(ctx, store.Query{Index: "course", Equal: []any{run.String(), string(kind)}, Reverse: true, Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("listing transfers: %w", err)
	}
	list := make([]Transfer, len(docs))
	for i := range docs {
		list[i], list[i].ID = docs[i].Body, docs[i].ID
	}
	return list, nil
}

// Plan reads an import's plan; nil while there is none.
func (t *Transfers) Plan(ctx context.Context, one *Transfer) (*importer.Plan, error) {
	if one.Plan == "" {
		return nil, nil
	}
	data, err := t.config.Files.Read(ctx, one.Plan, maxPlanSize)
	if err != nil {
		return nil, fmt.Errorf("reading the plan of an import: %w", err)
	}
	plan := &importer.Plan{}
	if err := json.Unmarshal(data, plan); err != nil {
		return nil, fmt.Errorf("reading the plan of an import: %w", err)
	}
	if plan.Course, err = key.ParseCourse(one.Course); err != nil {
		return nil, fmt.Errorf("reading the plan of an import: %w", err)
	}
	return plan, nil
}

// Agree imports what the plan says. Again says nothing new. runs says that who agrees runs the course.
func (t *Transfers) Agree(ctx context.Context, run key.Course, id string, runs bool) (Transfer, error) {
	return t.turnWith(ctx, run, id, Importing, func(one *Transfer) { one.Runs = one.Runs && runs }, Ready)
}

// Drop says no to a plan.
func (t *Transfers) Drop(ctx context.Context, run key.Course, id string) (Transfer, error) {
	return t.turn(ctx, run, id, Dropped, Ready, Failed)
}

// Again looks at the archive of a transfer once more, since the course was published meanwhile or something failed.
func (t *Transfers) Again(ctx context.Context, run key.Course, id string) (Transfer, error) {
	return t.turn(ctx, run, id, Looking, Failed, Ready)
}

// Undo takes an import back.
func (t *Transfers) Undo(ctx context.Context, run key.Course, id string) (Transfer, error) {
	return t.turn(ctx, run, id, Undoing, Done)
}

// turn brings a transfer from one of some states into another, where workers go on.
func (t *Transfers) turn(ctx context.Context, run key.Course, id string, to State, from ...State) (Transfer, error) {
	return t.turnWith(ctx, run, id, to, func(*Transfer) {}, from...)
}

// turnWith is turn with a change of the transfer where it turns.
func (t *Transfers) turnWith(ctx context.Context, run key.Course, id string, to State, change func(*Transfer), from ...State) (Transfer, error) {
	before, err := t.Get(ctx, run, id)
	if err != nil {
		return before, err
	}
	turned := false
	doc, err := t.docs.Update(ctx, id, func(one *Transfer) (bool, error) {
		turned = false
		if one.State == to {
			return false, nil
		}
		for _, state := range from {
			turned = turned || one.State == state
		}
		if turned && one.State == Failed && to == Looking && one.FailedIn == Undoing { // there is nothing to look at: the import is done
			turned = false
		}
		if !turned || one.Kind != In {
			return false, ErrState
		}
		change(one)
		now := t.now()
		one.State, one.Since, one.Step, one.Done, one.Total, one.Tries, one.Why, one.Trouble = to, now, "", 0, 0, 0, "", ""
		if one.Due, one.Worker = nil, ""; to.Works() {
			one.Due = &now
		}
		return true, nil
	})
	if err != nil {
		return before, fmt.Errorf("going on with a transfer: %w", err)
	}
	doc.Body.ID = id
	if turned && to.Works() {
		t.hand(ctx, &doc.Body)
	}
	return doc.Body, nil
}

// Holds tells which of some files transfers need; it is asked before files are collected.
func (t *Transfers) Holds(ctx context.Context, hashes []string) (map[string]bool, error) {
	held := map[string]bool{}
	for _, hash := range hashes {
		count, err := t.docs.Count(ctx, store.Query{Index: "hashes", Equal: []any{hash}}, 1)
		if err != nil {
			return nil, fmt.Errorf("looking for who holds a file: %w", err)
		}
		if count > 0 {
			held[hash] = true
		}
	}
	return held, nil
}
