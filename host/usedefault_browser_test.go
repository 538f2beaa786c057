package host_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// menu has lists with a default: rows, and texts without declared rows.
type menu struct{}

type menuFields struct {
	DisplayName string   `quoin:"display_name,settings" title:"Name"`
	Dishes      []string `quoin:"dishes,settings" items:"string" default:"[\"Soup\",\"Rice\"]" title:"Dishes" add:"Add a dish"`
	Drinks      []string `quoin:"drinks,settings" default:"[\"Tea\",\"Water\"]" title:"Drinks"`
}

func (menu) Outline(_ *sdk.Call, _ *menuFields, _ []wire.Child) (sdk.Outline[sdk.None, sdk.None], error) {
	return sdk.Outline[sdk.None, sdk.None]{Facts: wire.Facts{Title: "Menu", Completion: wire.CompleteByBlock}}, nil
}

func (menu) Render(*sdk.Call, sdk.View[menuFields, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: "<p>Menu</p>"}, nil
}

// A list that has a value of its own goes back to its default by a button, and by another the default goes again: both with the keys
// alone, both saved at once.
func TestUseDefaultOfListsInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	w.installManifest(`{"name": "menu", "version": "1.0.0", "title": "Menu", "description": "D", "licence": "Apache-2.0"}`, nil, true,
		sdk.New[menuFields, sdk.None, sdk.None](menu{}, sdk.Spec{Views: []wire.View{{Name: wire.ViewLearner}}}))
	run := w.forces()
	sue := w.member("sue", run, "staff")
	b := w.studioTab(t, run, "sue", "read1")
	b.like(1280, "light")
	id := b.adds("menu")
	stored := func(what, name, want string) {
		t.Helper()
		b.saved()
		var sheet struct {
			Fields map[string]struct{ Base json.RawMessage }
		}
		sue.data(component(run, "menu", id)+"/form", &sheet)
		if got := string(sheet.Fields[name].Base); got != want {
			t.Errorf("%s: %s is %s, want %s", what, name, got, want)
		}
	}
	const (
		rows  = `[...document.querySelectorAll("#sheet-dishes [data-rows] > [data-row] input[id]")].map(e => e.value).join()`
		shown = `["[data-default]", "[data-default-undo]"].map(s => document.querySelector("#sheet-dishes " + s).hidden).join()`
	)
	b.is("unset, the default stands in the rows", rows, "Soup,Rice")
	b.click(`#sheet-dishes [data-row]:nth-child(2) [data-remove]`)
	stored("a row is removed", "dishes", `["Soup"]`)
	b.click(`#sheet-dishes [data-undo]`)
	stored("and taken back", "dishes", `["Soup","Rice"]`)
	b.click(`#sheet-dishes [data-default]`)
	stored("default", "dishes", "null")
	b.is("there is nothing to go back to", shown, "true,false")
	b.typeInto(`#sheet-dishes [data-row] input[id]`, "Bread")
	b.until(shown + ` === "false,true"`)
	stored("typed", "dishes", `["Bread","Rice"]`)
	b.focusOn(`#sheet-dishes [data-default]`)
	b.press("\r")
	b.hears("Dishes is at its default again.")
	b.is("the default stands in the rows", rows, "Soup,Rice")
	b.is("the focus is on what takes it back", `String(document.activeElement.matches("[data-default-undo]"))`, "true")
	stored("default", "dishes", "null")
	b.press("\r")
	b.is("what was typed is back", rows, "Bread,Rice")
	b.is("the focus", `String(document.activeElement.matches("[data-default]"))`, "true")
	stored("taken back", "dishes", `["Bread","Rice"]`)
	b.press("\r")
	stored("default again", "dishes", "null")
	b.click(`#sheet-dishes [data-row]:nth-child(2) [data-remove]`)
	b.until(shown + ` === "false,true"`)
	stored("changed from the default", "dishes", `["Soup"]`)

	b.is("lines begin with their default as a hint", `document.querySelector("#sheet-drinks").placeholder`, "Tea\nWater")
	b.typeInto("#sheet-drinks", "Milk")
	stored("typed", "drinks", `["Milk"]`)
	b.click(`.field:has(> #sheet-drinks) [data-default]`)
	stored("default", "drinks", "null")
	b.is("nothing stands before the hint", `document.querySelector("#sheet-drinks").value`, "")
	b.click(`.field:has(> #sheet-drinks) [data-default-undo]`)
	stored("taken back", "drinks", `["Milk"]`)
	for _, l := range []look{{1280, "light", "en"}, {390, "light", "en"}, {390, "dark", "ar"}} {
		b.like(l.width, l.scheme)
		b.open(studioPath(run) + "/units/read1?lang=" + l.language)
		b.click(part(id) + ` [data-edit]`)
		b.visible(`#sheet-dishes [data-default]`)
		b.check(source, fmt.Sprintf("a default at %d px in %s", l.width, l.language))
		if shots := os.Getenv("QUOIN_SCREENSHOTS"); shots != "" {
			b.eval(`document.querySelector("#sheet-dishes").scrollIntoView()`)
			b.picture(filepath.Join(shots, fmt.Sprintf("usedefault-%d-%s.png", l.width, l.language)))
		}
	}
	b.quiet()
}
