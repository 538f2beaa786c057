// Package grid asks the same of several rows: a choice, several, or a text in each column.
package grid

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/fold"
	"github.com/quoin-lms/quoin/blocks/questions/internal/options"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/markup"
	"github.com/quoin-lms/quoin/sdk/question"
)

// What is asked of a row.
const (
	one     = "one"
	several = "several"
	texts   = "text"
)

// maxText is the limit of a cell's text, in bytes.
const maxText = 400

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Columns string `quoin:"columns,content,text" default:"\"True\\nFalse\"" title:"Columns" help:"One on each line."`
	Rows    []Row  `quoin:"rows,content,secret" title:"Rows" add:"Add a row" help:"Each is a point; where texts are asked for, each cell is one."`
	Asked   string `quoin:"asked,settings" default:"\"one\"" values:"one=One choice in each row|several=Several choices in each row|text=A text in each cell" title:"What learners do"`
	Shuffle bool   `quoin:"shuffle,settings" title:"Shuffle the rows"`
	Credit  string `quoin:"credit,settings,rare" default:"\"each\"" values:"each=Each row counts|all=All or nothing" title:"Partly right answers"`
}

// Row is one row of the author's list.
type Row struct {
	ID       string `json:"id,omitempty" quoin:"id,id"`
	Text     string `json:"text,omitempty" quoin:"text,html" title:"Row"`
	Right    string `json:"right,omitempty" quoin:"right,text,secret" title:"Right" help:"The column that is right; several on lines of their own. Where texts are asked for: a line for each column, alternatives divided by |, an empty line or a - where nothing is asked."`
	Feedback string `json:"feedback,omitempty" quoin:"feedback,html,secret,rare" title:"Feedback where it is wrong"`
}

// Public is what learners see.
type Public struct {
	Columns []string `json:"c,omitempty"`
	Rows    []shown  `json:"r,omitempty"`
	Asked   string   `json:"a,omitempty"`
	Shuffle bool     `json:"s,omitempty"`
}

type shown struct {
	ID   string `json:"i"`
	HTML string `json:"h"`
	// Cells are the columns in which a text is asked for.
	Cells []int `json:"c,omitempty"`
}

// Secret is what is right.
type Secret struct {
	Parts []right `json:"p,omitempty"`
	All   bool    `json:"a,omitempty"`
}

// right is one input's key: columns by number, or texts of which each is right.
type right struct {
	Input    string   `json:"i"`
	Values   []string `json:"v"`
	Text     bool     `json:"t,omitempty"`
	Feedback string   `json:"f,omitempty"`
}

// Key implements question.Keyed: feedback changes no score.
func (s Secret) Key() any {
	key := map[string][]string{}
	for _, p := range s.Parts {
		key[p.Input] = p.Values
	}
	return []any{s.All, key}
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block {
	return question.New[Fields, Public, Secret](kind{}, question.Spec{})
}

// columns are the numbers of the columns that a row's right lines name; ok is false when one is unknown.
func (r *Row) columns(of []string) (numbers []string, ok bool) {
	for _, line := range options.Lines(r.Right) {
		at := slices.IndexFunc(of, func(c string) bool { return strings.EqualFold(c, line) })
		if at < 0 {
			return nil, false
		}
		numbers = append(numbers, strconv.Itoa(at))
	}
	return numbers, true
}

// cells are the right texts by column, none where nothing is asked.
func (r *Row) cells(columns int) [][]string {
	lines := strings.Split(r.Right, "\n")
	cells := make([][]string, columns)
	for i := range min(columns, len(lines)) {
		if line := strings.TrimSpace(lines[i]); line != "-" {
			for text := range strings.SplitSeq(line, "|") {
				if text = strings.TrimSpace(text); text != "" {
					cells[i] = append(cells[i], text)
				}
			}
		}
	}
	return cells
}

// Prepare implements question.Kind. Rows without a right answer are left out.
func (kind) Prepare(f *Fields) question.Prepared[Public, Secret] {
	columns := options.Lines(f.Columns)
	out := question.Prepared[Public, Secret]{Shuffles: f.Shuffle}
	out.Public = Public{Columns: columns, Asked: f.Asked, Shuffle: f.Shuffle}
	out.Secret.All = f.Credit == string(question.AllOrNothing)
	var ids, words []string
	for _, r := range f.Rows {
		ids, words = append(ids, r.ID), append(words, r.Text)
	}
	names := question.IDs(ids, words)
	for i := range f.Rows {
		r := &f.Rows[i]
		row := shown{ID: "row-" + names[i], HTML: r.Text}
		if markup.Text(r.Text) == "" && !strings.Contains(r.Text, "<img") {
			continue
		}
		if f.Asked == texts {
			ask(&out, r, &row, columns)
		} else if numbers, ok := r.columns(columns); ok && (len(numbers) == 1 || f.Asked == several) {
			out.Secret.Parts = append(out.Secret.Parts, right{row.ID, numbers, false, r.Feedback})
			out.Inputs = append(out.Inputs, question.Input{Name: row.ID, Label: markup.Text(r.Text), Many: f.Asked == several, Max: 8})
		} else {
			continue
		}
		out.Public.Rows = append(out.Public.Rows, row)
	}
	out.Points = float64(len(out.Inputs))
	out.Unready = len(columns) == 0 || len(columns) == 1 && f.Asked != texts
	out.Search = markup.Text(strings.Join(append(words, columns...), " "))
	return out
}

// ask adds the cells of a row in which a text is asked for.
func ask(out *question.Prepared[Public, Secret], r *Row, row *shown, columns []string) {
	for c, words := range r.cells(len(columns)) {
		if len(words) == 0 {
			continue
		}
		input := cell(row.ID, c)
		row.Cells = append(row.Cells, c)
		out.Secret.Parts = append(out.Secret.Parts, right{input, words, true, r.Feedback})
		out.Inputs = append(out.Inputs, question.Input{Name: input, Label: markup.Text(r.Text) + ": " + columns[c], Max: maxText})
	}
}

// Show implements question.Kind.
func (kind) Show(p *question.Page, public Public) {
	p.Raw(`<div class="grid-scroll"><table class="grid"`)
	p.Attr("aria-labelledby", question.PromptID)
	p.Raw(`><thead><tr><td></td>`)
	for c, column := range public.Columns {
		p.Raw(`<th scope="col" id="`, columnID(c), `">`)
		p.Put(column)
		p.Raw("</th>")
	}
	p.Raw("</tr></thead><tbody>")
	for _, at := range p.Order("rows", len(public.Rows), func(int) bool { return !public.Shuffle }) {
		public.row(p, &public.Rows[at])
	}
	p.Raw("</tbody></table></div>")
}

func columnID(c int) string { return question.ID("column-" + strconv.Itoa(c)) }

func (public *Public) row(p *question.Page, row *shown) {
	id := question.ID(row.ID + "-text")
	p.Raw(`<tr><th scope="row"><div id="`, id, `">`, row.HTML, "</div>")
	if public.Asked != texts {
		p.After(row.ID)
	}
	p.Raw("</th>")
	for c, column := range public.Columns {
		p.Raw("<td")
		p.Attr("data-column", column)
		p.Raw(">")
		if public.Asked != texts {
			p.Tick(row.ID, strconv.Itoa(c), public.Asked == several, columnID(c)+" "+id, column)
		} else if input := cell(row.ID, c); slices.Contains(row.Cells, c) {
			p.Line(question.Line{Input: input, LabelledBy: id + " " + columnID(c), Size: 12, Max: maxText / 4})
			p.After(input)
		}
		p.Raw("</td>")
	}
	p.Raw("</tr>")
}

// cell names the input of a cell.
func cell(row string, column int) string { return row + "-" + strconv.Itoa(column) }

// Judge implements question.Kind.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	rules := fold.Rules{Case: true}
	var result question.Result
	for i := range secret.Parts {
		r := &secret.Parts[i]
		part := question.Part{ID: r.Input, Possible: 1}
		if r.fits(s.Answers[r.Input], rules) {
			part.Earned = 1
		} else {
			part.Feedback = r.Feedback
		}
		result.Parts = append(result.Parts, part)
	}
	if secret.All {
		result.AllOrNothing()
	}
	return result, nil
}

// fits compares an answer with the key: every column of it and no other, or one of the texts.
func (r *right) fits(given []string, rules fold.Rules) bool {
	if r.Text {
		return len(given) > 0 && slices.ContainsFunc(r.Values, func(text string) bool { return rules.Fold(text) == rules.Fold(given[0]) })
	}
	for _, value := range given {
		if !slices.Contains(r.Values, value) {
			return false
		}
	}
	for _, value := range r.Values {
		if !slices.Contains(given, value) {
			return false
		}
	}
	return true
}

// Solve implements question.Kind.
func (kind) Solve(_ Public, secret Secret) question.Answers {
	answers := question.Answers{}
	for _, r := range secret.Parts {
		switch {
		case r.Text:
			answers[r.Input] = r.Values[:1]
		case len(r.Values) > 0:
			answers[r.Input] = r.Values
		}
	}
	if len(answers) == 0 {
		return nil
	}
	return answers
}

// Words implements question.Worder.
func (kind) Words(public Public, _ string, values []string) string {
	if public.Asked == texts {
		return strings.Join(values, ", ")
	}
	var words []string
	for c, column := range public.Columns {
		if slices.Contains(values, strconv.Itoa(c)) {
			words = append(words, column)
		}
	}
	return strings.Join(words, ", ")
}

// Compile-time guards.
var (
	_ question.Checker[Fields] = kind{}
	_ question.Worder[Public]  = kind{}
	_ question.Keyed           = Secret{}
)
