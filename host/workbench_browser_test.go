package host_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// edit changes the block's source, as an editor that saves.
func (b *table) edit(before, after string) {
	b.t.Helper()
	path := filepath.Join(b.folder, "block.ts")
	data, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	text := strings.Replace(string(data), before, after, 1)
	if text == string(data) {
		b.t.Fatalf("%s does not hold %q", path, before)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// The developer's way: look, let a learner answer, save the source, break it, mend it, write as an author, choose another scenario.
func TestWorkbenchInBrowser(t *testing.T) {
	b := newTable(t)
	tab := b.newTab(t)
	tab.open("/")
	tab.see("#now", "Quiz · One of three")
	tab.until(`Number(document.documentElement.dataset.fresh) > 0`)
	tab.see("#view-calls", "render learner")
	b.choose("ada", "9")
	tab.see("#view-calls", "handle submit")
	tab.see("#view-calls", "grade")
	tab.click(".bench-call summary")
	tab.see(".bench-call[open]", "Request")

	before := tab.text(`document.documentElement.dataset.fresh`)
	b.edit("</fieldset>", "</fieldset><p>As fresh as can be</p>")
	tab.see("#built", "quiz built at")
	tab.until(`document.documentElement.dataset.fresh > ` + before)
	b.as("ada").get(primeUnit).must(200, "As fresh as can be", `value="9" form="block-it-quiz-sample-prime-form" checked`)

	b.edit("export default block(", "export default blck(((")
	tab.see("#wrong pre", "block.ts:")
	b.as("ada").get(primeUnit).must(200, "As fresh as can be")
	b.edit("export default blck(((", "export default block(")
	tab.until(`document.querySelector("#wrong").hidden`)

	tab.visible("#field-question")
	tab.typeInto("#field-question", "Which one is written here?")
	tab.click("#author .button.primary")
	tab.see("#author-said", "Saved and published.")
	b.as("ada").get(primeUnit).must(200, "Which one is written here?")
	tab.see(".bench-scene[aria-current]", "edited")

	tab.eval(`document.querySelector("#tab-calls").focus()`)
	tab.press("\u0303") // the right arrow
	tab.until(`document.activeElement.id === "tab-fields" && !document.querySelector("#view-fields").hidden`)
	tab.see("#view-fields", "chosen")
	tab.see("#view-fields", "Tries: 1.")
	tab.click("#reset-menu summary")
	tab.click("#reset")
	tab.see("#toast", "Ada begins anew here.")
	tab.see("#view-fields", "Tries: 0.")
	tab.click("#undo")
	tab.see("#view-fields", "Tries: 1.")

	tab.eval(`document.querySelector('[data-scenario="quiz-sample-prime"]').focus()`)
	tab.press("\u0301\r") // the down arrow
	tab.see("#now", "Ann chooses wrong")
	tab.click("#tab-findings")
	tab.see("#view-findings", "samples and")
	tab.quiet()
}

// The workbench in each of its states, for eyes and for axe-core.
func TestWorkbenchLooks(t *testing.T) {
	b := newTable(t)
	tab := b.newTab(t)
	source := axe(t)
	b.choose("ada", "9")
	b.choose("lea", "7")
	states := []struct {
		name   string
		before func()
	}{
		{"begin", func() {}},
		{"call", func() {
			tab.click(".bench-call:has(.bench-effects) summary")
			tab.visible(".bench-call[open] pre")
		}},
		{"all", func() {
			tab.eval(`document.querySelectorAll("[data-show]").forEach(e => e.checked || e.click())`)
			tab.eval(`document.querySelector("#tab-fields").click()`)
			tab.visible("#view-fields table")
			tab.until(`[...document.querySelectorAll("iframe[data-frame]")].every(e => e.dataset.loaded)`)
		}},
		{"faults", func() { tab.eval(`document.querySelector("#faults-menu").open = true`) }},
		{"broken", func() {
			b.edit("export default block(", "export default blck(((")
			tab.visible("#wrong pre")
			tab.eval(`document.querySelector("#tab-findings").click()`)
		}},
	}
	for _, width := range []int64{1280, 390} {
		for _, scheme := range []string{"light", "dark"} {
			for _, language := range []string{"en", "ar"} {
				for _, state := range states {
					if state.name != "begin" && (scheme == "dark") != (language == "ar") {
						continue // each state once in either look
					}
					what := strings.Join([]string{"workbench", state.name, strconv.FormatInt(width, 10), scheme, language}, "-")
					tab.like(width, scheme)
					tab.open("/?lang=" + language)
					tab.eval(`localStorage.clear(); window.before = true; location.reload()`)
					tab.until(`!window.before && Number(document.documentElement.dataset.fresh) > 0`)
					tab.visible("#field-question")
					state.before()
					tab.check(source, what)
					if dir := os.Getenv("QUOIN_SCREENSHOTS"); dir != "" {
						tab.picture(filepath.Join(dir, what+".png"))
					}
					if state.name == "broken" {
						b.edit("export default blck(((", "export default block(")
						tab.until(`document.querySelector("#wrong").hidden`)
					}
				}
			}
		}
	}
	tab.quiet()
}

// How long it takes from saving the source until the learner's page is fresh, in Chromium. It is measured when QUOIN_FRESH says
// how often, and asserts nothing.
func TestWorkbenchFresh(t *testing.T) {
	rounds, err := strconv.Atoi(os.Getenv("QUOIN_FRESH"))
	if err != nil {
		t.Skip("QUOIN_FRESH does not say how often to measure")
	}
	b := newTable(t)
	tab := b.newTab(t)
	tab.open("/")
	tab.until(`Number(document.documentElement.dataset.fresh) > 0`)
	tab.eval(`new MutationObserver(() => window.freshAt = Date.now()).observe(document.documentElement, {attributeFilter: ["data-fresh"]})`)
	var took []time.Duration
	mark := "</fieldset>"
	for n := range rounds {
		count := tab.text(`document.documentElement.dataset.fresh`)
		next := "</fieldset><p>" + strconv.Itoa(n) + "</p>"
		start := time.Now()
		b.edit(mark, next)
		mark = next
		tab.until(`document.documentElement.dataset.fresh > ` + count)
		at, err := strconv.ParseInt(tab.text(`String(window.freshAt)`), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		took = append(took, time.UnixMilli(at).Sub(start))
	}
	slices.Sort(took)
	t.Logf("save to fresh page: p50 %v, p90 %v, most %v of %d", took[len(took)/2], took[len(took)*9/10], took[len(took)-1], len(took))
}
