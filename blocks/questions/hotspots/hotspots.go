// Package hotspots asks learners to point at something in a picture.
package hotspots

import (
	"embed"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/picture"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
)

//go:embed locales/*.json
var locales embed.FS

// Picture are the author's fields of the picture.
type Picture = picture.Fields

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Picture
	Places  int      `quoin:"places,content" default:"1" min:"1" max:"12" title:"Places to mark" help:"How many a learner may mark. It may be more than are right, so that it does not tell how many there are."`
	Regions []Region `quoin:"regions,content,secret" from:"picture.boxes" title:"Regions" add:"Add a region" help:"Each right region is to be marked once, as far as there are places to mark. A wrong one is there for its feedback. Where two lie over each other, the first counts."`
	Credit  string   `quoin:"credit,settings,rare" default:"\"each\"" values:"each=Each region counts|minus=Wrong marks take points away|all=All or nothing" title:"Partly right answers"`
}

// Region is one part of the picture. A rectangle and an ellipse lie in a box, a polygon has corners; all in the picture's pixels.
type Region struct {
	ID       string `json:"id,omitempty" quoin:"id,id"`
	Name     string `json:"name,omitempty" quoin:"name,secret" title:"What is there" help:"It is named where the right answer is shown."`
	Correct  bool   `json:"correct,omitempty" quoin:"correct,secret" title:"Right"`
	Shape    string `json:"shape,omitempty" quoin:"shape,secret" values:"rectangle=Rectangle|ellipse=Ellipse|polygon=Polygon" title:"Shape"`
	X        int    `json:"x,omitempty" quoin:"x,secret" min:"0" title:"From the left"`
	Y        int    `json:"y,omitempty" quoin:"y,secret" min:"0" title:"From the top"`
	Width    int    `json:"width,omitempty" quoin:"width,secret" min:"0" title:"Width"`
	Height   int    `json:"height,omitempty" quoin:"height,secret" min:"0" title:"Height"`
	Corners  string `json:"corners,omitempty" quoin:"corners,text,secret,rare" title:"Corners of a polygon" help:"From the left and from the top, such as 10,20 60,20 35,70."`
	Feedback string `json:"feedback,omitempty" quoin:"feedback,html,secret,rare" title:"Feedback where it is marked"`
}

// mostPlaces bounds how many a learner may mark.
const mostPlaces = 12

// Public is what learners see: nothing of the regions.
type Public struct {
	Picture picture.Picture `json:"p"`
	Places  int             `json:"n,omitempty"`
}

// Secret says what is where.
type Secret struct {
	Regions []region `json:"r,omitempty"`
	Credit  string   `json:"c,omitempty"`
	Places  int      `json:"n,omitempty"`
	Width   int      `json:"w,omitempty"`
	Height  int      `json:"h,omitempty"`
}

// Key implements question.Keyed: names and feedback change no score.
func (s Secret) Key() any {
	bare := s
	bare.Regions = nil
	for _, r := range s.Regions {
		r.Name, r.Feedback = "", ""
		bare.Regions = append(bare.Regions, r)
	}
	return bare
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block {
	return question.New[Fields, Public, Secret](kind{}, question.Spec{Catalogue: question.Words(locales)})
}

// places is how many inputs there are.
func (f *Fields) places() int { return max(1, min(f.Places, mostPlaces)) }

func inputOf(n int) string { return "place-" + strconv.Itoa(n+1) }

// Prepare implements question.Kind. Regions without an extent are left out.
func (kind) Prepare(f *Fields) question.Prepared[Public, Secret] {
	out := question.Prepared[Public, Secret]{Unready: !f.Ready()}
	if out.Unready {
		return out
	}
	out.Files, out.Search = []string{f.Name()}, f.Alt
	out.Public = Public{f.Public(), f.places()}
	out.Secret = Secret{Credit: f.Credit, Places: f.places(), Width: f.Width, Height: f.Height}
	for i := range f.Regions {
		if r, ok := f.Regions[i].read(); ok {
			out.Secret.Regions = append(out.Secret.Regions, r)
		}
	}
	for n := range f.places() {
		out.Inputs = append(out.Inputs, question.Input{Name: inputOf(n), Max: 64})
	}
	out.Points = float64(f.places()) // and not by what is right, which would tell how many there are
	return out
}

// wanted is how many regions are to be marked.
func (s *Secret) wanted() int {
	right := 0
	for i := range s.Regions {
		if s.Regions[i].Correct {
			right++
		}
	}
	return min(right, s.Places)
}

// at finds the first region that holds a point, -1 for none.
func (s *Secret) at(x, y float64) int {
	for i := range s.Regions {
		if s.Regions[i].holds(x, y) {
			return i
		}
	}
	return -1
}

// Show implements question.Kind. What was marked stands on the picture without scripts too.
func (kind) Show(p *question.Page, public Public) {
	if public.Picture.Source == "" {
		return
	}
	p.Raw(`<div class="spotting">`)
	public.Picture.Open(p, "")
	marked := ""
	for n := range public.Places {
		if x, y, ok := point(p.Answers.First(inputOf(n))); ok {
			marked += spot(&public.Picture, x, y, n+1, public.Places)
		}
	}
	if marked != "" {
		drawing(p, &public.Picture, "spot-marks", marked)
	}
	picture.Close(p)
	help := question.ID("places-help")
	p.Raw(`<p class="help" id="`, help, `">`)
	p.Say("write_places", public.Picture.Width, public.Picture.Height)
	p.Raw(`</p><ul class="spots">`)
	for n := range public.Places {
		input := inputOf(n)
		p.Raw(`<li>`)
		p.Type(question.Entry{Input: input, Label: p.Call.T("place", n+1), Size: 9, Max: 64, DescribedBy: help})
		p.Raw("</li>")
	}
	p.Raw("</ul></div>")
}

// Judge implements question.Kind. A region counts once; a second mark on it is a wrong one.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	marks := marks{wanted: secret.wanted(), hit: map[int]bool{}}
	marks.worth = float64(secret.Places) / float64(max(1, marks.wanted))
	for n := range secret.Places {
		part := question.Part{ID: inputOf(n)}
		text := strings.TrimSpace(s.First(part.ID))
		if text == "" {
			marks.empty = append(marks.empty, part)
			continue
		}
		x, y, ok := point(text)
		if !ok {
			return question.Refused(part.ID, "place_unread"), nil
		}
		if x > float64(secret.Width) || y > float64(secret.Height) {
			return question.Refused(part.ID, "place_outside", strconv.Itoa(secret.Width), strconv.Itoa(secret.Height)), nil
		}
		marks.put(part, secret.Regions, secret.at(x, y))
	}
	return marks.result(question.Credit(secret.Credit)), nil
}

// Compile-time guards.
var (
	_ question.Checker[Fields]          = kind{}
	_ question.Revealer[Public, Secret] = kind{}
	_ question.Keyed                    = Secret{}
)
