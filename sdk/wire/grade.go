package wire

import "encoding/json"

// GradeRequest asks for a verdict on one submission. Grade changes nothing and reads nothing else.
type GradeRequest struct {
	Submission Submission `json:"submission"`
	// Evidence is what settled a pending submission, oldest first.
	Evidence []Evidence `json:"evidence,omitempty"`
	// Previous is the verdict before, where declared.
	Previous *Verdict `json:"previous,omitempty"`
	Public   Blob     `json:"public,omitzero"`
	Secret   Blob     `json:"secret,omitzero"`
}

// Blobs implements [Blobbed].
func (r *GradeRequest) Blobs() []*Blob { return []*Blob{&r.Public, &r.Secret} }

// Submission is one answer as it was handed in. It never changes.
type Submission struct {
	ID string `json:"id"`
	// Attempt counts from 1 over all sittings since staff last reset the learner.
	Attempt int `json:"attempt"`
	// At is when the server received it, in milliseconds since 1970 UTC.
	At int64 `json:"at"`
	// Answers is what the submit effect carried.
	Answers json.RawMessage `json:"answers"`
	Files   []File          `json:"files,omitempty"`
}

// Evidence is what somebody added to a pending submission.
type Evidence struct {
	At int64 `json:"at"`
	// From is the pseudonym of the grader, or the block type and task that settled it.
	From string          `json:"from"`
	Data json.RawMessage `json:"data"`
}

// Outcome says what became of a submission.
type Outcome string

// The outcomes.
const (
	OutcomeScored  Outcome = "scored"
	OutcomeInvalid Outcome = "invalid" // not gradable; the try is given back and the message shown
	OutcomePending Outcome = "pending" // somebody or something else grades
	OutcomeFailed  Outcome = "failed"  // retried, then shown to staff
	// OutcomeSubmitted stands in for any of them while correctness is hidden. A block never answers with it.
	OutcomeSubmitted Outcome = "submitted"
)

// Correctness of one part (Open edX's words).
type Correctness string

// The correctness values.
const (
	Correct    Correctness = "correct"
	Incorrect  Correctness = "incorrect"
	Partial    Correctness = "partially-correct"
	Incomplete Correctness = "incomplete"
	Unanswered Correctness = "unanswered"
)

// Verdict is what grade says.
type Verdict struct {
	Outcome Outcome `json:"outcome"`
	// Earned and Possible are raw points, finite; what counts is clamped to 0..Possible.
	Earned   float64 `json:"earned"`
	Possible float64 `json:"possible"`
	Parts    []Part  `json:"parts,omitempty"`
	// Feedback is HTML for the whole.
	Feedback string `json:"feedback,omitempty"`
	// Message is plain text for the learner: why invalid, who grades.
	Message string `json:"message,omitempty"`
	// Until is when a pending verdict is due, in milliseconds since 1970 UTC; 0 is unknown.
	Until int64 `json:"until,omitempty"`
	// Data is the block's own, given back with the verdict.
	Data json.RawMessage `json:"data,omitempty"`
}

// Part is one input's or one question's result.
type Part struct {
	ID          string      `json:"id"`
	Correctness Correctness `json:"correctness"`
	Earned      float64     `json:"earned"`
	Possible    float64     `json:"possible"`
	// Feedback is HTML beside the input.
	Feedback string `json:"feedback,omitempty"`
	// Hint is HTML that the grader chose for this answer.
	Hint string `json:"hint,omitempty"`
}

// Input is what a learner would send to a handler: used by solve and by samples.
type Input struct {
	Handler string              `json:"handler"`
	Form    map[string][]string `json:"form,omitempty"`
	// JSON is the body when there is no form.
	JSON json.RawMessage `json:"json,omitempty"`
}

// SolveRequest asks for full-score answers. The seed stands in the context.
type SolveRequest struct {
	Public Blob `json:"public,omitzero"`
	Secret Blob `json:"secret,omitzero"`
}

// Blobs implements [Blobbed].
func (r *SolveRequest) Blobs() []*Blob { return []*Blob{&r.Public, &r.Secret} }

// Solution is the answer to solve.
type Solution struct {
	// Input scores full; nil when Unknown or Unsupported says why not.
	Input *Input `json:"input,omitempty"`
	// Unknown: the content states no answer, and why.
	Unknown string `json:"unknown,omitempty"`
	// Unsupported: this version of the block cannot grade it, and what is missing.
	Unsupported string `json:"unsupported,omitempty"`
}

// ReportRequest asks for rows of submissions of one usage, each with the values it was graded by.
type ReportRequest struct {
	Submissions []ReportSubmission `json:"submissions"`
}

// Blobs implements [Blobbed].
func (r *ReportRequest) Blobs() []*Blob {
	var blobs []*Blob
	for i := range r.Submissions {
		blobs = append(blobs, &r.Submissions[i].Public, &r.Submissions[i].Secret)
	}
	return blobs
}

// ReportSubmission is one submission of a report.
type ReportSubmission struct {
	Submission Submission `json:"submission"`
	Verdict    *Verdict   `json:"verdict,omitempty"`
	Public     Blob       `json:"public,omitzero"`
	Secret     Blob       `json:"secret,omitzero"`
}

// ReportReply lists rows, in the order of the submissions.
type ReportReply struct {
	Rows []ReportRow `json:"rows,omitempty"`
}

// ReportRow is one part of one submission in words.
type ReportRow struct {
	Submission    string      `json:"submission"`
	Part          string      `json:"part"`
	Question      string      `json:"question,omitempty"`
	Answer        string      `json:"answer"`
	CorrectAnswer string      `json:"correct_answer,omitempty"`
	Correctness   Correctness `json:"correctness,omitempty"`
}
