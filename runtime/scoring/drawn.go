package scoring

import (
	"context"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/state"
)

// Drawn is what a learner has drawn, by the usage of the block that chooses: ids of its children. What is not in it was not drawn
// yet. Blocks that choose and do not say what an undrawn choice counts are left alone: all of their children count.
type Drawn map[string][]string

// drawn reads what a learner has drawn in some subsections.
func (s *Scorer) drawn(ctx context.Context, learner string, subs []*course.Subsection) (Drawn, error) {
	var units []*course.Block
	for _, sub := range subs {
		loaded, err := sub.Load(ctx)
		if err != nil {
			return nil, err
		}
		units = append(units, loaded.Units...)
	}
	return s.DrawnIn(ctx, learner, units...)
}

// DrawnIn reads what a learner has drawn in some units. Where no block chooses, the store is not asked.
func (s *Scorer) DrawnIn(ctx context.Context, learner string, units ...*course.Block) (Drawn, error) {
	var ids []string
	for _, unit := range units {
		for block := range unit.Walk() {
			if draws(block) {
				ids = append(ids, state.LearnerID(learner, block.Usage.String()))
			}
		}
	}
	if len(ids) == 0 || learner == "" {
		return nil, nil
	}
	docs, err := s.learners.GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("reading what a learner has drawn: %w", err)
	}
	drawn := make(Drawn, len(docs))
	for _, doc := range docs {
		if doc.Body.Drawn {
			drawn[doc.Body.Usage] = doc.Body.Choice
		}
	}
	return drawn, nil
}

func draws(block *course.Block) bool { return block.Facts.Chooses && block.Facts.Undrawn != nil }

// Waits reports whether a block that the person has will give him children when he comes to it. Course staff have every child.
func (d Drawn) Waits(p *access.Person, block *course.Block) bool {
	_, drew := d[block.Usage.String()]
	return draws(block) && len(block.Children) > 0 && !drew && !p.Staff() && d.Has(p, block)
}

// Has reports whether a person has a block: wherever something above it draws, the child that leads to it was drawn.
func (d Drawn) Has(p *access.Person, block *course.Block) bool {
	if p.Staff() {
		return true
	}
	for child := block; child.Parent != nil; child = child.Parent {
		if draws(child.Parent) && !slices.Contains(d[child.Parent.Usage.String()], child.Usage.ID) {
			return false
		}
	}
	return true
}

// counts reports whether a block counts in a person's grade: one that is graded and that he has, or one whose children wait.
func (d Drawn) counts(p *access.Person, block *course.Block) bool {
	if block.Facts.MaxScore != nil {
		return d.Has(p, block)
	}
	return d.Waits(p, block) && *block.Facts.Undrawn > 0
}

// Redrawn adds a learner's subsection up again after he gave back what he had drawn of a block.
func (s *Scorer) Redrawn(ctx context.Context, learner string, usage key.Usage) error {
	published, block, err := s.place(ctx, usage)
	if err != nil || block == nil {
		return err
	}
	return s.Regrade(ctx, published, block.Subsection, learner)
}
