package host_test

import (
	"strings"
	"testing"
)

// Two authors have the same settings open: what one of them left alone stays as the other set it, and what both changed is told
// before one of the two is lost.
func TestStudioTwoAuthorsAtSettings(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue, bob := w.member("sue", run, "staff"), w.member("bob", run, "staff")
	schedule, grading, groups := studioPath(run)+"/settings/schedule", studioPath(run)+"/settings/grading", studioPath(run)+"/settings/groups"

	hers, his := sue.get(schedule).must(200).form(schedule), bob.get(schedule).must(200).form(schedule)
	hers.set("display_name", "Hers", "effort", "Two hours").press("").must(303)
	refused := his.set("display_name", "His", "language", "ar").press("").must(422, "Another author has set this to “Hers”", `value="His"`)
	bob.get(schedule).must(200, `value="Hers"`).without(`value="ar"`)
	refused.form(schedule).press("").must(303)
	bob.get(schedule).must(200, `value="His"`, `value="ar"`, `value="Two hours"`)

	hers, his = sue.get(grading).must(200).form(grading), bob.get(grading).must(200).form(grading)
	hers.set("hours", "5").press("").must(303)
	refused = his.set("hours", "7").press("").must(422, "Another author has changed these settings", `value="7"`)
	refused.form(grading).press("").must(303)
	sue.get(grading).must(200, `name="hours" type="number" min="0" value="7"`)

	hers, his = sue.get(groups).must(200).form(groups), bob.get(groups).must(200).form(groups)
	hers.set("g.s0.name", "Red").press("").must(303)
	his.set("g.s0.name", "Blue").press("").must(422, "Another author has changed these settings", `value="Blue"`)
	sue.get(groups).must(200, `value="Red"`).without(`value="Blue"`)

	advanced := studioPath(run) + "/settings/advanced"
	hers, his = sue.get(advanced).formWith("form", "settings"), bob.get(advanced).formWith("form", "settings")
	hers.set("s.css_class", "wide", "s.wiki_slug", "hers").press("").must(303)
	refused = his.set("s.css_class", "narrow").press("").must(422, "Another author has set this to “wide”", `value="narrow"`, `value="hers"`)
	refused.formWith("form", "settings").press("").must(303)
	sue.get(advanced).must(200, `name="s.css_class" type="text" value="narrow"`, `name="s.wiki_slug" type="text" value="hers"`)

	sheet, set := studioPath(run)+"/blocks/"+run.Usage("sequential", "a").String()+"/settings", studioPath(run)+"/set"
	hers, his = sue.get(sheet).must(200).form(set), bob.get(sheet).must(200).form(set)
	hers.set("title", "A by Sue", "due", "2031-02-01T00:00").press("").must(303)
	his.set("title", "A by Bob").press("").must(422, "Another author has set this to “A by Sue”").form(set).press("").must(303)
	if got := w.titles(run); !strings.Contains(got, "A by Bob(") {
		t.Error(got)
	}
	sue.get(sheet).must(200, `value="2031-02-01T00:00"`)
}

// What was typed into a form of settings and not saved is offered when the form is opened again, rows and all; and two authors with
// scripts are told of each other as those without.
func TestStudioFormsKeptInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	w.account("sue", run, "staff")
	bob := w.member("bob", run, "staff")
	b := w.newTab(t)
	b.signIn("sue")
	leave := func(to string) {
		b.t.Helper()
		b.until(`Object.keys(localStorage).some((key) => key.startsWith("quoin-form:"))`)
		b.eval(`document.querySelector("form[data-studio-form]").remove()`) // a form on the page asks before it is left, and nobody answers here
		b.open(to)
	}
	schedule, grading := studioPath(run)+"/settings/schedule", studioPath(run)+"/settings/grading"
	b.open(schedule)
	b.typeInto("#set-effort", "Three hours")
	leave(schedule)
	b.see("[data-kept]", "You typed here on")
	b.is("the form as it is stored", `document.querySelector("#set-effort").value`, "")
	b.click("[data-kept] button")
	b.is("what was put back", `document.querySelector("#set-effort").value`, "Three hours")
	form := bob.get(schedule).must(200).form(schedule)
	form.set("effort", "Four hours", "display_name", "By Bob").press("").must(303)
	b.click("form .button.primary")
	b.see(`#set-effort-wrong`, "Another author has set this to “Four hours”")
	b.click("form .button.primary")
	b.see("[data-said].good", "")
	bob.get(schedule).must(200, `value="Three hours"`, `value="By Bob"`)
	b.until(`!Object.keys(localStorage).some((key) => key.startsWith("quoin-form:"))`)

	b.open(grading)
	b.click("[data-grades] section:first-of-type [data-add]")
	b.typeInto("[data-grades] section:first-of-type [data-row]:last-child input[type=text]", "Essay")
	leave(grading)
	b.click("[data-kept] button")
	b.until(`[...document.querySelectorAll("[data-row] input[type=text]")].some((input) => input.value === "Essay")`)
	b.quiet()
}
