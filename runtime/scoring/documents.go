package scoring

import (
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Submission is one answer as it was handed in.
type Submission struct {
	Learner string `bson:"learner"`
	Run     string `bson:"run"`
	Usage   string `bson:"usage"`
	Type    string `bson:"type"`
	// Sequence orders a learner's submissions to the usage, from 1. Attempt is its number since staff last reset him.
	Sequence int       `bson:"sequence"`
	Attempt  int       `bson:"attempt"`
	At       time.Time `bson:"at"`
	// Answers is JSON.
	Answers string `bson:"answers"`
	Files   []File `bson:"files,omitempty"`
	Sitting string `bson:"sitting"`
	Seed    int    `bson:"seed"`
	// Artifact and Content are what it is graded by: the digest of the code and the content's hash.
	Artifact string `bson:"artifact"`
	Content  string `bson:"content"`
	// Sources is the digest of what else the learner's variant was made from (interpreter, course files); "" for nothing.
	Sources string `bson:"sources,omitempty"`
	Request string `bson:"request"`
	// Scratch says that it was handed in by the stand-in of a preview: it gets its verdict, and stands in no list of its course.
	Scratch bool `bson:"scratch,omitempty"`
}

// listed is the run in whose lists the submission stands, "" for none.
func (s *Submission) listed() string {
	if s.Scratch {
		return ""
	}
	return s.Run
}

// File is a part of an answer, stored under its hash.
type File struct {
	Input string `bson:"input,omitempty"`
	Name  string `bson:"name"`
	Type  string `bson:"type"`
	Size  int64  `bson:"size"`
	Hash  string `bson:"hash"`
}

// Wire gives the submission as grade gets it.
func (s *Submission) Wire(id string) wire.Submission {
	out := wire.Submission{ID: id, Attempt: s.Attempt, At: s.At.UnixMilli(), Answers: []byte(s.Answers)}
	for _, f := range s.Files {
		out.Files = append(out.Files, wire.File(f))
	}
	return out
}

// State is where a delivery stands.
type State string

// The states.
const (
	StateWaiting State = "waiting" // for a worker
	StateLeased  State = "leased"  // a worker grades it
	StatePending State = "pending" // somebody or something else grades; evidence wakes it up
	StateDone    State = "done"
	StateFailed  State = "failed" // given up; staff see it
)

// Delivery is where a submission stands on its way to a verdict.
type Delivery struct {
	Learner string `bson:"learner"`
	Run     string `bson:"run"`
	Usage   string `bson:"usage"`
	State   State  `bson:"state"`
	// Due is when somebody must look again: at once while waiting, at the lease's end while leased. Nil when nothing is to be
	// done. It is the sweeper's index.
	Due *time.Time `bson:"due,omitempty"`
	// Worker names who holds the lease.
	Worker string `bson:"worker,omitempty"`
	// Tries counts claims since the last verdict, Failures those of them that failed by the block's fault; Verdicts counts
	// verdicts.
	Tries    int `bson:"tries,omitempty"`
	Failures int `bson:"failures,omitempty"`
	Verdicts int `bson:"verdicts,omitempty"`
	// Evidence counts what settled it so far, Graded how much of that the newest verdict has seen.
	Evidence int `bson:"evidence,omitempty"`
	Graded   int `bson:"graded,omitempty"`
	// Settled is when evidence came last, nil where none did.
	Settled *time.Time `bson:"settled,omitempty"`
	// Failure is the last error, for staff.
	Failure string    `bson:"failure,omitempty"`
	At      time.Time `bson:"at"`
	// Ask is the newest thing that staff asked for, Answered the order of the newest ask that a verdict came of.
	Ask      *Ask  `bson:"ask,omitempty"`
	Answered int64 `bson:"answered,omitempty"`
}

// Evidence is what somebody added to a pending submission. It never changes.
type Evidence struct {
	Submission string    `bson:"submission"`
	Learner    string    `bson:"learner"`
	At         time.Time `bson:"at"`
	From       string    `bson:"from"`
	Data       string    `bson:"data"`
}

// Judgement is one verdict with its receipt: with the named submission, content, artifact and seed, grading again gives the
// same bytes.
type Judgement struct {
	Submission string `bson:"submission"`
	Number     int    `bson:"number"`
	Learner    string `bson:"learner"`
	Run        string `bson:"run"`
	Usage      string `bson:"usage"`
	// Verdict is a wire.Verdict as JSON.
	Verdict string    `bson:"verdict"`
	At      time.Time `bson:"at"`
	Receipt Receipt   `bson:"receipt"`
	// Ask is the order of the ask that this verdict answers, 0 for none; Only and Copy are that ask's.
	Ask  int64 `bson:"ask,omitempty"`
	Only Only  `bson:"only,omitempty"`
	Copy int   `bson:"copy,omitempty"`
}

// Receipt says what a verdict came from.
type Receipt struct {
	Artifact string `bson:"artifact" json:"artifact"`
	Content  string `bson:"content" json:"content"`
	Seed     int    `bson:"seed" json:"seed"`
	// Sources is the digest of what the variant and the verdict were made from beside it: interpreter, course files; "" for nothing.
	Sources string `bson:"sources,omitempty" json:"sources,omitempty"`
	// Answers and Result are digests of the submission's answers and of the verdict.
	Answers string `bson:"answers" json:"answers"`
	Result  string `bson:"result" json:"result"`
	// Fuel is what grading used, in units of the cost table of this version; 0 when the engine does not meter.
	Fuel  int64 `bson:"fuel" json:"fuel"`
	Costs int   `bson:"costs" json:"costs"`
	// Evidence is how much of it was there.
	Evidence int `bson:"evidence" json:"evidence"`
}

// Score is what one learner has at one usage: every submission's current verdict in short, the newest and the counted one
// in full.
type Score struct {
	Learner    string  `bson:"learner"`
	Run        string  `bson:"run"`
	Usage      string  `bson:"usage"`
	Subsection string  `bson:"subsection"`
	Entries    []Entry `bson:"entries,omitempty"`
	// Newest and Counted are wire.Verdicts as JSON, "" when there is none.
	Newest    string `bson:"newest,omitempty"`
	NewestID  string `bson:"newest_id,omitempty"`
	Counted   string `bson:"counted,omitempty"`
	CountedID string `bson:"counted_id,omitempty"`
	// Earned and Possible are the raw score that counts; Scored says that there is one.
	Earned   float64   `bson:"earned"`
	Possible float64   `bson:"possible"`
	Scored   bool      `bson:"scored"`
	At       time.Time `bson:"at"`
	// Override is what staff set instead.
	Override *Override `bson:"override,omitempty"`
	// Cleared is the highest sequence that staff have taken out; see [Scorer.Clear]. What stood up to there is set aside.
	Cleared       int       `bson:"cleared,omitempty"`
	Aside         []Entry   `bson:"aside,omitempty"`
	AsideOverride *Override `bson:"aside_override,omitempty"`
	// Acted is the order of the last clearing, Marked the stamp of the last change of the override.
	Acted  int64  `bson:"acted,omitempty"`
	Marked string `bson:"marked,omitempty"`
}

// Entry is one submission's current verdict in short.
type Entry struct {
	Submission string  `bson:"submission"`
	Sitting    string  `bson:"sitting"`
	Sequence   int     `bson:"sequence"`
	Number     int     `bson:"number"`
	Outcome    string  `bson:"outcome"`
	Earned     float64 `bson:"earned"`
	Possible   float64 `bson:"possible"`
}

// Override is a score that staff gave.
type Override struct {
	Earned   float64   `bson:"earned"`
	Possible float64   `bson:"possible"`
	Reason   string    `bson:"reason"`
	By       string    `bson:"by"`
	At       time.Time `bson:"at"`
	Stamp    string    `bson:"stamp"`
}

// Grade is one learner's grade in a run, kept for gradebook and reports; the progress page adds up anew.
type Grade struct {
	Learner     string            `bson:"learner"`
	Run         string            `bson:"run"`
	Subsections store.Map[Totals] `bson:"subsections,omitempty"`
	// Types are the averages by assignment type, as the course's policy counts them.
	Types   store.Map[float64] `bson:"types,omitempty"`
	Percent float64            `bson:"percent"`
	Letter  string             `bson:"letter"`
	Passed  bool               `bson:"passed"`
	// Head is the number of the published head that all of it was added up by, Groups the learner's content groups (see
	// GroupsOf), Rules the version of the rules. With others of these the grade has to be added up again.
	Head   int       `bson:"head"`
	Groups string    `bson:"groups,omitempty"`
	Rules  int       `bson:"rules"`
	At     time.Time `bson:"at"`
}

// Totals is what a subsection adds up to, by block id of the subsection in Grade.
type Totals struct {
	Earned      float64 `bson:"earned"`
	Possible    float64 `bson:"possible"`
	AllEarned   float64 `bson:"all_earned"`
	AllPossible float64 `bson:"all_possible"`
	Attempted   bool    `bson:"attempted"`
	// Pending counts the graded problems whose newest answer waits for somebody's grade.
	Pending int `bson:"pending,omitempty"`
}

// Specs lists the collections of this package.
func Specs() []store.Spec {
	return []store.Spec{submissionSpec(), deliverySpec(), evidenceSpec(), judgementSpec(), scoreSpec(), gradeSpec()}
}

func submissionSpec() store.Spec {
	return store.Spec{Name: "submissions", Learners: "learner", Indexes: []store.Index{
		{Name: "usage", Fields: []string{"usage", "at"}},
		{Name: "mine", Fields: []string{"learner", "usage", "sequence"}},
		{Name: "when", Fields: []string{"learner", "at"}}, // the last thing that a learner handed in
		{Name: "type", Fields: []string{"type", "at"}},    // what a block's next version is tried with
	}}
}

func deliverySpec() store.Spec {
	return store.Spec{Name: "deliveries", Learners: "learner", Indexes: []store.Index{
		{Name: "due", Fields: []string{"due"}},
		{Name: "state", Fields: []string{"run", "state"}},
		{Name: "settled", Fields: []string{"run", "settled"}}, // what was graded by hand
	}}
}

func evidenceSpec() store.Spec {
	return store.Spec{Name: "evidence", Learners: "learner", Indexes: []store.Index{{Name: "submission", Fields: []string{"submission", "at"}}}}
}

func judgementSpec() store.Spec {
	return store.Spec{Name: "verdicts", Learners: "learner", Indexes: []store.Index{{Name: "run", Fields: []string{"run", "at"}}}}
}

func scoreSpec() store.Spec {
	return store.Spec{Name: "scores", Learners: "learner", Indexes: []store.Index{{Name: "usage", Fields: []string{"usage"}}}}
}

func gradeSpec() store.Spec {
	return store.Spec{Name: "grades", Learners: "learner", Indexes: []store.Index{
		{Name: "run", Fields: []string{"run"}},
		{Name: "head", Fields: []string{"run", "head"}}, // which are from an older head
		{Name: "at", Fields: []string{"run", "at"}},     // which are new to who keeps them in memory
	}}
}

// ScoreID names a learner's score at a usage. All of one learner's scores share a prefix.
func ScoreID(learner, usage string) string { return store.ID(learner, usage) }

// GradeID names a learner's grade in a run.
func GradeID(learner, run string) string { return store.ID(learner, run) }
