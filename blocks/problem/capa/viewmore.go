package capa

import (
	"slices"
	"strings"
)

// textChoice is a choice with number fields: a label cannot hold other controls, so its text stands beside it.
func (w *writer) textChoice(in *Input, n int, kind string, answer Answer) {
	choice := &in.Choices[n]
	text := w.id(in, "-"+itoa(n+1)+"-text")
	w.raw(`<div class="choice capa-text-choice"><input type="`, kind, `"`)
	w.attr("id", w.id(in, "-"+itoa(n+1)))
	w.common(in)
	w.attr("value", choice.Name)
	name := plain(choice.HTML)
	if name == "" {
		name = w.text("answer_of", n+1, len(in.Choices))
	}
	w.attr("aria-label", name)
	w.flag("checked", slices.Contains(answer.ticks(), choice.Name))
	w.flag("disabled", w.o.Closed)
	w.raw(`> <span class="capa-choice-text"`)
	w.attr("id", text)
	w.raw(">")
	for _, part := range choice.Parts {
		w.raw(part.HTML)
		if part.Field == "" {
			continue
		}
		w.raw(` <input type="text" class="capa-number" size="8" dir="ltr" autocomplete="off" inputmode="text" spellcheck="false"`)
		w.attr("id", w.o.ID+part.Field)
		w.attr("name", "input_"+part.Field)
		w.form()
		w.attr("aria-label", w.text("number_in"))
		w.attr("aria-describedby", text)
		if value, ok := answer.Pairs[part.Field]; ok {
			w.attr("value", value)
		}
		w.flag("readonly", w.o.Closed)
		w.raw("> ")
	}
	w.raw("</span></div>")
}

func (w *writer) form() {
	if w.o.Form != "" {
		w.attr("form", w.o.Form)
	}
}

// legend names a group of controls.
func (w *writer) legend(in *Input, fallback string) {
	if in.Label != "" {
		w.raw("<legend>", in.Label, "</legend>")
		return
	}
	w.raw(`<legend class="visually-hidden">`)
	w.put(fallback)
	w.raw("</legend>")
}

// point shows a picture and two numbers. The platform's element lets learners point at the picture and moves the mark along.
func (w *writer) point(in *Input) {
	w.raw(`<fieldset class="capa-point"`)
	w.attr("id", w.id(in, ""))
	w.described(in)
	w.raw(">")
	w.legend(in, w.name(in))
	w.notes(in)
	x, y, marked := parsePoint(w.o.Answers[in.ID].first())
	alt := in.Image.Alt
	if alt == "" {
		alt = w.text("point_picture")
	}
	wide, high := in.Image.Width, in.Image.Height
	sized := wide > 0 && high > 0
	w.raw(`<div class="spotting"><div class="picture-board"`)
	if sized {
		w.raw(` style="max-width: `, itoa(wide), `px" data-width="`, itoa(wide), `" data-height="`, itoa(high), `"`)
	}
	w.raw("><img")
	w.attr("src", in.Image.Source)
	w.attr("alt", alt)
	if sized {
		w.attr("width", itoa(wide))
		w.attr("height", itoa(high))
	}
	w.raw(">")
	if sized && marked {
		w.mark(wide, high, x, y)
	}
	w.raw(`</div><div class="capa-place" data-spot="">`)
	w.coordinate(in, "x", wide, x, marked)
	w.coordinate(in, "y", high, y, marked)
	w.raw("</div></div>")
	w.status(in, "p")
	w.feedback(w.part(in))
	w.raw("</fieldset>")
}

// mark is what was pointed at, over the picture and in its own pixels.
func (w *writer) mark(wide, high, x, y int) {
	radius := max(wide, high) / 50
	w.raw(`<svg class="spot-marks" aria-hidden="true" viewBox="0 0 `, itoa(wide), " ", itoa(high), `"><circle cx="`, itoa(x), `" cy="`, itoa(y), `" r="`, itoa(max(radius, 3)), `"/></svg>`)
}

func (w *writer) coordinate(in *Input, axis string, most, value int, marked bool) {
	label := w.text("point_" + axis)
	if most > 0 {
		label = w.text(map[string]string{"x": "point_of", "y": "point_down"}[axis], most)
	}
	w.raw("<label>")
	w.put(label)
	w.raw(` <input type="number" min="0" step="1" dir="ltr" autocomplete="off"`)
	w.attr("id", w.id(in, "-"+axis))
	w.attr("name", in.fieldOf(axis))
	w.form()
	if most > 0 {
		w.attr("max", itoa(most))
	}
	if marked {
		w.attr("value", itoa(value))
	}
	if w.faulty(in) {
		w.raw(` aria-invalid="true"`)
	}
	w.flag("readonly", w.o.Closed)
	w.raw("></label>")
}

// annotation shows a passage with remarks on it, and asks for a comment and a tag.
func (w *writer) annotation(in *Input) {
	n := in.Note
	r := remarkOf(w.o.Answers[in.ID].first())
	w.raw(`<div class="field capa-annotation"`)
	w.attr("id", w.id(in, ""))
	w.raw(">")
	for _, piece := range [][2]string{{"<h3>", n.Title}, {"<blockquote>", n.Text}, {`<div class="capa-remark">`, n.Comment}} {
		if piece[1] != "" {
			end, _, _ := strings.Cut(strings.TrimPrefix(piece[0], "<"), " ")
			w.raw(piece[0], piece[1], "</", strings.TrimSuffix(end, ">"), ">")
		}
	}
	w.notes(in)
	w.raw("<label")
	w.attr("for", w.id(in, "-comment"))
	w.raw(">")
	w.orText(n.Prompt, "comment")
	w.raw(`</label><textarea rows="4"`)
	w.attr("id", w.id(in, "-comment"))
	w.attr("name", in.fieldOf("comment"))
	w.form()
	w.flag("readonly", w.o.Closed)
	w.raw(">")
	w.put(r.Comment)
	w.raw(`</textarea><fieldset class="choices"`)
	w.described(in)
	w.raw("><legend>")
	w.orText(n.Tags, "tags")
	w.raw("</legend>")
	for i := range in.Choices {
		w.raw(`<label class="choice"><input type="radio"`)
		w.attr("id", w.id(in, "-"+itoa(i+1)))
		w.attr("name", in.fieldOf("tag"))
		w.form()
		w.attr("value", in.Choices[i].Name)
		w.flag("checked", slices.Contains(r.Options, i))
		w.flag("disabled", w.o.Closed)
		w.raw(`> <span class="capa-choice-text">`, in.Choices[i].shown(), "</span></label>")
	}
	w.status(in, "p")
	w.feedback(w.part(in))
	w.raw("</fieldset></div>")
}

func (w *writer) orText(html, key string) {
	if html != "" {
		w.raw(html)
		return
	}
	w.put(w.text(key))
}
