package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// choosers gives the blocks above one that choose what each learner has of their children, with the child that leads to it.
func choosers(block *course.Block) iter.Seq2[*course.Block, *course.Block] {
	return func(yield func(above, child *course.Block) bool) {
		for child := block; child.Parent != nil; child = child.Parent {
			if child.Parent.Facts.Chooses && !yield(child.Parent, child) {
				return
			}
		}
	}
}

// has reports whether the person has the block: each block above that chooses chose the child that leads to it. For whoever asks
// for the child before he ever saw its parent the choice is made now.
func (v *Visit) has(ctx context.Context, block *course.Block) (bool, error) {
	for above, child := range choosers(block) {
		chosen, known := v.chosen[above.Usage.String()]
		if !known {
			s, err := v.sit(ctx, above)
			if err != nil {
				return false, err
			}
			if chosen, err = s.chosen(ctx); err != nil {
				return false, err
			}
		}
		if !slices.ContainsFunc(chosen, func(b *course.Block) bool { return b.Usage == child.Usage }) {
			return false, nil
		}
	}
	return true, nil
}

// notThere is what callers hear of a block that is not for them: nothing that would tell it from one that does not exist.
func notThere() error {
	return wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "there is no such thing in this course")
}

// chosen gives the children that this person has, in order: all that he may see, or those that the block chose for him. A
// learner's first own view stores the choice; masquerade, previews and gradebooks store nothing.
func (s *seat) chosen(ctx context.Context) ([]*course.Block, error) {
	chosen, err := s.choose(ctx)
	if err == nil {
		s.visit.chosen[s.block.Usage.String()] = chosen
	}
	return chosen, err
}

func (s *seat) choose(ctx context.Context) ([]*course.Block, error) {
	v := s.visit
	var visible []*course.Block
	for _, child := range s.block.Children {
		if access.Content(v.Person, v.Published, child, v.Now).Allowed {
			visible = append(visible, child)
		}
	}
	// Whoever is on the course team has every child, and so sees every one at its parent.
	if !s.prepared.Facts.Chooses || !implements(&s.description, wire.OpChoose) || v.Person.Staff() {
		return visible, nil
	}
	if s.holds(&s.state.Body, visible) {
		return pick(visible, s.state.Body.Choice), nil
	}
	choice, err := s.draw(ctx, visible)
	if err != nil {
		return nil, err
	}
	if v.Person.Learner == "" || v.Person.ReadOnly || v.Person.Role() != wire.RoleLearner {
		return pick(visible, choice), nil
	}
	if choice, err = s.storeChoice(ctx, choice, visible); err != nil {
		return nil, err
	}
	return pick(visible, choice), nil
}

// draw asks the block.
func (s *seat) draw(ctx context.Context, visible []*course.Block) ([]string, error) {
	v := s.visit
	revision, err := v.kernel.config.Courses.Revision(ctx, s.hash)
	if err != nil {
		return nil, err
	}
	fields, err := v.kernel.authored(ctx, s.version, &s.description, revision)
	if err != nil {
		return nil, err
	}
	for i := range s.description.Fields {
		if s.description.Fields[i].Secret {
			delete(fields, s.description.Fields[i].Name)
		}
	}
	request := wire.ChooseRequest{Fields: fields, Earlier: s.state.Body.Choice}
	for _, child := range visible {
		request.Children = append(request.Children, wire.Child{ID: child.Usage.ID, Type: child.Usage.Type, Facts: child.Facts})
	}
	if name := s.description.Choose.Scores; name != "" {
		if request.Scores, err = s.declaredScores(ctx, fields[name]); err != nil {
			return nil, err
		}
	}
	c := wire.Context{Block: s.block.Usage.Type}
	if s.description.Choose.Seed {
		// Learners draw differently in a course that randomizes no problems, too; the choice is stored, so it stays.
		seed := v.kernel.seed(grading.RandomizeAlways, v.Person.Learner, s.block.Usage.String(), s.nextSitting())
		c.Seed = &seed
	}
	if s.description.Choose.Groups {
		c.Groups = groupNames(v.Person)
	}
	var choice wire.Choice
	if _, err := v.kernel.invoke(ctx, question{version: s.version, op: wire.OpChoose, context: c, body: request}, &choice); err != nil {
		return nil, err
	}
	return choice.Children, nil
}

func groupNames(p *access.Person) []string {
	names := slices.Clone(p.Roles)
	for partition, group := range p.Groups {
		names = append(names, fmt.Sprintf("partition:%s:%d", partition, group))
	}
	slices.Sort(names)
	return names
}

// declaredScores reads what the usages that a field lists earned, and how far they are completed.
func (s *seat) declaredScores(ctx context.Context, raw json.RawMessage) (map[string]wire.Score, error) {
	var usages []string
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &usages); err != nil {
			return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "field %s must list usage keys", s.description.Choose.Scores)
		}
	}
	learner := s.visit.Person.Learner
	if learner == "" || len(usages) == 0 {
		return nil, nil
	}
	found, err := points{s.visit.kernel}.Points(ctx, s.visit.Published.Key.String(), []string{learner}, usages)
	return found[learner], err
}

// holds reports whether a stored choice holds still: it does until a child of it is gone, the learner draws again, or its block
// gives another answer hash, by which it says that it would choose otherwise.
func (s *seat) holds(l *state.Learner, visible []*course.Block) bool {
	return l.Drawn && l.DrawnBy == s.prepared.AnswerHash && allThere(l.Choice, visible)
}

// storeChoice keeps the first choice that anybody stored for this learner, as long as it holds.
func (s *seat) storeChoice(ctx context.Context, choice []string, visible []*course.Block) ([]string, error) {
	v := s.visit
	id := state.LearnerID(v.Person.Learner, s.block.Usage.String())
	doc, err := v.kernel.learners.Update(ctx, id, func(l *state.Learner) (bool, error) {
		if s.holds(l, visible) {
			return false, nil
		}
		s.own(l)
		l.Choice, l.Drawn, l.DrawnBy = choice, true, s.prepared.AnswerHash
		return true, nil
	})
	if err != nil && !errors.Is(err, store.ErrConflict) {
		return nil, fmt.Errorf("storing a choice: %w", err)
	}
	return doc.Body.Choice, nil
}

// own fills in whose state it is, for a document that may be new.
func (s *seat) own(l *state.Learner) {
	l.Learner, l.Run, l.Usage = s.visit.Person.Learner, s.visit.Published.Key.String(), s.block.Usage.String()
	if l.Schema == 0 {
		l.Schema = s.description.Schema
	}
}

func allThere(choice []string, visible []*course.Block) bool {
	return len(pick(visible, choice)) == len(choice)
}

func pick(visible []*course.Block, choice []string) []*course.Block {
	var picked []*course.Block
	for _, id := range choice {
		i := slices.IndexFunc(visible, func(b *course.Block) bool { return b.Usage.ID == id })
		if i >= 0 {
			picked = append(picked, visible[i])
		}
	}
	return picked
}
