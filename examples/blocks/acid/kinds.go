package acid

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// ChildFields are those of a child: a block with a name and nothing else.
type ChildFields struct {
	Name string `quoin:"name,content" default:"\"1\"" title:"Name"`
}

type aChild struct{}

func child() sdk.Block {
	return sdk.New[ChildFields, Public, sdk.None](aChild{}, sdk.Spec{
		Views: []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Locale: true, Prepared: true}}}, Catalogue: catalogue, Collections: collections,
	})
}

// Outline implements sdk.Outliner.
func (aChild) Outline(_ *sdk.Call, f *ChildFields, _ []wire.Child) (sdk.Outline[Public, sdk.None], error) {
	return sdk.Outline[Public, sdk.None]{Facts: wire.Facts{Title: "Acid child " + f.Name, Icon: "text"}, Public: Public{"name": f.Name}}, nil
}

// Render implements sdk.Renderer.
func (aChild) Render(c *sdk.Call, v sdk.View[ChildFields, Public]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: `<p>` + text(c, "child", v.Public["name"]) + `</p>`}, nil
}

// Samples implements sdk.Sampler.
func (aChild) Samples(*sdk.Call) ([]wire.Sample, error) {
	return []wire.Sample{{Name: "child", Title: "A child", Fields: wire.Fields{}}}, nil
}

// appSaw is what the app found of what the checks in the course wrote.
type appSaw struct {
	Learner string `json:"learner"`
	Things  int    `json:"things"`
	// Elements says that the platform brought its elements to the app's view, which has one.
	Elements bool `json:"elements"`
}

type anApp struct{}

func app() sdk.Block {
	reads := wire.Reads{User: true, Locale: true}
	return sdk.New[sdk.None, sdk.None, sdk.None](anApp{}, sdk.Spec{
		Kind:        wire.KindApp,
		Views:       []wire.View{{Name: "tab", Slot: wire.SlotCourseTab, Roles: learner, Reads: reads}},
		Handlers:    []wire.Handler{{Name: "look", Roles: learner, Reads: reads}},
		Collections: collections, Catalogue: catalogue,
	})
}

// saw reads what the app found before, and what there is now.
func saw(c *sdk.Call) (before *sdk.Doc[appSaw], things int, err error) {
	found, _, err := sdk.Find[appSaw](c, wire.DocumentFind{Collection: "apps", Index: "by_learner", Equal: sdk.Keys(c.Context.Subject)})
	if err != nil {
		return nil, 0, err
	}
	all, err := c.Documents(wire.DocumentFind{Collection: "things", Index: "by_tag", Equal: sdk.Keys(forApp(c)), Count: true})
	if len(found) > 0 {
		before = &found[0]
	}
	return before, all.Count, err
}

// Render implements sdk.Renderer.
func (anApp) Render(c *sdk.Call, _ sdk.View[sdk.None, sdk.None]) (sdk.Fragment, error) {
	before, _, err := saw(c)
	if err != nil {
		return sdk.Fragment{}, err
	}
	said := "app.nothing"
	if before != nil && before.Body.Things > 0 {
		said = "app.seen"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<p class="acid-%s">%s</p><div class="submit-bar"><button class="button" form="quoin:form" name="handler" value="look">%s</button></div>`, strings.TrimPrefix(said, "app."), text(c, said), text(c, "app.look"))
	fmt.Fprintf(&b, `<quoin-hints><details><summary>%s</summary><p>%s</p></details></quoin-hints>`, text(c, "section", "quoin-hints"), text(c, "intro"))
	return sdk.Fragment{HTML: b.String(), Element: "acid-app", Scripts: []string{"acid.js"}, Height: 140}, nil
}

// Handle implements sdk.Handler: it stores what the app finds.
func (anApp) Handle(c *sdk.Call, r *sdk.Request[sdk.None, sdk.None]) (*sdk.Reply, error) {
	before, things, err := saw(c)
	if err != nil {
		return nil, err
	}
	var told struct{ Elements bool }
	if len(r.Body.Data) > 0 && json.Unmarshal(r.Body.Data, &told) != nil {
		return nil, sdk.Refuse("tell whether there are elements")
	}
	body := appSaw{Learner: c.Context.Subject, Things: things, Elements: told.Elements || before != nil && before.Body.Elements}
	if before == nil {
		return sdk.OK().Create("apps", c.Context.Subject, body), nil
	}
	return sdk.OK().Replace("apps", before.ID, before.Version, body), nil
}

// Samples implements sdk.Sampler.
func (anApp) Samples(*sdk.Call) ([]wire.Sample, error) {
	return []wire.Sample{{Name: "app", Title: "The app", Fields: wire.Fields{}}}, nil
}
