package question

import "github.com/quoin-lms/quoin/sdk/wire"

// Line is a line to type in within something else, such as a sentence or a cell.
type Line struct {
	Input string
	// LabelledBy names elements that say what is asked, Label is their words where there are none.
	LabelledBy, Label string
	// Mode is an inputmode such as "decimal"; Size a width in characters; Max a maxlength.
	Mode      string
	Size, Max int
}

// Line writes a line alone. [Page.After] or [Page.State] writes what came of it.
func (p *Page) Line(l Line) {
	p.Raw(`<input type="text" class="line" id="`, ID(l.Input), `"`)
	p.Attr("aria-labelledby", l.LabelledBy)
	p.Attr("aria-label", l.Label)
	p.control(l.Input)
	p.Attr("inputmode", l.Mode)
	p.number("size", l.Size)
	p.number("maxlength", l.Max)
	p.Raw(` autocomplete="off" autocapitalize="none" spellcheck="false"`)
	p.Flag("readonly", p.Closed)
	p.Attr("value", p.Answers.First(l.Input))
	p.Raw(">")
}

// Tick writes a radio button or a check box of a cell. text is shown beside it where the window is too narrow for the columns'
// names; labelledBy names the elements that say what it stands for.
func (p *Page) Tick(input, value string, many bool, labelledBy, text string) {
	kind := "radio"
	if many {
		kind = "checkbox"
	}
	p.Raw(`<label class="cell-choice"><input type="`, kind, `"`)
	p.Attr("id", ID(input)+"-"+value)
	p.Attr("value", value)
	p.Attr("aria-labelledby", labelledBy)
	p.control(input)
	p.Flag("checked", p.Answers.Has(input, value))
	p.Flag("disabled", p.Closed)
	p.Raw(`> <span class="cell-text" aria-hidden="true">`)
	p.Put(text)
	p.Raw("</span></label>")
}

// State writes the word of what came of an input within a sentence. [Page.Notes] writes the rest elsewhere.
func (p *Page) State(input string) {
	if p.faulty(input) {
		p.Raw(` <span class="error" id="`, ID(input), `-state">`)
		p.Put(p.Result.Invalid.in(p.Call))
		p.Raw("</span>")
		return
	}
	part := p.Result.part(input)
	if part == nil {
		return
	}
	class, key := p.stateOf(input, part)
	p.Raw(` <span class="status `, string(class), `" id="`, ID(input), `-state"><span class="visually-hidden">`)
	p.Say(key)
	p.Raw("</span></span>")
}

// Notes writes the note and the feedback on an input, and reports whether there are any. before stands before them.
func (p *Page) Notes(input, before string) bool {
	part := p.Result.part(input)
	if part == nil || part.Note == nil && part.Feedback == "" {
		return false
	}
	p.Raw(before)
	class, _ := p.stateOf(input, part)
	p.remark(part, class)
	return true
}

// stateOf is the class and the word of an input's part.
func (p *Page) stateOf(input string, part *Part) (class wire.Correctness, key string) {
	judged := part.judged()
	if len(p.Answers[input]) == 0 && judged == wire.Incorrect {
		return wire.Incorrect, word(wire.Unanswered)
	}
	return judged, word(judged)
}
