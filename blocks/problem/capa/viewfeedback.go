package capa

// statusOf is the key of an input's status, "" when there is none to show.
func (w *writer) statusOf(in *Input) string {
	part := w.part(in)
	if part == nil {
		return ""
	}
	switch part.Correctness {
	case Correct:
		return "correct"
	case Partial:
		return "partial"
	case Incorrect, Unknown:
		if a, ok := w.o.Answers[in.ID]; !ok || a.empty() {
			return "unanswered"
		}
	}
	return "incorrect"
}

// classOf is the class of a judgement, by the key of its word. The page's style adds an icon to the word.
func classOf(key string) string {
	switch key {
	case "correct":
		return string(Correct)
	case "partial":
		return string(Partial)
	}
	return string(Incorrect)
}

// status is a word with an icon, or what is wrong with the field's answer.
func (w *writer) status(in *Input, tag string) {
	key := w.statusOf(in)
	class, word := "status "+classOf(key), w.text(key)
	if w.faulty(in) {
		key, class, word = "error", "error", w.o.Text.Text(w.failure().Message)
	}
	if key == "" {
		return
	}
	w.raw("<", tag)
	w.attr("class", class)
	w.attr("id", w.id(in, "-status"))
	w.flag("hidden", w.o.Whole && len(w.public.Inputs) == 1 && (key == "correct" || key == "partial" || key == "incorrect"))
	w.raw(">")
	w.put(word)
	w.raw("</", tag, ">")
}

// later writes the feedback on fields inside of sentences.
func (w *writer) later() {
	for _, part := range w.pending {
		w.feedback(part)
	}
	w.pending = nil
}

func (w *writer) feedback(part *Part) {
	if part == nil {
		return
	}
	if part.Feedback != nil {
		w.authorFeedback(part)
	}
	if part.Message != "" {
		w.raw(`<div class="feedback">`, part.Message, "</div>")
	}
	switch {
	case part.Hint == "":
	case part.HintMode == "on_request":
		w.raw(`<details class="feedback"><summary>`)
		w.put(w.text("hint"))
		w.raw("</summary>", part.Hint, "</details>")
	default:
		w.raw(`<div class="feedback">`, part.Hint, "</div>")
	}
}

// FeedbackHTML is what stands beside the input of a part: the author's markup, which must be sanitised.
func (p *Part) FeedbackHTML(text Catalogue) string {
	w := &writer{o: &ViewOptions{Text: text}}
	w.feedback(p)
	return w.b.String()
}

func (w *writer) authorFeedback(part *Part) {
	f, class := part.Feedback, "incorrect"
	switch {
	case f.Correct:
		class = "correct"
	case part.Correctness == Partial:
		class = "partial"
	}
	label := w.text("label_" + class)
	if f.Label != "" {
		label = f.Label
	}
	w.raw(`<div class="feedback `, classOf(class), `">`)
	if !f.Bare {
		w.raw("<strong>")
		w.put(label)
		w.raw("</strong> ")
	}
	if len(f.Items) == 1 {
		w.raw("<div>", f.Items[0], "</div></div>")
		return
	}
	w.raw("<ul>")
	for _, html := range f.Items {
		w.raw("<li>", html, "</li>")
	}
	w.raw("</ul></div>")
}

// targeted are the explanations for a chosen answer.
func (w *writer) targeted(response int) {
	if w.o.Result == nil {
		return
	}
	for i := range w.o.Result.Targeted {
		e := &w.o.Result.Targeted[i]
		if e.Response != response {
			continue
		}
		w.raw(`<div class="capa-explanation">`)
		if e.Verdict != "" {
			class := "incorrect"
			if e.Verdict == Correct {
				class = "correct"
			}
			w.raw(`<p class="status `, class, `">`)
			w.put(w.text(class))
			w.raw("</p>")
		}
		w.raw(e.HTML, "</div>")
	}
}
