package beside

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Errors, wrapped with the operation.
var (
	// ErrNotFound: the course has no such file, page or change.
	ErrNotFound = errors.New("not beside the course")
	// ErrExists: there is a file or page of that name.
	ErrExists = errors.New("there is one of that name already")
	// ErrName: no file or page can be called so.
	ErrName = errors.New("no possible name")
)

// Config is what the package works with. Courses must be set.
type Config struct {
	Courses *course.Courses
	// Now is the clock; nil is the system's.
	Now func() time.Time
}

// Beside changes files and pages. Safe for concurrent use, also by several processes.
type Beside struct {
	config  Config
	assets  store.Collection[course.Asset]
	pages   store.Collection[course.Page]
	entries store.Collection[entryDoc]
}

// New prepares access; it does no I/O.
func New(config Config) *Beside {
	if config.Now == nil {
		config.Now = time.Now
	}
	return &Beside{
		config: config, assets: store.Of[course.Asset](config.Courses.Store(), course.AssetSpec()), pages: store.Of[course.Page](config.Courses.Store(), course.PageSpec()),
		entries: store.Of[entryDoc](config.Courses.Store(), course.BesideSpec()),
	}
}

// Kind says what an entry is about.
type Kind string

// The kinds. A page's name is its kind and slug, as in "tabs/syllabus".
const (
	File Kind = "file"
	Page Kind = "page"
)

// State is a file or a page as it was or is; both nil for none.
type State struct {
	Asset *course.Asset `bson:"asset,omitempty"`
	Page  *course.Page  `bson:"page,omitempty"`
}

func (s State) none() bool { return s.Asset == nil && s.Page == nil }

// entryDoc is one change of one document.
type entryDoc struct {
	Course string    `bson:"course"`
	Op     string    `bson:"op"`
	Kind   Kind      `bson:"kind"`
	Name   string    `bson:"name"`
	Did    string    `bson:"did"`
	Note   string    `bson:"note,omitempty"`
	By     string    `bson:"by"`
	At     time.Time `bson:"at"`
	Before State     `bson:"before,omitempty"`
	After  State     `bson:"after,omitempty"`
	// Was is the change before this one.
	Was  string `bson:"was,omitempty"`
	Open bool   `bson:"open,omitempty"`
	// Hashes are the stored contents that the entry needs.
	Hashes []string `bson:"hashes,omitempty"`
}

// Op is one act of a person, which may change several documents and is undone as one.
type Op struct {
	ID     string
	Course key.Course
	By     string
	// Did says what was done, in a word that pages translate: upload, replace, rename, delete, lock, unlock, alt, write, import,
	// undo, order.
	Did string
	// Note is what it was done to, where the name does not say it.
	Note string
}

// Begin makes an act; it changes nothing by itself.
func (b *Beside) Begin(run key.Course, by, did string) Op {
	var random [12]byte
	rand.Read(random[:]) // never fails
	return Op{ID: hex.EncodeToString(random[:]), Course: run, By: by, Did: did}
}

// document is one file or page in the store.
type document struct {
	kind Kind
	name string
	read func(ctx context.Context) (State, string, int64, error)
	// write stores a state under the name of the op; a state of none deletes.
	write func(ctx context.Context, after State, op Op, at time.Time, version int64) error
}

// change lets edit alter a document and keeps how. edit gets what is there, which it must not alter, and gives what shall be; it may
// run several times. Equal states are no change.
func (b *Beside) change(ctx context.Context, op Op, d document, edit func(State) (State, error)) (bool, error) {
	for {
		before, was, version, err := d.read(ctx)
		if err != nil {
			return false, err
		}
		if was == op.ID {
			return true, nil // done before a crash
		}
		after, err := edit(before)
		if err != nil || same(before, after) {
			return false, err
		}
		if err := b.settle(ctx, op.Course, was, d); err != nil {
			return false, err
		}
		at := b.config.Now().UTC().Truncate(time.Millisecond)
		id := entryID(op.Course, op.ID, d)
		entry := entryDoc{
			Course: op.Course.String(), Op: op.ID, Kind: d.kind, Name: d.name, Did: op.Did, Note: op.Note, By: op.By, At: at,
			Before: before, After: after, Was: was, Open: true, Hashes: hashes(before, after),
		}
		if _, err := b.entries.Update(ctx, id, func(e *entryDoc) (bool, error) { *e = entry; return true, nil }); err != nil {
			return false, err
		}
		err = d.write(ctx, after, op, at, version)
		if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
			if ctx.Err() != nil {
				return false, ctx.Err()
			}
			continue // somebody was faster: the entry is written again over what is there now
		}
		if err != nil {
			return false, err
		}
		return true, b.close(ctx, id)
	}
}

// settle closes the entry of the change that a document names, which a crash may have left open.
func (b *Beside) settle(ctx context.Context, run key.Course, was string, d document) error {
	if was == "" {
		return nil
	}
	return b.close(ctx, entryID(run, was, d))
}

func (b *Beside) close(ctx context.Context, id string) error {
	_, err := b.entries.Update(ctx, id, func(e *entryDoc) (bool, error) {
		if e.Op == "" || !e.Open {
			return false, nil
		}
		e.Open = false
		return true, nil
	})
	return err
}

func entryID(run key.Course, op string, d document) string {
	return store.ID(run.String(), op, string(d.kind), d.name)
}

// same compares what people see of two states.
func same(a, b State) bool { return reflect.DeepEqual(plain(a), plain(b)) }

// plain leaves out who made it so, when and by which change.
func plain(s State) State {
	if s.Asset != nil {
		asset := *s.Asset
		asset.By, asset.Op, asset.At = "", "", time.Time{}
		s.Asset = &asset
	}
	if s.Page != nil {
		page := *s.Page
		page.By, page.Op, page.At = "", "", time.Time{}
		if len(page.Fields) == 0 {
			page.Fields = nil
		}
		s.Page = &page
	}
	return s
}

// hashes are the contents that states refer to.
func hashes(states ...State) []string {
	var list []string
	seen := map[string]bool{}
	add := func(hash string) {
		if hash != "" && !seen[hash] {
			seen[hash] = true
			list = append(list, hash)
		}
	}
	for _, s := range states {
		if s.Asset == nil {
			continue
		}
		add(s.Asset.Hash)
		for _, smaller := range s.Asset.Smaller {
			add(smaller.Hash)
		}
	}
	return list
}

// Holds tells which of some contents the history needs; it is asked before files are collected.
func (b *Beside) Holds(ctx context.Context, asked []string) (map[string]bool, error) {
	held := map[string]bool{}
	for _, hash := range asked {
		count, err := b.entries.Count(ctx, store.Query{Index: "hashes", Equal: []any{hash}}, 1)
		if err != nil {
			return nil, fmt.Errorf("looking for who holds a file: %w", err)
		}
		if count > 0 {
			held[hash] = true
		}
	}
	return held, nil
}
