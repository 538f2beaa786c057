// Package draganddrop asks where on a picture things belong.
package draganddrop

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/options"
	"github.com/quoin-lms/quoin/blocks/questions/internal/picture"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/markup"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Picture are the author's fields of the picture.
type Picture = picture.Fields

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Picture
	Zones  []Zone `quoin:"zones,content" from:"picture.boxes" title:"Places on the picture" add:"Add a place" help:"A box each: how far its corner is from the left and from the top of the picture, and its size, in pixels. One place may take several things."`
	Items  []Item `quoin:"items,content,secret" title:"Things" add:"Add a thing" help:"Each is a point; one that belongs nowhere is to be left."`
	Names  bool   `quoin:"zone_names,settings,rare" default:"true" title:"Write the names of the places on the picture"`
	Credit string `quoin:"credit,settings,rare" default:"\"each\"" values:"each=Each thing counts|all=All or nothing" title:"Partly right answers"`
}

// Zone is one place on the picture.
type Zone struct {
	ID     string `json:"id,omitempty" quoin:"id,id"`
	Label  string `json:"label,omitempty" quoin:"label" title:"Name" help:"Learners choose it from a list too: say where it is, or a letter that stands in the picture, and not the answer."`
	X      int    `json:"x,omitempty" quoin:"x" min:"0" title:"From the left"`
	Y      int    `json:"y,omitempty" quoin:"y" min:"0" title:"From the top"`
	Width  int    `json:"width,omitempty" quoin:"width" min:"1" title:"Width"`
	Height int    `json:"height,omitempty" quoin:"height" min:"1" title:"Height"`
}

// Item is one thing to put somewhere.
type Item struct {
	ID       string `json:"id,omitempty" quoin:"id,id"`
	Text     string `json:"text,omitempty" quoin:"text,html" title:"Thing"`
	Zones    string `json:"zones,omitempty" quoin:"zones,text,secret" from:"zones.label" title:"Belongs to" help:"Each place where it is right. None where it belongs nowhere."`
	Feedback string `json:"feedback,omitempty" quoin:"feedback,html,secret,rare" title:"Feedback where it is put wrong"`
}

// Public is what learners see.
type Public struct {
	Picture picture.Picture `json:"p"`
	Zones   []zone          `json:"z,omitempty"`
	Items   []thing         `json:"i,omitempty"`
	Names   bool            `json:"n,omitempty"`
}

type zone struct {
	ID    string `json:"i"`
	Label string `json:"l"`
	Style string `json:"s"`
}

type thing struct {
	Input string `json:"i"`
	HTML  string `json:"h"`
}

// Secret says what belongs where.
type Secret struct {
	Items []right `json:"i,omitempty"`
	All   bool    `json:"a,omitempty"`
}

type right struct {
	Input    string   `json:"i"`
	Zones    []string `json:"z,omitempty"`
	Feedback string   `json:"f,omitempty"`
}

// Key implements question.Keyed: feedback changes no score.
func (s Secret) Key() any {
	key := map[string][]string{}
	for _, item := range s.Items {
		key[item.Input] = item.Zones
	}
	return []any{s.All, key}
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block { return question.New[Fields, Public, Secret](kind{}, question.Spec{}) }

// whole reports whether a zone has a name and a size.
func (z *Zone) whole() bool {
	return strings.TrimSpace(z.Label) != "" && z.Width > 0 && z.Height > 0 && z.X >= 0 && z.Y >= 0
}

// zoneNames are the ids of the zones in the author's order.
func (f *Fields) zoneNames() []string {
	var ids, labels []string
	for _, z := range f.Zones {
		ids, labels = append(ids, z.ID), append(labels, z.Label)
	}
	return question.IDs(ids, labels)
}

// find gives the place of a zone by its name, -1 for none.
func (f *Fields) find(label string) int {
	return slices.IndexFunc(f.Zones, func(z Zone) bool { return z.whole() && strings.EqualFold(strings.TrimSpace(z.Label), label) })
}

// Prepare implements question.Kind. Zones without a name or a size and things without a text are left out.
func (kind) Prepare(f *Fields) question.Prepared[Public, Secret] {
	out := question.Prepared[Public, Secret]{Shuffles: true, Unready: !f.Ready()}
	out.Public.Names, out.Secret.All = f.Names, f.Credit == string(question.AllOrNothing)
	if out.Unready {
		return out
	}
	out.Files, out.Public.Picture = []string{f.Name()}, f.Public()
	zones := f.zoneNames()
	for i := range f.Zones {
		if z := &f.Zones[i]; z.whole() {
			out.Public.Zones = append(out.Public.Zones, zone{zones[i], strings.TrimSpace(z.Label), out.Public.Picture.Style(z.X, z.Y, z.Width, z.Height)})
		}
	}
	var ids, texts, search []string
	for _, item := range f.Items {
		ids, texts = append(ids, item.ID), append(texts, item.Text)
	}
	names := question.IDs(ids, texts)
	for i, item := range f.Items {
		if markup.Text(item.Text) == "" && !strings.Contains(item.Text, "<img") {
			continue
		}
		key := right{Input: "item-" + names[i], Feedback: item.Feedback}
		for _, label := range options.Lines(item.Zones) {
			if at := f.find(label); at >= 0 {
				key.Zones = append(key.Zones, zones[at])
			} else {
				out.Unready = true // it would wrongly belong nowhere
			}
		}
		out.Secret.Items = append(out.Secret.Items, key)
		out.Public.Items = append(out.Public.Items, thing{key.Input, item.Text})
		out.Inputs = append(out.Inputs, question.Input{Name: key.Input, Label: markup.Text(item.Text), Max: 64})
		search = append(search, markup.Text(item.Text))
	}
	out.Points = float64(len(out.Inputs))
	out.Search = strings.Join(append(search, f.Alt), " ")
	return out
}

// Show implements question.Kind.
func (kind) Show(p *question.Page, public Public) {
	if public.Picture.Source == "" {
		return
	}
	p.Raw(`<div class="sorting">`)
	public.Picture.Open(p, "")
	var places []question.Option
	for _, z := range public.Zones {
		p.Raw(`<div class="picture-zone" data-place="`, z.ID, `" style="`, z.Style, `">`)
		if public.Names {
			p.Raw(`<span class="zone-name">`)
			p.Put(z.Label)
			p.Raw("</span>")
		}
		p.Raw("</div>")
		places = append(places, question.Option{Value: z.ID, HTML: z.Label})
	}
	picture.Close(p)
	p.Raw(`<ul class="matches">`)
	for _, at := range p.Order("items", len(public.Items), nil) {
		item := public.Items[at]
		id := question.ID(item.Input + "-text")
		p.Raw(`<li><div class="match-left" id="`, id, `">`, item.HTML, "</div>")
		p.Pick(question.Pick{Input: item.Input, LabelledBy: id, Options: places})
		p.After(item.Input)
		p.Raw("</li>")
	}
	p.Raw("</ul></div>")
}

// Judge implements question.Kind.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	var result question.Result
	for _, item := range secret.Items {
		part := question.Part{ID: item.Input, Possible: 1}
		put := s.First(item.Input)
		if slices.Contains(item.Zones, put) || put == "" && len(item.Zones) == 0 {
			part.Earned = 1
		} else if put != "" {
			part.Feedback = item.Feedback
		}
		result.Parts = append(result.Parts, part)
	}
	if secret.All {
		result.AllOrNothing()
	}
	return result, nil
}

// Solve implements question.Kind.
func (kind) Solve(_ Public, secret Secret) question.Answers {
	answers := question.Answers{}
	for _, item := range secret.Items {
		if len(item.Zones) > 0 {
			answers[item.Input] = item.Zones[:1]
		}
	}
	if len(answers) == 0 {
		return nil
	}
	return answers
}

// Words implements question.Worder.
func (kind) Words(public Public, _ string, values []string) string {
	var labels []string
	for _, z := range public.Zones {
		if slices.Contains(values, z.ID) {
			labels = append(labels, z.Label)
		}
	}
	return strings.Join(labels, ", ")
}

// Check implements question.Checker.
func (kind) Check(f *Fields) []wire.Finding {
	findings := append(f.Check(), question.OneOf("credit", f.Credit, "each", "all")...)
	var labels, texts []string
	for i := range f.Zones {
		z := &f.Zones[i]
		labels = append(labels, z.Label)
		at := func(column int, found wire.Finding) { findings = append(findings, question.InRow(found, i, column)) }
		switch {
		case z.Width <= 0 || z.Height <= 0:
			at(4, question.Wrong("zones", "the place has no size", "write its width and height in pixels"))
		case z.X < 0 || z.Y < 0 || f.Ready() && (z.X+z.Width > f.Width || z.Y+z.Height > f.Height):
			at(2, question.Wrong("zones", "the place reaches out of the picture, which is "+strconv.Itoa(f.Width)+" by "+strconv.Itoa(f.Height)+" pixels", "move it or make it smaller"))
		}
	}
	findings = append(findings, question.Duplicates("zones", 1, labels)...)
	if len(f.Zones) == 0 {
		findings = append(findings, question.Wrong("zones", "there is no place on the picture", "add one"))
	}
	belongs := false
	for i, item := range f.Items {
		texts = append(texts, item.Text)
		for _, label := range options.Lines(item.Zones) {
			belongs = true
			if f.find(label) < 0 {
				findings = append(findings, question.InRow(question.Wrong("items", "\""+label+"\" is not the name of a place", "write it as it stands there"), i, 2))
			}
		}
		for _, found := range question.Pictures("items", item.Feedback) {
			findings = append(findings, question.InRow(found, i, 3))
		}
	}
	if !belongs {
		findings = append(findings, question.Wrong("items", "nothing belongs anywhere", "add things and the places where they belong"))
	}
	return append(findings, question.Duplicates("items", 1, texts)...)
}

// Compile-time guards.
var (
	_ question.Checker[Fields] = kind{}
	_ question.Worder[Public]  = kind{}
	_ question.Keyed           = Secret{}
)
