package question

// Pick is a drop-down list within something else, such as a row or a sentence.
type Pick struct {
	Input string
	// LabelledBy names elements that say what is asked, Label is their words where there are none.
	LabelledBy, Label string
	// Empty is the key of the word for no answer; "" is "Select an option". Full leaves it out.
	Empty   string
	Full    bool
	Options []Option
	// Value is chosen as long as the learner has chosen nothing.
	Value string
}

// Pick writes a drop-down list alone. [Page.After] writes what came of it.
func (p *Page) Pick(k Pick) {
	p.Raw(`<select class="pick" id="`, ID(k.Input), `"`)
	p.Attr("aria-labelledby", k.LabelledBy)
	p.Attr("aria-label", k.Label)
	p.control(k.Input)
	p.options(&k)
}

// options are the rest of a drop-down list, behind its other attributes.
func (p *Page) options(k *Pick) {
	p.Flag("disabled", p.Closed)
	p.Raw(">")
	if !k.Full {
		p.Raw(`<option value="">`)
		if k.Empty == "" {
			k.Empty = "select_option"
		}
		p.Say(k.Empty)
		p.Raw("</option>")
	}
	chosen := p.Answers.First(k.Input)
	if chosen == "" {
		chosen = k.Value
	}
	for _, o := range k.Options {
		p.Raw("<option")
		p.Attr("value", o.Value)
		p.Flag("selected", o.Value == chosen)
		p.Raw(">")
		p.Put(o.HTML)
		p.Raw("</option>")
	}
	p.Raw("</select>")
}

// After writes what came of an input: what is wrong with it, or its word, note and feedback.
func (p *Page) After(input string) { p.after(input) }
