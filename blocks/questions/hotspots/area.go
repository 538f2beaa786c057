package hotspots

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// The shapes of areas.
const (
	rectangle = "rectangle"
	circle    = "circle"
	polygon   = "polygon"
)

// maxNumbers bounds the numbers of one area.
const maxNumbers = 400

// point is a place on the picture, in its pixels from the left and from the top.
type point struct{ X, Y float64 }

// area is a part of the picture: two corners, a center with a radius, or the corners of a polygon.
type area struct {
	Shape  string  `json:"s"`
	Points []point `json:"p"`
	Radius float64 `json:"r,omitempty"`
}

// numbers reads numbers that anything but digits, points and minus signs divides. ok is false when one is none.
func numbers(text string) (list []float64, ok bool) {
	words := strings.FieldsFunc(digits(text), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",;()[]،", r)
	})
	for _, word := range words {
		n, err := strconv.ParseFloat(word, 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || len(list) >= maxNumbers {
			return nil, false
		}
		list = append(list, n)
	}
	return list, true
}

// digits gives a text with ASCII digits.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		}
		return r
	}, text)
}

// areaOf reads an area; how says how its numbers are written, "" when they are.
func areaOf(shape, text string) (a area, how string) {
	list, ok := numbers(text)
	a.Shape = shape
	switch shape {
	case circle:
		if !ok || len(list) != 3 || list[2] <= 0 {
			return a, "write its center and its radius, such as 120,80 30"
		}
		a.Radius, list = list[2], list[:2]
	case polygon:
		if !ok || len(list) < 6 || len(list)%2 != 0 {
			return a, "write its corners one after the other, three or more, such as 10,10 60,20 30,70"
		}
	default:
		if !ok || len(list) != 4 || list[0] == list[2] || list[1] == list[3] {
			return a, "write two corners that lie across, such as 20,40 120,90"
		}
		a.Shape = rectangle
	}
	for i := 0; i+1 < len(list); i += 2 {
		a.Points = append(a.Points, point{list[i], list[i+1]})
	}
	if a.Shape == rectangle {
		p, q := a.Points[0], a.Points[1]
		a.Points = []point{{min(p.X, q.X), min(p.Y, q.Y)}, {max(p.X, q.X), max(p.Y, q.Y)}}
	}
	return a, ""
}

// holds reports whether a place lies in an area or on its edge.
func (a *area) holds(p point) bool {
	switch a.Shape {
	case circle:
		return math.Hypot(p.X-a.Points[0].X, p.Y-a.Points[0].Y) <= a.Radius
	case polygon:
		inside := false
		for i, q := range a.Points {
			o := a.Points[(i+len(a.Points)-1)%len(a.Points)]
			if onLine(o, q, p) {
				return true
			}
			if (q.Y > p.Y) != (o.Y > p.Y) && p.X < (o.X-q.X)*(p.Y-q.Y)/(o.Y-q.Y)+q.X {
				inside = !inside
			}
		}
		return inside
	}
	return p.X >= a.Points[0].X && p.X <= a.Points[1].X && p.Y >= a.Points[0].Y && p.Y <= a.Points[1].Y
}

// onLine reports whether a place lies between two others.
func onLine(from, to, p point) bool {
	cross := (to.X-from.X)*(p.Y-from.Y) - (to.Y-from.Y)*(p.X-from.X)
	return math.Abs(cross) < 1e-9 && p.X >= min(from.X, to.X) && p.X <= max(from.X, to.X) && p.Y >= min(from.Y, to.Y) && p.Y <= max(from.Y, to.Y)
}

// within reports whether an area lies on a picture of this size.
func (a *area) within(width, height int) bool {
	for _, p := range a.Points {
		if p.X-a.Radius < 0 || p.Y-a.Radius < 0 || p.X+a.Radius > float64(width) || p.Y+a.Radius > float64(height) {
			return false
		}
	}
	return true
}

// middle is a place inside of an area; ok is false when none is found, as in a polygon without a surface.
func (a *area) middle() (middle point, ok bool) {
	for _, p := range a.Points {
		middle.X, middle.Y = middle.X+p.X/float64(len(a.Points)), middle.Y+p.Y/float64(len(a.Points))
	}
	middle = point{math.Round(middle.X), math.Round(middle.Y)}
	if a.holds(middle) {
		return middle, true
	}
	// A hollow polygon, or one between two pixels: some place between three corners in turn is inside.
	for i, p := range a.Points {
		q, r := a.Points[(i+1)%len(a.Points)], a.Points[(i+2)%len(a.Points)]
		middle = point{(p.X + q.X + r.X) / 3, (p.Y + q.Y + r.Y) / 3}
		if a.holds(middle) {
			return middle, true
		}
	}
	return a.Points[0], a.holds(a.Points[0])
}

// value writes a place as learners send it.
func (p point) value() string { return coordinate(p.X) + "," + coordinate(p.Y) }

func coordinate(n float64) string { return strconv.FormatFloat(math.Round(n*100)/100, 'f', -1, 64) }

// svg draws an area.
func (a *area) svg() string {
	switch a.Shape {
	case circle:
		return `<circle cx="` + coordinate(a.Points[0].X) + `" cy="` + coordinate(a.Points[0].Y) + `" r="` + coordinate(a.Radius) + `"></circle>`
	case polygon:
		var corners []string
		for _, p := range a.Points {
			corners = append(corners, p.value())
		}
		return `<polygon points="` + strings.Join(corners, " ") + `"></polygon>`
	}
	p, q := a.Points[0], a.Points[1]
	return `<rect x="` + coordinate(p.X) + `" y="` + coordinate(p.Y) + `" width="` + coordinate(q.X-p.X) + `" height="` + coordinate(q.Y-p.Y) + `"></rect>`
}
