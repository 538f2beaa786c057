// Package fileupload asks for work that people grade: files, a text, or both, by a rubric or by points.
package fileupload

import (
	"math"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// text is the name under which the text is sent.
const text = "text"

// What an author asks for.
const (
	required = "required"
	optional = "optional"
	none     = "none"
)

// Bounds of what an author may allow.
const (
	mostFiles  = 20
	mostSize   = 1000 // megabytes
	mostPoints = 100_000
	maxText    = 50_000
)

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	question.Files
	FileAnswer string  `quoin:"file_answer,settings" default:"\"required\"" values:"required=Files must be handed in|optional=Files may be handed in|none=No files" title:"Files"`
	Kinds      string  `quoin:"file_kinds,settings" default:"\".pdf .docx .odt .txt .png .jpg .jpeg\"" title:"Kinds of files" help:"Endings of names, with spaces between. Empty takes any."`
	MaxFiles   int     `quoin:"max_files,settings,rare" default:"3" min:"1" max:"20" step:"1" title:"Most files"`
	MaxSize    float64 `quoin:"max_size,settings,rare" default:"10" min:"0.1" max:"1000" step:"0.1" title:"Largest file, in megabytes"`
	TextAnswer string  `quoin:"text_answer,settings" default:"\"none\"" values:"required=A text must be written|optional=A text may be written|none=No text" title:"Text"`
	Rubric     []Row   `quoin:"rubric,content" title:"Rubric" add:"Add an option" help:"One row for each option that a grader chooses from. Rows that leave the criterion empty belong to the one above. Without rows a grader gives points."`
	ShowRubric bool    `quoin:"show_rubric,settings,rare" default:"true" title:"Learners see the rubric before they hand in"`
	Points     float64 `quoin:"points,settings" default:"10" min:"0" title:"Points without a rubric" help:"What a grader gives at most where there is no rubric."`
}

// Row is one option of the rubric.
type Row struct {
	ID        string  `json:"id,omitempty" quoin:"id,id"`
	Criterion string  `json:"criterion,omitempty" quoin:"criterion" title:"Criterion" help:"Empty is the one above."`
	Option    string  `json:"option,omitempty" quoin:"option" title:"Option"`
	Points    float64 `json:"points,omitempty" quoin:"points" min:"0" title:"Points"`
	Help      string  `json:"help,omitempty" quoin:"help,text,rare" title:"What it means"`
}

// Public is what views need.
type Public struct {
	Files   *wire.Uploads    `json:"f,omitempty"`
	Text    bool             `json:"t,omitempty"`
	Rubric  []wire.Criterion `json:"r,omitempty"`
	Show    bool             `json:"s,omitempty"`
	Points  float64          `json:"p,omitempty"`
	Needs   bool             `json:"n,omitempty"` // a file must be there
	NeedsIt bool             `json:"w,omitempty"` // a text must be there
}

// Secret is what grading needs; none of it is a secret.
type Secret struct {
	Rubric []wire.Criterion `json:"r,omitempty"`
	Points float64          `json:"p,omitempty"`
	Needs  []string         `json:"n,omitempty"`
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block {
	return question.New[Fields, Public, Secret](kind{}, question.Spec{Catalogue: question.Words(locales)})
}

// Prepare implements question.Kind.
func (kind) Prepare(f *Fields) question.Prepared[Public, Secret] {
	rubric := f.rubric()
	out := question.Prepared[Public, Secret]{ByHand: true, Points: clamp(f.Points, 0, mostPoints)}
	if len(rubric) > 0 {
		out.Points = 0
		for i := range rubric {
			out.Points += best(&rubric[i])
		}
	}
	out.Public = Public{
		Text: f.TextAnswer == required || f.TextAnswer == optional, Rubric: rubric, Show: f.ShowRubric, Points: out.Points,
		Needs: f.FileAnswer == required, NeedsIt: f.TextAnswer == required,
	}
	out.Secret = Secret{Rubric: rubric, Points: out.Points}
	if f.FileAnswer != none {
		out.Public.Files = &wire.Uploads{
			Files: int(clamp(float64(f.MaxFiles), 1, mostFiles)), Bytes: int64(clamp(f.MaxSize, 0.001, mostSize) * 1e6), Kinds: kinds(f.Kinds),
		}
		out.Inputs = append(out.Inputs, question.Input{Name: question.FilesInput, Label: "Files", Many: true, Max: 300})
	}
	if out.Public.Text {
		out.Inputs = append(out.Inputs, question.Input{Name: text, Label: "Text", Max: maxText})
	}
	if out.Public.Needs {
		out.Secret.Needs = append(out.Secret.Needs, question.FilesInput)
	}
	if out.Public.NeedsIt {
		out.Secret.Needs = append(out.Secret.Needs, text)
	}
	// Without either nothing can be handed in; without points nothing can be given, and the platform would divide by them.
	out.Unready = len(out.Inputs) == 0 || out.Points <= 0
	if out.Points <= 0 {
		out.Points = 1
	}
	return out
}

func clamp(x, low, high float64) float64 { return math.Min(math.Max(x, low), high) }

// kinds reads the endings that an author wrote, however: "pdf, .docx".
func kinds(text string) []string {
	var out []string
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\n' || r == '\t' }) {
		word = "." + strings.TrimLeft(word, "*.")
		if len(word) > 1 && len(word) <= 20 && !strings.ContainsAny(word, `/\"<>`) && !slices.Contains(out, word) && len(out) < 50 {
			out = append(out, word)
		}
	}
	return out
}

// rubric puts the rows together: those without a criterion of their own go on with the one above, and those without a name are
// left out.
func (f *Fields) rubric() []wire.Criterion {
	var ids, texts []string
	for _, row := range f.Rubric {
		ids, texts = append(ids, row.ID), append(texts, row.Criterion+"\x00"+row.Option)
	}
	names := question.IDs(ids, texts)
	var out []wire.Criterion
	for i, row := range f.Rubric {
		title := strings.TrimSpace(row.Criterion)
		if strings.TrimSpace(row.Option) == "" || title == "" && len(out) == 0 {
			continue
		}
		if title != "" && (len(out) == 0 || out[len(out)-1].Title != title) {
			out = append(out, wire.Criterion{ID: names[i], Title: title})
		}
		last := &out[len(out)-1]
		last.Options = append(last.Options, wire.Choose{
			ID: names[i], Title: strings.TrimSpace(row.Option), Help: strings.TrimSpace(row.Help), Points: clamp(row.Points, 0, mostPoints),
		})
	}
	return out
}

// best is the most that a criterion gives.
func best(c *wire.Criterion) float64 {
	most := 0.0
	for _, o := range c.Options {
		most = math.Max(most, o.Points)
	}
	return most
}

// Uploads implements question.Uploader.
func (kind) Uploads(public Public) *wire.Uploads { return public.Files }

// Marking implements question.Marker.
func (kind) Marking(public Public) *wire.Marking {
	return &wire.Marking{Points: public.Points, Criteria: public.Rubric}
}

// Judge implements question.Kind: by what a grader gave, and until then by nobody.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	for _, need := range secret.Needs {
		if len(s.Answers[need]) == 0 {
			return question.Refused(need, "needs_"+need), nil
		}
	}
	mark, err := sdk.NewestMark(s.Evidence)
	if err != nil {
		return question.Result{}, err
	}
	if mark == nil {
		return question.Result{Pending: question.ByStaff}, nil
	}
	result := question.Result{Parts: parts(secret, mark), Feedback: question.Paragraphs(mark.Comment)}
	return result, nil
}

// parts are what a grader chose, by criterion. Where a rubric has changed since and a choice is gone, the points that were given
// stand as a whole.
func parts(secret Secret, mark *wire.Mark) []question.Part {
	whole := []question.Part{{ID: "points", Earned: clamp(mark.Points, 0, secret.Points), Possible: secret.Points}}
	if len(secret.Rubric) == 0 {
		return whole
	}
	var list []question.Part
	for i := range secret.Rubric {
		c := &secret.Rubric[i]
		at := slices.IndexFunc(c.Options, func(o wire.Choose) bool { return o.ID == mark.Chosen[c.ID] })
		if at < 0 {
			return whole
		}
		list = append(list, question.Part{
			ID: c.ID, Earned: c.Options[at].Points, Possible: best(c), Marks: []question.Mark{{At: c.Options[at].ID}},
		})
	}
	return list
}

// Solve implements question.Kind: nobody knows an answer beforehand.
func (kind) Solve(Public, Secret) question.Answers { return nil }

// Words implements question.Worder.
func (kind) Words(_ Public, _ string, values []string) string { return strings.Join(values, ", ") }

// Check implements question.Checker.
func (kind) Check(f *Fields) []wire.Finding {
	findings := slices.Concat(
		question.OneOf("file_answer", f.FileAnswer, required, optional, none), question.OneOf("text_answer", f.TextAnswer, required, optional, none))
	if f.FileAnswer == none && f.TextAnswer == none {
		findings = append(findings, question.Wrong("file_answer", "nothing can be handed in: neither files nor a text", "allow one of the two"))
	}
	if f.FileAnswer != none && strings.TrimSpace(f.Kinds) != "" && len(kinds(f.Kinds)) == 0 {
		findings = append(findings, question.Warn("file_kinds", "no ending is named, so any file is taken", "write some such as .pdf .docx"))
	}
	for _, kind := range kinds(f.Kinds) {
		if kind == ".exe" || kind == ".js" || kind == ".html" || kind == ".htm" || kind == ".svg" {
			findings = append(findings, question.Warn("file_kinds", "files of the kind "+kind+" can hold programs that run where graders open them", "take it out unless it is what you ask for"))
		}
	}
	return append(findings, f.checkRubric()...)
}

func (f *Fields) checkRubric() []wire.Finding {
	var findings []wire.Finding
	for i, row := range f.Rubric {
		switch {
		case strings.TrimSpace(row.Option) == "":
			findings = append(findings, question.InRow(question.Wrong("rubric", "this option has no name", "write one, or remove the row"), i, 2))
		case strings.TrimSpace(row.Criterion) == "" && i == 0:
			findings = append(findings, question.InRow(question.Wrong("rubric", "the first row names no criterion", "write what is judged"), i, 1))
		case row.Points < 0 || row.Points > mostPoints:
			findings = append(findings, question.InRow(question.Warn("rubric", "points are from 0 on", "write a number that is not below 0"), i, 3))
		}
	}
	rubric := f.rubric()
	total := 0.0
	for i := range rubric {
		total += best(&rubric[i])
		if len(rubric[i].Options) < 2 {
			findings = append(findings, question.Warn("rubric", "the criterion \""+rubric[i].Title+"\" has one option alone", "add another one to choose from"))
		}
	}
	if len(rubric) > 0 && total <= 0 || len(rubric) == 0 && f.Points <= 0 {
		findings = append(findings, question.Wrong("points", "a grader can give no points", "give some to the rubric's options, or to the whole"))
	}
	return findings
}

// Compile-time guards.
var (
	_ question.Checker[Fields]  = kind{}
	_ question.Worder[Public]   = kind{}
	_ question.Uploader[Public] = kind{}
	_ question.Marker[Public]   = kind{}
)
