package problem

import (
	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
)

// Fields are what an author sets, by Open edX's names, and what is kept of a learner.
type Fields struct {
	DisplayName string `quoin:"display_name,settings" default:"\"Problem\"" title:"Name"`
	Data        string `quoin:"data,content,xml,secret" title:"Problem" help:"The problem's source in OLX."`
	// Markdown is what Studio's simple editor keeps; it says which answers are right.
	Markdown       sdk.Opt[string] `quoin:"markdown,settings,text,secret" title:"Markdown" help:"The source of the simple editor; the problem is made from it when it is saved."`
	MarkdownEdited bool            `quoin:"markdown_edited,settings,rare" title:"Edited as Markdown"`

	question.Policy
	Rerandomize string `quoin:"rerandomize,settings,rare" default:"\"never\"" values:"per_student=Each learner has one version|onreset=A new version when the learner starts again|always=A new version each time|never=Everybody has the same version" title:"Order and numbers drawn by chance"`
	UseLaTeX    bool   `quoin:"use_latex_compiler,settings,rare" title:"Made from LaTeX in Open edX" help:"Kept for courses that go back there. Formulas are shown without it."`

	// Answers are what the learner submitted or saved last. Saved is when he saved answers that he has not submitted, in
	// milliseconds since 1970 UTC, 0 when there are none. Hints is how many hints are open, and Last is "hint" when opening
	// one was the last thing he did: it then gets the focus.
	Answers capa.Answers `quoin:"student_answers,user_state"`
	Saved   int64        `quoin:"saved_at,user_state"`
	Hints   int          `quoin:"hints_shown,user_state"`
	Last    string       `quoin:"last_action,user_state"`
}

// Public is what views need of the content.
type Public struct {
	capa.Public
	// Points is what a full score is worth to the learner: the weight, or the raw maximum.
	Points float64 `json:"m,omitempty"`
	// Missing names what this version cannot grade: response types and inputs. Such a problem takes no answers.
	Missing []string `json:"z,omitempty"`
	// Broken says that the author's source cannot be read at all.
	Broken bool `json:"x,omitempty"`
}

// UnmarshalJSON implements json.Unmarshaler without reflection: every view and handler reads this value.
func (p *Public) UnmarshalJSON(data []byte) error {
	*p = Public{}
	return capa.ReadStored(data, p, func(p *Public, s *capa.Stored) {
		s.Fields(func(key string) bool {
			switch key {
			case "m":
				p.Points = s.Number()
			case "z":
				p.Missing = s.Texts()
			case "x":
				p.Broken = s.Truth()
			default:
				return p.Field(key, s)
			}
			return true
		})
	})
}
