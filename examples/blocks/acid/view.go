package acid

import (
	"fmt"
	"html"
	"runtime"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// sandboxed reports whether this is the guest that sites load; compiled into a program it has the program's memory and files.
const sandboxed = runtime.GOOS == "wasip1"

// states in the order of the summary.
var states = []string{green, red, none, waits, "idle"}

// initial is what the view tells its script.
type initial struct {
	Page string `json:"page"`
	// Rows are in the order of the page's items.
	Rows    []Row             `json:"rows"`
	Results map[string]Result `json:"results"`
	Seen    seen              `json:"seen"`
	Words   map[string]string `json:"words"`
	// Odd is a text that must come through unchanged.
	Odd string `json:"odd"`
	// Probe and File are what the form holds and gets.
	Probe string `json:"probe"`
	File  string `json:"file"`
	// Language is the one that the view was made in.
	Language string `json:"language"`
}

// odd would end a script element if it were written as it is.
const odd = `</script><!-- "ع" & 'x' ` + "\u2028"

// listed are the rows of a page that this build can be asked.
func listed(page string) []Group {
	var groups []Group
	for _, group := range rows[page] {
		kept := Group{Group: group.Group}
		for _, row := range group.Rows {
			if row.Only != "sandbox" || sandboxed {
				kept.Rows = append(kept.Rows, row)
			}
		}
		groups = append(groups, kept)
	}
	return groups
}

func begin(c *sdk.Call, page string, results map[string]Result) initial {
	i := initial{
		Page: page, Results: map[string]Result{}, Words: map[string]string{}, Odd: odd, Probe: probeText, File: fileText,
		Language: c.Context.Locale, Seen: seen{Places: []string{}},
	}
	for _, group := range listed(page) {
		for _, row := range group.Rows {
			i.Rows = append(i.Rows, row)
			if result, there := results[row.ID]; there {
				result.Memo = nil
				i.Results[row.ID] = result
			}
		}
	}
	for _, state := range states {
		i.Words["state."+state], i.Words["sum."+state] = c.T("state."+state), c.T("sum."+state)
	}
	for _, key := range []string{"running", "wait.notice", "refused"} {
		i.Words[key] = c.T(key)
	}
	return i
}

func text(c *sdk.Call, key string, args ...any) string { return html.EscapeString(c.T(key, args...)) }

// stateOf is how a row is shown: one that is running or was never asked is idle.
func stateOf(results map[string]Result, id string) string {
	switch state := results[id].State; state {
	case green, red, none, waits:
		return state
	}
	return "idle"
}

// summary counts the rows by their states, leaving out what there is none of beside the first three.
func summary(c *sdk.Call, page string, results map[string]Result) string {
	counts := map[string]int{}
	for _, group := range listed(page) {
		for _, row := range group.Rows {
			counts[stateOf(results, row.ID)]++
		}
	}
	var parts []string
	for n, state := range states {
		if n < 3 || counts[state] > 0 {
			parts = append(parts, text(c, "sum."+state, counts[state]))
		}
	}
	return strings.Join(parts, " · ")
}

// table writes the rows, by groups.
func table(b *strings.Builder, c *sdk.Call, page string, results map[string]Result) {
	fmt.Fprintf(b, `<label class="acid-filter"><input type="checkbox" class="acid-only"> %s</label>`, text(c, "only"))
	for _, group := range listed(page) {
		fmt.Fprintf(b, `<section class="acid-group"><h3>%s</h3><ul class="acid-rows">`, text(c, "group."+group.Group))
		for _, row := range group.Rows {
			state := stateOf(results, row.ID)
			fmt.Fprintf(b, `<li class="acid-row acid-%s"><span class="acid-state">%s</span> <span class="acid-what"><span class="acid-title">%s</span> <span class="acid-where"><span dir="ltr">%s</span> · %s</span> <span class="acid-note">%s</span></span></li>`,
				state, text(c, "state."+state), text(c, "row."+row.ID), row.ID, text(c, "section", "\u2068"+row.Section+"\u2069"), html.EscapeString(results[row.ID].Note))
		}
		b.WriteString(`</ul></section>`)
	}
	fmt.Fprintf(b, `<p class="acid-nothing">%s</p>`, text(c, "none_left"))
}

// Render implements sdk.Renderer.
func (block) Render(c *sdk.Call, v sdk.View[Fields, Public]) (sdk.Fragment, error) {
	if v.Name == "notice" {
		return sdk.Fragment{
			HTML:    `<p class="acid-arrived" role="status">` + text(c, "notice.look") + `</p>`,
			Element: "acid-notice", Scripts: []string{"acid.js"}, Init: map[string]string{"tag": strings.Join(v.Query["tag"], ""), "arrived": c.T("notice.arrived")}, Height: 120,
		}, nil
	}
	results := looked(c, v)
	var b strings.Builder
	fmt.Fprintf(&b, `<div class="acid stack"><p>%s</p><p class="acid-sum" role="status">%s</p><div class="submit-bar"><button class="button primary acid-run" form="quoin:form" name="handler" value="form"><span class="acid-plain">%s</span><span class="acid-lively">%s</span></button></div>`,
		text(c, "intro"), summary(c, "acid", results), text(c, "form"), text(c, "run"))
	b.WriteString(`<p class="acid-progress small soft"></p>`)
	fmt.Fprintf(&b, `<details class="acid-form"><summary>%s</summary><div class="field"><label for="quoin:id/probe">%s</label><input id="quoin:id/probe" name="probe" readonly dir="auto" value="%s" form="quoin:form"></div><input type="hidden" name="many" value="a" form="quoin:form"><input type="hidden" name="many" value="b" form="quoin:form"><div class="field"><label for="quoin:id/file">%s</label><input id="quoin:id/file" type="file" name="file" form="quoin:form"></div><img class="acid-dot" src="quoin:asset/dot.svg" alt="" width="12" height="12"></details>`,
		text(c, "probe"), text(c, "probe"), html.EscapeString(probeText), text(c, "file"))
	table(&b, c, "acid", results)
	i := begin(c, "acid", results)
	i.Seen.Posts = v.Fields.Posts
	if len(v.Children) > 0 {
		fmt.Fprintf(&b, `<section class="acid-children"><h3>%s</h3>`, text(c, "places"))
		for _, child := range v.Children {
			i.Seen.Places = append(i.Seen.Places, child.ID)
			fmt.Fprintf(&b, `<%s name="%s"></%s>`, wire.PlaceTag, html.EscapeString(child.ID), wire.PlaceTag)
		}
		b.WriteString(`</section>`)
	}
	b.WriteString(`</div>`)
	return sdk.Fragment{HTML: b.String(), Styles: []string{"acid.css"}, Scripts: []string{"acid.js"}, Element: "acid-page", Init: i}, nil
}

// Render implements sdk.Renderer.
func (asking) Render(c *sdk.Call, v sdk.View[QuestionFields, Public]) (sdk.Fragment, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `<div class="acid stack"><p>%s</p><p class="acid-sum" role="status">%s</p><p><button class="button primary acid-run" type="button" hidden>%s</button></p><p class="acid-progress small soft"></p><div class="field"><label for="quoin:id/do">%s</label><select id="quoin:id/do" name="do" form="quoin:form">`,
		text(c, "question.intro"), summary(c, "question", v.Fields.Results), text(c, "run"), text(c, "answer"))
	for _, do := range []string{"full", "partial", "zero", "nonsense"} {
		fmt.Fprintf(&b, `<option dir="ltr">%s</option>`, do)
	}
	disabled := ""
	if v.Access == nil || !v.Access.Submit.Open {
		disabled = " disabled"
	}
	fmt.Fprintf(&b, `</select></div><div class="submit-bar"><button class="button" form="quoin:form" name="handler" value="submit"%s>%s</button>`, disabled, text(c, "submit"))
	fmt.Fprintf(&b, `<button class="button acid-reset" form="quoin:form" name="handler" value="@reset">%s</button></div>`, text(c, "reset"))
	table(&b, c, "question", v.Fields.Results)
	b.WriteString(`</div>`)
	return sdk.Fragment{HTML: b.String(), Styles: []string{"acid.css"}, Scripts: []string{"acid.js"}, Element: "acid-page", Init: begin(c, "question", v.Fields.Results)}, nil
}
