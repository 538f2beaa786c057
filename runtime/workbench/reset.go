package workbench

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
)

// undoing gives back what a reset took.
type undoing func(ctx context.Context) error

// Reset lets one person begin anew at a scenario, or everybody with "": states, scores and completion go, and for everybody the
// fields that all share. undo gives it back, unless the people went on in between.
func (b *Bench) Reset(ctx context.Context, persona, scenario string) (undo func(context.Context) error, err error) {
	var undos []undoing
	for _, p := range b.people {
		if p.Staff || persona != "" && p.ID != persona {
			continue
		}
		s, err := b.stand(ctx, p.ID, scenario)
		if err != nil {
			return nil, err
		}
		one, err := b.begin(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("resetting %s: %w", p.Name, err)
		}
		undos = append(undos, one...)
	}
	if len(undos) == 0 {
		return nil, fmt.Errorf("learner %q: %w", persona, errUnknown)
	}
	s, err := b.scenario(scenario)
	if err != nil {
		return nil, err
	}
	if persona == "" {
		one, err := b.clearShared(ctx, s.Usage)
		if err != nil {
			return nil, err
		}
		undos = append(undos, one)
	}
	before := b.mark(persona, s)
	b.tell("state", map[string]string{"scenario": scenario})
	return func(ctx context.Context) error {
		var failed error
		for _, one := range undos {
			failed = errors.Join(failed, one(ctx))
		}
		b.mu.Lock()
		for key, since := range before {
			b.since[key] = since
		}
		b.mu.Unlock()
		b.tell("state", map[string]string{"scenario": scenario})
		return failed
	}, nil
}

// mark remembers that stories begin here, and returns where they began before.
func (b *Bench) mark(persona string, s *Scenario) map[string]int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := map[string]int64{}
	last := b.config.Recorder.Last()
	for _, p := range b.people {
		if persona == "" || p.ID == persona {
			key := store.ID(p.at(s), s.Usage)
			before[key] = b.since[key]
			b.since[key] = last
		}
	}
	return before
}

// begin takes one learner's things away. What is graded goes the way of the LMS, with its trail; where nothing is scored there is
// no such act, and the state is taken by the same rule.
func (b *Bench) begin(ctx context.Context, s *stand) ([]undoing, error) {
	if s.block.Facts.MaxScore != nil {
		undo, err := b.act(ctx, s)
		return []undoing{undo}, err
	}
	taken, err := b.take(ctx, s)
	if err != nil {
		return nil, err
	}
	completion, err := b.uncomplete(ctx, s)
	if err != nil {
		return nil, err
	}
	return []undoing{taken, completion}, nil
}

// act lets the workbench's staff delete the learner's state.
func (b *Bench) act(ctx context.Context, s *stand) (undoing, error) {
	site := b.config.Site
	var staff *kernel.Person
	for _, p := range b.people {
		if p.Staff {
			person, err := site.Person(ctx, &p.user, Course)
			if err != nil {
				return nil, err
			}
			staff = person
		}
	}
	id, err := site.Kernel.Act(ctx, staff, s.person, s.published, s.block, kernel.Act{ID: newID(), Kind: kernel.ActDelete, Reason: "workbench"})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		_, err := site.Kernel.Act(ctx, staff, s.person, s.published, s.block, kernel.Act{ID: newID(), Kind: kernel.ActUndo, Undoes: id, Reason: "workbench"})
		return err
	}, nil
}

func newID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

func (b *Bench) learners() store.Collection[state.Learner] {
	return store.Of[state.Learner](b.config.Site.Store, state.LearnerSpec())
}

func stampNow() string { return fmt.Sprintf("%020d", time.Now().UnixNano()) }

func (b *Bench) take(ctx context.Context, s *stand) (undoing, error) {
	id := state.LearnerID(s.persona.at(s.scenario), s.block.Usage.String())
	var held *state.Held
	_, err := b.learners().Update(ctx, id, func(l *state.Learner) (bool, error) {
		if l.Usage == "" {
			return false, nil // nothing is stored
		}
		taken := l.TakeAll(stampNow(), func(sitting *state.Sitting) { now := time.Now().UTC(); sitting.Ended = &now })
		held = &taken
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		if held == nil {
			return nil
		}
		_, err := b.learners().Update(ctx, id, func(l *state.Learner) (bool, error) {
			l.GiveAll(*held, stampNow())
			return true, nil
		})
		return err
	}, nil
}

func (b *Bench) uncomplete(ctx context.Context, s *stand) (undoing, error) {
	if s.block.Subsection == nil {
		return func(context.Context) error { return nil }, nil
	}
	docs := store.Of[state.Completion](b.config.Site.Store, state.CompletionSpec())
	id := state.CompletionID(s.persona.Learner, Course.String(), s.block.Subsection.Usage.String())
	usage := s.block.Usage.String()
	var before float64
	_, err := docs.Update(ctx, id, func(c *state.Completion) (bool, error) {
		before = c.Blocks[usage]
		delete(c.Blocks, usage)
		return before > 0, nil
	})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		if before == 0 {
			return nil
		}
		_, err := state.RaiseCompletion(ctx, docs, state.Completion{
			Learner: s.persona.Learner, Run: Course.String(), Subsection: s.block.Subsection.Usage.String(),
		}, usage, before)
		return err
	}, nil
}

func (b *Bench) clearShared(ctx context.Context, usage string) (undoing, error) {
	docs := store.Of[state.Shared](b.config.Site.Store, state.SharedSpec())
	var before map[string]string
	_, err := docs.Update(ctx, usage, func(shared *state.Shared) (bool, error) {
		before, shared.Fields = shared.Fields, nil
		return len(before) > 0, nil
	})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		if len(before) == 0 {
			return nil
		}
		_, err := docs.Update(ctx, usage, func(shared *state.Shared) (bool, error) {
			shared.Fields = before
			return true, nil
		})
		return err
	}, nil
}

// EndSitting ends a learner's sitting under an open page, as an upgrade or somebody's reset does: what the page sends next is for
// a sitting that is over. ended is false where there is none, since only blocks that grade have sittings.
func (b *Bench) EndSitting(ctx context.Context, persona, scenario string) (ended bool, err error) {
	s, err := b.stand(ctx, persona, scenario)
	if err != nil {
		return false, err
	}
	doc, err := b.config.Site.Kernel.LearnerState(ctx, s.persona.at(s.scenario), s.block.Usage.String())
	if err != nil || !doc.Open() {
		return false, err
	}
	_, err = b.learners().Update(ctx, state.LearnerID(s.persona.at(s.scenario), s.block.Usage.String()), func(l *state.Learner) (bool, error) {
		if !l.Open() {
			return false, nil
		}
		now := time.Now().UTC()
		l.Sitting.Ended, ended = &now, true
		return true, nil
	})
	return ended, err
}
