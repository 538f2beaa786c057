package capa

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// board is a picture with things to put on it (drag_and_drop_input): on its targets where it has some, else anywhere.
type board struct {
	Source string `json:"s"`
	Alt    string `json:"a,omitempty"`
	// Targets are places on the picture, Things what is put there, one row of the page each.
	Targets []target `json:"t,omitempty"`
	Things  []thing  `json:"i,omitempty"`
	// One says that a target holds one thing.
	One bool `json:"o,omitempty"`
}

// target is a box on a picture, in its pixels from the upper left corner.
type target struct {
	ID     string `json:"i"`
	X      int    `json:"x,omitempty"`
	Y      int    `json:"y,omitempty"`
	Width  int    `json:"w,omitempty"`
	Height int    `json:"h,omitempty"`
}

// thing is what is put somewhere. One that may be used again stands for so many rows, which have the same ID.
type thing struct {
	ID    string `json:"i"`
	Label string `json:"l,omitempty"`
	Icon  string `json:"c,omitempty"`
	// Targets are places on the thing itself, once it was put somewhere.
	Targets []target `json:"t,omitempty"`
	// Copy numbers the rows of a thing that may be used again, from 1; 0 says that there is one.
	Copy int `json:"n,omitempty"`
}

// Limits of a board.
const (
	maxRows    = 200
	maxTargets = 200
	// most copies of a thing that may lie anywhere.
	freeCopies = 6
)

func (c *compiler) board(e *element, in *Input) {
	in.Kind = Board
	b := &board{Source: c.sub(e.value("img")), Alt: c.sub(e.value("alt")), One: pystr.Lower(e.value("one_per_target")) != "false", Targets: c.targets(e)}
	in.Board = b
	if b.Source == "" {
		c.mistake(e, "the picture has no address", `write img="/static/picture.png"`)
		c.invalid[e] = true
	}
	places := len(b.Targets)
	for _, kid := range e.children("draggable") {
		places += len(kid.children("target"))
	}
	var seen []string
	for _, kid := range e.children("draggable") {
		t := thing{ID: c.sub(kid.value("id")), Label: c.sub(kid.value("label")), Icon: c.sub(kid.value("icon")), Targets: c.targets(kid)}
		if t.ID == "" || slices.Contains(seen, t.ID) {
			c.mistake(kid, "id=%q is no name of its own for the draggable", "give every <draggable> another id", t.ID)
			c.invalid[e] = true
			continue
		}
		seen = append(seen, t.ID)
		copies := 1
		if pystr.Lower(kid.value("can_reuse")) == "true" {
			if copies = places; len(b.Targets) == 0 {
				copies = freeCopies
			}
		}
		for n := range copies {
			if t.Copy = 0; copies > 1 {
				t.Copy = n + 1
			}
			b.Things = append(b.Things, t)
		}
	}
	switch {
	case len(b.Things) == 0:
		c.mistake(e, "there is nothing to drag", `write <draggable id="a" label="..."/>`)
		c.invalid[e] = true
	case len(b.Things) > maxRows || places > maxTargets:
		c.mistake(e, "there are too many things or places", "use at most "+strconv.Itoa(maxRows)+" of each, counting a reusable thing once for each target")
		c.invalid[e] = true
		in.Board.Things = nil
	case b.Alt == "":
		c.warn(e, "the picture has no description, without which nobody can answer who cannot see it", `write alt="..."`)
	}
}

// targets are those directly below an element.
func (c *compiler) targets(e *element) []target {
	var list []target
	for _, kid := range e.children("target") {
		t := target{ID: c.sub(kid.value("id")), X: c.pixel(kid, "x"), Y: c.pixel(kid, "y"), Width: c.pixel(kid, "w"), Height: c.pixel(kid, "h")}
		if t.ID == "" || slices.ContainsFunc(list, func(other target) bool { return other.ID == t.ID }) {
			c.mistake(kid, "id=%q is no name of its own for the target", "give every <target> another id", t.ID)
			continue
		}
		list = append(list, t)
	}
	return list
}

// pixel reads a coordinate or a length, which editors write with fractions.
func (c *compiler) pixel(e *element, name string) int {
	text := c.sub(e.value(name))
	n, err := strconv.ParseFloat(strings.TrimSuffix(pystr.Strip(text), "px"), 64)
	if err == nil && n >= 0 && n <= maxPixels {
		return int(math.Round(n))
	}
	if !c.unknown(text) {
		c.mistake(e, "%s=%q is no number of pixels", `write x="10" y="20" w="60" h="40": the upper left corner and the size`, name, text)
	}
	return 0
}

// free reports whether things may lie anywhere.
func (b *board) free() bool { return len(b.Targets) == 0 }

// put is a place for a thing, as a form names it: a target of the picture ("3"), or one on another row's thing ("2-0").
type put struct {
	// On is the row whose thing carries the target, -1 for the picture.
	On, Target int
}

func (p put) String() string {
	if p.On < 0 {
		return strconv.Itoa(p.Target)
	}
	return strconv.Itoa(p.On) + "-" + strconv.Itoa(p.Target)
}

// puts are all places in the order of the page.
func (b *board) puts() []put {
	var list []put
	for i := range b.Targets {
		list = append(list, put{-1, i})
	}
	for row := range b.Things {
		for i := range b.Things[row].Targets {
			list = append(list, put{row, i})
		}
	}
	return list
}

// parsePut reads a place of this board.
func (b *board) parsePut(text string) (put, bool) {
	p := put{On: -1}
	targets := b.Targets
	var err error
	if on, rest, nested := strings.Cut(text, "-"); nested {
		if p.On, err = strconv.Atoi(on); err != nil || p.On < 0 || p.On >= len(b.Things) {
			return put{}, false
		}
		text, targets = rest, b.Things[p.On].Targets
	}
	p.Target, err = strconv.Atoi(text)
	return p, err == nil && p.Target >= 0 && p.Target < len(targets)
}
