package host_test

import (
	"maps"
	"testing"
)

// What somebody types stays under his hands while another author saves: a new row in which nothing stands yet, a row that both change, the
// focus and the place of the cursor. News of other fields comes at once, that of the one he is at when he leaves it.
func TestStudioTypingIsNotDisturbed(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.installQuestions(t)
	run := w.forces()
	w.member("sue", run, "staff")
	tom := w.member("tom", run, "staff")
	b := w.studioTab(t, run, "sue", "read1")
	id := b.adds("multiple-select")
	b.fills(map[string]any{"display_name": "Rivers", "choices": []map[string]any{{"text": "Rhine", "correct": true}, {"text": "Alps"}}})
	path := component(run, "multiple-select", id)
	type sheet struct {
		Fields map[string]struct{ Base any }
	}
	now := func() (s sheet) {
		tom.data(path+"/form", &s)
		return s
	}
	// tomWrites is another author's save of one choice, from what is stored at the time.
	tomWrites := func(row int, text string) {
		t.Helper()
		base := now().Fields["choices"].Base.([]any)
		value := append([]any{}, base...)
		value[row] = maps.Clone(base[row].(map[string]any))
		value[row].(map[string]any)["text"] = text
		tom.asks(path+"/save", edits("choices", base, value)).must(200)
	}
	const rows = `document.querySelectorAll("#sheet-choices [data-rows] > [data-row]")`
	focus := func(what, want string) {
		t.Helper()
		b.is(what, `document.activeElement.matches("#sheet-choices textarea, #sheet-choices input") ? document.activeElement.value : "the focus is on " + document.activeElement.localName`, want)
	}
	b.click(`#sheet-choices [data-add]`)
	b.until(rows + `.length === 3 && ` + rows + `[2].contains(document.activeElement)`)
	b.eval(`window.row = ` + rows + `[2]`)
	tomWrites(0, "The Rhine")
	b.until(`(document.querySelector("[data-news]")?.textContent ?? "") !== "" || !window.row.isConnected`)
	focus("an empty row keeps the focus", "")
	b.press("Elbe")
	focus("what is typed goes there", "Elbe")
	b.saved()
	b.eval(`document.querySelector("#sheet-display_name").focus()`)
	b.until(rows + `[0].querySelector("textarea, input:not([type=hidden])").value === "The Rhine"`)
	b.is("a row that was left", rows+`[2].querySelector("textarea, input:not([type=hidden])").value`, "Elbe")

	// An empty row that was left stays, too, while the list is drawn with news.
	b.click(`#sheet-choices [data-add]`)
	b.eval(`document.querySelector("#sheet-display_name").focus()`)
	tomWrites(1, "The Alps")
	b.until(rows + `[1].querySelector("textarea, input:not([type=hidden])").value === "The Alps"`)
	b.is("rows", "String("+rows+".length)", "4")
	b.is("the focus", `document.activeElement.id`, "sheet-display_name")

	// Both write in one row.
	b.eval(`(e => { e.focus(); e.setSelectionRange(e.value.length, e.value.length) })(` + rows + `[2].querySelector("textarea, input:not([type=hidden])"))`)
	tomWrites(2, "The river Elbe")
	b.press(" of sue")
	b.until(`!!document.querySelector("[data-conflict]") || !document.activeElement.closest("#sheet-choices")`)
	focus("two versions leave the focus", "Elbe of sue")
	b.press(", and more of it")
	focus("what is typed then", "Elbe of sue, and more of it")
	b.saved()
	b.is("one box", `String(document.querySelectorAll("[data-conflict]").length)`, "1")
	b.eval(`document.querySelector("#sheet-display_name").focus()`)
	b.see("[data-conflict]", "Elbe of sue, and more of it")
	b.see("[data-conflict]", "The river Elbe")
	b.until(`document.querySelector("[data-news]").textContent === ""`)
	b.is("in the form stands what is stored", rows+`[2].querySelector("textarea, input:not([type=hidden])").value`, "The river Elbe")
	b.quiet()
}
