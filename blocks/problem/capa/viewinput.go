package capa

import (
	"slices"
	"strings"
)

// input renders a field with its label, remarks, status and feedback.
func (w *writer) input(in *Input) {
	switch {
	case in.Kind == Radio || in.Kind == Checkbox || in.Kind == RadioText || in.Kind == CheckText:
		w.group(in)
	case in.Kind == Point:
		w.point(in)
	case in.Kind == Annotation:
		w.annotation(in)
	case in.Kind == Activity:
		w.stage(in)
	case in.Kind == Board:
		w.board(in)
	case in.Kind == Upload:
		w.upload(in)
	case in.Inline:
		w.raw(`<span class="capa-inline"`)
		w.flag("hidden", in.Hidden)
		w.raw(">")
		w.control(in)
		w.status(in, "span")
		w.raw("</span>")
		if part := w.part(in); part != nil {
			w.pending = append(w.pending, part)
		}
	default:
		w.raw(`<div class="field`)
		w.enhanced(in)
		w.flag("hidden", in.Hidden)
		w.raw(">")
		if in.Label != "" {
			w.raw("<label")
			w.attr("for", w.id(in, ""))
			w.raw(">", in.Label, "</label>")
		}
		w.notes(in)
		w.control(in)
		w.status(in, "p")
		w.feedback(w.part(in))
		w.raw("</div>")
	}
}

// enhanced ends the class of a field and says what its element in the browser is to do.
func (w *writer) enhanced(in *Input) {
	switch {
	case in.Kind == Formula:
		w.raw(` math" data-preview="calc" data-symbols="( ) ^ * / sqrt("`)
	case in.Kind == Area && in.Language != "":
		w.raw(` code"`)
		w.attr("data-language", in.Language)
		if in.Indent > 0 {
			w.attr("data-indent", itoa(in.Indent))
		}
	default:
		w.raw(`"`)
	}
}

func (w *writer) notes(in *Input) {
	for i, html := range in.Notes {
		w.raw(`<p class="help"`)
		w.attr("id", w.id(in, "-note"+itoa(i+1)))
		w.raw(">", html, "</p>")
	}
}

// described lists the ids of what describes a field: remarks, unit, error, status.
func (w *writer) described(in *Input) {
	var ids []string
	if !in.Inline {
		for i := range in.Notes {
			ids = append(ids, w.id(in, "-note"+itoa(i+1)))
		}
	}
	if in.Trailing != "" {
		ids = append(ids, w.id(in, "-unit"))
	}
	if w.statusOf(in) != "" || w.faulty(in) {
		ids = append(ids, w.id(in, "-status"))
	}
	if len(ids) > 0 {
		w.attr("aria-describedby", strings.Join(ids, " "))
	}
}

// faulty reports whether this field is why nothing was graded.
func (w *writer) faulty(in *Input) bool {
	f := w.failure()
	return f != nil && f.ID == in.ID
}

// common are the attributes that all fields have.
func (w *writer) common(in *Input) {
	w.attr("name", in.field())
	if w.o.Form != "" {
		w.attr("form", w.o.Form)
	}
}

func (w *writer) group(in *Input) {
	w.raw(`<fieldset class="choices"`)
	w.attr("id", w.id(in, ""))
	w.described(in)
	w.raw(">")
	switch {
	case in.Label != "":
		w.raw(`<legend>`, in.Label, "</legend>")
	case in.Kind == Checkbox || in.Kind == CheckText:
		w.raw(`<legend class="visually-hidden">`)
		w.put(w.text("choose_any"))
		w.raw("</legend>")
	default:
		w.raw(`<legend class="visually-hidden">`)
		w.put(w.text("choose_one"))
		w.raw("</legend>")
	}
	w.notes(in)
	kind := "radio"
	if in.Kind == Checkbox || in.Kind == CheckText {
		kind = "checkbox"
	}
	answer, answered := w.o.Answers[in.ID]
	for i := range in.Choices {
		choice := &in.Choices[i]
		if slices.ContainsFunc(choice.Parts, func(part choicePart) bool { return part.Field != "" }) {
			w.textChoice(in, i, kind, answer)
			continue
		}
		w.raw(`<label class="choice"><input type="`, kind, `"`)
		w.attr("id", w.id(in, "-"+itoa(i+1)))
		w.common(in)
		w.attr("value", choice.Name)
		w.flag("checked", answered && slices.Contains(answer.names(), choice.Name))
		w.flag("disabled", w.o.Closed)
		w.raw(`> <span class="capa-choice-text">`, choice.shown(), "</span></label>")
	}
	w.status(in, "p")
	w.feedback(w.part(in))
	w.raw("</fieldset>")
}

// control is a list or a line.
func (w *writer) control(in *Input) {
	switch in.Kind {
	case Select:
		w.list(in)
		return
	case Area:
		w.area(in)
		return
	case Radio, Checkbox, Text, Formula, Point, Annotation, RadioText, CheckText, Activity, Board, Upload: // a line here, or drawn elsewhere
	}
	w.raw(`<span class="capa-entry"><input type="text"`)
	class := "capa-input"
	if in.Kind == Formula {
		class += " capa-formula"
	}
	w.attr("class", class)
	w.field(in)
	if answer, ok := w.o.Answers[in.ID]; ok {
		w.attr("value", answer.first())
	}
	if in.Size > 0 {
		w.attr("size", itoa(in.Size))
	}
	w.raw(` autocomplete="off" autocapitalize="none" spellcheck="false"`)
	w.flag("readonly", w.o.Closed)
	w.raw(">")
	if in.Trailing != "" {
		w.raw(` <span class="capa-unit"`)
		w.attr("id", w.id(in, "-unit"))
		w.raw(">")
		w.put(in.Trailing)
		w.raw("</span>")
	}
	w.raw("</span>")
}

// field are the attributes of a control that has a label or a name of its own.
func (w *writer) field(in *Input) {
	w.attr("id", w.id(in, ""))
	w.common(in)
	switch {
	case in.Label == "":
		w.attr("aria-label", w.name(in))
	case in.Inline:
		w.attr("aria-label", plain(in.Label))
	}
	w.described(in)
	if w.faulty(in) {
		w.raw(` aria-invalid="true"`)
	}
}

// area is a field of several lines.
func (w *writer) area(in *Input) {
	rows := 6
	if in.Rows > 0 {
		rows = max(2, min(in.Rows, 40))
	}
	w.raw(`<textarea class="capa-area" dir="auto" rows="`, itoa(rows), `"`)
	w.field(in)
	w.raw(` autocomplete="off" autocapitalize="none" spellcheck="false"`)
	w.flag("readonly", w.o.Closed)
	w.raw(">")
	if answer, ok := w.o.Answers[in.ID]; ok {
		w.raw("\n") // HTML drops the first line break
		w.put(answer.first())
	} else if in.Given != "" {
		w.raw("\n")
		w.put(in.Given)
	}
	w.raw("</textarea>")
}

func (w *writer) list(in *Input) {
	w.raw(`<select class="capa-select"`)
	w.field(in)
	w.flag("disabled", w.o.Closed)
	w.raw(`><option value="">`)
	w.put(w.text("select_option"))
	w.raw("</option>")
	answer, answered := w.o.Answers[in.ID]
	for i := range in.Choices {
		name := in.Choices[i].Name
		w.raw("<option")
		w.attr("value", name)
		w.flag("selected", answered && name != "" && answer.first() == name)
		w.raw(">")
		w.put(name)
		w.raw("</option>")
	}
	w.raw("</select>")
}
