package hotspots

import (
	"html"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/picture"
	"github.com/quoin-lms/quoin/sdk/question"
)

// pixels writes a length or a place.
func pixels(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// drawing lies over the picture, in the picture's own pixels.
func drawing(p *question.Page, shown *picture.Picture, class, inside string) {
	p.Raw(`<svg class="`, class, `" aria-hidden="true" viewBox="0 0 `, strconv.Itoa(shown.Width), " ", strconv.Itoa(shown.Height), `">`, inside, "</svg>")
}

// spot is a mark, with its number where there are several.
func spot(shown *picture.Picture, x, y float64, number, of int) string {
	radius := float64(max(shown.Width, shown.Height)) / 40
	if of == 1 {
		return `<circle cx="` + pixels(x) + `" cy="` + pixels(y) + `" r="` + pixels(radius/2) + `"/>`
	}
	return `<circle cx="` + pixels(x) + `" cy="` + pixels(y) + `" r="` + pixels(radius) + `"/>` +
		`<text x="` + pixels(x) + `" y="` + pixels(y+radius/2) + `" font-size="` + pixels(1.4*radius) + `" text-anchor="middle">` + strconv.Itoa(number) + `</text>`
}

// drawn is a region as it lies on the picture.
func (r *region) drawn() string {
	width, height := r.Right-r.Left, r.Bottom-r.Top
	switch {
	case len(r.Corners) > 0:
		corners := make([]string, len(r.Corners))
		for i, n := range r.Corners {
			corners[i] = pixels(n)
		}
		return `<polygon points="` + strings.Join(corners, " ") + `"/>`
	case r.Ellipse:
		return `<ellipse cx="` + pixels(r.Left+width/2) + `" cy="` + pixels(r.Top+height/2) + `" rx="` + pixels(width/2) + `" ry="` + pixels(height/2) + `"/>`
	}
	return `<rect x="` + pixels(r.Left) + `" y="` + pixels(r.Top) + `" width="` + pixels(width) + `" height="` + pixels(height) + `"/>`
}

// Reveal implements question.Revealer: the right regions on the picture, and what is there in words.
func (kind) Reveal(p *question.Page, public Public, secret Secret) {
	if public.Picture.Source == "" || secret.wanted() == 0 {
		return
	}
	var areas strings.Builder
	var names []string
	for i := range secret.Regions {
		r := &secret.Regions[i]
		if !r.Correct {
			continue
		}
		areas.WriteString(r.drawn())
		name := html.EscapeString(r.Name)
		if name != "" {
			name += " "
		}
		if x, y, ok := secret.inside(i); ok {
			name += `<bdi dir="ltr">(` + pixels(x) + ", " + pixels(y) + ")</bdi>"
		}
		names = append(names, name)
	}
	public.Picture.Open(p, "")
	drawing(p, &public.Picture, "spot-areas", areas.String())
	picture.Close(p)
	p.Right(names...)
}

// fineness is how many points are tried across a region and down.
const fineness = 24

// inside gives a whole point that counts for a region: its middle, or another where an earlier region or a bay takes that.
func (s *Secret) inside(at int) (x, y float64, ok bool) {
	r := &s.Regions[at]
	whole := func(n float64) float64 { return float64(int(n + 0.5)) }
	counts := func(x, y float64) bool {
		return x <= float64(s.Width) && y <= float64(s.Height) && s.at(x, y) == at
	}
	if x, y = whole((r.Left+r.Right)/2), whole((r.Top+r.Bottom)/2); counts(x, y) {
		return x, y, true
	}
	for down := range fineness {
		for across := range fineness {
			x = whole(r.Left + (r.Right-r.Left)*(float64(across)+0.5)/fineness)
			y = whole(r.Top + (r.Bottom-r.Top)*(float64(down)+0.5)/fineness)
			if counts(x, y) {
				return x, y, true
			}
		}
	}
	return 0, 0, false
}

// Solve implements question.Kind.
func (kind) Solve(_ Public, secret Secret) question.Answers {
	answers := question.Answers{}
	for i := range secret.Regions {
		if len(answers) == secret.wanted() || !secret.Regions[i].Correct {
			continue
		}
		x, y, ok := secret.inside(i)
		if !ok {
			return nil // nobody can mark it
		}
		answers[inputOf(len(answers))] = []string{pixels(x) + "," + pixels(y)}
	}
	if len(answers) == 0 {
		return nil
	}
	return answers
}
