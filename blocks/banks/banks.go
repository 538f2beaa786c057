// Package banks are the blocks that give each learner some of their children by chance: Open edX's itembank, whose children
// authors pick, and library_content, whose children are a library's. What a learner has drawn stays his: it changes only where a
// child of it is gone, where the author asks for another number, and where the learner himself may draw again.
package banks

import (
	"embed"
	"fmt"
	"html"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed locales/*.json
var locales embed.FS

// Drawing are the fields of both types, by Open edX's names.
type Drawing struct {
	MaxCount int  `quoin:"max_count,settings" default:"1" min:"-1" step:"1" title:"How many" help:"How many of its problems each learner gets. To give everybody all of them, write -1."`
	Reset    bool `quoin:"allow_resetting_children,settings" default:"false" title:"Learners may draw again" help:"They get other problems then."`
}

// Bank are the fields of an itembank.
type Bank struct {
	DisplayName string `quoin:"display_name,settings" default:"\"Problem bank\"" title:"Name"`
	Drawing
}

// Library are the fields of a library_content.
type Library struct {
	DisplayName string `quoin:"display_name,settings" default:"\"Library content\"" title:"Name"`
	Source      string `quoin:"source_library_id,settings" default:"\"\"" title:"Library" help:"Its key, such as library-v1:Org+Name."`
	Version     string `quoin:"source_library_version,settings,rare" default:"\"\"" title:"Version of the library" help:"Its state when the problems were taken over."`
	Kind        string `quoin:"capa_type,settings,rare" default:"\"any\"" values:"any=Any|choiceresponse=Checkboxes|multiplechoiceresponse=Multiple choice|optionresponse=Drop-down|numericalresponse=Number|stringresponse=Text|formularesponse=Math expression|customresponse=Own program|imageresponse=Place in a picture|schematicresponse=Circuit" title:"Kind of problems" help:"Only these are taken over from the library."`
	Drawing
}

// fields are what drawing needs of either type.
type fields interface {
	name() string
	drawing() Drawing
}

func (f Bank) name() string        { return f.DisplayName }
func (f Bank) drawing() Drawing    { return f.Drawing }
func (f Library) name() string     { return f.DisplayName }
func (f Library) drawing() Drawing { return f.Drawing }

// Public is what the view needs: how many of how many problems a learner gets, and whether he may draw again.
type Public struct {
	Count int  `json:"count"`
	Of    int  `json:"of"`
	Reset bool `json:"reset,omitempty"`
}

// bank is one type, by its fields.
type bank[F fields] struct{ samples []wire.Sample }

// Block are the types of the package, by the names in block.json.
func Block() sdk.Block {
	return sdk.Types{"itembank": block(bank[Bank]{bankSamples()}), "library_content": block(bank[Library]{librarySamples()})}
}

// again is the handler that draws anew.
const again = "again"

func block[F fields](b bank[F]) sdk.Block {
	return sdk.New[F, Public, sdk.None](b, sdk.Spec{
		Views:    []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Prepared: true, Children: true, Locale: true}}},
		Handlers: []wire.Handler{{Name: again, Roles: []wire.Role{wire.RoleLearner}, Reads: wire.Reads{Prepared: true, Locale: true}}},
		Choose:   wire.ChooseReads{Seed: true}, Catalogue: sdk.Messages(locales),
	})
}

// wanted is how many of some children a learner gets.
func (d Drawing) wanted(children int) int {
	if d.MaxCount < 0 || d.MaxCount > children {
		return children
	}
	return d.MaxCount
}

// Outline implements sdk.Outliner. The number decides about what was drawn, so it is what answers depend on.
func (bank[F]) Outline(_ *sdk.Call, f *F, children []wire.Child) (sdk.Outline[Public, sdk.None], error) {
	d := (*f).drawing()
	count := d.wanted(len(children))
	expected := 0.0
	for _, child := range children {
		expected += points(&child.Facts)
	}
	if len(children) > 0 {
		expected = expected * float64(count) / float64(len(children))
	}
	return sdk.Outline[Public, sdk.None]{
		Facts: wire.Facts{
			Title: (*f).name(), Icon: "problem", Completion: wire.CompleteByContent, Chooses: true, Undrawn: &expected,
		},
		Public:     Public{Count: count, Of: len(children), Reset: d.Reset && count < len(children)},
		AnswerHash: "draw " + strconv.Itoa(d.MaxCount),
	}, nil
}

// points is what a child counts.
func points(facts *wire.Facts) float64 {
	switch {
	case facts.Undrawn != nil:
		return *facts.Undrawn
	case facts.MaxScore == nil:
		return 0
	case facts.Weight != nil:
		return *facts.Weight
	}
	return *facts.MaxScore
}

// Render implements sdk.Renderer. The course team gets all children, so that there are more than a learner has.
func (bank[F]) Render(c *sdk.Call, v sdk.View[F, Public]) (sdk.Fragment, error) {
	var b strings.Builder
	b.WriteString(`<div class="stack">`)
	all := len(v.Children) > v.Public.Count
	switch {
	case v.Public.Of == 0:
		fmt.Fprintf(&b, `<p class="notice">%s</p>`, html.EscapeString(c.T("bank.empty")))
	case all:
		fmt.Fprintf(&b, `<p class="notice">%s</p>`, html.EscapeString(c.T("bank.all", v.Public.Count, v.Public.Of)))
	}
	for _, child := range v.Children {
		fmt.Fprintf(&b, `<%[1]s name="%[2]s"></%[1]s>`, wire.PlaceTag, html.EscapeString(child.ID))
	}
	if v.Public.Reset && !all {
		fmt.Fprintf(&b, `<div class="submit-bar"><button class="button" form="quoin:form" name="handler" value="%s">%s</button><span class="soft small">%s</span></div>`,
			again, html.EscapeString(c.T("bank.again")), html.EscapeString(c.T("bank.again_help")))
	}
	b.WriteString(`</div>`)
	return sdk.Fragment{HTML: b.String()}, nil
}

// Handle implements sdk.Handler: a learner draws again.
func (bank[F]) Handle(c *sdk.Call, r *sdk.Request[F, Public]) (*sdk.Reply, error) {
	if !r.Public.Reset {
		return nil, sdk.Refuse("%s", c.T("bank.no_again"))
	}
	return sdk.OK().Effect(wire.Effect{Redraw: &wire.Redraw{}}).Say(c.T("bank.drawn")), nil
}

// Check implements sdk.Checker.
func (bank[F]) Check(_ *sdk.Call, f *F, children []wire.Child) ([]wire.Finding, error) {
	var findings []wire.Finding
	find := func(level wire.Level, message, fix string) {
		findings = append(findings, wire.Finding{Level: level, Field: "max_count", Message: message, Fix: fix})
	}
	count := (*f).drawing().MaxCount
	switch {
	case count == 0 || count < -1:
		find(wire.LevelError, fmt.Sprintf("learners would get %d problems", count), "give 1 or more, or -1 for all of them")
	case len(children) == 0:
		find(wire.LevelWarning, "there are no problems in it", "add some from a library")
	case count > len(children):
		find(wire.LevelWarning, fmt.Sprintf("%d problems are asked for, and there are %d", count, len(children)), "add problems, or ask for fewer")
	}
	for i := range children {
		if count > 0 && count < len(children) && points(&children[i].Facts) != points(&children[0].Facts) {
			find(wire.LevelHint, "not all problems count equally, so learners can reach different points", "give all of them the same weight")
			break
		}
	}
	return findings, nil
}
