// Package hotspots asks to mark places on a picture.
package hotspots

import (
	"embed"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/picture"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed locales/*.json
var locales embed.FS

// input is the name under which places are sent, each as "x,y".
const input = "spots"

// maxMarks bounds the places that a learner marks.
const maxMarks = 20

// Picture are the author's fields of the picture.
type Picture = picture.Fields

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Picture
	Areas  []Area `quoin:"areas,content,secret" title:"Areas" help:"In pixels of the picture, from the left and from the top. Areas that are not right are for feedback."`
	Marks  int    `quoin:"marks,content" default:"1" min:"1" max:"20" step:"1" title:"Places that a learner marks"`
	Credit string `quoin:"credit,settings" default:"\"each\"" values:"each=Each right area that is found counts|minus=A wrong place takes off what a right one gives|all=All or nothing" title:"Partly right answers"`
}

// Area is one row of the author's list.
type Area struct {
	ID       string `json:"id,omitempty" quoin:"id,id"`
	Label    string `json:"label,omitempty" quoin:"label,secret" title:"What is there"`
	Shape    string `json:"shape,omitempty" quoin:"shape,secret" default:"\"rectangle\"" values:"rectangle=Rectangle: two corners|circle=Circle: center and radius|polygon=Polygon: its corners" title:"Shape"`
	Coords   string `json:"coords,omitempty" quoin:"coords,secret" title:"Where" help:"Such as 20,40 120,90 or, for a circle, 120,80 30."`
	Correct  bool   `json:"correct,omitempty" quoin:"correct,secret" title:"Right"`
	Feedback string `json:"feedback,omitempty" quoin:"feedback,html,secret" title:"Feedback" help:"For who marks a place in it."`
}

// Public is what learners see.
type Public struct {
	Picture picture.Picture `json:"p"`
	Marks   int             `json:"m,omitempty"`
}

// Secret says where the areas are.
type Secret struct {
	Areas    []spot `json:"a,omitempty"`
	Marks    int    `json:"m,omitempty"`
	Possible int    `json:"n,omitempty"`
	Credit   string `json:"c,omitempty"`
	Width    int    `json:"w,omitempty"`
	Height   int    `json:"h,omitempty"`
}

type spot struct {
	area
	Right    bool   `json:"y,omitempty"`
	Label    string `json:"l,omitempty"`
	Feedback string `json:"f,omitempty"`
}

// Key implements question.Keyed: names and feedback change no score.
func (s Secret) Key() any {
	areas := slices.Clone(s.Areas)
	for i := range areas {
		areas[i].Label, areas[i].Feedback = "", ""
	}
	return []any{areas, s.Marks, s.Credit, s.Width, s.Height}
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block {
	return question.New[Fields, Public, Secret](kind{}, question.Spec{Catalogue: question.Words(locales)})
}

// Prepare implements question.Kind. Areas that cannot be read are left out.
func (kind) Prepare(f *Fields) question.Prepared[Public, Secret] {
	out := question.Prepared[Public, Secret]{Unready: !f.Ready(), Inputs: []question.Input{{Name: input, Many: true, Max: 64}}, Search: f.Alt}
	if out.Unready {
		return out
	}
	marks := min(max(f.Marks, 1), maxMarks)
	out.Files = []string{f.Name()}
	out.Public = Public{f.Public(), marks}
	out.Secret = Secret{Marks: marks, Credit: f.Credit, Width: f.Width, Height: f.Height}
	right := 0
	for _, a := range f.Areas {
		read, how := areaOf(a.Shape, a.Coords)
		if how != "" {
			continue
		}
		if a.Correct {
			right++
		}
		out.Secret.Areas = append(out.Secret.Areas, spot{read, a.Correct, strings.TrimSpace(a.Label), a.Feedback})
	}
	out.Secret.Possible = min(right, marks)
	out.Points = float64(out.Secret.Possible)
	return out
}

// Show implements question.Kind.
func (kind) Show(p *question.Page, public Public) {
	if public.Picture.Source == "" {
		return
	}
	p.Raw(`<div class="spotting">`)
	public.Picture.Open(p, "")
	public.drawn(p)
	picture.Close(p)
	group, help := question.ID("spots-do"), question.ID("spots-help")
	p.Raw(`<div role="group" aria-labelledby="`, question.PromptID, " ", group, `"><p class="todo" id="`, group, `">`)
	p.Say("mark", public.Marks)
	p.Raw(`</p><p class="help" id="`, help, `">`)
	p.Say("coordinates", public.Picture.Width, public.Picture.Height)
	p.Raw(`</p><ol class="spots">`)
	for n := range public.Marks {
		value := ""
		if given := p.Answers[input]; n < len(given) {
			value = given[n]
		}
		id := question.ID("spots-" + strconv.Itoa(n+1))
		p.Raw(`<li><label for="`, id, `">`)
		p.Say("place", n+1)
		p.Raw(`</label> <input type="text" class="line" size="10" maxlength="30" autocomplete="off" dir="ltr" id="`, id, `"`)
		p.Attr("name", input)
		p.Attr("form", question.Form)
		p.Attr("aria-describedby", help)
		p.Flag("readonly", p.Closed)
		p.Attr("value", value)
		p.Raw(">")
		if value != "" {
			p.Mark(input, value)
		}
		p.Raw("</li>")
	}
	p.Raw("</ol>")
	p.After(input)
	p.Raw("</div></div>")
}

// drawn draws the learner's places on the picture.
func (public *Public) drawn(p *question.Page) {
	public.over(p, "spot-marks")
	size := coordinate(float64(max(public.Picture.Width, public.Picture.Height)) / 50)
	for n, value := range p.Answers[input] {
		if at, ok := placeOf(value); ok && n < public.Marks {
			x, y := coordinate(at.X), coordinate(at.Y)
			p.Raw(`<circle cx="`, x, `" cy="`, y, `" r="`, size, `"></circle><text x="`, x, `" y="`, y, `" font-size="`, size, `" text-anchor="middle" dominant-baseline="central">`, strconv.Itoa(n+1), `</text>`)
		}
	}
	p.Raw("</svg>")
}

// over begins a drawing that lies on the picture.
func (public *Public) over(p *question.Page, class string) {
	p.Raw(`<svg class="`, class, `" viewBox="0 0 `, strconv.Itoa(public.Picture.Width), " ", strconv.Itoa(public.Picture.Height), `" aria-hidden="true">`)
}

// placeOf reads a place as learners send it.
func placeOf(value string) (point, bool) {
	list, ok := numbers(value)
	if !ok || len(list) != 2 {
		return point{}, false
	}
	return point{list[0], list[1]}, true
}

// Judge implements question.Kind.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	given := s.Answers[input]
	if len(given) > secret.Marks {
		return question.Refused(input, "too_many", strconv.Itoa(secret.Marks)), nil
	}
	part := question.Part{ID: input, Possible: float64(secret.Possible)}
	found, wrong := map[int]bool{}, 0
	for _, value := range given {
		at, ok := placeOf(value)
		if !ok {
			return question.Refused(input, "no_place", value), nil
		}
		if at.X < 0 || at.Y < 0 || at.X > float64(secret.Width) || at.Y > float64(secret.Height) {
			return question.Refused(input, "outside", value), nil
		}
		mark := question.Mark{At: value, Correctness: wire.Incorrect}
		if n := secret.at(at, found); n >= 0 {
			mark.Feedback = secret.Areas[n].Feedback
			if secret.Areas[n].Right && !found[n] {
				found[n], mark.Correctness = true, wire.Correct
			}
		}
		if mark.Correctness != wire.Correct {
			wrong++
		}
		part.Marks = append(part.Marks, mark)
	}
	part.Earned = secret.earned(len(found), wrong)
	if part.Earned < part.Possible && len(found) > 0 {
		part.Correctness = wire.Partial
	}
	return question.Whole(part), nil
}

// earned are the points of a number of right and wrong places.
func (s *Secret) earned(found, wrong int) float64 {
	switch s.Credit {
	case string(question.AllOrNothing):
		if found < s.Possible || wrong > 0 {
			return 0
		}
	case string(question.RightMinusWrong):
		return float64(max(0, min(found, s.Possible)-wrong))
	}
	return float64(min(found, s.Possible))
}

// at is the area at a place, -1 for none: a right one that nobody found yet before all others.
func (s *Secret) at(p point, found map[int]bool) int {
	best := -1
	for n := range s.Areas {
		if !s.Areas[n].holds(p) {
			continue
		}
		if s.Areas[n].Right && !found[n] {
			return n
		}
		if best < 0 {
			best = n
		}
	}
	return best
}

// Solve implements question.Kind.
func (kind) Solve(_ Public, secret Secret) question.Answers {
	var places []string
	for n := range secret.Areas {
		if a := &secret.Areas[n]; a.Right && len(places) < secret.Possible {
			if middle, ok := a.middle(); ok {
				places = append(places, middle.value())
			}
		}
	}
	if len(places) == 0 {
		return nil
	}
	return question.Answers{input: places}
}

// Reveal implements question.Revealer: the right areas on the picture, and what they are.
func (kind) Reveal(p *question.Page, public Public, secret Secret) {
	public.Picture.Open(p, "")
	public.over(p, "spot-areas")
	var labels []string
	for n := range secret.Areas {
		if a := &secret.Areas[n]; a.Right {
			p.Raw(a.svg())
			label := a.Label
			if label == "" {
				middle, _ := a.middle()
				label = middle.value()
			}
			labels = append(labels, label)
		}
	}
	p.Raw("</svg>")
	picture.Close(p)
	p.Raw("<p><b>")
	p.Put(strings.Join(labels, " · "))
	p.Raw("</b></p>")
}

// Check implements question.Checker.
func (kind) Check(f *Fields) []wire.Finding {
	findings := append(f.Picture.Check(), question.OneOf("credit", f.Credit, "each", "minus", "all")...)
	right := 0
	for i, a := range f.Areas {
		at := func(column int, found wire.Finding) { findings = append(findings, question.InRow(found, i, column)) }
		for _, found := range question.OneOf("areas", a.Shape, rectangle, circle, polygon, "") {
			at(2, found)
		}
		read, how := areaOf(a.Shape, a.Coords)
		switch {
		case how != "":
			at(3, question.Wrong("areas", "where the area is cannot be read", how))
		case f.Ready() && !read.within(f.Width, f.Height):
			at(3, question.Wrong("areas", "the area reaches out of the picture, which is "+strconv.Itoa(f.Width)+" by "+strconv.Itoa(f.Height)+" pixels", "move it or make it smaller"))
		case a.Correct && strings.TrimSpace(a.Label) == "":
			at(1, question.Warn("areas", "nothing says what is there, so the shown answer says it by a picture alone", "write it"))
		}
		if a.Correct {
			right++
		}
		for _, found := range question.Pictures("areas", a.Feedback) {
			at(5, found)
		}
	}
	if right == 0 {
		findings = append(findings, question.Wrong("areas", "no area is right", "add one and mark it as right"))
	}
	if f.Marks > right && right > 0 {
		findings = append(findings, question.Warn("marks", "learners mark more places than there are right areas", "ask for "+strconv.Itoa(right)+" or fewer"))
	}
	return findings
}

// Compile-time guards.
var (
	_ question.Checker[Fields]          = kind{}
	_ question.Revealer[Public, Secret] = kind{}
	_ question.Keyed                    = Secret{}
)
