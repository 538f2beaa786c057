package course

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Outliner asks a block for its facts; the kernel is one. The facts of equal revisions may be remembered.
type Outliner interface {
	// Facts outlines one revision. children are those of its child blocks, in order. An error that blames the block or the
	// content lets the block be published as broken; others stop the publishing.
	Facts(ctx context.Context, course key.Course, hash string, revision *Revision, children []wire.Child) (wire.Facts, error)
}

// Structural reports whether the type is one of the host's own containers, which no block serves.
func Structural(blockType string) bool {
	switch blockType {
	case "course", "chapter", "sequential", "vertical":
		return true
	}
	return false
}

// ErrStale means that somebody else published in between.
var ErrStale = errors.New("the course was published by somebody else in between")

// Publication is what becomes the head of a course.
type Publication struct {
	Course key.Course
	// Root is the hash of the course block's revision, stored already.
	Root string
	// Base is the number of the head that this one follows; another one is ErrStale. 0 for the first.
	Base int
	// Grading is grading_policy.json; "" keeps what is there.
	Grading string
	// Import names the import record when an archive is published.
	Import   string
	By, Note string
	// Whole takes Grading and Import as they are, empty ones too: the course becomes what it was before.
	Whole bool
	// Progress is told of blocks outlined so far and in all; nil is allowed.
	Progress func(done, total int)
}

// Publish derives what pages need of the tree under p.Root and makes it the course's head, all or nothing. Blocks that
// cannot be outlined are published as broken and returned by block id, with the reason.
func (c *Courses) Publish(ctx context.Context, outliner Outliner, p Publication) (Head, map[string]string, error) {
	d := &deriving{courses: c, outliner: outliner, course: p.Course, progress: p.Progress, broken: map[string]string{}}
	fail := func(err error) (Head, map[string]string, error) {
		return Head{}, nil, fmt.Errorf("publishing %s: %w", p.Course, err)
	}
	if err := d.read(ctx, p.Root); err != nil {
		return fail(err)
	}
	if err := d.outlineAll(ctx); err != nil {
		return fail(err)
	}
	out, err := d.derive(ctx, p.Root)
	if err != nil {
		return fail(err)
	}
	id, err := addressed(out)
	if err != nil {
		return fail(err)
	}
	if _, err := c.outlines.InsertMany(ctx, []store.Doc[outline]{{ID: id, Body: *out}}); err != nil {
		return fail(err)
	}
	head, err := c.swap(ctx, p, id, d.revisions[p.Root])
	if err != nil {
		return fail(err)
	}
	return head, d.broken, nil
}

// swap makes the derived outline the course's head.
func (c *Courses) swap(ctx context.Context, p Publication, outlineID string, root *Revision) (Head, error) {
	var head Head
	var before headEntry
	doc, err := c.runs.Update(ctx, p.Course.String(), func(run *Run) (bool, error) {
		if run.Head.Number != p.Base {
			return false, ErrStale
		}
		before = entryOf(run)
		head = Head{Root: p.Root, Outline: outlineID, Number: p.Base + 1, At: c.now(), By: p.By, Note: p.Note}
		if run.Key == "" {
			run.Key, run.Created = p.Course.String(), head.At
			run.Org, run.Number, run.Name = p.Course.Org, p.Course.Number, p.Course.Run
		}
		run.Head, run.Settings = head, root.Fields
		run.Title = text(root.Fields["display_name"])
		if run.Title == "" {
			run.Title = p.Course.Number
		}
		if p.Grading != "" || p.Whole {
			run.Grading = p.Grading
		}
		if p.Import != "" || p.Whole {
			run.Import = p.Import
		}
		return true, nil
	})
	if err != nil {
		return head, err
	}
	c.forget(p.Course)
	// The head before is entered again: whoever published it may have died before he came to it.
	var entries []store.Doc[headEntry]
	for _, entry := range []headEntry{before, entryOf(&doc.Body)} {
		if entry.Head.Number > 0 {
			entries = append(entries, store.Doc[headEntry]{ID: headID(p.Course, entry.Head.Number), Body: entry})
		}
	}
	if _, err := c.heads.InsertMany(ctx, entries); err != nil {
		// It is published all the same, and the run holds what the next publish enters.
		return head, fmt.Errorf("entering it into the history: %w", err)
	}
	return head, nil
}

// entryOf is the line of history that a run's present head has.
func entryOf(run *Run) headEntry {
	return headEntry{Course: run.Key, Head: run.Head, Settings: run.Settings, Grading: run.Grading}
}

func headID(course key.Course, number int) string {
	return store.ID(course.String(), fmt.Sprintf("%08d", number))
}

// text reads a JSON string; anything else is "".
func text(value string) string {
	var s string
	if json.Unmarshal([]byte(value), &s) != nil {
		return ""
	}
	return s
}

// RootID is the block id of every course's own block, as in Open edX.
const RootID = "course"

// placeKey names a block inside its course: block ids are unique per type.
func placeKey(blockType, id string) string { return blockType + "@" + id }

// deriving is one publish under way.
type deriving struct {
	courses   *Courses
	outliner  Outliner
	course    key.Course
	progress  func(done, total int)
	revisions map[string]*Revision
	order     []string // hashes, children before parents
	facts     map[string]wire.Facts
	reasons   map[string]string // hash -> why broken
	broken    map[string]string // block id -> why broken
}

// readPage is how many revisions one read asks for.
const readPage = 500

// read loads every revision under root, level by level.
func (d *deriving) read(ctx context.Context, root string) error {
	d.revisions = map[string]*Revision{}
	var levels [][]string
	for level := []string{root}; len(level) > 0; {
		if len(levels) > maxDepth {
			return fmt.Errorf("the tree is deeper than %d levels", maxDepth)
		}
		var next []string
		for start := 0; start < len(level); start += readPage {
			page := level[start:min(start+readPage, len(level))]
			docs, err := d.courses.revisions.GetMany(ctx, page)
			if err != nil {
				return err
			}
			for _, hash := range page {
				doc, ok := docs[hash]
				if !ok {
					return fmt.Errorf("revision %s is missing from the store", hash)
				}
				d.revisions[hash] = &doc.Body
				for _, child := range doc.Body.Children {
					next = append(next, child.Hash)
				}
			}
		}
		levels = append(levels, level)
		level = next
	}
	seen := map[string]bool{}
	for i := len(levels) - 1; i >= 0; i-- {
		for _, hash := range levels[i] {
			if !seen[hash] {
				seen[hash] = true
				d.order = append(d.order, hash)
			}
		}
	}
	return nil
}

// maxDepth bounds a course tree: course, section, subsection, unit and nested containers.
const maxDepth = 24

// outlineAll asks for the facts of every revision, children first. Blocks of one call run on all cores: a revision waits
// only for its children.
func (d *deriving) outlineAll(ctx context.Context) error {
	d.facts, d.reasons = make(map[string]wire.Facts, len(d.order)), map[string]string{}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		mu    sync.Mutex
		group sync.WaitGroup
		slots = make(chan struct{}, outlining)
		ready = make(map[string]chan struct{}, len(d.order))
		done  int
	)
	for _, hash := range d.order {
		ready[hash] = make(chan struct{})
	}
	for _, hash := range d.order {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { close(ready[hash]); <-slots }()
			revision := d.revisions[hash]
			children := make([]wire.Child, len(revision.Children))
			for i, child := range revision.Children {
				<-ready[child.Hash] // closed by a task that started earlier, so this cannot wait for ever
				mu.Lock()
				children[i] = wire.Child{ID: child.ID, Type: child.Type, Facts: d.facts[child.Hash]}
				mu.Unlock()
			}
			if ctx.Err() != nil {
				return
			}
			facts, reason, err := d.ask(ctx, hash, revision, children)
			if err != nil {
				cancel(err)
			}
			mu.Lock()
			defer mu.Unlock()
			d.facts[hash] = facts
			if reason != "" {
				d.reasons[hash] = reason
			}
			if done++; d.progress != nil {
				d.progress(done, len(d.order))
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// outlining is how many blocks are outlined at once.
const outlining = 8

// ask outlines one revision. A defect of the block or of its content is a reason, not an error: the course stays usable.
func (d *deriving) ask(ctx context.Context, hash string, revision *Revision, children []wire.Child) (wire.Facts, string, error) {
	if Structural(revision.Type) {
		return wire.Facts{Title: text(revision.Fields["display_name"]), Completion: wire.CompleteByContent}, "", nil
	}
	facts, err := d.outliner.Facts(ctx, d.course, hash, revision, children)
	var failure *wire.Error
	if errors.As(err, &failure) && failure.Blame != wire.BlameHost {
		return wire.Facts{Title: text(revision.Fields["display_name"])}, failure.Message, nil
	}
	if err != nil {
		return facts, "", fmt.Errorf("outlining a %s (%s): %w", revision.Type, hash, err)
	}
	return facts, "", nil
}

// derive builds outline and tables. Levels count by depth, not by type: what stands in a section is a subsection, what
// stands in that is a unit.
func (d *deriving) derive(ctx context.Context, rootHash string) (*outline, error) {
	root := d.revisions[rootHash]
	rootNode, err := d.node(ChildRef{root.Type, RootID, rootHash})
	if err != nil {
		return nil, err
	}
	out := &outline{Root: rootNode, Where: store.Map[int]{}}
	out.Where[placeKey(root.Type, RootID)] = -1
	var tables []store.Doc[table]
	var words []store.Doc[texts]
	place := 0
	for _, ref := range root.Children {
		if twice(out.Where, ref) {
			continue
		}
		node, err := d.node(ref)
		if err != nil {
			return nil, err
		}
		out.Where[placeKey(ref.Type, ref.ID)] = -1
		s := section{Node: node}
		for _, sub := range d.revisions[ref.Hash].Children {
			if twice(out.Where, sub) {
				continue
			}
			derived, t, said, err := d.subsection(sub, out.Where, place)
			if err != nil {
				return nil, err
			}
			if derived.Texts != "" {
				words = append(words, store.Doc[texts]{ID: derived.Texts, Body: *said})
			}
			s.Subsections = append(s.Subsections, derived)
			tables = append(tables, store.Doc[table]{ID: derived.Table, Body: *t})
			place++
		}
		out.Sections = append(out.Sections, s)
	}
	if _, err = d.courses.texts.InsertMany(ctx, words); err != nil {
		return nil, err
	}
	_, err = d.courses.tables.InsertMany(ctx, tables)
	return out, err
}

// twice reports whether the block stands in the course already. A move inserts before it deletes, so a publish in between
// finds the block at both places: the first in the course's order has it, and it counts once.
func twice(where store.Map[int], ref ChildRef) bool {
	_, there := where[placeKey(ref.Type, ref.ID)]
	return there
}

func (d *deriving) subsection(ref ChildRef, where store.Map[int], place int) (subsection, *table, *texts, error) {
	node, err := d.node(ref)
	if err != nil {
		return subsection{}, nil, nil, err
	}
	where[placeKey(ref.Type, ref.ID)] = place
	sub, t, said := subsection{Node: node}, &table{}, &gathering{room: maxSubsectionText}
	for _, unit := range d.revisions[ref.Hash].Children {
		if twice(where, unit) {
			continue
		}
		tree, err := d.tree(unit, where, place, &sub, said)
		if err != nil {
			return sub, nil, nil, err
		}
		t.Units = append(t.Units, tree)
		sub.Units = append(sub.Units, tree.Node)
	}
	if sub.Table, err = addressed(t); err == nil && len(said.Blocks) > 0 {
		sub.Texts, err = addressed(&said.texts)
	}
	return sub, t, &said.texts, err
}

func (d *deriving) tree(ref ChildRef, where store.Map[int], place int, sub *subsection, said *gathering) (tree, error) {
	node, err := d.node(ref)
	if err != nil {
		return tree{}, err
	}
	where[placeKey(ref.Type, ref.ID)] = place
	t := tree{Node: node}
	facts := d.facts[ref.Hash]
	said.keep(ref, &facts)
	if facts.MaxScore != nil {
		sub.Scored++
		sub.Possible += *facts.MaxScore
	}
	for _, child := range d.revisions[ref.Hash].Children {
		if twice(where, child) {
			continue
		}
		below, err := d.tree(child, where, place, sub, said)
		if err != nil {
			return t, err
		}
		t.Children = append(t.Children, below)
	}
	return t, nil
}

func (d *deriving) node(ref ChildRef) (node, error) {
	facts := d.facts[ref.Hash]
	facts.Search = ""
	encoded, err := json.Marshal(facts)
	if err != nil {
		return node{}, fmt.Errorf("encoding facts of %s: %w", ref.ID, err)
	}
	n := node{ID: ref.ID, Type: ref.Type, Hash: ref.Hash, Facts: string(encoded), Broken: d.reasons[ref.Hash]}
	if n.Broken != "" {
		d.broken[ref.ID] = n.Broken
	}
	for name, value := range d.revisions[ref.Hash].Fields {
		if Inherited(name) || hostSetting(name) {
			if n.Fields == nil {
				n.Fields = store.Map[string]{}
			}
			n.Fields[name] = value
		}
	}
	return n, nil
}

// timeNow is the clock of courses that were given none.
func timeNow() time.Time { return time.Now().UTC() }
