package scoring

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Standings adds some subsections up for a learner, in one read of the scores in them.
func (s *Scorer) Standings(
	ctx context.Context, p *access.Person, published *course.Published, subs []*course.Subsection, now time.Time,
) ([]Standing, error) {
	scores, err := s.scoresIn(ctx, p.Learner, subs)
	if err != nil {
		return nil, fmt.Errorf("reading scores in %s: %w", published.Key, err)
	}
	drawn, err := s.drawn(ctx, p.Learner, subs)
	if err != nil {
		return nil, err
	}
	standings := make([]Standing, len(subs))
	for i, sub := range subs {
		if standings[i], err = Subsection(ctx, p, published, sub, scores, drawn, now); err != nil {
			return nil, fmt.Errorf("adding up %s: %w", sub.Usage, err)
		}
	}
	return standings, nil
}

// Passed reports whether a learner, by the pseudonym in that run, has passed a course.
func (s *Scorer) Passed(ctx context.Context, learner string, run key.Course) (bool, error) {
	doc, err := s.grades.Get(ctx, GradeID(learner, run.String()))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading a grade in %s: %w", run, err)
	}
	return doc.Body.Passed, nil
}
