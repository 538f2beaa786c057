package cards

import (
	"fmt"
	"html"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Render implements sdk.Renderer.
func (block) Render(c *sdk.Call, v sdk.View[sdk.None, sdk.None]) (sdk.Fragment, error) {
	all, err := cards(c)
	if err != nil {
		return sdk.Fragment{}, err
	}
	if v.Name == "deck" {
		return sdk.Fragment{HTML: deckView(c, all)}, nil
	}
	s, _, err := study(c)
	if err != nil {
		return sdk.Fragment{}, err
	}
	waiting := s.due(all, c.Context.Now)
	if v.Name == "due" {
		return sdk.Fragment{HTML: dueView(c, len(waiting)), Height: 120}, nil
	}
	return sdk.Fragment{HTML: studyView(c, &s, all, waiting)}, nil
}

func text(key string, c *sdk.Call, args ...any) string { return html.EscapeString(c.T(key, args...)) }

// dueView is what the first page shows.
func dueView(c *sdk.Call, waiting int) string {
	if waiting == 0 {
		return `<p>` + text("nothing_due", c) + `</p>`
	}
	return fmt.Sprintf(`<p><strong>%s</strong></p><p><a class="button" href="quoin:view/study">%s</a></p>`, text("due", c, waiting), text("study", c))
}

// studyView shows the next card. The answer is a press away, and then how well one knew it.
func studyView(c *sdk.Call, s *Study, all, waiting []sdk.Doc[Card]) string {
	var b strings.Builder
	b.WriteString(`<div class="stack">`)
	if s.Done > 0 {
		fmt.Fprintf(&b, `<p class="soft">%s</p>`, text("completed", c, s.Done))
	}
	switch {
	case len(all) == 0:
		fmt.Fprintf(&b, `<p>%s</p>`, text("empty", c))
	case len(waiting) == 0:
		fmt.Fprintf(&b, `<p><strong>%s</strong></p><p>%s</p>`, text("done", c), text("done_more", c))
	default:
		next := waiting[0]
		fmt.Fprintf(&b, `<p class="soft small">%s</p><p dir="auto"><strong>%s</strong></p>`, text("due", c, len(waiting)), html.EscapeString(next.Body.Front))
		fmt.Fprintf(&b, `<details><summary>%s</summary><div class="stack"><p dir="auto">%s</p><p>%s</p><p class="row">`, text("show", c), html.EscapeString(next.Body.Back), text("how_well", c))
		fmt.Fprintf(&b, `<input type="hidden" name="card" value="%s" form="quoin:form">`, html.EscapeString(next.ID))
		for _, grade := range []string{again, hard, good, easy} {
			class := "button"
			if grade == good {
				class = "button primary"
			}
			fmt.Fprintf(&b, `<button class="%s" form="quoin:form" name="handler" value="%s">%s</button> `, class, grade, text(grade, c))
		}
		b.WriteString(`</p></div></details>`)
	}
	if edits(c) {
		fmt.Fprintf(&b, `<p><a href="quoin:view/deck">%s</a></p>`, text("edit", c))
	}
	b.WriteString(`</div>`)
	return b.String()
}

// deckView is the course team's: the cards, and room for another one.
func deckView(c *sdk.Call, all []sdk.Doc[Card]) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<div class="stack"><h2>%s</h2>`, text("new_card", c))
	for _, side := range []string{"front", "back"} {
		fmt.Fprintf(&b, `<div class="field"><label for="quoin:id/%s">%s</label><textarea id="quoin:id/%s" name="%s" rows="2" maxlength="%d" dir="auto" form="quoin:form"></textarea></div>`,
			side, text(side, c), side, side, maxText)
	}
	fmt.Fprintf(&b, `<p><button class="button primary" form="quoin:form" name="handler" value="add">%s</button></p><h2>%s</h2>`, text("add", c), text("cards", c, len(all)))
	if len(all) > 0 {
		b.WriteString(`<ul>`)
		for _, card := range all {
			fmt.Fprintf(&b, `<li><label><input type="radio" name="card" value="%s" form="quoin:form"> <bdi>%s</bdi> — <bdi>%s</bdi></label></li>`,
				html.EscapeString(card.ID), html.EscapeString(card.Body.Front), html.EscapeString(card.Body.Back))
		}
		fmt.Fprintf(&b, `</ul><p><button class="button" form="quoin:form" name="handler" value="remove">%s</button></p>`, text("remove", c))
	}
	fmt.Fprintf(&b, `<p><a href="quoin:view/study">%s</a></p></div>`, text("study", c))
	return b.String()
}

// Samples implements sdk.Sampler.
func (block) Samples(*sdk.Call) ([]wire.Sample, error) {
	return []wire.Sample{{Name: "deck", Title: "An empty deck", Fields: wire.Fields{}}}, nil
}
