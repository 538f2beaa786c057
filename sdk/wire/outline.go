package wire

import "encoding/json"

// Fields holds field values by name. Absent is unset, the JSON null is null: XBlock's three states.
type Fields map[string]json.RawMessage

// Child is one child as its parent sees it.
type Child struct {
	// ID is the child's block id, unique among its siblings.
	ID    string `json:"id"`
	Type  string `json:"type"`
	Facts Facts  `json:"facts"`
}

// OutlineRequest carries what the author set on this block itself; inherited settings are not in it, and nothing of the course
// is: equal content is outlined once, whichever courses hold it.
type OutlineRequest struct {
	Fields   Fields  `json:"fields"`
	Children []Child `json:"children,omitempty"`
}

// Outline is what the host stores of a block when it is published, so that no page, gradebook or search asks a block.
type Outline struct {
	Facts Facts `json:"facts"`
	// AnswerHash is a digest over all that scoring depends on. A publish that keeps it moves open sittings along. Of a block
	// that chooses, it is what the choice depends on beside the children: another one lets choose be asked again. "" for
	// blocks that do neither.
	AnswerHash string `json:"answer_hash,omitempty"`
	// Public is what render, handle and grade get instead of the author's text; it never holds a key.
	Public Blob `json:"public,omitzero"`
	// Secret is what vary, grade, reveal and solve get besides.
	Secret Blob `json:"secret,omitzero"`
}

// Blobs implements [Blobbed].
func (o *Outline) Blobs() []*Blob { return []*Blob{&o.Public, &o.Secret} }

// Completion says how a block becomes complete.
type Completion string

// The completion rules.
const (
	CompleteNever     Completion = ""          // takes no part (discussions, decorations)
	CompleteOnView    Completion = "view"      // after it was in view for some seconds
	CompleteOnSubmit  Completion = "submit"    // with the first submission that was graded
	CompleteByBlock   Completion = "block"     // by the complete effect alone
	CompleteByContent Completion = "aggregate" // when its children are
)

// Counting says which of a learner's verdicts is the score (Open edX: grading_method).
type Counting string

// The ways to count.
const (
	CountLast    Counting = "last"
	CountFirst   Counting = "first"
	CountHighest Counting = "highest"
	CountAverage Counting = "average"
)

// Facts are public: they reach search, outlines and the course API. Nothing in them may hint at a key.
type Facts struct {
	// Title is the display name; "" lets the host fall back to the type's.
	Title string `json:"title,omitempty"`
	// Icon is one of problem, video, text, discussion, other or a name from the package's assets.
	Icon string `json:"icon,omitempty"`
	// MaxScore is the raw maximum, 0 or more; nil when the block does not grade.
	MaxScore *float64 `json:"max_score,omitempty"`
	// Weight is what the raw score is scaled to; nil keeps raw points.
	Weight *float64 `json:"weight,omitempty"`
	// Questions counts what a learner would call questions.
	Questions  int        `json:"questions,omitempty"`
	Completion Completion `json:"completion,omitempty"`
	Counts     Counting   `json:"counts,omitempty"`
	// Varies says that vary must be asked per seed: the prepared values alone do not show what a learner gets.
	Varies bool `json:"varies,omitempty"`
	// Shuffles says that the seed changes the view although no variant is needed.
	Shuffles bool `json:"shuffles,omitempty"`
	// Impersonal says that nothing of this content depends on who the learner is: a type that declares identity then gets no
	// pseudonym for it, and its variants are shared by all who have the seed.
	Impersonal bool `json:"impersonal,omitempty"`
	// Search is plain text for the course search.
	Search string `json:"search,omitempty"`
	// StudentView is what the mobile and course APIs show (Open edX: student_view_data); an object.
	StudentView json.RawMessage `json:"student_view,omitempty"`
	// Files are the course files that the content names, without "/static/".
	Files []string `json:"files,omitempty"`
	// Links are the block ids that it jumps to ("/jump_to_id/ID").
	Links []string `json:"links,omitempty"`
	// Frames are hosts of other sites whose pages the content's author shows in it. A page frames no others; what a package that
	// is not part of the binary frames, its permission embed says.
	Frames []string `json:"frames,omitempty"`
	// Transcripts are those of Files that hold words of the content (captions: SRT, WebVTT, sjson, or plain text). The course
	// search reads them.
	Transcripts []string `json:"transcripts,omitempty"`
	// Uploads says which files an answer may hold; nil for the host's own bounds of a form.
	Uploads *Uploads `json:"uploads,omitempty"`
	// Unsupported names parts of the content that this version of the block cannot serve, such as response types.
	Unsupported []string `json:"unsupported,omitempty"`
	// Undrawn is what a choosing parent counts for a child that a learner has not drawn yet, in points; nil when it does
	// not choose.
	Undrawn *float64 `json:"undrawn,omitempty"`
	// Chooses says that choose must be asked which children a learner has.
	Chooses bool `json:"chooses,omitempty"`
}

// VaryRequest asks for one variant. The seed stands in the context.
type VaryRequest struct {
	Public Blob `json:"public,omitzero"`
	Secret Blob `json:"secret,omitzero"`
}

// Blobs implements [Blobbed].
func (r *VaryRequest) Blobs() []*Blob { return []*Blob{&r.Public, &r.Secret} }

// Variant holds the values that stand in for the prepared ones.
type Variant struct {
	Public Blob `json:"public,omitzero"`
	Secret Blob `json:"secret,omitzero"`
}

// Blobs implements [Blobbed].
func (v *Variant) Blobs() []*Blob { return []*Blob{&v.Public, &v.Secret} }

// ChooseRequest asks which children one learner has.
type ChooseRequest struct {
	// Fields are those that the author set, secret ones excepted.
	Fields   Fields  `json:"fields"`
	Children []Child `json:"children"`
	// Earlier is the choice stored for this learner, nil at the first time.
	Earlier []string `json:"earlier,omitempty"`
	// Scores holds what the declared usages earned, by usage key.
	Scores map[string]Score `json:"scores,omitempty"`
}

// Choice lists children by id, in the order shown.
type Choice struct {
	Children []string `json:"children"`
}

// Score is what one usage earned.
type Score struct {
	Earned     float64 `json:"earned"`
	Possible   float64 `json:"possible"`
	Completion float64 `json:"completion"`
}

// CheckRequest carries fields as an author saved them.
type CheckRequest struct {
	Fields   Fields  `json:"fields"`
	Children []Child `json:"children,omitempty"`
}

// Level says how bad a finding is.
type Level string

// The levels.
const (
	LevelError   Level = "error"   // learners would meet something broken
	LevelWarning Level = "warning" // works, but probably not as meant
	LevelHint    Level = "hint"
)

// Finding is one remark on authored content: what is wrong, where, and how to mend it.
type Finding struct {
	Level Level `json:"level"`
	// Field, Line and Column are the place; Line and Column count from 1, 0 is unknown.
	Field   string `json:"field,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"`
}

// CheckReply lists findings.
type CheckReply struct {
	Findings []Finding `json:"findings,omitempty"`
}
