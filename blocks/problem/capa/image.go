package capa

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// imageKey is the key of an imageresponse: one area for each input.
type imageKey struct {
	Areas []area `json:"a"`
}

// area is where a point of a picture is right: in one of the rectangles, their edges included, or truly inside of the
// hull around one of the regions. Coordinates are pixels of the picture at its stated size, from its upper left corner.
type area struct {
	Rectangles []rectangle `json:"r,omitempty"`
	Regions    []polygon   `json:"p,omitempty"`
	// Texts are the author's, for reports and APIs.
	Texts []string `json:"t,omitempty"`
}

type rectangle struct {
	Left   int `json:"l"`
	Top    int `json:"t"`
	Right  int `json:"r"`
	Bottom int `json:"b"`
}

// polygon is a convex hull: x and y of each corner in turn.
type polygon struct {
	Corners []float64 `json:"c"`
}

// picture is what an image input shows. Its size is 0 where the author states none.
type picture struct {
	Source string `json:"s"`
	Alt    string `json:"a,omitempty"`
	Width  int    `json:"w,omitempty"`
	Height int    `json:"h,omitempty"`
}

func (c *compiler) picture(e *element, in *Input) {
	in.Kind = Point
	in.Image = &picture{Source: c.sub(e.value("src")), Alt: c.sub(e.value("alt"))}
	in.Image.Width, in.Image.Height = c.pixels(e, "width"), c.pixels(e, "height")
	if in.Image.Source == "" {
		c.mistake(e, "the picture has no address", `write src="/static/picture.png"`)
	}
}

func (c *compiler) pixels(e *element, name string) int {
	text := c.sub(e.value(name))
	n, err := strconv.Atoi(strings.TrimSuffix(pystr.Strip(text), "px"))
	if err == nil && n > 0 && n <= maxPixels {
		return n
	}
	if !c.unknown(text) {
		c.mistake(e, "%s=%q is not the picture's size in pixels", `write width="400" height="300": areas are measured by it`, name, text)
	}
	return 0
}

// maxPixels bounds the side of a picture.
const maxPixels = 100_000

type imageResponse struct{}

func (imageResponse) compile(c *compiler, e *element, r *Response) {
	key := &imageKey{}
	for _, field := range c.fields(e) {
		key.Areas = append(key.Areas, c.area(field, c.public.Inputs[c.input[field]].Image))
	}
	r.Image = key
}

func (c *compiler) area(e *element, shown *picture) area {
	var a area
	if text, ok := e.attr("rectangle"); ok && !c.unknown(text) {
		a.Texts = append(a.Texts, c.sub(text))
		for _, part := range strings.Split(c.sub(text), ";") {
			one, ok := parseRectangle(part)
			if !ok {
				c.mistake(e, "the rectangle %q cannot be read", `write rectangle="(10,20)-(50,60)": the upper left and the lower right corner`, part)
				continue
			}
			a.Rectangles = append(a.Rectangles, one)
		}
	}
	if text, ok := e.attr("regions"); ok && !c.unknown(text) {
		a.Texts = append(a.Texts, c.sub(text))
		if a.Regions, ok = parseRegions(c.sub(text)); !ok {
			c.mistake(e, "the regions cannot be read", `write regions="[[[10,10],[60,10],[10,60]]]": the corners of each region`)
		}
	}
	c.checkArea(e, &a, shown)
	return a
}

func (c *compiler) checkArea(e *element, a *area, shown *picture) {
	if len(a.Rectangles) == 0 && len(a.Regions) == 0 {
		if !c.unknown(e.value("rectangle") + e.value("regions")) {
			c.warn(e, "no place in the picture is right", "write a rectangle or regions")
		}
		return
	}
	for _, r := range a.Rectangles {
		if r.Left > r.Right || r.Top > r.Bottom {
			c.warn(e, "a rectangle holds nothing: its first corner must be the upper left one", "exchange its corners")
		}
	}
	if shown == nil || shown.Width == 0 || shown.Height == 0 {
		return
	}
	outside := false
	for _, r := range a.Rectangles {
		outside = outside || r.Right > shown.Width || r.Bottom > shown.Height
	}
	for _, p := range a.Regions {
		for i := 0; i+1 < len(p.Corners); i += 2 {
			x, y := p.Corners[i], p.Corners[i+1]
			outside = outside || x < 0 || y < 0 || x > float64(shown.Width) || y > float64(shown.Height)
		}
	}
	if outside {
		c.warn(e, "a right area reaches out of the picture", "look at its corners and at the picture's width and height")
	}
}

// parseRectangle reads "(1,2)-(3,4)", also with square brackets. What stands behind it is left alone, as in Open edX.
func parseRectangle(text string) (r rectangle, ok bool) {
	text = strings.ReplaceAll(pystr.Strip(text), " ", "")
	for i, to := range []*int{&r.Left, &r.Top, &r.Right, &r.Bottom} {
		opens := [4]string{"([", ",", "([", ","}[i]
		if i == 2 {
			var minus bool
			if text, minus = strings.CutPrefix(text, "-"); !minus {
				return r, false
			}
		}
		if text == "" || !strings.Contains(opens, text[:1]) {
			return r, false
		}
		if *to, text, ok = leadingNumber(text[1:]); !ok {
			return r, false
		}
		if i%2 == 1 {
			if text == "" || text[0] != ')' && text[0] != ']' {
				return r, false
			}
			text = text[1:]
		}
	}
	return r, true
}

// leadingNumber cuts a number of ASCII digits off.
func leadingNumber(text string) (n int, rest string, ok bool) {
	end := 0
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(text[:end])
	return n, text[end:], err == nil
}

// parsePoint reads "[12,34]".
func parsePoint(text string) (x, y int, ok bool) {
	rest, ok := strings.CutPrefix(strings.ReplaceAll(pystr.Strip(text), " ", ""), "[")
	if !ok {
		return 0, 0, false
	}
	if x, rest, ok = leadingNumber(rest); !ok || !strings.HasPrefix(rest, ",") {
		return 0, 0, false
	}
	if y, rest, ok = leadingNumber(rest[1:]); !ok || !strings.HasPrefix(rest, "]") {
		return 0, 0, false
	}
	return x, y, true
}

// parseRegions reads lists of corners, or one list of them.
func parseRegions(text string) ([]polygon, bool) {
	var several [][][]float64
	if json.Unmarshal([]byte(text), &several) != nil {
		var one [][]float64
		if json.Unmarshal([]byte(text), &one) != nil {
			return nil, false
		}
		several = [][][]float64{one}
	}
	var list []polygon
	for _, corners := range several {
		for _, corner := range corners {
			if len(corner) != 2 || math.Abs(corner[0]) > maxPixels || math.Abs(corner[1]) > maxPixels {
				return nil, false
			}
		}
		if p := hull(corners); len(p.Corners) > 0 {
			list = append(list, p)
		}
	}
	return list, true
}

func (imageResponse) grade(g *grading, r *Response, parts []Part) *Failure {
	for i := range parts {
		answer := g.answers[parts[i].ID]
		if answer.empty() {
			continue
		}
		x, y, ok := parsePoint(answer.first())
		if !ok {
			return invalid(parts[i].ID, "point_unread", answer.first())
		}
		if r.Image.Areas[i].holds(x, y) {
			parts[i].Correctness = Correct
		}
	}
	return nil
}

func (a *area) holds(x, y int) bool {
	for _, r := range a.Rectangles {
		if r.Left <= x && x <= r.Right && r.Top <= y && y <= r.Bottom {
			return true
		}
	}
	for i := range a.Regions {
		if a.Regions[i].holds(float64(x), float64(y)) {
			return true
		}
	}
	return false
}

func (imageResponse) reveal(r *Response) []Shown {
	var list []Shown
	for i, slot := range r.Inputs {
		if texts := r.Image.Areas[i].Texts; len(texts) > 0 {
			list = append(list, Shown{ID: slot.ID, Texts: texts})
		}
	}
	return list
}

func (imageResponse) solve(r *Response) []Answers {
	answers := Answers{}
	for i, slot := range r.Inputs {
		if x, y, ok := r.Image.Areas[i].inside(); ok {
			answers[slot.ID] = Given("[" + itoa(x) + "," + itoa(y) + "]")
		}
	}
	return []Answers{answers}
}

// inside is a right point.
func (a *area) inside() (x, y int, ok bool) {
	for _, r := range a.Rectangles {
		if x, y = (r.Left+r.Right)/2, (r.Top+r.Bottom)/2; a.holds(x, y) {
			return x, y, true
		}
	}
	for i := range a.Regions {
		cx, cy := a.Regions[i].middle()
		if x, y = int(cx+0.5), int(cy+0.5); a.holds(x, y) {
			return x, y, true
		}
	}
	return 0, 0, false
}
