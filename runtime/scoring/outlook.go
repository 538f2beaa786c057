package scoring

import (
	"context"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/state"
)

// Tries are a learner's submissions to a block that takes no more than Most of them.
type Tries struct{ Used, Most int }

// Left is how many more are taken.
func (t Tries) Left() int { return max(0, t.Most-t.Used) }

// Outlook is what a learner can still change about a course's grade.
type Outlook struct {
	// Counted are the subsections as the course grade takes them. Open are those in which something can still be earned, and
	// those whose results the learner is not shown: what stands there may be anything.
	Counted []grading.Subsection
	// Tries are those of blocks that bound them, by usage key.
	Tries map[string]Tries
}

// Outlook looks at the standings that [Scorer.Course] gave. It reads the states of the blocks that bound their tries.
func (s *Scorer) Outlook(ctx context.Context, p *access.Person, published *course.Published, standings []Standing) (Outlook, error) {
	out := Outlook{Tries: map[string]Tries{}}
	now := p.Now(s.config.Now())
	granted, err := s.tries(ctx, p, standings, out.Tries)
	if err != nil {
		return out, fmt.Errorf("reading tries in %s: %w", published.Key, err)
	}
	for i := range standings {
		counted := enters(p, &standings[i], now)
		counted.Open = !standings[i].Included || takesAnswers(p, published, &standings[i], out.Tries, granted, now)
		out.Counted = append(out.Counted, counted)
	}
	return out, nil
}

// tries fills in how often the learner has answered where that is bounded, and returns the extra tries that staff gave.
func (s *Scorer) tries(ctx context.Context, p *access.Person, standings []Standing, into map[string]Tries) (map[string]int, error) {
	var ids []string
	for i := range standings {
		for _, problem := range standings[i].Problems {
			if most := problem.Block.Settings.MaxAttempts; most != nil && *most > 0 {
				usage := problem.Block.Usage.String()
				into[usage] = Tries{Most: *most}
				ids = append(ids, state.LearnerID(p.Learner, usage))
			}
		}
	}
	granted := map[string]int{}
	if len(ids) == 0 || p.Learner == "" {
		return granted, nil
	}
	docs, err := s.learners.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, doc := range docs {
		l := &doc.Body
		granted[l.Usage] = l.Granted
		into[l.Usage] = Tries{Used: l.Count(), Most: into[l.Usage].Most + l.Granted}
	}
	return granted, nil
}

// takesAnswers reports whether an answer to something in a subsection could still earn points that count.
func takesAnswers(
	p *access.Person, published *course.Published, standing *Standing, tries map[string]Tries, granted map[string]int, now time.Time,
) bool {
	for _, problem := range standing.Problems {
		if graded := problem.Block.Settings.Graded; graded == nil || !*graded || problem.Score.Earned >= problem.Score.Possible {
			continue // it counts nothing, or all that can be had is had
		}
		usage := problem.Block.Usage.String()
		policy := access.Policy(p, published, problem.Block, "", granted[usage])
		if closes := policy.Closes(); !closes.IsZero() && !now.Before(closes) {
			continue
		}
		if ends := access.Ends(p, problem.Block); !ends.IsZero() && !now.Before(ends) {
			continue
		}
		if most := problem.Block.Settings.MaxAttempts; most != nil && tries[usage].Left() == 0 {
			continue
		}
		return true
	}
	return false
}
