package faultstore

import (
	"context"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Op names a method of store.Store.
type Op string

// The operations that are counted. Ensure and Close are not: they are not part of any protocol.
const (
	Get        Op = "get"
	GetMany    Op = "get many"
	Insert     Op = "insert"
	InsertMany Op = "insert many"
	Replace    Op = "replace"
	Increment  Op = "increment"
	Delete     Op = "delete"
	Find       Op = "find"
	Count      Op = "count"
)

// Writes are the operations that change something.
func Writes() []Op { return []Op{Insert, InsertMany, Replace, Increment, Delete} }

// Point is an operation that was asked for.
type Point struct {
	// N counts the operations on the store from 1.
	N          int
	Op         Op
	Collection string
	// ID is the document's, "" for operations on several.
	ID string
}

// String gives a name that is good for a subtest.
func (p Point) String() string {
	if p.ID == "" {
		return fmt.Sprintf("%02d %s %s", p.N, p.Op, p.Collection)
	}
	return fmt.Sprintf("%02d %s %s %s", p.N, p.Op, p.Collection, p.ID)
}

// When says where a fault lies.
type When int

const (
	// Before says that the operation does not happen.
	Before When = iota
	// After says that it happens, and its result is lost.
	After
	// Midway says that InsertMany inserts the first half of its records; every other operation is as with Before.
	Midway
)

// String says when in a word.
func (w When) String() string { return [...]string{"before", "after", "midway"}[w] }

// Rule is a fault and what it befalls. Conditions left at their zero values hold of everything.
type Rule struct {
	// Ops are the operations; none are all.
	Ops []Op
	// Collection and ID are those of the operation.
	Collection, ID string
	// At is the number of the point (see Point.N).
	At int
	// Nth counts, from 1, the operations that fulfil the other conditions; 0 is each of them.
	Nth int

	When When
	// Err is what the caller gets; nil is store.ErrUnavailable.
	Err error
	// Crash lets all later operations fail with store.ErrUnavailable, until Revive.
	Crash bool
	// Meanwhile, when set, is called before the operation with the wrapped store, and the operation then goes on: no fault,
	// but somebody who is faster. When, Err and Crash mean nothing then. Its error is the operation's.
	Meanwhile func(context.Context, store.Store, Point) error
}

func (r Rule) matches(p Point) bool {
	return (len(r.Ops) == 0 || slices.Contains(r.Ops, p.Op)) &&
		(r.Collection == "" || r.Collection == p.Collection) &&
		(r.ID == "" || r.ID == p.ID) &&
		(r.At == 0 || r.At == p.N)
}

// Plan is what is to go wrong. The first rule that matches an operation befalls it.
type Plan struct {
	// Name tells plans apart, as names of subtests.
	Name  string
	Rules []Rule
}

// Crashes returns a plan for each way in which the process that passed the points can die: before each operation, and
// after each one that changes something; InsertMany also in its middle.
func Crashes(points []Point) []Plan { return cuts(points, "crash ", true) }

// Faults returns a plan for each way in which one operation can fail while the process lives on.
func Faults(points []Point) []Plan { return cuts(points, "fault ", false) }

func cuts(points []Point, name string, crash bool) []Plan {
	var plans []Plan
	for _, p := range points {
		whens := []When{Before}
		if slices.Contains(Writes(), p.Op) {
			whens = append(whens, After)
		}
		if p.Op == InsertMany {
			whens = append(whens, Midway)
		}
		for _, when := range whens {
			plans = append(plans, Plan{
				Name:  fmt.Sprintf("%s%s %s", name, when, p),
				Rules: []Rule{{At: p.N, When: when, Crash: crash}},
			})
		}
	}
	return plans
}

// Conflicts returns a plan for each replacement and each deletion of a version among the points: just before it, somebody
// else writes the document as it is, so that its version is another.
func Conflicts(points []Point) []Plan {
	var plans []Plan
	for _, p := range points {
		if p.Op == Replace || p.Op == Delete {
			plans = append(plans, Plan{Name: fmt.Sprintf("conflict %s", p), Rules: []Rule{{At: p.N, Meanwhile: Touch}}})
		}
	}
	return plans
}

// Touch is a Meanwhile that writes the operation's document as it is. A document that is not there stays away.
func Touch(ctx context.Context, s store.Store, p Point) error {
	record, err := s.Get(ctx, p.Collection, p.ID)
	if err == nil {
		err = s.Replace(ctx, p.Collection, record)
	}
	if err != nil && !isMissing(err) {
		return fmt.Errorf("touching before %s: %w", p, err)
	}
	return nil
}
