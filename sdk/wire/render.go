package wire

import "encoding/json"

// RenderRequest asks for one view. It holds what the view declared to read and nothing else.
type RenderRequest struct {
	View string `json:"view"`
	// Fields holds the fields that the view reads.
	Fields Fields `json:"fields,omitempty"`
	// Settings holds the inherited settings that the view reads.
	Settings Fields `json:"settings,omitempty"`
	// Newest and Counted are the learner's verdicts, reduced to the outcome "submitted" while correctness is hidden. Where the mean
	// of several counts, Counted is the newest of them with the mean as its points.
	Newest  *Verdict `json:"newest,omitempty"`
	Counted *Verdict `json:"counted,omitempty"`
	// Grading says that a submission waits for its verdict.
	Grading *Grading `json:"grading,omitempty"`
	Access  *Access  `json:"access,omitempty"`
	// Children are the places of this learner's children, in order.
	Children []Place `json:"children,omitempty"`
	// Path is what follows the view's own address, "" or starting with "/"; Query holds the declared parameters that were
	// given. Both come from the address, so they are anybody's text.
	Path  string              `json:"path,omitempty"`
	Query map[string][]string `json:"query,omitempty"`
	// Submission is what the view [ViewGrade] shows, Evidence what settled it so far, oldest first; other views get none.
	Submission *Submission `json:"submission,omitempty"`
	Evidence   []Evidence  `json:"evidence,omitempty"`
	// Public is the prepared value or the learner's variant of it.
	Public Blob `json:"public,omitzero"`
}

// Blobs implements [Blobbed].
func (r *RenderRequest) Blobs() []*Blob { return []*Blob{&r.Public} }

// Grading describes a submission without a verdict yet.
type Grading struct {
	// Who grades, in words for the learner; "" for the platform.
	Who string `json:"who,omitempty"`
	// Failed says that grading failed and staff were told; the submission is kept.
	Failed bool `json:"failed,omitempty"`
}

// Place is where a parent may put a child.
type Place struct {
	ID    string `json:"id"`
	Type  string `json:"type"`
	Title string `json:"title,omitempty"`
}

// Gate is one permission of the host's policy.
type Gate struct {
	Open bool `json:"open"`
	// Why names the reason of a closed gate: one of the Why constants.
	Why string `json:"why,omitempty"`
	// Changes is when the gate changes by itself, in milliseconds since 1970 UTC; 0 is never.
	Changes int64 `json:"changes,omitempty"`
}

// Reasons why a gate is closed. Append-only.
const (
	WhyNotReleased = "not_released"
	WhyPastDue     = "past_due"
	WhyNoTries     = "no_tries"
	WhyWait        = "wait"       // between two tries
	WhyNeedsReset  = "reset"      // answered; a new sitting is needed
	WhyPending     = "pending"    // an earlier answer waits for its verdict
	WhyPolicy      = "policy"     // the author's setting
	WhyVisitor     = "visitor"    // sign in or enrol first
	WhyReadOnly    = "read_only"  // masquerade, preview, closed course
	WhyEnded       = "ended"      // the course is over
	WhyPrereq      = "prereq"     // something else comes first
	WhyGroup       = "group"      // not for this learner's group
	WhyStaffOnly   = "staff_only" //
	WhyTimed       = "timed"      // the learner has to start the time first
	WhyTimeUp      = "time_up"    // the learner's own time is over
)

// Access is what the host's policy allows a learner now; the same rules for every block. Blocks never compare dates.
type Access struct {
	Submit Gate `json:"submit"`
	Save   Gate `json:"save"`
	Reset  Gate `json:"reset"`
	// Answer says whether the answer may be revealed.
	Answer Gate `json:"answer"`
	// Correctness says whether verdicts may be shown.
	Correctness Gate `json:"correctness"`
	// Tries counts submissions since staff last reset the learner; MaxTries is nil when unlimited.
	Tries    int  `json:"tries"`
	MaxTries *int `json:"max_tries,omitempty"`
}

// Fragment is what a view shows.
type Fragment struct {
	// HTML is the view's markup, without a form element. In attribute values the host replaces, after caching:
	// "quoin:form" (the id of the form that controls join by form=), "quoin:id/NAME" (an id that is unique on the page),
	// "quoin:asset/NAME", "quoin:file/HASH" (what the learner uploaded here), "quoin:handler/NAME" and "quoin:view/NAME" (addresses; the last may go on with a path and with
	// "?" and the parameters that the view declared). [PlaceTag] elements are replaced by children.
	HTML Blob `json:"html,omitzero"`
	// Styles and Scripts name assets of the package, loaded once a page.
	Styles  []string `json:"styles,omitempty"`
	Scripts []string `json:"scripts,omitempty"`
	// Element is the custom element that wraps the view when its script runs; Init is given to it.
	Element string          `json:"element,omitempty"`
	Init    json.RawMessage `json:"init,omitempty"`
	// Bundle names an author's archive (a course file) that is unpacked and served at an origin of its own; Entry is the
	// page in it.
	Bundle string `json:"bundle,omitempty"`
	Entry  string `json:"entry,omitempty"`
	// Height suggests a frame's height in CSS pixels; 0 lets the content tell.
	Height int `json:"height,omitempty"`
	// Marking is what a grader chooses by, from the view [ViewGrade] alone; nil takes points for the whole, as the score itself.
	Marking *Marking `json:"marking,omitempty"`
}

// Blobs implements [Blobbed].
func (f *Fragment) Blobs() []*Blob { return []*Blob{&f.HTML} }

// PlaceTag is the element that stands for a child: <quoin-place name="ID"></quoin-place>.
const PlaceTag = "quoin-place"

// RevealRequest asks for the shown answer. The host calls it only when access says so.
type RevealRequest struct {
	Public Blob `json:"public,omitzero"`
	Secret Blob `json:"secret,omitzero"`
	// Answers is the learner's newest submission, null when there is none.
	Answers json.RawMessage `json:"answers,omitempty"`
}

// Blobs implements [Blobbed].
func (r *RevealRequest) Blobs() []*Blob { return []*Blob{&r.Public, &r.Secret} }

// Revealed is the answer as it is shown.
type Revealed struct {
	// HTML stands below the view.
	HTML Blob `json:"html,omitzero"`
	// Answers are the right answers by input, for APIs and for marking inputs.
	Answers map[string]string `json:"answers,omitempty"`
}

// Blobs implements [Blobbed].
func (r *Revealed) Blobs() []*Blob { return []*Blob{&r.HTML} }
