package kernel_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

type (
	shelfV1 struct {
		Theme string `quoin:"theme,preferences"`
		Size  string `quoin:"size,preferences"`
	}
	shelfV2 struct {
		Look string `quoin:"look,preferences"`
		Size string `quoin:"size,preferences"`
	}
	// shelfOld and shelfNew are a block in two versions: the second calls the preference "theme" "look", and the document's
	// "n" "count".
	shelfOld struct{}
	shelfNew struct{}
)

func showShelf(c *sdk.Call, rest string) (sdk.Fragment, error) {
	var one map[string]int
	if _, _, err := c.Document("shelf", "one", &one); err != nil {
		return sdk.Fragment{}, err
	}
	found, err := c.Documents(wire.DocumentFind{Collection: "shelf"})
	list := ""
	for _, d := range found.Documents {
		list += string(d.Body)
	}
	return sdk.Fragment{HTML: fmt.Sprintf("%v %s %s", one, list, rest)}, err
}

func (shelfOld) Render(c *sdk.Call, v sdk.View[shelfV1, sdk.None]) (sdk.Fragment, error) {
	return showShelf(c, v.Fields.Theme+" "+v.Fields.Size)
}

func (shelfOld) Handle(_ *sdk.Call, r *sdk.Request[shelfV1, sdk.None]) (*sdk.Reply, error) {
	r.Fields.Theme, r.Fields.Size = "dark", "small"
	if r.Handler == "take" {
		return sdk.OK().Take("shelf", "one", "n", 1, 0, 10), nil
	}
	return sdk.OK().Create("shelf", "one", map[string]int{"n": 3}), nil
}

func (shelfNew) Render(c *sdk.Call, v sdk.View[shelfV2, sdk.None]) (sdk.Fragment, error) {
	return showShelf(c, v.Fields.Look+" "+v.Fields.Size)
}

func (shelfNew) Handle(_ *sdk.Call, r *sdk.Request[shelfV2, sdk.None]) (*sdk.Reply, error) {
	if r.Handler == "size" {
		r.Fields.Size = "big"
		return sdk.OK(), nil
	}
	return sdk.OK().Take("shelf", "one", "count", 1, 0, 10), nil
}

func (shelfNew) Migrate(_ *sdk.Call, m wire.MigrateRequest) (wire.MigrateReply, error) {
	if m.From != 1 {
		return wire.MigrateReply{}, errors.New("an unknown schema")
	}
	if m.Collection == "" {
		return wire.MigrateReply{Fields: wire.Fields{"look": m.Fields["theme"], "size": json.RawMessage(`"migrated"`)}}, nil
	}
	return wire.MigrateReply{Document: json.RawMessage(strings.Replace(string(m.Document), `"n"`, `"count"`, 1))}, nil
}

// Preferences and documents of an older version are read in the newer shape, never rewritten by a look; single writes leave
// the other fields readable; an older version refuses what a newer one wrote.
func TestSchemasOfPreferencesAndDocuments(t *testing.T) {
	learner := []wire.Role{wire.RoleLearner}
	spec := func(schema int, fields ...string) sdk.Spec {
		reads := wire.Reads{Fields: fields}
		return sdk.Spec{
			Schema: schema, Collections: []wire.Collection{{Name: "shelf"}},
			Views: []wire.View{{Name: wire.ViewLearner, Reads: reads}},
			Handlers: []wire.Handler{
				{Name: "open", Roles: learner, Reads: reads}, {Name: "size", Roles: learner, Reads: reads}, {Name: "take", Roles: learner},
			},
		}
	}
	before := sdk.New[shelfV1, sdk.None, sdk.None](shelfOld{}, spec(1, "theme", "size"))
	after := sdk.New[shelfV2, sdk.None, sdk.None](shelfNew{}, spec(2, "look", "size"))
	w := newWorld(t, openStore(t), map[string]sdk.Block{"shelf": before})
	w.publish(place{"shelf", "s", nil})
	block, ann := w.block("shelf", "s"), w.learner("ann")
	post := func(handler string) {
		t.Helper()
		if _, err := w.post(ann, block, handler, "", nil); err != nil {
			t.Fatalf("%s: %v", handler, err)
		}
		w.kernel.Wait()
	}
	see := func(want string) {
		t.Helper()
		if shown := w.show(ann, block); shown.HTML != want {
			t.Errorf("shown %q, %v; want %q", shown.HTML, shown.Failure, want)
		}
	}
	personal := func() state.Personal {
		t.Helper()
		id := state.PersonalID("ann", wire.ScopePrefs, "shelf", w.run.String())
		doc, err := store.Of[state.Personal](w.store, state.PersonalSpec()).Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return doc.Body
	}
	post("open")
	see(`map[n:3] {"n":3} dark small`)
	w.install("shelf", "2.0.0", after)
	see(`map[count:3] {"count":3} dark migrated`)
	if p := personal(); len(p.Fields) != 2 || p.Fields["theme"].Schema != 1 || p.Fields["size"].Schema != 1 {
		t.Errorf("a look stored %+v", p.Fields)
	}
	post("take") // alone: preferences stay old
	see(`map[count:4] {"count":4} dark migrated`)
	w.pass(time.Second) // the later write wins
	post("size")
	see(`map[count:4] {"count":4} dark big`)
	if p := personal(); p.Fields["theme"].Schema != 1 || p.Fields["size"].Schema != 2 {
		t.Errorf("a write of one field left %+v", p.Fields)
	}
	w.install("shelf", "1.0.0", before)
	if shown := w.show(ann, block); code(shown.Failure) != wire.CodeBroken || !strings.Contains(shown.Failure.Message, "schema 2") {
		t.Errorf("the older version sees %q, %v", shown.HTML, shown.Failure)
	}
	if _, err := w.post(w.learner("bob"), block, "take", "", nil); code(err) != wire.CodeBroken {
		t.Errorf("the older version adds to a newer document: %v", err)
	}
}
