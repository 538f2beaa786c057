package question

import (
	"encoding/json"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Kind is what one type of question says for itself. F is what its author fills in and embeds [Fields]; P is what views need of
// it, without any key; S is what grading needs. It holds nothing between calls.
type Kind[F, P, S any] interface {
	// Prepare reads what the author filled in. It never fails: what cannot be asked is left out, and Check tells the author.
	Prepare(f *F) Prepared[P, S]
	// Show writes the controls, filled with p.Answers and marked by p.Result.
	Show(p *Page, public P)
	// Judge compares answers with the key. It depends on nothing else, so equal answers are judged alike. An error is a defect
	// or an outage: grading is tried again.
	Judge(c *sdk.Call, secret S, s Submitted) (Result, error)
	// Solve gives answers that are right in whole, nil when there are none.
	Solve(public P, secret S) Answers
	// Samples are contents with answers whose score is known.
	Samples() []Sample[F]
}

// Prepared is what a [Kind] reads of the author's fields.
type Prepared[P, S any] struct {
	Public P
	Secret S
	Inputs []Input
	// Points is the raw maximum, the sum of what Judge's parts are out of; 0 is 1 point.
	Points float64
	// Files are the course files that the fields name otherwise than by /static/NAME.
	Files []string
	// Search is plain text that the course search finds beside the prompt.
	Search string
	// Shuffles says that the seed changes the view, Varies that [Varier] makes each learner's version.
	Shuffles, Varies bool
	// ByHand says that no answer can be judged at once: the question is asked although Solve gives nothing.
	ByHand bool
	// Unready says that the question cannot be asked, although Solve gives something.
	Unready bool
}

// Submitted is what is judged.
type Submitted struct {
	Answers
	Files    []wire.File
	Evidence []wire.Evidence
	Attempt  int
	// Locale is a language tag, "" where the kind is not [Localised].
	Locale string
	// Try says that the learner tries it: see [Spec].
	Try bool
}

// A kind may do more; each has its own interface.
type (
	// Checker finds mistakes in the type's own fields; those that all types share are looked at anyway.
	Checker[F any] interface {
		Check(f *F) []wire.Finding
	}
	// Trier finds mistakes that show only when something runs.
	Trier[F any] interface {
		TryOut(c *sdk.Call, f *F) ([]wire.Finding, error)
	}
	// Worder puts an input's answer into words, for reports and where the right answer is shown. Without it the values
	// themselves are the words.
	Worder[P any] interface {
		Words(public P, input string, values []string) string
	}
	// Revealer writes the right answer as markup. Without it the words are written.
	Revealer[P, S any] interface {
		Reveal(p *Page, public P, secret S)
	}
	// Varier makes the version of one seed.
	Varier[P, S any] interface {
		Vary(seed int, v *Variant[P, S]) error
	}
	// Localised is a kind whose answers mean what the learner's language makes of them, such as numbers: Submitted.Locale then says
	// which it was when they were submitted. The method does nothing.
	Localised interface {
		Localised()
	}
	// Keyed is a secret value that holds more than scoring depends on, such as feedback: Key is what it depends on. Changes to
	// the rest reach learners who are in the middle of a question.
	Keyed interface {
		Key() any
	}
)

// Variant is all that one learner's version consists of. A [Varier] changes it in place.
type Variant[P, S any] struct {
	Prompt, Solution     *string
	Hints                []string
	Right, Partly, Wrong *string
	Public               *P
	Secret               *S
}

// Sample is one content of a type with answers whose score is known.
type Sample[F any] struct {
	// Name is short, in lower-case letters and hyphens.
	Name, Title string
	Fields      F
	Answers     []Expected
}

// Expected is one answer and what it must come to.
type Expected struct {
	Expect  wire.Expectation
	Answers Answers
	// Seed chooses the variant; 0 is 1.
	Seed int
	// Evidence settles the answer, as JSON; nil is none.
	Evidence json.RawMessage
}

// Expecting pairs an outcome with an answer: the input's name, then its values.
func Expecting(expect wire.Expectation, input string, values ...string) Expected {
	return Expected{Expect: expect, Answers: Answers{input: values}}
}

// Public is what views and handlers get of a question. Own is the type's.
type Public[P any] struct {
	Prompt string   `json:"q,omitempty"`
	Hints  []string `json:"h,omitempty"`
	Inputs []Input  `json:"i,omitempty"`
	// Points is what a full score is worth to the learner.
	Points float64 `json:"m,omitempty"`
	// Unready says that nobody can answer it: the author is not done.
	Unready bool `json:"x,omitempty"`
	Own     P    `json:"o"`
}

// Secret is what grading and the shown answer get besides.
type Secret[S any] struct {
	Solution string  `json:"s,omitempty"`
	Right    string  `json:"r,omitempty"`
	Partly   string  `json:"p,omitempty"`
	Wrong    string  `json:"w,omitempty"`
	Possible float64 `json:"m,omitempty"`
	Own      S       `json:"o"`
}
