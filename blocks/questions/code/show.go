package code

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Lines of the editor, at least and at most.
const fewestLines, mostLines = 8, 24

// Show implements question.Kind.
func (kind) Show(p *question.Page, public Public) {
	outcomes := outcomesOf(p.Result)
	if public.Setup != "" {
		p.Raw(`<details class="program-setup"><summary>`)
		p.Say("setup_" + setupWord(public.Language))
		p.Raw("</summary>")
		text(p, "", public.Setup)
		p.Raw("</details>")
	}
	written := p.Answers.First(input)
	if len(p.Answers) == 0 {
		written = public.Start
	}
	p.Type(question.Entry{
		Input: input, Label: p.Call.T("your_program", titles[public.Language]), Class: "code", Language: public.Language, Start: public.Start,
		Lines: min(max(fewestLines, strings.Count(written, "\n")+2), mostLines), Marked: marked(outcomes),
	})
	table(p, &public, outcomes)
}

// titles are the languages' names, which are the same everywhere.
var titles = map[string]string{wire.LanguagePython: "Python", wire.LanguageJavaScript: "JavaScript", wire.LanguageSQL: "SQL"}

func setupWord(language string) string {
	if language == wire.LanguageSQL {
		return "tables"
	}
	return "code"
}

// outcomesOf reads what a verdict keeps of the tests, by their ids.
func outcomesOf(r *question.Result) map[string]outcome {
	if r == nil || len(r.Own) == 0 {
		return nil
	}
	var list []outcome
	if json.Unmarshal(r.Own, &list) != nil {
		return nil // an older version of this type wrote it: then the tests say that they were not run
	}
	outcomes := map[string]outcome{}
	for _, o := range list {
		outcomes[o.ID] = o
	}
	return outcomes
}

// marked are the lines of mistakes, which the editor shows.
func marked(outcomes map[string]outcome) string {
	var numbers []int
	for _, o := range outcomes {
		if o.Line > 0 {
			numbers = append(numbers, o.Line)
		}
	}
	slices.Sort(numbers)
	var words []string
	for _, n := range slices.Compact(numbers) {
		words = append(words, strconv.Itoa(n))
	}
	return strings.Join(words, " ")
}

// table writes the tests: what they are called, what became of them, and below each what went in and came out.
func table(p *question.Page, public *Public, outcomes map[string]outcome) {
	head := question.ID("tests")
	p.Raw(`<table class="tests" aria-labelledby="`, head, `"><caption id="`, head, `">`)
	passed, run := 0, 0
	for _, t := range public.Tests {
		if o, ok := outcomes[t.ID]; ok {
			run++
			if o.State == statePassed {
				passed++
			}
		}
	}
	if run > 0 {
		p.Say("tests_passed", strconv.Itoa(passed), strconv.Itoa(run))
	} else {
		p.Say("tests")
	}
	p.Raw(`</caption><thead><tr><th scope="col">`)
	p.Say("test")
	p.Raw(`</th><th scope="col">`)
	p.Say("result")
	p.Raw(`</th><th scope="col" class="number">`)
	p.Say("test_points")
	p.Raw("</th></tr></thead><tbody>")
	n, hidden := 0, 0
	for i := range public.Tests {
		t := &public.Tests[i]
		o, ran := outcomes[t.ID]
		if t.Hidden {
			hidden++
			row(p, public, t, "hidden_test", hidden, o, ran)
			continue
		}
		n++
		row(p, public, t, "test_number", n, o, ran)
	}
	p.Raw("</tbody></table>")
}

// row writes one test.
func row(p *question.Page, public *Public, t *shown, key string, n int, o outcome, ran bool) {
	p.Raw(`<tr><th scope="row">`)
	p.Say(key, n)
	if t.Name != "" {
		p.Raw(" <span>")
		p.Put(t.Name)
		p.Raw("</span>")
	}
	p.Raw("</th><td>")
	switch {
	case !ran:
		p.Raw(`<span class="soft">`)
		p.Say("not_run")
		p.Raw("</span>")
	case o.State == statePassed:
		p.Status(string(wire.Correct), "state_passed")
	default:
		p.Status(string(wire.Incorrect), stateKey(o.State))
	}
	p.Raw(`</td><td class="number">`)
	if ran && p.Result.Tried == nil {
		earned := 0.0
		if o.State == statePassed {
			earned = t.Points
		}
		p.Say("points_of", question.Number(earned), question.Number(t.Points))
	} else {
		p.Put(question.Number(t.Points))
	}
	p.Raw("</td></tr>")
	remark := ""
	if p.Result != nil {
		for i := range p.Result.Parts {
			if p.Result.Parts[i].ID == t.ID {
				remark = p.Result.Parts[i].Feedback
			}
		}
	}
	if t.Hidden && remark == "" {
		return
	}
	p.Raw(`<tr class="test-more"><td colspan="3">`)
	if remark != "" {
		p.Raw(`<div class="feedback incorrect">`, remark, "</div>")
	}
	if !t.Hidden {
		more(p, public, t, o, ran)
	}
	p.Raw("</td></tr>")
}

// stateKey is the word for a state; a verdict of a later version may name others.
func stateKey(state string) string {
	switch state {
	case stateFailed, stateError, stateSkipped, wire.LimitTime, wire.LimitMemory, wire.LimitOutput, wire.LimitDepth:
		return "state_" + state
	}
	return "state_" + stateFailed
}

// more writes what went in and what came out of a test that learners see. What passed is folded.
func more(p *question.Page, public *Public, t *shown, o outcome, ran bool) {
	bad := ran && o.State != statePassed
	p.Raw("<details")
	p.Flag("open", bad)
	p.Raw("><summary>")
	p.Say("test_more")
	p.Raw("</summary>")
	labels := [2]string{"test_input", "test_expected"}
	switch {
	case public.Asks == asksCall:
		labels = [2]string{"test_call", "test_value"}
	case public.Language == wire.LanguageSQL:
		labels = [2]string{"test_rows", "test_gives"}
	}
	if t.Input != "" {
		text(p, labels[0], t.Input)
	}
	if bad && o.Error != "" {
		p.Raw(`<p class="test-error"><strong>`)
		if o.Line > 0 {
			p.Say("error_in_line", o.Line)
		} else {
			p.Say("error_somewhere")
		}
		p.Raw(`</strong> <code dir="ltr">`)
		p.Put(o.Error)
		p.Raw("</code></p>")
	}
	switch {
	case bad && o.State == stateFailed:
		compared(p, o.Output, o.Expected)
	case t.Expected != "":
		text(p, labels[1], t.Expected)
	case o.Expected != "":
		text(p, labels[1], o.Expected)
	}
	if bad && o.State != stateFailed && o.Output != "" {
		text(p, "test_printed", o.Output)
	}
	if o.Printed != "" {
		text(p, "test_printed", o.Printed)
	}
	p.Raw("</details>")
}

// text writes a text of a program's under its label, exactly as it is.
func text(p *question.Page, label, content string) {
	p.Raw(`<div class="program-text">`)
	if label != "" {
		p.Raw("<strong>")
		p.Say(label)
		p.Raw("</strong>")
	}
	p.Raw(`<pre dir="ltr"><code>`)
	p.Put(content)
	p.Raw("</code></pre></div>")
}

// compared writes two outputs line by line. Words and signs say whose a line is, so that nobody needs the colours.
func compared(p *question.Page, got, want string) {
	p.Raw(`<div class="program-text"><strong>`)
	p.Say("compared")
	p.Raw("</strong>")
	switch {
	case strings.TrimSpace(got) == "":
		p.Paragraph("nothing_came")
	case spacesOnly(got, want):
		p.Paragraph("spaces_only")
	}
	p.Raw(`<ol class="diff">`)
	for _, l := range diff(got, want) {
		p.Raw(`<li class="`, l.kind, `"><span class="diff-word">`)
		p.Say("line_" + l.kind)
		p.Raw(`</span> <code dir="ltr">`)
		p.Put(l.text)
		p.Raw("</code></li>")
	}
	p.Raw("</ol></div>")
}
