package problem

import (
	"strings"

	"github.com/quoin-lms/quoin/sdk"
)

const (
	editorScript = "editor.js"
	formScript   = "form.js"
	editorStyle  = "editor.css"
)

// inserts are the buttons of the toolbar: words of the catalogue, and the markdown that they insert, with words in {braces}.
var inserts = []struct{ word, text string }{
	{"label", ">>{question}||{description}<<\n"},
	{"choice", "(x) {right}\n( ) {wrong}\n( ) {wrong}\n"},
	{"check", "[x] {right}\n[ ] {wrong}\n[x] {right}\n"},
	{"dropdown", "[[{wrong}, ({right}), {wrong}]]\n"},
	{"number", "= 5 +- 1%\n"},
	{"text", "s= {answer}\nor= {answer}\n"},
	{"hint", "|| {hint} ||\n"},
	{"explanation", "[explanation]\n{because}\n[/explanation]\n"},
}

// editor is the author's view: the problem as a form, as markdown and as OLX. It holds no word of the problem, since no view is given what
// may hold answers; the page that shows it gives the fields to the element, whose script says how.
func (p *page) editor() sdk.Fragment {
	p.Raw(`<quoin-problem-editor class="stack"`)
	for _, word := range []string{
		"converting", "converted", "failed", "at_line", "refused", "formless", "loses", "clean", "mistake", "remark",
		"kept_markdown", "kept_olx", "markdown_made", "olx_made", "markdown_ends",
	} {
		p.Attr("data-"+strings.ReplaceAll(word, "_", "-"), p.Call.T("editor_"+word, "{0}"))
	}
	p.Raw(`><div class="el-tabs" role="tablist"`)
	p.Attr("aria-label", p.Call.T("editor_forms"))
	p.Raw(">")
	p.tab("visual", true)
	p.tab("markdown", false)
	p.tab("data", false)
	p.Raw(`</div><p class="small soft" data-kept></p>`)
	p.Raw(`<div class="stack-s" role="tabpanel" data-panel="visual" id="quoin:id/panel-visual" aria-labelledby="quoin:id/tab-visual">`)
	p.form()
	p.Raw(`<ul class="problem-findings" data-loose></ul></div>`)
	p.panel("markdown")
	p.panel("data")
	p.Raw(`<div class="notice warn stack-s" data-warning hidden tabindex="-1"><p></p><ul></ul><div class="row">`,
		`<button type="button" class="button" data-go>`)
	p.Say("editor_go")
	p.Raw(`</button><button type="button" class="button" data-stay>`)
	p.Say("editor_stay")
	p.Raw(`</button></div></div><p class="small soft" role="status" data-state></p></quoin-problem-editor>`)
	return sdk.Fragment{HTML: p.String(), Styles: []string{editorStyle}, Scripts: []string{formScript, editorScript}}
}

func (p *page) tab(name string, open bool) {
	selected := "false"
	if open {
		selected = "true"
	}
	p.Raw(`<button type="button" class="el-tab" role="tab" data-tab="`, name, `" id="quoin:id/tab-`, name, `" aria-controls="quoin:id/panel-`, name, `" aria-selected="`, selected, `"`)
	if !open {
		p.Raw(` tabindex="-1"`)
	}
	p.Raw(">")
	p.Say("editor_" + name)
	p.Raw("</button>")
}

// panel is one of the problem's sources, with what is wrong with it below.
func (p *page) panel(field string) {
	p.Raw(`<div class="stack-s" role="tabpanel" data-panel="`, field, `" id="quoin:id/panel-`, field, `" aria-labelledby="quoin:id/tab-`, field, `" hidden>`)
	if field == "markdown" {
		p.toolbar()
	}
	p.Raw(`<quoin-code><label for="quoin:id/`, field, `">`)
	p.Say("editor_source_" + field)
	p.Raw(`</label><textarea rows="16" id="quoin:id/`, field, `" data-field="`, field, `" aria-describedby="quoin:id/found-`, field, `"></textarea></quoin-code>`)
	p.Raw(`<ul class="problem-findings" id="quoin:id/found-`, field, `" data-found="`, field, `"></ul></div>`)
}

func (p *page) toolbar() {
	p.Raw(`<div class="problem-tools" role="toolbar"`)
	p.Attr("aria-label", p.Call.T("editor_insert"))
	p.Attr("aria-controls", "quoin:id/markdown")
	p.Raw(">")
	for i, insert := range inserts {
		text := insert.text
		for _, word := range []string{"question", "description", "right", "wrong", "answer", "hint", "because"} {
			text = strings.ReplaceAll(text, "{"+word+"}", p.Call.T("editor_word_"+word))
		}
		p.Raw(`<button type="button" class="button"`)
		p.Flag(`tabindex="-1"`, i > 0)
		p.Attr("data-insert", text)
		p.Raw(">")
		p.Say("editor_add_" + insert.word)
		p.Raw("</button>")
	}
	p.Raw("</div>")
}
