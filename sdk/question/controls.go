package question

import "github.com/quoin-lms/quoin/sdk/wire"

// PromptID is the id of what is asked: controls without a label of their own are described by it.
const PromptID = "quoin:id/prompt"

// Option is one thing to choose.
type Option struct {
	Value string
	// HTML is the author's markup; in a drop-down list it is plain text.
	HTML string
}

// Choices writes a group of choices, radio buttons or, where many is set, check boxes. legend is the key of what is to be done.
// Choices that the part named as the input marks get their word and feedback below them.
func (p *Page) Choices(input string, many bool, legend string, options []Option) {
	kind, id := "radio", ID(input)
	if many {
		kind = "checkbox"
	}
	p.Raw(`<fieldset class="choices" id="`, id, `" aria-labelledby="`, PromptID, " ", id, `-do"`)
	p.describe(input)
	p.Raw(`><legend class="todo" id="`, id, `-do">`)
	p.Say(legend)
	p.Raw("</legend>")
	part := p.Result.part(input)
	for _, o := range options {
		at := id + "-" + o.Value
		mark := part.mark(o.Value)
		p.Raw(`<label class="choice"><input type="`, kind, `" id="`, at, `"`)
		p.Attr("name", input)
		p.Attr("form", Form)
		p.Attr("value", o.Value)
		p.Flag("checked", p.Answers.Has(input, o.Value))
		p.Flag("disabled", p.Closed)
		if mark != nil {
			p.Attr("aria-describedby", at+"-mark")
		}
		p.Raw(`> <span class="choice-text">`, o.HTML, "</span></label>")
		p.mark(mark, at+"-mark")
	}
	p.after(input)
	p.Raw("</fieldset>")
}

func (part *Part) mark(at string) *Mark {
	if part == nil {
		return nil
	}
	for i := range part.Marks {
		if part.Marks[i].At == at {
			return &part.Marks[i]
		}
	}
	return nil
}

// mark writes a remark on something within a part.
func (p *Page) mark(m *Mark, id string) {
	if m == nil {
		return
	}
	p.Raw(`<div class="mark" id="`, id, `">`)
	if m.Correctness != "" {
		p.Status(string(m.Correctness), word(m.Correctness))
	}
	if m.Feedback != "" {
		p.Raw("<div>", m.Feedback, "</div>")
	}
	p.Raw("</div>")
}

// Mark writes the remark that the part named as the input makes on something within it, under an id of its own, "" when there is
// none: what a control's aria-describedby names.
func (p *Page) Mark(input, at string) (id string) {
	m := p.Result.part(input).mark(at)
	if m == nil {
		return ""
	}
	id = ID(input + "-" + at + "-mark")
	p.mark(m, id)
	return id
}

// Entry is a line or an area to type in.
type Entry struct {
	Input string
	// Label is plain text; "" is the word "Your answer".
	Label string
	// Unit stands behind the line.
	Unit string
	// Help is a plain sentence below the label.
	Help string
	// DescribedBy is the id of something else on the page that says more.
	DescribedBy string
	// Class is added to the field; "math" keeps it left to right and offers symbols.
	Class string
	// Start stands in it as long as the learner has written nothing.
	Start string
	// Language is that of a field of class code, Marked the lines of it that something is wrong with, divided by spaces.
	Language, Marked string
	// Symbols are what a field of class math offers to press, divided by spaces; "" are the usual ones. Preview shows there how the
	// formula is understood: "free" where 2x is a product, with the names of the variables in Names, divided by spaces; "calc"
	// where products must be written.
	Symbols, Preview, Names string
	// Mode is an inputmode such as "decimal"; Size a width in characters; Lines more than 1 an area; Max a maxlength.
	Mode             string
	Size, Lines, Max int
	// Prose is text in somebody's own words: the browser may help with its spelling.
	Prose bool
}

// Type writes a field to type in, with what is wrong or right with it.
func (p *Page) Type(e Entry) {
	id := ID(e.Input)
	p.Raw(`<div class="field`)
	if e.Class != "" {
		p.Raw(" ", e.Class)
	}
	p.Raw(`"`)
	p.Attr("data-symbols", e.Symbols)
	p.Attr("data-preview", e.Preview)
	p.Attr("data-names", e.Names)
	p.Attr("data-language", e.Language)
	p.Attr("data-mark", e.Marked)
	p.Raw(`><label for="`, id, `">`)
	if e.Label == "" {
		p.Say("your_answer")
	} else {
		p.Put(e.Label)
	}
	p.Raw("</label>")
	var more []string
	if e.Label == "" {
		more = append(more, PromptID)
	}
	if e.Help != "" {
		p.Raw(`<p class="help" id="`, id, `-help">`)
		p.Put(e.Help)
		p.Raw("</p>")
		more = append(more, id+"-help")
	}
	if e.DescribedBy != "" {
		more = append(more, e.DescribedBy)
	}
	if e.Unit != "" {
		p.Raw(`<span class="question-entry">`)
		more = append(more, id+"-unit")
	}
	tag := "input"
	if e.Lines > 1 {
		tag = "textarea"
	}
	p.Raw("<", tag, ` id="`, id, `"`)
	p.control(e.Input, more...)
	p.Attr("inputmode", e.Mode)
	p.number("maxlength", e.Max)
	if e.Prose {
		p.Raw(` autocomplete="off" spellcheck="true" dir="auto"`)
	} else {
		p.Raw(` autocomplete="off" autocapitalize="none" spellcheck="false"`)
	}
	p.Flag("readonly", p.Closed)
	if e.Lines > 1 {
		p.number("rows", e.Lines)
		p.Raw(">\n")
		p.Put(e.value(p))
		p.Raw("</textarea>")
	} else {
		p.number("size", e.Size)
		p.Raw(` type="text"`)
		p.Attr("value", e.value(p))
		p.Raw(">")
	}
	if e.Unit != "" {
		p.Raw(` <span class="question-unit" id="`, id, `-unit">`)
		p.Put(e.Unit)
		p.Raw("</span></span>")
	}
	p.after(e.Input)
	p.Raw("</div>")
}

// value is what stands in the field.
func (e *Entry) value(p *Page) string {
	if value := p.Answers.First(e.Input); value != "" || len(p.Answers) > 0 {
		return value
	}
	return e.Start
}

// Select writes a drop-down list. label is plain text; "" is the word "Your answer".
func (p *Page) Select(input, label string, options []Option) {
	id := ID(input)
	p.Raw(`<div class="field"><label for="`, id, `">`)
	var more []string
	if label == "" {
		p.Say("your_answer")
		more = append(more, PromptID)
	} else {
		p.Put(label)
	}
	p.Raw(`</label><select class="pick" id="`, id, `"`)
	p.control(input, more...)
	p.options(&Pick{Input: input, Options: options})
	p.after(input)
	p.Raw("</div>")
}

// control are the attributes that every control of an input has.
func (p *Page) control(input string, described ...string) {
	p.Attr("name", input)
	p.Attr("form", Form)
	p.describe(input, described...)
	if p.faulty(input) {
		p.Raw(` aria-invalid="true"`)
	}
}

func (p *Page) number(name string, n int) {
	if n > 0 {
		p.Attr(name, Number(float64(n)))
	}
}

// describe names what describes an input's control.
func (p *Page) describe(input string, ids ...string) {
	if p.faulty(input) || p.Result.part(input) != nil {
		ids = append(ids, ID(input)+"-state")
	}
	list := ""
	for i, id := range ids {
		if i > 0 {
			list += " "
		}
		list += id
	}
	p.Attr("aria-describedby", list)
}

// faulty reports whether this input is why nothing was graded.
func (p *Page) faulty(input string) bool {
	return p.Result != nil && p.Result.Invalid != nil && p.Result.At == input
}

// Remark writes what came of a part that is about several inputs together, such as the numbers of one equation. It stands behind
// the last of them.
func (p *Page) Remark(part string) {
	if found := p.Result.part(part); found != nil {
		p.remark(found, found.judged())
	}
}

// remark writes a part's note and feedback.
func (p *Page) remark(part *Part, class wire.Correctness) {
	if part.Note != nil {
		p.Raw(`<p class="note">`)
		p.Put(part.Note.in(p.Call))
		p.Raw("</p>")
	}
	if part.Feedback != "" {
		p.Raw(`<div class="feedback `, string(class), `">`, part.Feedback, "</div>")
	}
}

// after writes what came of an input: what is wrong with it, or its word, note and feedback. The only part of a question does
// not show its word again, since the verdict below says it: it only describes the control.
func (p *Page) after(input string) {
	if p.faulty(input) {
		p.Raw(`<p class="error" id="`, ID(input), `-state">`)
		p.Put(p.Result.Invalid.in(p.Call))
		p.Raw("</p>")
		return
	}
	part := p.Result.part(input)
	if part == nil {
		return
	}
	class, key := p.stateOf(input, part)
	p.Raw(`<p class="status `, string(class), `" id="`, ID(input), `-state"`)
	p.Flag("hidden", len(p.Result.Parts) == 1)
	p.Raw(">")
	p.Say(key)
	p.Raw("</p>")
	p.remark(part, class)
}
