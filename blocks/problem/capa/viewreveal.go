package capa

import "strings"

// Values are the right answers by input, in plain text: for APIs, and for marking fields.
func (r *Revealed) Values() map[string]string {
	values := map[string]string{}
	for _, shown := range r.Answers {
		if shown.Choices != nil {
			values[shown.ID] = strings.Join(shown.Choices, ",")
			continue
		}
		values[shown.ID] = strings.Join(shown.Texts, " | ")
	}
	return values
}

// RevealView renders the right answers and the author's explanations, which must be sanitised.
func (p *Public) RevealView(r *Revealed, text Catalogue) string {
	return p.revealed(r, &ViewOptions{Text: text})
}

// RevealBelow is RevealView for a place whose heading says already that the answer stands there: the answer of a problem's
// only field has no second one.
func (p *Public) RevealBelow(r *Revealed, text Catalogue) string {
	return p.revealed(r, &ViewOptions{Text: text, Whole: true})
}

func (p *Public) revealed(r *Revealed, o *ViewOptions) string {
	w := &writer{public: p, o: o, revealed: r}
	if len(r.Answers) > 0 {
		w.raw(`<dl class="capa-answers">`)
		for i := range p.Inputs {
			for k := range r.Answers {
				if r.Answers[k].ID == p.Inputs[i].ID {
					w.answer(&p.Inputs[i], &r.Answers[k])
				}
			}
		}
		w.raw("</dl>")
	}
	for i := range r.Solutions {
		w.raw(`<section class="capa-solution"`)
		w.attr("aria-label", w.text("explanation"))
		w.raw(">", r.Solutions[i].HTML, "</section>")
	}
	return w.b.String()
}

func (w *writer) answer(in *Input, shown *Shown) {
	_, n := w.position(in)
	several := w.public.Questions > 1 || n > 1
	w.raw("<dt")
	if w.o.Whole && !several {
		w.raw(` class="visually-hidden"`)
	}
	w.raw(">")
	w.put(w.text("answer"))
	if several {
		w.raw(` <span class="capa-answer-of">`)
		w.put(w.answerOf(in))
		w.raw("</span>")
	}
	w.raw("</dt>")
	if shown.Choices == nil {
		w.raw("<dd>")
		for i, text := range shown.Texts {
			if i > 0 {
				w.raw(" ")
				w.put(w.text("or"))
				w.raw(" ")
			}
			w.raw("<b>")
			w.put(text)
			w.raw("</b>")
		}
		w.raw("</dd>")
		return
	}
	for i := range in.Choices {
		for _, name := range shown.Choices {
			if name == in.Choices[i].Name {
				w.raw("<dd>", in.Choices[i].shown())
				w.numbers(name)
				w.raw("</dd>")
			}
		}
	}
}

// numbers are those to fill in within a right choice.
func (w *writer) numbers(choice string) {
	for i := range w.revealed.Answers {
		if shown := &w.revealed.Answers[i]; shown.ID == choice && len(shown.Texts) > 0 && shown.Texts[0] != "" {
			w.raw(" <b>")
			w.put(shown.Texts[0])
			w.raw("</b>")
		}
	}
}

// answerOf names the field that an answer belongs to.
func (w *writer) answerOf(in *Input) string {
	if label := plain(in.Label); label != "" {
		return label
	}
	k, n := w.position(in)
	name := w.text("question_of", in.Response+1, w.public.Questions)
	if n > 1 {
		name += ", " + itoa(k)
	}
	return name
}
