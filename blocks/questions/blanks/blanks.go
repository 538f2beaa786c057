// Package blanks asks to fill in blanks in running text.
package blanks

import (
	"embed"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/fold"
	"github.com/quoin-lms/quoin/blocks/questions/internal/number"
	"github.com/quoin-lms/quoin/blocks/questions/internal/options"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/markup"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed locales/*.json
var locales embed.FS

// maxText is the limit of what is filled in, in bytes.
const maxText = 400

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Text   string `quoin:"text,content,html,secret" title:"Text with blanks" help:"A blank is what is right between two brackets: [[Paris]]. Alternatives: [[Paris | Lutetia]]. A number: [[number: 3.14 ± 0.01]], or [[number: 3 .. 4]]. A drop-down list, the right entry with a star: [[choose: *Seine | Rhine]]. What to say to a wrong answer: [[Paris || It begins with a P.]]"`
	Case   bool   `quoin:"case_sensitive,settings" title:"Capital letters count"`
	Marks  bool   `quoin:"marks_count,settings,rare" default:"true" title:"Accents and vowel marks count"`
	Credit string `quoin:"credit,settings,rare" default:"\"each\"" values:"each=Each blank counts|all=All or nothing" title:"Partly right answers"`
}

// Public is what learners see.
type Public struct {
	Pieces []shown `json:"p,omitempty"`
	// Size is the width of all blanks for texts, in characters: none tells how long its answer is.
	Size int `json:"w,omitempty"`
}

// shown is markup with the blank behind it.
type shown struct {
	HTML    string        `json:"h,omitempty"`
	Input   string        `json:"i,omitempty"`
	Kind    string        `json:"k,omitempty"`
	Choices options.Texts `json:"c,omitempty"`
}

// Secret says what is right.
type Secret struct {
	Blanks []right    `json:"b,omitempty"`
	Fold   fold.Rules `json:"f"`
	All    bool       `json:"a,omitempty"`
}

type right struct {
	Input    string   `json:"i"`
	Kind     string   `json:"k"`
	Values   []string `json:"v,omitempty"`
	Least    float64  `json:"l,omitempty"`
	Most     float64  `json:"m,omitempty"`
	Feedback string   `json:"f,omitempty"`
}

// Key implements question.Keyed: feedback changes no score.
func (s Secret) Key() any {
	blanks := slices.Clone(s.Blanks)
	for i := range blanks {
		blanks[i].Feedback = ""
	}
	return []any{blanks, s.Fold, s.All}
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block {
	return question.New[Fields, Public, Secret](kind{}, question.Spec{Catalogue: question.Words(locales)})
}

// Localised implements question.Localised: numbers are read as the learner writes them.
func (kind) Localised() {}

// Prepare implements question.Kind. What makes no blank is left out: a question with a mistake takes no answers.
func (kind) Prepare(f *Fields) question.Prepared[Public, Secret] {
	pieces, mistakes := parse(f.Text)
	out := question.Prepared[Public, Secret]{Unready: len(mistakes) > 0, Shuffles: strings.Contains(f.Text, "[[")}
	out.Secret.Fold = fold.Rules{Case: !f.Case, Marks: !f.Marks}
	out.Secret.All = f.Credit == string(question.AllOrNothing)
	if out.Unready { // the text may hold an answer whose brackets are amiss
		return out
	}
	longest := 0
	var search []string
	for _, p := range pieces {
		one := shown{HTML: p.html}
		search = append(search, markup.Text(p.html))
		if b := p.blank; b != nil {
			one.Kind, one.Input = b.kind, "blank-"+strconv.Itoa(len(out.Inputs)+1)
			key := right{Input: one.Input, Kind: b.kind, Values: b.right, Least: b.least, Most: b.most, Feedback: b.feedback}
			if b.kind == choice {
				one.Choices = options.TextsOf(slices.Concat(b.right, b.others)...)
				key.Values = nil
				for _, text := range b.right {
					key.Values = append(key.Values, one.Choices.ID(text))
				}
			}
			if b.kind == words {
				for _, text := range b.right {
					longest = max(longest, len([]rune(text)))
				}
			}
			out.Secret.Blanks = append(out.Secret.Blanks, key)
			out.Inputs = append(out.Inputs, question.Input{Name: one.Input, Label: label(pieces, len(out.Inputs)), Max: maxText})
		}
		out.Public.Pieces = append(out.Public.Pieces, one)
	}
	out.Public.Size = min(max(longest+4, 10)/5*5, 30)
	out.Points = float64(len(out.Inputs))
	out.Search = strings.Join(search, " ")
	return out
}

// label is what reports call a blank: its number and the words before it.
func label(pieces []piece, n int) string {
	before := strings.Fields(markup.Text(pieces[n].html))
	before = before[max(0, len(before)-6):]
	return strings.TrimSpace(strconv.Itoa(n+1) + ". " + strings.Join(before, " "))
}

// Show implements question.Kind.
func (kind) Show(p *question.Page, public Public) {
	count := 0
	for _, piece := range public.Pieces {
		if piece.Input != "" {
			count++
		}
	}
	n := 0
	p.Raw(`<div class="prose blanks">`)
	for _, piece := range public.Pieces {
		p.Raw(piece.HTML)
		if piece.Input == "" {
			continue
		}
		n++
		name := p.Call.T("blank", n, count)
		p.Raw(`<span class="blank">`)
		switch piece.Kind {
		case choice:
			p.Pick(question.Pick{Input: piece.Input, Label: name, Empty: "choose", Options: piece.Choices.Drawn(p, piece.Input)})
		case figure:
			p.Line(question.Line{Input: piece.Input, Label: name, Mode: "decimal", Size: 8, Max: maxText / 4})
		default:
			p.Line(question.Line{Input: piece.Input, Label: name, Size: public.Size, Max: maxText / 4})
		}
		p.State(piece.Input)
		p.Raw("</span>")
	}
	p.Raw("</div>")
	n = 0
	for _, piece := range public.Pieces {
		if piece.Input == "" {
			continue
		}
		n++
		if p.Notes(piece.Input, `<div class="blank-note"><strong>`+p.Call.T("blank", n, count)+"</strong> ") {
			p.Raw("</div>")
		}
	}
}

// Judge implements question.Kind.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	var result question.Result
	for i := range secret.Blanks {
		b := &secret.Blanks[i]
		part := question.Part{ID: b.Input, Possible: 1}
		given := s.First(b.Input)
		fits, refusal := b.fits(given, secret.Fold, s.Locale)
		switch {
		case refusal != "":
			return question.Refused(b.Input, refusal), nil
		case fits:
			part.Earned = 1
		case given != "":
			part.Feedback = b.Feedback
		}
		result.Parts = append(result.Parts, part)
	}
	if secret.All {
		result.AllOrNothing()
	}
	return result, nil
}

// fits compares what was filled in with the key; refusal says why a number cannot be read.
func (b *right) fits(given string, rules fold.Rules, locale string) (fits bool, refusal string) {
	if given == "" {
		return false, ""
	}
	switch b.Kind {
	case choice:
		return slices.Contains(b.Values, given), ""
	case figure:
		n, err := number.Parse(given, locale)
		if errors.Is(err, number.ErrAmbiguous) {
			return false, "two_ways"
		}
		if err != nil || n.Rest != "" {
			return false, "no_number"
		}
		// What is on the edge is inside, however the computer writes tenths.
		slack := 1e-12 * max(b.Most, -b.Least, 1e-300)
		return n.Value >= b.Least-slack && n.Value <= b.Most+slack, ""
	}
	given = rules.Fold(given)
	return slices.ContainsFunc(b.Values, func(text string) bool { return rules.Fold(text) == given }), ""
}

// Solve implements question.Kind.
func (kind) Solve(_ Public, secret Secret) question.Answers {
	answers := question.Answers{}
	for _, b := range secret.Blanks {
		answers[b.Input] = b.Values[:1]
	}
	if len(answers) == 0 {
		return nil
	}
	return answers
}

// Words implements question.Worder.
func (kind) Words(public Public, input string, values []string) string {
	for _, piece := range public.Pieces {
		if piece.Input == input && piece.Kind == choice {
			return piece.Choices.Words(values)
		}
	}
	return strings.Join(values, ", ")
}

// Reveal implements question.Revealer: the text with what is right in it.
func (kind) Reveal(p *question.Page, public Public, secret Secret) {
	n := 0
	p.Raw(`<div class="prose">`)
	for _, piece := range public.Pieces {
		p.Raw(piece.HTML)
		if piece.Input == "" {
			continue
		}
		value := secret.Blanks[n].Values[0]
		if piece.Kind == choice {
			value = piece.Choices.Word(value)
		}
		n++
		p.Raw("<b>")
		p.Put(value)
		p.Raw("</b>")
	}
	p.Raw("</div>")
}

// Check implements question.Checker.
func (kind) Check(f *Fields) []wire.Finding {
	findings := append(question.OneOf("credit", f.Credit, "each", "all"), question.Pictures("text", f.Text)...)
	pieces, mistakes := parse(f.Text)
	for _, m := range mistakes {
		found := question.Wrong("text", m.message, m.fix)
		found.Line, found.Column = m.line, m.column
		findings = append(findings, found)
	}
	if len(mistakes) == 0 && len(pieces) < 2 {
		findings = append(findings, question.Wrong("text", "the text has no blank", "put what is right between two brackets: [[Paris]]"))
	}
	return findings
}

// Compile-time guards.
var (
	_ question.Checker[Fields]          = kind{}
	_ question.Worder[Public]           = kind{}
	_ question.Revealer[Public, Secret] = kind{}
	_ question.Localised                = kind{}
	_ question.Keyed                    = Secret{}
)
