package host

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// recordSubmission is one answer with where it stands and what became of it.
func (r *request) recordSubmission(block *course.Block, score *scoring.Score, policy *grading.ProblemPolicy, h *scoring.History) recordSubmission {
	s := &h.Submission
	out := recordSubmission{
		ID: h.ID, Number: s.Sequence, When: r.instant(s.At), Failed: h.Delivery.State == scoring.StateFailed, Failure: h.Delivery.Failure,
		Attempt: s.Attempt, Sequence: s.Sequence,
	}
	out.State, out.Kind = r.deliveryText(h.Delivery.State, len(h.Verdicts) > 0)
	if closes := policy.Closes(); !closes.IsZero() && s.At.After(closes) {
		out.Late = true
	}
	stands := 0
	if score != nil {
		out.Counts = score.CountedID == h.ID && policy.GradingMethod != grading.MethodAverage && score.Override == nil
		out.Cleared = s.Sequence <= score.Cleared
		for _, entry := range slices.Concat(score.Entries, score.Aside) {
			if entry.Submission == h.ID {
				stands = entry.Number
			}
		}
	}
	for _, file := range s.Files {
		out.Files = append(out.Files, file.Name)
	}
	var shown *wire.Verdict
	for i := range h.Verdicts {
		verdict, row := r.recordVerdict(block, &h.Verdicts[i])
		row.Stands = h.Verdicts[i].Number == stands
		if row.Stands || shown == nil {
			shown = verdict
		}
		out.Verdicts = append(out.Verdicts, row)
	}
	r.readable(&out, s, shown)
	return out
}

// readable puts the answer into words, by its block where that has words for it, else as it was stored.
func (r *request) readable(out *recordSubmission, s *scoring.Submission, verdict *wire.Verdict) {
	rows, err := r.kernel().Answers(r.ctx(), out.ID, s, verdict)
	if err != nil {
		r.server.config.Log.WarnContext(r.ctx(), "a block could not put an answer into words", "usage", s.Usage, "error", err)
	}
	for _, row := range rows {
		part := recordRow{Question: row.Question, Answer: row.Answer, Correct: row.CorrectAnswer}
		if row.Correctness != "" {
			part.State, part.Kind = r.words.T("record.say_part_"+string(row.Correctness)), correctnessKind(row.Correctness)
		}
		out.Rows = append(out.Rows, part)
	}
	if len(out.Rows) == 0 {
		out.JSON = pretty(s.Answers)
	}
}

func correctnessKind(c wire.Correctness) string {
	switch c {
	case wire.Correct:
		return "good"
	case wire.Incorrect:
		return "bad"
	case wire.Partial, wire.Incomplete, wire.Unanswered:
	}
	return "submitted"
}

// deliveryText says where a submission stands on its way to a verdict.
func (r *request) deliveryText(at scoring.State, verdict bool) (text, kind string) {
	switch at {
	case scoring.StateDone:
		return r.words.T("record.state_done"), "good"
	case scoring.StateFailed:
		if verdict {
			return r.words.T("record.state_failed_again"), "bad"
		}
		return r.words.T("record.state_failed"), "bad"
	case scoring.StatePending:
		return r.words.T("record.state_pending"), "submitted"
	case scoring.StateWaiting, scoring.StateLeased:
	}
	return r.words.T("record.state_waiting"), "submitted"
}

func (r *request) recordVerdict(block *course.Block, j *scoring.Judgement) (*wire.Verdict, recordVerdict) {
	row := recordVerdict{Number: j.Number, When: r.instant(j.At)}
	var verdict wire.Verdict
	if err := json.Unmarshal([]byte(j.Verdict), &verdict); err != nil {
		row.Text, row.Kind = r.words.T("record.say_outcome_failed"), "bad"
		return nil, row
	}
	row.Text, row.Kind = r.words.T("record.say_outcome_"+string(verdict.Outcome)), "submitted"
	if verdict.Outcome == wire.OutcomeScored {
		row.Points = r.points(verdict.Earned, verdict.Possible)
	}
	row.Note = verdict.Message
	switch {
	case j.Copy > 0:
		row.Note = r.words.T("record.copied", j.Copy)
	case j.Only == scoring.OnlyHigher:
		row.Note = r.words.T("record.asked_higher")
	case j.Ask > 0:
		row.Note = r.words.T("record.asked")
	}
	row.Receipt = r.receipt(block, &j.Receipt)
	return &verdict, row
}

// receipt lists what a verdict came from: grading again by the same gives the same bytes.
func (r *request) receipt(block *course.Block, receipt *scoring.Receipt) []recordFact {
	code := receipt.Artifact
	if version := r.kernel().Registry().Pinned(block.Usage.Type, receipt.Artifact); version != nil {
		code = version.Manifest.Name + " " + version.Manifest.Version + " (" + code + ")"
	}
	fuel := r.words.T("record.unmetered")
	if receipt.Fuel > 0 {
		fuel = r.words.T("record.fuel_used", receipt.Fuel, receipt.Costs)
	}
	facts := []recordFact{
		{r.words.T("record.artifact"), code},
		{r.words.T("record.content"), receipt.Content},
		{r.words.T("record.seed"), strconv.Itoa(receipt.Seed)},
		{r.words.T("record.answers_hash"), receipt.Answers},
		{r.words.T("record.result_hash"), receipt.Result},
		{r.words.T("record.fuel"), fuel},
	}
	if receipt.Sources != "" {
		facts = append(facts, recordFact{r.words.T("record.sources"), receipt.Sources})
	}
	return facts
}

// stamp writes an instant for a sheet.
func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }
