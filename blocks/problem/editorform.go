package problem

import (
	"html"

	"github.com/quoin-lms/quoin/blocks/problem/visual"
)

// The form of a problem is drawn by its script from these templates, so that all words come from here.

// addable are the kinds of parts that an author may add, in the order of the buttons.
var addable = []string{"choice", "check", "dropdown", "number", "text", "prose", "hints", "explanation"}

func (p *page) form() {
	p.Raw(`<quoin-problem-form class="stack" hidden`)
	for _, word := range []string{"up", "down", "remove", "row_up", "row_down", "row_remove", "choice", "right", "partial", "fixed", "set", "removed"} {
		p.Attr("data-"+hyphened(word), p.Call.T("form_"+word, "{0}"))
	}
	p.Raw(`><p class="small" data-empty hidden>`)
	p.Say("form_empty")
	p.Raw(`</p><div class="stack" data-parts></div><div class="pf-add" role="group"`)
	p.Attr("aria-label", p.Call.T("form_add"))
	p.Raw(`><span class="pf-add-title" aria-hidden="true">`)
	p.Say("form_add")
	p.Raw(`</span>`)
	for _, kind := range addable {
		p.Raw(`<button type="button" class="button" data-add="`, kind, `">`)
		p.Say("form_kind_" + kind)
		p.Raw(`</button>`)
	}
	p.Raw(`</div><p class="visually-hidden" role="status" data-said></p>`)
	p.partTemplates()
	p.rowTemplates()
	p.Raw(`</quoin-problem-form>`)
}

func hyphened(word string) string {
	out := []byte(word)
	for i, c := range out {
		if c == '_' {
			out[i] = '-'
		}
	}
	return string(out)
}

func (p *page) template(name string, write func()) {
	p.Raw(`<template data-template="`, name, `">`)
	write()
	p.Raw(`</template>`)
}

// partTemplates are the frame of a part, and what stands in each kind.
func (p *page) partTemplates() {
	p.template("part", func() {
		p.Raw(`<section class="pf-part stack-s"><div class="pf-head"><h3 tabindex="-1" data-title></h3><span class="pf-acts">`)
		p.acts("part")
		p.Raw(`</span></div><div class="stack-s" data-body></div><ul class="problem-findings" data-found></ul></section>`)
	})
	for _, kind := range append([]string{"other"}, addable...) {
		p.template("title-"+kind, func() { p.Say("form_kind_" + kind) })
	}
	for _, kind := range []string{"choice", "check", "dropdown"} {
		p.template(kind, func() {
			p.asked()
			p.Raw(`<div class="pf-list" role="group"`)
			p.Attr("aria-label", p.Call.T("form_choices"))
			p.Raw(`><p class="pf-list-title" aria-hidden="true">`)
			p.Say("form_choices")
			p.Raw(`</p><ol class="pf-rows" data-rows="rows"></ol>`)
			p.adds("rows", "form_add_choice")
			p.Raw(`</div>`)
			if kind == "choice" {
				p.Raw(`<label class="pf-tick"><input type="checkbox" data-f="shuffle"> <span>`)
				p.Say("form_shuffle")
				p.Raw(`</span></label>`)
				p.input("pool", "form_pool")
			}
			p.credit(kind)
			if kind == "check" {
				p.sets()
			}
			p.outro()
			p.switches(kind)
			p.solved()
		})
	}
	p.template("number", func() {
		p.asked()
		p.Raw(`<label class="pf-field"><span>`)
		p.Say("form_mode")
		p.Raw(`</span><select data-mode><option value="one">`)
		p.Say("form_mode_one")
		p.Raw(`</option><option value="range">`)
		p.Say("form_mode_range")
		p.Raw(`</option></select></label><div class="pf-pair" data-one>`)
		p.input("answer", "form_number")
		p.input("tolerance", "form_tolerance")
		p.Raw(`</div><div class="pf-pair" data-range hidden>`)
		p.input("from", "form_from")
		p.input("to", "form_to")
		for _, end := range []string{"from", "to"} {
			p.Raw(`<label class="pf-tick"><input type="checkbox" data-f="with_`, end, `"> <span>`)
			p.Say("form_with_" + end)
			p.Raw(`</span></label>`)
		}
		p.Raw(`</div>`)
		p.answered()
	})
	p.template("text", func() {
		p.asked()
		p.input("answer", "form_text")
		p.Raw(`<label class="pf-field"><span>`)
		p.Say("form_compare")
		p.Raw(`</span><select data-f="compare">`)
		for _, way := range []struct{ value, word string }{{"ci", "ci"}, {"", "cs"}, {"ci regexp", "ci_regexp"}, {"regexp", "regexp"}} {
			p.option(way.value, "form_compare_"+way.word)
		}
		p.Raw(`</select></label>`)
		p.answered()
	})
	p.template("prose", func() { p.area("body", "form_kind_prose", "4") })
	p.template("explanation", func() { p.area("body", "form_kind_explanation", "4") })
	p.template("hints", func() {
		p.Raw(`<ol class="pf-rows" data-rows="rows"></ol>`)
		p.adds("rows", "form_add_hint")
	})
	p.template("other", func() {
		p.Raw(`<p class="small">`)
		p.Say("form_other")
		p.Raw(`</p><pre class="pf-source" dir="ltr" tabindex="0" data-source></pre><p><button type="button" class="button" data-do="olx">`)
		p.Say("form_other_go")
		p.Raw(`</button></p>`)
	})
}

// acts are the buttons that move and remove a part or a row; the script names them after it.
func (p *page) acts(of string) {
	for _, act := range []struct{ do, sign string }{{"up", "↑"}, {"down", "↓"}, {"remove", "✕"}} {
		p.Raw(`<button type="button" class="button pf-act" data-do="`, act.do, `" data-of="`, of, `"><span aria-hidden="true">`, act.sign, `</span></button>`)
	}
}

// asked is the text of a question.
func (p *page) asked() {
	p.Raw(`<div data-if="intro">`)
	p.area("intro", "form_intro", "2")
	p.Raw(`</div>`)
	p.area("label", "form_label", "2")
	p.input("help", "form_help")
}

// outro is text behind what one answers in, where there is some.
func (p *page) outro() {
	p.Raw(`<div data-if="outro">`)
	p.area("outro", "form_outro", "2")
	p.Raw(`</div>`)
}

func (p *page) area(name, word, rows string) {
	p.Raw(`<label class="pf-field"><span>`)
	p.Say(word)
	p.Raw(`</span><textarea data-f="`, name, `" rows="`, rows, `" dir="auto"></textarea></label>`)
}

func (p *page) input(name, word string) {
	p.Raw(`<label class="pf-field"><span>`)
	p.Say(word)
	p.Raw(`</span><input type="text" data-f="`, name, `" dir="auto" autocomplete="off"></label>`)
}

func (p *page) adds(list, word string) {
	p.Raw(`<p><button type="button" class="button" data-do="row" data-list="`, list, `">+ `)
	p.Say(word)
	p.Raw(`</button></p>`)
}

// switches makes another kind of question of the same choices.
func (p *page) switches(kind string) {
	p.Raw(`<label class="pf-field"><span>`)
	p.Say("form_kind")
	p.Raw(`</span><select data-kind>`)
	for _, other := range []string{"choice", "check", "dropdown"} {
		p.Raw(`<option value="`, other, `"`)
		p.Flag("selected", other == kind)
		p.Raw(`>`)
		p.Say("form_kind_" + other)
		p.Raw(`</option>`)
	}
	p.Raw(`</select></label>`)
}

// credits are the ways to earn a part of the points, by kind of question; each is a value of the attribute partial_credit.
var credits = map[string][]struct{ value, word string }{
	"choice": {{"", "none"}, {visual.ByPoints, "points"}},
	"check":  {{"", "none"}, {visual.ByEach, "each"}, {visual.ByHalves, "halves"}},
}

// credit asks how what is not all right earns points.
func (p *page) credit(kind string) {
	if len(credits[kind]) == 0 {
		return
	}
	p.Raw(`<label class="pf-field"><span>`)
	p.Say("form_credit")
	p.Raw(`</span><select data-f="credit">`)
	for _, way := range credits[kind] {
		p.option(way.value, "form_credit_"+way.word)
	}
	p.Raw(`</select></label>`)
}

// option is one of a list's. An empty value must be written: an option without one has its words for a value.
func (p *page) option(value, word string) {
	p.Raw(`<option value="`, html.EscapeString(value), `">`)
	p.Say(word)
	p.Raw(`</option>`)
}

// sets are feedback on ticking just some of the boxes.
func (p *page) sets() {
	p.Raw(`<details data-fold="sets"><summary>`)
	p.Say("form_sets")
	p.Raw(`</summary><p class="small">`)
	p.Say("form_sets_help")
	p.Raw(`</p><ol class="pf-rows" data-rows="sets"></ol>`)
	p.adds("sets", "form_add_set")
	p.Raw(`</details>`)
}

// answered is what questions for a number and for a text have in common.
func (p *page) answered() {
	p.input("feedback", "form_feedback_right")
	p.Raw(`<details data-fold="rows"><summary>`)
	p.Say("form_more_answers")
	p.Raw(`</summary><ol class="pf-rows" data-rows="rows"></ol>`)
	p.adds("rows", "form_add_answer")
	p.Raw(`</details><details data-fold="wrong" data-if-text><summary>`)
	p.Say("form_wrong")
	p.Raw(`</summary><ol class="pf-rows" data-rows="wrong"></ol>`)
	p.adds("wrong", "form_add_wrong")
	p.Raw(`</details>`)
	p.outro()
	p.solved()
}

func (p *page) solved() {
	p.Raw(`<details data-fold="explanation"><summary>`)
	p.Say("form_kind_explanation")
	p.Raw(`</summary>`)
	p.area("explanation", "form_explanation", "3")
	p.Raw(`</details>`)
}

// rowTemplates are a choice, another answer, a hint.
func (p *page) rowTemplates() {
	for _, kind := range []string{"choice", "check", "dropdown"} {
		p.template("row-"+kind, func() {
			box := "checkbox"
			if kind != "check" {
				box = "radio"
			}
			p.Raw(`<li class="pf-row"><label class="pf-right"><input type="`, box, `" data-r="correct"><span>`)
			p.Say("form_is_right")
			p.Raw(`</span></label>`)
			p.rowText()
			p.Raw(`<span class="pf-acts">`)
			p.acts("row")
			p.Raw(`</span>`)
			if kind == "choice" {
				p.worth()
			}
			p.Raw(`<details class="pf-more" data-fold="feedback"><summary>`)
			p.Say("form_feedback")
			p.Raw(`</summary><div class="stack-s">`)
			word := "form_feedback_chosen"
			if kind == "check" {
				word = "form_feedback_ticked"
			}
			p.rowArea("feedback", word)
			if kind == "check" {
				p.rowArea("unselected", "form_feedback_left")
			}
			p.Raw(`</div></details></li>`)
		})
	}
	for _, kind := range []string{"answer", "wrong"} {
		p.template("row-"+kind, func() {
			p.Raw(`<li class="pf-row pf-plain">`)
			p.rowText()
			p.Raw(`<span class="pf-acts">`)
			p.acts("row")
			p.Raw(`</span><div class="pf-more">`)
			if kind == "wrong" {
				p.rowTick("pattern", "form_is_pattern")
			}
			p.rowArea("feedback", "form_feedback")
			p.Raw(`</div></li>`)
		})
	}
	p.template("row-hint", func() {
		p.Raw(`<li class="pf-row pf-plain">`)
		p.rowText()
		p.Raw(`<span class="pf-acts">`)
		p.acts("row")
		p.Raw(`</span></li>`)
	})
	p.template("row-set", func() {
		p.Raw(`<li class="pf-row pf-plain"><div class="pf-boxes" role="group" data-boxes></div><span class="pf-acts">`)
		p.acts("row")
		p.Raw(`</span><div class="pf-more">`)
		p.rowText()
		p.Raw(`</div></li>`)
	})
	p.template("box", func() { p.Raw(`<label class="pf-tick"><input type="checkbox" data-box> <bdi></bdi></label>`) })
}

// worth is what a choice that is partly right earns, and whether it moves.
func (p *page) worth() {
	p.Raw(`<div class="pf-more pf-worth"><span data-partly>`)
	p.rowTick("partial", "form_is_partial")
	p.Raw(`</span><label class="pf-field" data-points><span>`)
	p.Say("form_points")
	p.Raw(`</span><input type="text" data-r="points" dir="auto" inputmode="decimal" autocomplete="off"></label><span data-fixed>`)
	p.rowTick("fixed", "form_is_fixed")
	p.Raw(`</span></div>`)
}

func (p *page) rowTick(name, word string) {
	p.Raw(`<label class="pf-tick"><input type="checkbox" data-r="`, name, `"> <span>`)
	p.Say(word)
	p.Raw(`</span></label>`)
}

func (p *page) rowText() {
	p.Raw(`<textarea class="pf-text" rows="1" data-r="text" dir="auto"`)
	p.Attr("aria-label", p.Call.T("form_choice", "1")) // the script numbers it
	p.Raw(`></textarea>`)
}

func (p *page) rowArea(name, word string) {
	p.Raw(`<label class="pf-field"><span>`)
	p.Say(word)
	p.Raw(`</span><textarea rows="1" data-r="`, name, `" dir="auto"></textarea></label>`)
}
