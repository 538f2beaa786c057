package course

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// outlining is how many blocks are outlined at once.
const outlining = 8

// outlineAll asks for the facts of every revision, children first. Blocks of one call run on all cores.
func (d *deriving) outlineAll(ctx context.Context) error {
	d.facts, d.reasons = make(map[string]wire.Facts, len(d.order)), map[string]string{}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		mu    sync.Mutex
		group sync.WaitGroup
		queue = newOutlineQueue(d.order, d.revisions)
		done  int
	)
	one := func(hash string) {
		if ctx.Err() != nil {
			return
		}
		revision := d.revisions[hash]
		children := make([]wire.Child, len(revision.Children))
		mu.Lock()
		for i, child := range revision.Children {
			children[i] = wire.Child{ID: child.ID, Type: child.Type, Facts: d.facts[child.Hash]}
		}
		mu.Unlock()
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
	}
	for range min(outlining, len(d.order)) {
		group.Go(func() {
			for hash, ok := queue.next(); ok; hash, ok = queue.next() {
				one(hash)
				queue.done(hash)
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

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

// outlineQueue hands out revisions whose children are outlined. The first of a type may have its block compiled, which takes
// seconds of one core: until it is done the others of its type wait here, where they keep nobody from outlining the rest, and
// such a first one goes before all others, so that blocks compile side by side from the start.
type outlineQueue struct {
	mu        sync.Mutex
	changed   *sync.Cond
	revisions map[string]*Revision
	parents   map[string][]string // by the hash of a child
	waits     map[string]int      // how many children of a revision are not outlined yet
	types     []*outlineType      // in the order in which they are met
	byName    map[string]*outlineType
	// firsts is how many first ones are under way.
	firsts int
	left   int
}

// outlineType is the revisions of one type that could be outlined now.
type outlineType struct {
	ready []string
	// begun is whether the first one was handed out, warm whether it is done.
	begun, warm bool
}

// newOutlineQueue takes the hashes of all revisions, each once.
func newOutlineQueue(order []string, revisions map[string]*Revision) *outlineQueue {
	q := &outlineQueue{
		revisions: revisions, parents: map[string][]string{}, waits: make(map[string]int, len(order)), byName: map[string]*outlineType{}, left: len(order),
	}
	q.changed = sync.NewCond(&q.mu)
	asked := make(map[string]bool, len(order)) // the children of a subsection that is reused are not asked
	for _, hash := range order {
		asked[hash] = true
	}
	for _, hash := range order {
		counted := map[string]bool{}
		for _, child := range revisions[hash].Children {
			if asked[child.Hash] && !counted[child.Hash] {
				counted[child.Hash] = true
				q.parents[child.Hash] = append(q.parents[child.Hash], hash)
			}
		}
		if q.waits[hash] = len(counted); len(counted) == 0 {
			q.add(hash)
		}
	}
	return q
}

func (q *outlineQueue) add(hash string) {
	name := q.revisions[hash].Type
	t := q.byName[name]
	if t == nil {
		t = &outlineType{}
		q.byName[name] = t
		q.types = append(q.types, t)
	}
	t.ready = append(t.ready, hash)
}

// next waits for a revision that can be outlined now; false means that there is none left. Each needs its done.
func (q *outlineQueue) next() (string, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.left > 0 {
		if t := q.pick(); t != nil {
			hash := t.ready[0]
			t.ready = t.ready[1:]
			q.left--
			if !t.begun {
				t.begun = true
				q.firsts++
			}
			return hash, true
		}
		q.changed.Wait()
	}
	return "", false
}

// pick chooses a type: one that nobody has met yet, as long as cores are left for it, or one that is warm.
func (q *outlineQueue) pick() *outlineType {
	var warm *outlineType
	for _, t := range q.types {
		switch {
		case len(t.ready) == 0:
		case !t.begun && q.firsts < max(2, runtime.GOMAXPROCS(0)):
			return t
		case t.warm && warm == nil:
			warm = t
		}
	}
	return warm
}

// done makes ready what waited for a revision alone.
func (q *outlineQueue) done(hash string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if t := q.byName[q.revisions[hash].Type]; !t.warm {
		t.warm = true
		q.firsts--
	}
	for _, parent := range q.parents[hash] {
		if q.waits[parent]--; q.waits[parent] == 0 {
			q.add(parent)
		}
	}
	q.changed.Broadcast()
}
