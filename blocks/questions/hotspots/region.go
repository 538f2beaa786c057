package hotspots

import (
	"math"
	"strconv"
	"strings"
)

// The shapes of a region. Every other word is a polygon where there are corners, else a rectangle.
const (
	rectangle = "rectangle"
	ellipse   = "ellipse"
	polygon   = "polygon"
)

// mostCorners bounds a polygon.
const mostCorners = 200

// farthest bounds the numbers that are read, in pixels.
const farthest = 1e6

// region is one of the secret value.
type region struct {
	Correct  bool   `json:"c,omitempty"`
	Name     string `json:"n,omitempty"`
	Feedback string `json:"f,omitempty"`
	Ellipse  bool   `json:"e,omitempty"`
	// Left, Top, Right and Bottom are the box; Corners are x and y in turn, of a polygon alone.
	Left    float64   `json:"l,omitempty"`
	Top     float64   `json:"t,omitempty"`
	Right   float64   `json:"r,omitempty"`
	Bottom  float64   `json:"b,omitempty"`
	Corners []float64 `json:"p,omitempty"`
}

// cornered reports whether a row is a polygon.
func (r *Region) cornered() bool {
	return r.Shape == polygon || r.Corners != "" && r.Shape != rectangle && r.Shape != ellipse
}

// read makes a region of the author's row; false where it encloses nothing.
func (r *Region) read() (region, bool) {
	out := region{Correct: r.Correct, Name: strings.TrimSpace(r.Name), Feedback: r.Feedback, Ellipse: r.Shape == ellipse}
	if r.cornered() {
		var ok bool
		if out.Corners, ok = numbers(r.Corners); !ok || len(out.Corners) < 6 || len(out.Corners)%2 != 0 || len(out.Corners) > 2*mostCorners {
			return region{}, false
		}
		out.Left, out.Top = out.Corners[0], out.Corners[1]
		out.Right, out.Bottom = out.Left, out.Top
		for i := 0; i < len(out.Corners); i += 2 {
			out.Left, out.Right = min(out.Left, out.Corners[i]), max(out.Right, out.Corners[i])
			out.Top, out.Bottom = min(out.Top, out.Corners[i+1]), max(out.Bottom, out.Corners[i+1])
		}
	} else {
		out.Left, out.Top, out.Right, out.Bottom = float64(r.X), float64(r.Y), float64(r.X+r.Width), float64(r.Y+r.Height)
	}
	return out, out.Right > out.Left && out.Bottom > out.Top
}

// holds reports whether a point lies in a region. Edges belong to it, those of a polygon on its left and upper sides.
func (r *region) holds(x, y float64) bool {
	if x < r.Left || x > r.Right || y < r.Top || y > r.Bottom {
		return false
	}
	switch {
	case len(r.Corners) > 0:
		return within(r.Corners, x, y)
	case r.Ellipse:
		across := (2*x - r.Left - r.Right) / (r.Right - r.Left)
		down := (2*y - r.Top - r.Bottom) / (r.Bottom - r.Top)
		return across*across+down*down <= 1
	}
	return true
}

// within reports whether a point lies in a polygon, by counting the sides that a ray to the right crosses.
func within(corners []float64, x, y float64) bool {
	inside := false
	for i, k := 0, len(corners)-2; i < len(corners); i, k = i+2, i {
		ax, ay, bx, by := corners[i], corners[i+1], corners[k], corners[k+1]
		if (ay > y) != (by > y) && x < ax+(y-ay)/(by-ay)*(bx-ax) {
			inside = !inside
		}
	}
	return inside
}

// numbers reads the numbers of a text, which anything but digits and points may divide; false where one is none, or below 0.
func numbers(text string) ([]float64, bool) {
	var list []float64
	for _, word := range strings.FieldsFunc(digits(text), func(r rune) bool { return strings.ContainsRune(" \t\r\n,;()[]{}،؛", r) }) {
		n, err := strconv.ParseFloat(word, 64)
		if err != nil || math.IsNaN(n) || n < 0 || n > farthest || len(list) > 2*mostCorners {
			return nil, false
		}
		list = append(list, n)
	}
	return list, true
}

// digits gives a text with the digits of Arabic and Persian as those that numbers are read of.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		}
		return r
	}, text)
}

// point reads where somebody marked, such as "120,80".
func point(text string) (x, y float64, ok bool) {
	list, ok := numbers(text)
	if !ok || len(list) != 2 {
		return 0, 0, false
	}
	return list[0], list[1], true
}
