package conform

import (
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// samples publishes the block's samples and replays their answers.
func samples(r *run) {
	w := r.open()
	if w == nil {
		return
	}
	if !w.Implements(wire.OpSample) {
		r.add(wire.LevelWarning, "sample", "implement Samples: the platform shows and replays them", "", "the block has no samples, so little of it is tested")
	}
	for _, sample := range r.contents(w) {
		s := r.stage(sample, nil)
		if s == nil {
			continue
		}
		grades := s.place.Prepared().Grades()
		switch {
		case grades && len(sample.Answers) == 0:
			r.add(wire.LevelWarning, "sample "+sample.Name, "give it answers that score full, zero and, where there are such, partial and invalid", "", "it is graded, but states no answers")
		case !grades && len(sample.Answers) > 0:
			r.fail("sample "+sample.Name, "let Outline name the maximum in Facts.MaxScore", s.world.Last().String(), "it states answers, but its outline names no max_score")
			continue
		}
		for i, a := range sample.Answers {
			if fresh := r.stage(sample, a.Seed); fresh != nil {
				fresh.replay(act{fresh.answerName(i), a.Input, a.Seed, a.Expect, a.Evidence})
			}
		}
		if grades && w.Implements(wire.OpSolve) {
			s.solved()
		}
	}
}

// replay sends an answer and compares what it comes to.
func (s *stage) replay(a act) {
	posted, _, err := s.do(a)
	if err != nil {
		if a.expect != wire.ExpectInvalid || !hasCode(err, wire.CodeBadRequest) {
			s.fail(a.where, "", s.world.Last().String(), "the answer is refused: %v", err)
		}
		return
	}
	verdict := s.verdict(a)
	if verdict == nil {
		if a.expect != wire.ExpectInvalid || posted == nil || posted.Status < 400 {
			s.fail(a.where, "let the handler reply with Submit", s.world.Last().String(), "the handler took it and handed in nothing that was graded")
		}
		return
	}
	if !expected(a.expect, verdict) {
		s.fail(a.where, "", s.world.Last().String(), "it comes to %s with %v of %v points", verdict.Outcome, verdict.Earned, verdict.Possible)
		return
	}
	s.checkVerdict(a, verdict)
	s.report(a)
}

// report has the block put into words what was handed in: each row names the submission that it is of, or nobody finds it.
func (s *stage) report(a act) {
	if !s.world.Implements(wire.OpReport) {
		return
	}
	all := s.world.Submissions(learner, s.place)
	rows, err := s.world.Report(s.place, all...)
	if err != nil {
		s.fail(a.where+", report", "", s.world.Last().String(), "it fails: %v", err)
		return
	}
	for _, row := range rows {
		if !slices.ContainsFunc(all, func(one *fakehost.Submission) bool { return one.ID == row.Submission }) {
			s.fail(a.where+", report", "give each row the id of its submission", s.world.Last().String(), "a row names the submission %q, which was not asked for", row.Submission)
			return
		}
	}
}

// verdict grades what was handed in and gives its verdict; nil when there is none.
func (s *stage) verdict(a act) *wire.Verdict {
	if err := s.world.Work(); err != nil {
		s.fail(a.where, "", s.world.Last().String(), "working on it fails: %v", err)
	}
	all := s.world.Submissions(learner, s.place)
	if len(all) == 0 {
		return nil
	}
	newest := all[len(all)-1]
	if a.evidence != nil {
		s.world.AddEvidence(newest, "grader", a.evidence)
		if err := s.world.Work(); err != nil {
			s.fail(a.where, "", s.world.Last().String(), "grading it by its evidence fails: %v", err)
		}
	}
	if newest.Failed != "" {
		s.fail(a.where, "", s.world.Last().String(), "grading fails: %s", newest.Failed)
	}
	return newest.Verdict()
}

func (s *stage) checkVerdict(a act, v *wire.Verdict) {
	switch v.Outcome {
	case wire.OutcomeInvalid:
		if v.Message == "" {
			s.fail(a.where, "say in Message what is wrong with the answer", s.world.Last().String(), "the verdict is invalid and does not say why")
		}
	case wire.OutcomeScored:
		if most := s.place.Prepared().Facts.MaxScore; most != nil && *most != v.Possible {
			s.fail(a.where, "let Grade and Outline name the same maximum", s.world.Last().String(), "the verdict is out of %v points, outline's max_score is %v", v.Possible, *most)
		}
	default: // pending and failed have no points
	}
}

// expected reports whether a verdict is what a sample says.
func expected(e wire.Expectation, v *wire.Verdict) bool {
	switch e {
	case wire.ExpectFull:
		return full(v)
	case wire.ExpectPartial:
		return v.Outcome == wire.OutcomeScored && v.Earned > 0 && v.Earned < v.Possible
	case wire.ExpectZero:
		return v.Outcome == wire.OutcomeScored && v.Earned <= 0
	case wire.ExpectInvalid:
		return v.Outcome == wire.OutcomeInvalid
	case wire.ExpectPending:
		return v.Outcome == wire.OutcomePending
	}
	return false
}

func full(v *wire.Verdict) bool {
	return v.Outcome == wire.OutcomeScored && v.Possible > 0 && v.Earned >= v.Possible
}

// solved holds the block to its own solution.
func (s *stage) solved() {
	where := fmt.Sprintf("sample %s, solve", s.sample.Name)
	solution := s.solution(where)
	if solution == nil || solution.Input == nil {
		return
	}
	if _, ok, err := s.do(act{where: where, input: *solution.Input}); !ok || err != nil {
		s.fail(where, "", s.world.Last().String(), "its own solution is refused: %v", err)
		return
	}
	if v := s.verdict(act{where: where}); v == nil || !full(v) && v.Outcome != wire.OutcomePending {
		s.fail(where, "answer with Unknown where no answer can be stated", s.world.Last().String(), "its own solution does not score full")
	}
}

// solution asks what is right; nil when the block does not answer.
func (s *stage) solution(where string) *wire.Solution {
	solution, err := s.world.Solve(s.world.Person(learner), s.place)
	switch {
	case err != nil:
		s.fail(where, "", s.world.Last().String(), "it fails: %v", err)
		return nil
	case solution.Input == nil && solution.Unknown == "" && solution.Unsupported == "":
		s.fail(where, "give an input, or say in Unknown or Unsupported why there is none", s.world.Last().String(), "the solution is empty")
	}
	return solution
}
