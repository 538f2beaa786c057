package scoring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// account enters a verdict into score, tries, completion and grade, and tells of it. Doing it again changes nothing.
func (s *Scorer) account(ctx context.Context, id string, submission *Submission, judgement *Judgement, verdict *wire.Verdict) error {
	if verdict.Outcome == wire.OutcomeInvalid && judgement.Only == OnlyNew {
		if err := s.giveBack(ctx, id, submission); err != nil {
			return err
		}
	}
	usage, err := key.ParseUsage(submission.Usage)
	if err != nil {
		return err
	}
	// A block that was taken out of the course since keeps its verdicts; they count nowhere.
	published, block, err := s.place(ctx, usage)
	if err != nil {
		return err
	}
	method, subsection := grading.MethodLast, ""
	if block != nil {
		method, subsection = access.CountingMethod(block), block.Subsection.Usage.String()
	}
	cleared, err := s.enter(ctx, id, submission, judgement, verdict, method, subsection)
	if err != nil {
		return err
	}
	counts := block != nil && verdict.Outcome == wire.OutcomeScored && !cleared
	// The page that shows the verdict marks its unit as done, so completion comes before anybody is told.
	if counts && block.Facts.Completion == wire.CompleteOnSubmit {
		c := state.Completion{Learner: submission.Learner, Run: submission.Run, Subsection: subsection}
		if _, err := state.RaiseCompletion(ctx, s.completions, c, usage.String(), 1); err != nil {
			return err
		}
	}
	// What the learner waits for is there; that his grade follows keeps no page waiting.
	s.tell(ctx, id, submission.Learner, submission.Usage)
	if submission.Scratch {
		return nil // no log hears of it, and no gradebook
	}
	if err := s.record(ctx, submission, judgement, verdict, counts && block.Facts.Completion == wire.CompleteOnSubmit); err != nil {
		return err
	}
	// What waits for a person stands in the grade as well, until a later verdict of the same answer.
	waits := verdict.Outcome == wire.OutcomePending || judgement.Number > 1
	if !counts && (block == nil || cleared || !waits) {
		return nil
	}
	return s.Regrade(ctx, published, block.Subsection, submission.Learner)
}

// record writes into the log that a submission was graded and, perhaps, its block completed.
func (s *Scorer) record(ctx context.Context, submission *Submission, judgement *Judgement, verdict *wire.Verdict, completes bool) error {
	if s.config.Events == nil || verdict.Outcome != wire.OutcomeScored {
		return nil
	}
	data, err := json.Marshal(wire.GradedEvent{Submission: judgement.Submission, Earned: verdict.Earned, Possible: verdict.Possible})
	if err != nil {
		return err
	}
	list := []wire.Event{{
		ID: store.ID("graded", judgementID(judgement.Submission, judgement.Number)), Name: wire.EventGraded, Version: 1, Source: "server",
		Time: judgement.At.UnixMilli(), Actor: submission.Learner, Run: submission.Run, Usage: submission.Usage, Data: data,
	}}
	if completes {
		list = append(list, state.CompletedEvent(submission.Learner, submission.Run, submission.Usage, judgement.At))
	}
	return s.config.Events(ctx, list...)
}

// place finds a block in its published course; nil when it is not there any more.
func (s *Scorer) place(ctx context.Context, usage key.Usage) (*course.Published, *course.Block, error) {
	published, err := s.config.Courses.Published(ctx, usage.Course)
	if err == nil {
		var block *course.Block
		if block, err = published.Find(ctx, usage); err == nil && block.Subsection != nil {
			return published, block, nil
		}
	}
	if err == nil || errors.Is(err, course.ErrNotFound) {
		return published, nil, nil
	}
	return nil, nil, err
}

// enter puts a verdict into the learner's score. cleared reports that staff have taken the submission out of it.
func (s *Scorer) enter(
	ctx context.Context, id string, submission *Submission, judgement *Judgement, verdict *wire.Verdict,
	method grading.Method, subsection string,
) (cleared bool, err error) {
	entry := Entry{
		Submission: id, Sitting: submission.Sitting, Sequence: submission.Sequence, Number: judgement.Number,
		Outcome: string(verdict.Outcome),
	}
	if verdict.Outcome == wire.OutcomeScored {
		score, err := grading.NewScore(verdict.Earned, verdict.Possible)
		if err != nil {
			return false, fmt.Errorf("entering the score of %s: %w", id, err)
		}
		entry.Earned, entry.Possible = score.Earned, score.Possible
	}
	_, err = s.scores.Update(ctx, ScoreID(submission.Learner, submission.Usage), func(score *Score) (bool, error) {
		cleared = entry.Sequence <= score.Cleared
		if !score.takes(entry, judgement.Only) || !score.put(entry) {
			return false, nil
		}
		score.Learner, score.Run = submission.Learner, submission.listed()
		if !submission.Scratch { // who answered is counted by it
			score.Usage = submission.Usage
		}
		if subsection != "" {
			score.Subsection = subsection
		}
		score.At = judgement.At
		return true, score.count(method, func(e Entry) (string, error) {
			if e.Submission == id && e.Number == judgement.Number {
				return judgement.Verdict, nil
			}
			return s.verdictText(ctx, e)
		})
	})
	if err != nil {
		return false, fmt.Errorf("entering the score of %s: %w", id, err)
	}
	return cleared, nil
}

// verdictText reads the verdict that an entry stands for, as JSON.
func (s *Scorer) verdictText(ctx context.Context, e Entry) (string, error) {
	doc, err := s.judgements.Get(ctx, judgementID(e.Submission, e.Number))
	return doc.Body.Verdict, err
}

// entriesKept bounds Score.Entries; the oldest of a learner who tries without end drop out, which matters to "first" and
// "average" alone.
const entriesKept = 2000

// put adds or replaces a submission's entry, among those that were set aside where the submission was cleared; false when a
// newer or equal verdict stands there.
func (s *Score) put(entry Entry) bool {
	entries := s.list(entry.Sequence)
	i, found := at(*entries, entry.Sequence)
	if found {
		if (*entries)[i].Number >= entry.Number {
			return false
		}
		(*entries)[i] = entry
		return true
	}
	*entries = newestOf(slices.Insert(*entries, i, entry))
	return true
}

// list is where the entry of a sequence stands.
func (s *Score) list(sequence int) *[]Entry {
	if sequence <= s.Cleared {
		return &s.Aside
	}
	return &s.Entries
}

func at(entries []Entry, sequence int) (index int, found bool) {
	return slices.BinarySearchFunc(entries, sequence, func(e Entry, sequence int) int { return e.Sequence - sequence })
}

func newestOf(entries []Entry) []Entry { return entries[max(0, len(entries)-entriesKept):] }

// count derives what counts from the entries.
func (s *Score) count(method grading.Method, verdict func(Entry) (string, error)) error {
	scored := make([]grading.Scored, len(s.Entries))
	for i, e := range s.Entries {
		scored[i] = grading.Scored{
			Sequence: int64(e.Sequence), Outcome: grading.Outcome(e.Outcome), Score: grading.Score{Earned: e.Earned, Possible: e.Possible},
		}
	}
	if len(s.Entries) == 0 {
		s.Newest, s.NewestID, s.Scored, s.Counted, s.CountedID, s.Earned, s.Possible = "", "", false, "", "", 0, 0
		return nil
	}
	newest := s.Entries[len(s.Entries)-1]
	s.NewestID = newest.Submission
	var err error
	if s.Newest, err = verdict(newest); err != nil {
		return err
	}
	counted, ok := grading.Counted(method, scored)
	s.Scored, s.Counted, s.CountedID, s.Earned, s.Possible = ok, "", "", 0, 0
	if !ok {
		return nil
	}
	s.Earned, s.Possible = counted.Score.Earned, counted.Score.Possible
	which := s.Entries[counted.Index]
	s.CountedID = which.Submission
	s.Counted, err = verdict(which)
	return err
}

// Points is what counts: the override, or the counted verdict; ok is false when there is neither.
func (s *Score) Points() (score grading.Score, ok bool) {
	if s.Override != nil {
		return grading.Score{Earned: s.Override.Earned, Possible: s.Override.Possible}, true
	}
	return grading.Score{Earned: s.Earned, Possible: s.Possible}, s.Scored
}

// Override sets a learner's score by staff's decision; a later stamp wins.
func (s *Scorer) Override(ctx context.Context, learner string, usage key.Usage, override Override) error {
	return s.Mark(ctx, learner, usage, &override, override.Stamp)
}

// Mark sets what staff gave instead of a score, or with nil takes it away; a later stamp wins.
func (s *Scorer) Mark(ctx context.Context, learner string, usage key.Usage, override *Override, stamp string) error {
	published, block, err := s.place(ctx, usage)
	if err != nil {
		return fmt.Errorf("overriding a score: %w", err)
	}
	_, err = s.scores.Update(ctx, ScoreID(learner, usage.String()), func(score *Score) (bool, error) {
		if score.marked() >= stamp || score.Override == nil && override == nil {
			return false, nil
		}
		score.Learner, score.Run, score.Usage, score.Override, score.Marked = learner, usage.Course.String(), usage.String(), override, stamp
		if block != nil {
			score.Subsection = block.Subsection.Usage.String()
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("overriding a score: %w", err)
	}
	if block == nil {
		return nil
	}
	return s.Regrade(ctx, published, block.Subsection, learner)
}

func decodeVerdict(text string) (*wire.Verdict, error) {
	if text == "" {
		return nil, nil
	}
	var verdict wire.Verdict
	if err := json.Unmarshal([]byte(text), &verdict); err != nil {
		return nil, fmt.Errorf("reading a verdict: %w", err)
	}
	return &verdict, nil
}

// Verdicts gives the newest and the counted verdict, nil where there is none.
func (s *Score) Verdicts() (newest, counted *wire.Verdict, err error) {
	if newest, err = decodeVerdict(s.Newest); err != nil {
		return nil, nil, err
	}
	counted, err = decodeVerdict(s.Counted)
	return newest, counted, err
}

// Scores reads a learner's scores at usages; those without one are absent.
func (s *Scorer) Scores(ctx context.Context, learner string, usages []string) (map[string]*Score, error) {
	ids := make([]string, len(usages))
	for i, usage := range usages {
		ids[i] = ScoreID(learner, usage)
	}
	docs, err := s.scores.GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("reading scores: %w", err)
	}
	scores := make(map[string]*Score, len(docs))
	for i, id := range ids {
		if doc, ok := docs[id]; ok {
			scores[usages[i]] = &doc.Body
		}
	}
	return scores, nil
}

// AllScores reads every score of a learner.
func (s *Scorer) AllScores(ctx context.Context, learner string) (map[string]*Score, error) {
	scores := map[string]*Score{}
	err := s.scores.Each(ctx, store.Query{Prefix: store.ID(learner), Limit: 1000}, func(doc store.Doc[Score]) error {
		scores[doc.Body.Usage] = &doc.Body
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading scores: %w", err)
	}
	return scores, nil
}

// Delivery returns where a submission stands.
func (s *Scorer) Delivery(ctx context.Context, submission string) (Delivery, error) {
	doc, err := s.deliveries.Get(ctx, submission)
	return doc.Body, err
}

// Submission returns a submission by its id.
func (s *Scorer) Submission(ctx context.Context, id string) (*Submission, error) {
	doc, err := s.submissions.Get(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("reading submission %s: %w", id, err)
	}
	return &doc.Body, nil
}
