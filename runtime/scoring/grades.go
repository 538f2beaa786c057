package scoring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Problem is one scored block as a learner stands in it.
type Problem struct {
	Block *course.Block
	// Score is weighted; Attempted says that it is more than what could be earned.
	Score     grading.Score
	Attempted bool
	// Pending says that the newest answer waits for somebody's grade.
	Pending  bool
	Override *Override
}

// Standing is a learner's standing in one subsection.
type Standing struct {
	Subsection *course.Subsection
	Problems   []Problem
	Totals     grading.Totals
	// Pending counts the problems that count towards the grade and wait for somebody's.
	Pending int
	// Included is false while results are hidden from the learner: nothing of it counts in the grade that he is shown.
	Included bool
}

// Subsection adds up what the person has in a subsection, over the blocks that he may see. now decides whether results are
// included. Of a block that chooses what each learner has of its children, those count that he drew, by drawn; while he drew none,
// the block itself stands for what they will count.
func Subsection(
	ctx context.Context, p *access.Person, published *course.Published, sub *course.Subsection, scores map[string]*Score, drawn Drawn, now time.Time,
) (Standing, error) {
	standing := Standing{Subsection: sub, Included: true}
	loaded, err := sub.Load(ctx)
	if err != nil {
		return standing, err
	}
	var sums []grading.ProblemScore
	for _, unit := range loaded.Units {
		for block := range unit.Walk() {
			if !drawn.counts(p, block) || !visible(p, block) {
				continue
			}
			problem := problemScore(block, scores[block.Usage.String()])
			policy := access.Policy(p, published, block, "", 0)
			if !policy.ShowCorrectness.Included(policy.Closes(), now, p.Staff()).Open {
				standing.Included = false
			}
			standing.Problems = append(standing.Problems, problem)
			graded := block.Settings.Graded
			if problem.Pending && (graded == nil || *graded) {
				standing.Pending++
			}
			sums = append(sums, grading.ProblemScore{
				Usage: block.Usage.String(), Score: problem.Score, Attempted: problem.Attempted, Ungraded: graded != nil && !*graded,
			})
		}
	}
	standing.Totals = grading.Total(sums, nil)
	return standing, nil
}

// visible applies what hides a block from a grade: staff only, another group. Dates do not.
func visible(p *access.Person, block *course.Block) bool {
	for b := block; b != nil; b = b.Parent {
		if only := b.Settings.StaffOnly; only != nil && *only {
			return false
		}
		if !access.InGroups(p, b.Settings.GroupAccess) {
			return false
		}
	}
	return true
}

// problemScore weighs a block's score. One that was not attempted is nothing out of what the content is worth now.
func problemScore(block *course.Block, score *Score) Problem {
	problem := Problem{Block: block}
	if block.Facts.MaxScore == nil { // it stands for children that are not drawn yet
		problem.Score.Possible = *block.Facts.Undrawn
		return problem
	}
	current := grading.Score{Possible: *block.Facts.MaxScore}
	if score != nil {
		problem.Override = score.Override
		problem.Pending = score.waits()
		if points, ok := score.Points(); ok {
			current, problem.Attempted = points, true
		}
	}
	weighed, err := current.Weigh(block.Facts.Weight)
	if err != nil { // a weight that is no number was reported at publishing; raw points count
		weighed = current
	}
	problem.Score = weighed
	return problem
}

// waits reports whether the newest answer waits for somebody's grade. An answer that was no answer leaves the one before to wait.
func (s *Score) waits() bool {
	if s.Override != nil {
		return false
	}
	for _, entry := range slices.Backward(s.Entries) {
		if entry.Outcome != string(wire.OutcomeInvalid) {
			return entry.Outcome == string(wire.OutcomePending)
		}
	}
	return false
}

// Course adds a learner's whole course up.
func (s *Scorer) Course(ctx context.Context, p *access.Person, published *course.Published) (grading.Grade, []Standing, error) {
	scores := map[string]*Score{}
	var err error
	if p.Learner != "" {
		if scores, err = s.AllScores(ctx, p.Learner); err != nil {
			return grading.Grade{}, nil, err
		}
	}
	policy, err := CoursePolicy(&published.Run)
	if err != nil {
		return grading.Grade{}, nil, err
	}
	drawn, err := s.drawn(ctx, p.Learner, published.Subsections)
	if err != nil {
		return grading.Grade{}, nil, err
	}
	now := p.Now(s.config.Now())
	standings := make([]Standing, 0, len(published.Subsections))
	counted := make([]grading.Subsection, 0, len(published.Subsections))
	for _, sub := range published.Subsections {
		standing, err := Subsection(ctx, p, published, sub, scores, drawn, now)
		if err != nil {
			return grading.Grade{}, nil, fmt.Errorf("adding up %s: %w", published.Key, err)
		}
		standings = append(standings, standing)
		counted = append(counted, enters(p, &standing, now))
	}
	return policy.Grade(counted), standings, nil
}

// enters gives a subsection as the course grade takes it.
func enters(p *access.Person, standing *Standing, now time.Time) grading.Subsection {
	sub := standing.Subsection
	score := standing.Totals.Graded
	if !standing.Included {
		score.Earned = 0
	}
	due := access.Due(p, sub.Block)
	return grading.Subsection{
		Usage: sub.Usage.String(), Name: sub.Title(), Type: sub.Settings.Format,
		Graded: sub.Settings.Graded != nil && *sub.Settings.Graded, Score: score, Attempted: standing.Totals.AttemptedGraded,
		Open: due.IsZero() || now.Before(due),
	}
}

// CoursePolicy reads a run's grading policy; what cannot be read is Open edX's default.
func CoursePolicy(run *course.Run) (grading.Policy, error) {
	if run.Grading == "" {
		return grading.DefaultPolicy(), nil
	}
	policy, _, err := grading.ParsePolicy([]byte(run.Grading))
	var bad *grading.PolicyError
	if errors.As(err, &bad) {
		return grading.DefaultPolicy(), nil // importing reported it; a course without grades would be worse
	}
	return policy, err
}

// Regrade adds one subsection of a learner up again and the course with it, into his stored grade. A grade that is new, or
// not current, is added up as a whole: parts of two heads never stand in one grade.
func (s *Scorer) Regrade(ctx context.Context, published *course.Published, sub *course.Subsection, learner string) error {
	p, err := s.config.People.Person(ctx, published.Key, learner)
	if err != nil {
		return fmt.Errorf("regrading: %w", err)
	}
	_, err = s.grades.Update(ctx, GradeID(learner, published.Key.String()), func(grade *Grade) (bool, error) {
		if !grade.Stamp().Current(published.Head.Number, GroupsOf(p)) {
			return true, s.addUp(ctx, grade, p, published, published.Subsections)
		}
		return true, s.addUp(ctx, grade, p, published, []*course.Subsection{sub})
	})
	if err != nil {
		return fmt.Errorf("regrading: %w", err)
	}
	return nil
}

// addUp adds the subsections up anew and the course with them. The scores are read here, after the grade: whoever stores the
// grade at the version that he read has seen every score before.
func (s *Scorer) addUp(ctx context.Context, grade *Grade, p *access.Person, published *course.Published, subs []*course.Subsection) error {
	policy, err := CoursePolicy(&published.Run)
	if err != nil {
		return err
	}
	var scores map[string]*Score
	if len(subs) == len(published.Subsections) {
		grade.Subsections = nil // what is not in the course any more goes
		scores, err = s.AllScores(ctx, p.Learner)
	} else {
		scores, err = s.scoresIn(ctx, p.Learner, subs)
	}
	if err != nil {
		return err
	}
	if grade.Subsections == nil {
		grade.Subsections = store.Map[Totals]{}
	}
	drawn, err := s.drawn(ctx, p.Learner, subs)
	if err != nil {
		return err
	}
	now := s.config.Now()
	for _, sub := range subs {
		standing, err := Subsection(ctx, p, published, sub, scores, drawn, now)
		if err != nil {
			return err
		}
		t := standing.Totals
		grade.Subsections[sub.Usage.ID] = Totals{t.Graded.Earned, t.Graded.Possible, t.All.Earned, t.All.Possible, t.AttemptedGraded, standing.Pending}
	}
	grade.Learner, grade.Run, grade.At = p.Learner, published.Key.String(), now
	grade.Head, grade.Groups, grade.Rules = published.Head.Number, GroupsOf(p), gradeRules
	sum := policy.Grade(grade.subsections(published))
	grade.Percent, grade.Letter, grade.Passed = sum.Percent, sum.Letter, sum.Passed
	grade.Types = make(store.Map[float64], len(sum.Types))
	for _, t := range sum.Types {
		grade.Types[t.Type] = t.Average
	}
	return nil
}

// scoresIn reads a learner's scores in some subsections.
func (s *Scorer) scoresIn(ctx context.Context, learner string, subs []*course.Subsection) (map[string]*Score, error) {
	var usages []string
	for _, sub := range subs {
		loaded, err := sub.Load(ctx)
		if err != nil {
			return nil, err
		}
		for _, unit := range loaded.Units {
			for block := range unit.Walk() {
				if block.Facts.MaxScore != nil {
					usages = append(usages, block.Usage.String())
				}
			}
		}
	}
	return s.Scores(ctx, learner, usages)
}

// subsections gives the stored totals as the course grade takes them; what was never attempted earns nothing.
func (g *Grade) subsections(published *course.Published) []grading.Subsection {
	list := make([]grading.Subsection, 0, len(published.Subsections))
	for _, sub := range published.Subsections {
		totals, ok := g.Subsections[sub.Usage.ID]
		score := grading.Score{Earned: totals.Earned, Possible: totals.Possible}
		if !ok {
			score.Possible = sub.Possible
		}
		list = append(list, grading.Subsection{
			Usage: sub.Usage.String(), Name: sub.Title(), Type: sub.Settings.Format,
			Graded: sub.Settings.Graded != nil && *sub.Settings.Graded, Score: score, Attempted: totals.Attempted,
		})
	}
	return list
}
