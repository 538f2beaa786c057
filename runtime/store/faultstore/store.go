package faultstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/quoin-lms/quoin/runtime/store"
)

// ErrFault is in every error that this package made up, so that a test can tell them from real ones.
var ErrFault = errors.New("injected fault")

// Store is a store.Store that fails as planned. It is safe for concurrent use; its points are then numbered in the order
// in which operations happened to begin.
type Store struct {
	inner store.Store
	plan  Plan

	mutex   sync.Mutex
	passed  []Point
	met     []int // by rule, how often its other conditions were fulfilled
	struck  int
	crashed bool
}

// New wraps a store, which stays the caller's to close.
func New(inner store.Store, plan Plan) *Store {
	return &Store{inner: inner, plan: plan, met: make([]int, len(plan.Rules))}
}

// Passed returns the operations that were asked for, those that failed included, in their order.
func (s *Store) Passed() []Point {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.passed)
}

// Struck returns how often a rule befell an operation. A test whose plan never strikes tests nothing.
func (s *Store) Struck() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.struck
}

// Crashed tells whether all operations fail.
func (s *Store) Crashed() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.crashed
}

// Revive ends a crash. Rules that count go on counting.
func (s *Store) Revive() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.crashed = false
}

// verdict is what befalls an operation.
type verdict struct {
	Rule
	point Point
	fault bool
}

// pass counts an operation and finds its fate.
func (s *Store) pass(op Op, collection, id string) (verdict, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	p := Point{N: len(s.passed) + 1, Op: op, Collection: collection, ID: id}
	s.passed = append(s.passed, p)
	if s.crashed {
		return verdict{}, fmt.Errorf("%s: %w: %w: crashed", p, store.ErrUnavailable, ErrFault)
	}
	for i, rule := range s.plan.Rules {
		if !rule.matches(p) {
			continue
		}
		if s.met[i]++; rule.Nth != 0 && rule.Nth != s.met[i] {
			continue
		}
		s.struck++
		v := verdict{Rule: rule, point: p}
		if rule.Meanwhile == nil {
			v.fault = true
			s.crashed = rule.Crash
		}
		return v, nil
	}
	return verdict{point: p}, nil
}

// around runs an operation as its verdict says. half is what Midway does, nil for operations that have no middle.
func (s *Store) around(ctx context.Context, op Op, collection, id string, run, half func() error) error {
	v, err := s.pass(op, collection, id)
	if err != nil {
		return err
	}
	if v.Meanwhile != nil {
		if err := v.Meanwhile(ctx, s.inner, v.point); err != nil {
			return err
		}
	}
	if !v.fault {
		return run()
	}
	switch {
	case v.When == After:
		err = run()
	case v.When == Midway && half != nil:
		err = half()
	}
	if err != nil {
		return err // it failed by itself, which is result enough
	}
	cause := v.Err
	if cause == nil {
		cause = store.ErrUnavailable
	}
	return fmt.Errorf("%s: %w: %w: %s", v.point, cause, ErrFault, v.When)
}

func isMissing(err error) bool { return errors.Is(err, store.ErrNotFound) }
