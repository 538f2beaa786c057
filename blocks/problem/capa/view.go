package capa

import (
	"strconv"
	"strings"
)

// ViewOptions says how a problem is shown. The zero value shows it as nobody has answered it, in English.
type ViewOptions struct {
	// Form is the id of the form that the controls belong to; "" writes no form attribute.
	Form string
	// ID goes before every id, so that ids are unique on the page.
	ID string
	// Answers fill the fields.
	Answers Answers
	// Result is the newest judgement; nil shows none. Submitted stands for one that the learner may not see.
	Result    *Result
	Submitted bool
	// Whole says that the caller shows the verdict of the problem as a whole. The only field of a problem does not show it
	// again then: its own word still describes the field, but nobody sees it.
	Whole bool
	// Closed makes the fields read-only.
	Closed bool
	// Hints is how many hints on demand are open; NewHint marks the last of them as what the learner asked for just now.
	Hints   int
	NewHint bool
	Text    Catalogue
}

// View is a problem's HTML in parts that a caller arranges. It holds the author's markup, which must be sanitised, and no
// form element. Its classes are the platform's for questions (question, choices, choice, field, help, status, feedback,
// notice), and some of its own that start with "capa-". The element with the attribute data-result gets the focus.
type View struct {
	// Notice says why the problem cannot be answered or was not graded; "" mostly.
	Notice string
	Body   string
	// Hints are the open hints, "" when none is open.
	Hints string
}

// View renders the problem. In a problem with a script it shows the text only, as long as no variant was made.
func (p *Public) View(o ViewOptions) View {
	w := &writer{public: p, o: &o}
	w.b.Grow(p.size())
	for i := range p.Body {
		w.piece(&p.Body[i])
	}
	w.later()
	return View{w.notice(), w.b.String(), w.hints()}
}

// size guesses the length of the body.
func (p *Public) size() int {
	n := 0
	for i := range p.Body {
		n += len(p.Body[i].HTML) + 64
	}
	for i := range p.Inputs {
		n += len(p.Inputs[i].Label) + 512
		for k := range p.Inputs[i].Choices {
			n += len(p.Inputs[i].Choices[k].HTML) + 256
		}
	}
	return n
}

// writer builds the body.
type writer struct {
	public *Public
	o      *ViewOptions
	b      strings.Builder
	// pending is feedback on fields inside of sentences: it stands behind the question.
	pending []*Part
	// revealed are the right answers, where they are shown.
	revealed *Revealed
}

func (w *writer) text(key string, args ...any) string { return w.o.Text.text(key, args...) }

// raw appends markup, put appends text.
func (w *writer) raw(parts ...string) {
	for _, s := range parts {
		w.b.WriteString(s)
	}
}

func (w *writer) put(text string) { escape(&w.b, text) }

// attr appends an attribute with its value.
func (w *writer) attr(name, value string) {
	w.raw(" ", name, `="`)
	w.put(value)
	w.raw(`"`)
}

func (w *writer) flag(name string, on bool) {
	if on {
		w.raw(" ", name)
	}
}

func (w *writer) id(in *Input, suffix string) string { return w.o.ID + in.ID + suffix }

func (w *writer) piece(p *Piece) {
	kind := p.Kind
	if w.public.Unvaried && kind != PieceHTML && kind != PieceMissing {
		return
	}
	switch kind {
	case PieceHTML:
		w.raw(p.HTML)
	case PieceInput:
		w.input(&w.public.Inputs[p.N])
	case PieceOpen:
		w.raw(`<div class="question"`)
		if w.public.Questions > 1 {
			w.raw(` role="group"`)
			w.attr("aria-label", w.text("question_of", p.N+1, w.public.Questions))
		}
		w.raw(">")
	case PieceClose:
		w.later()
		w.raw("</div>")
	case PieceTargeted:
		w.targeted(p.N)
	case PieceMissing:
		w.raw(`<span class="capa-missing" role="note">`)
		w.put(w.text("unsupported_type", p.HTML))
		w.raw("</span>")
	}
}

func (w *writer) notice() string {
	var message string
	switch failure := w.failure(); {
	case w.public.Unvaried:
		message = w.text("script_failed")
	case failure != nil && !w.hasInput(failure.ID):
		message = w.o.Text.Text(failure.Message)
	case w.o.Submitted:
		message = w.text("submitted")
	default:
		return ""
	}
	return `<p class="notice warn">` + escaped(message) + "</p>"
}

func (w *writer) hasInput(id string) bool {
	for i := range w.public.Inputs {
		if w.public.Inputs[i].ID == id {
			return true
		}
	}
	return false
}

func (w *writer) failure() *Failure {
	if w.o.Result == nil {
		return nil
	}
	return w.o.Result.Failure
}

// part is the judgement on an input, nil when there is none.
func (w *writer) part(in *Input) *Part {
	if w.o.Result == nil {
		return nil
	}
	for i := range w.o.Result.Parts {
		if w.o.Result.Parts[i].ID == in.ID {
			return &w.o.Result.Parts[i]
		}
	}
	return nil
}

func (w *writer) hints() string {
	open := min(w.o.Hints, len(w.public.Hints))
	if open <= 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<ol class="capa-hints">`)
	for i, html := range w.public.Hints[:open] {
		b.WriteString("<li")
		if w.o.NewHint && i == open-1 {
			b.WriteString(" data-result")
		}
		b.WriteString(`><strong>` + escaped(w.text("hint_of", i+1, len(w.public.Hints))) + `</strong> ` + html + `</li>`)
	}
	b.WriteString("</ol>")
	return b.String()
}

// name is what a field without a label is called.
func (w *writer) name(in *Input) string {
	k, n := w.position(in)
	name := w.text("your_answer")
	switch {
	case n > 1:
		name = w.text("answer_of", k, n)
	case in.Kind == Formula:
		name = w.text("your_formula")
	}
	if w.public.Questions > 1 {
		name = w.text("question_of", in.Response+1, w.public.Questions) + ": " + name
	}
	return name
}

// position counts an input among those of its response.
func (w *writer) position(in *Input) (k, n int) {
	for i := range w.public.Inputs {
		other := &w.public.Inputs[i]
		if other.Response == in.Response {
			n++
			if other.ID == in.ID {
				k = n
			}
		}
	}
	return k, n
}

func itoa(n int) string { return strconv.Itoa(n) }
