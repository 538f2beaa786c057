package scoring

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/state"
)

// Clearing is a decision of staff about which of a learner's submissions to a usage take part in his score at all.
type Clearing struct {
	Learner string
	Usage   key.Usage
	// Upto is the highest sequence that takes no part. Back says that it is lower than it was: what stood between comes back.
	Upto int
	Back bool
	// Order grows with each clearing of this learner and usage; Stamp orders it among overrides.
	Order int64
	Stamp string
}

// Clear takes a learner's submissions up to a sequence out of his score, with what staff gave instead and the completion that
// came of them; a clearing back to a lower sequence returns all of it. Submissions and verdicts stay as they are: a verdict
// that comes later for what was cleared is set aside too. It is a step of a commit: doing it again changes nothing, and an
// earlier clearing than the last one is left out.
func (s *Scorer) Clear(ctx context.Context, c Clearing) error {
	usage := c.Usage.String()
	published, block, err := s.place(ctx, c.Usage)
	if err != nil {
		return fmt.Errorf("clearing a score: %w", err)
	}
	_, err = s.scores.Update(ctx, ScoreID(c.Learner, usage), func(score *Score) (bool, error) {
		if score.Acted >= c.Order {
			return false, nil
		}
		score.Learner, score.Run, score.Usage, score.At = c.Learner, c.Usage.Course.String(), usage, s.config.Now()
		method := grading.MethodLast
		if block != nil {
			method, score.Subsection = access.CountingMethod(block), block.Subsection.Usage.String()
		}
		score.clear(c)
		return true, score.count(method, func(e Entry) (string, error) { return s.verdictText(ctx, e) })
	})
	if err != nil {
		return fmt.Errorf("clearing a score: %w", err)
	}
	if block == nil {
		return nil
	}
	completion := state.Completion{Learner: c.Learner, Run: c.Usage.Course.String(), Subsection: block.Subsection.Usage.String()}
	if err := state.MoveCompletion(ctx, s.completions, completion, usage, c.Back, c.Order); err != nil {
		return fmt.Errorf("clearing a score: %w", err)
	}
	return s.Regrade(ctx, published, block.Subsection, c.Learner)
}

// clear divides the entries anew. What staff gave instead goes and comes back with them, unless they gave something since.
func (s *Score) clear(c Clearing) {
	all := slices.Concat(s.Aside, s.Entries)
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Compare(a.Sequence, b.Sequence) })
	i, found := at(all, c.Upto)
	if found {
		i++
	}
	s.Aside, s.Entries = newestOf(slices.Clone(all[:i])), newestOf(slices.Clone(all[i:]))
	s.Cleared, s.Acted = c.Upto, c.Order
	switch {
	case !c.Back && s.Override != nil && s.Override.Stamp < c.Stamp:
		s.AsideOverride, s.Override = s.Override, nil
	case !c.Back:
		s.AsideOverride = nil
	case s.Override == nil:
		s.Override, s.AsideOverride = s.AsideOverride, nil
	}
	s.Marked = max(s.Marked, c.Stamp)
}

// marked is the stamp of the last change of the override.
func (s *Score) marked() string {
	if s.Override == nil {
		return s.Marked
	}
	return max(s.Marked, s.Override.Stamp)
}
