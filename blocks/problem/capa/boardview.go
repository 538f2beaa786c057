package capa

import "strings"

// board shows a picture, and a row with a list of places for each thing. The platform's elements let things be dragged onto the
// picture; the block's script sizes the picture, and keeps further copies of a thing away until they are needed.
func (w *writer) board(in *Input) {
	b := in.Board
	w.raw(`<fieldset class="capa-board"`)
	w.attr("id", w.id(in, ""))
	w.described(in)
	w.raw(">")
	w.legend(in, w.name(in))
	w.notes(in)
	class := "sorting"
	if b.free() {
		class = "capa-free"
	}
	w.raw(`<div class="`, class, `"`)
	if b.One && !b.free() {
		w.attr("data-one", "")
	}
	w.raw(`><div class="capa-scroll" tabindex="0" role="region"`)
	w.attr("aria-label", w.boardName(b))
	w.raw(`><div class="picture-board capa-natural"><img`)
	w.attr("src", b.Source)
	w.attr("alt", w.boardName(b))
	w.raw(">")
	for i := range b.Targets {
		w.target(&b.Targets[i], put{-1, i}, i+1)
	}
	w.raw(`</div></div>`)
	if b.free() {
		w.raw(`<p class="help">`)
		w.put(w.text("board_help"))
		w.raw("</p>")
	}
	w.raw(`<ul class="matches">`)
	places := b.shown(w.o.Answers[in.ID].first())
	for row := range b.Things {
		w.thing(in, row, places[row])
	}
	w.raw("</ul></div>")
	w.status(in, "p")
	w.feedback(w.part(in))
	w.raw("</fieldset>")
}

func (w *writer) boardName(b *board) string {
	if b.Alt != "" {
		return b.Alt
	}
	return w.text("board_picture")
}

// target is a box that takes things. Its number is its name in the lists of places.
func (w *writer) target(t *target, at put, number int) {
	w.raw(`<div class="picture-zone"`)
	w.attr("data-place", at.String())
	w.attr("data-box", itoa(t.X)+" "+itoa(t.Y)+" "+itoa(t.Width)+" "+itoa(t.Height))
	style := "width: " + itoa(t.Width) + "px; height: " + itoa(t.Height) + "px"
	if at.On < 0 {
		style = "margin-left: " + itoa(t.X) + "px; margin-top: " + itoa(t.Y) + "px; " + style
	}
	w.attr("style", style)
	w.raw(`><span class="zone-name">`, itoa(number), `</span></div>`)
}

func (w *writer) thing(in *Input, row int, where string) {
	b, t := in.Board, &in.Board.Things[row]
	id := w.id(in, "-"+itoa(row)+"-thing")
	w.raw("<li")
	if t.Copy > 0 {
		w.attr("data-copy", t.ID)
	}
	w.raw(`><div class="match-left"`)
	w.attr("id", id)
	w.raw(">")
	if t.Icon != "" {
		w.raw(`<img class="capa-icon"`)
		w.attr("src", t.Icon)
		if t.Label == "" {
			w.attr("alt", t.ID)
		} else {
			w.attr("alt", "")
		}
		w.raw(">")
	}
	if t.Icon == "" || t.Label != "" {
		w.put(t.name())
	}
	if t.Copy > 1 {
		w.raw(" <span>")
		w.put(w.text("board_copy", t.Copy))
		w.raw("</span>")
	}
	for i := range t.Targets {
		w.target(&t.Targets[i], put{row, i}, i+1)
	}
	w.raw("</div>")
	if b.free() {
		w.freePlace(in, row, id, where)
	} else {
		w.placeList(in, row, id, where)
	}
	w.raw("</li>")
}

func (w *writer) placeList(in *Input, row int, id, where string) {
	b := in.Board
	w.raw(`<select class="pick"`)
	w.attr("name", in.fieldOf(itoa(row)))
	w.form()
	w.attr("aria-labelledby", id)
	w.flag("disabled", w.o.Closed)
	w.raw(`><option value="">`)
	w.put(w.text("board_nowhere"))
	w.raw("</option>")
	// All lists have the same places: what lies on itself lies nowhere.
	for _, p := range b.puts() {
		w.raw("<option")
		w.attr("value", p.String())
		w.flag("selected", p.String() == where)
		w.raw(">")
		if p.On < 0 {
			w.put(w.text("board_place", p.Target+1))
		} else {
			w.put(w.text("board_place_on", p.Target+1, b.rowName(p.On)))
		}
		w.raw("</option>")
	}
	w.raw("</select>")
}

// rowName names the thing of a row, with its number where there are several of the kind.
func (b *board) rowName(row int) string {
	t := &b.Things[row]
	if t.Copy > 0 {
		return t.name() + " " + itoa(t.Copy)
	}
	return t.name()
}

// freePlace are two numbers, as for a point in a picture.
func (w *writer) freePlace(in *Input, row int, id, where string) {
	x, y, _ := strings.Cut(where, ",")
	w.raw(`<span class="capa-place" role="group"`)
	w.attr("aria-labelledby", id)
	w.raw(">")
	for _, axis := range [][2]string{{"x", x}, {"y", y}} {
		w.raw("<label>")
		w.put(w.text("point_" + axis[0]))
		w.raw(` <input type="number" min="0" step="1" dir="ltr" autocomplete="off"`)
		w.attr("name", in.fieldOf(itoa(row)+axis[0]))
		w.form()
		w.attr("value", axis[1])
		w.flag("readonly", w.o.Closed)
		w.raw("></label>")
	}
	w.raw("</span>")
}
