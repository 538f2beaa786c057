package host_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/people"
)

// snap keeps pictures of a page where QUOIN_SCREENSHOTS names a folder: wide, and as a phone shows it.
func (b *tab) snap(name string) {
	b.t.Helper()
	dir := os.Getenv("QUOIN_SCREENSHOTS")
	if dir == "" {
		return
	}
	for _, width := range []int64{390, 1280} {
		b.like(width, "light")
		b.picture(filepath.Join(dir, fmt.Sprintf("story-%s-%d.png", name, width)))
	}
}

// adds puts a component of a type at the end of the unit, by the palette, and gives its id. Its form is open then.
func (b *tab) adds(blockType string) (id string) {
	b.t.Helper()
	const open = `(document.querySelector(".unit-sheet:not([hidden]) [data-sheet]")?.dataset.sheet ?? "")`
	before := b.text(open)
	b.click(fmt.Sprintf(`.palette-one[value=%q]`, blockType))
	b.until(fmt.Sprintf(`%s !== "" && %s !== %q`, open, open, before))
	usage := b.text(open)
	return usage[strings.LastIndex(usage, "@")+1:]
}

// fills sets fields of the open form, and waits until they are saved.
func (b *tab) fills(fields any) {
	b.t.Helper()
	data, err := json.Marshal(fields)
	if err != nil {
		b.t.Fatal(err)
	}
	if missing := b.text(fmt.Sprintf("%s(%s)", fillForm, data)); missing != "" {
		b.t.Errorf("the form has no %s", missing)
	}
	b.saved()
}

// uploads brings files into the course.
func (b *tab) uploads(studio string, files map[string]string) {
	b.t.Helper()
	var names []string
	for name, content := range files {
		path := filepath.Join(b.t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			b.t.Fatal(err)
		}
		names = append(names, path)
	}
	b.open(studio + "/files")
	b.attach("#files", names...)
	b.click("quoin-drop .button.primary")
	b.until(fmt.Sprintf(`document.querySelectorAll(".drop-list .status.good").length === %d`, len(names)))
}

// renames gives a row of the outline another title, by its menu.
func (b *tab) renames(row int, title string) {
	b.t.Helper()
	at := fmt.Sprintf(`.o-row:nth-of-type(%d)`, row)
	b.click(at + ` [data-menu]`)
	b.click(at + ` .o-menu [data-do="rename"]`)
	b.named(title)
	b.until(fmt.Sprintf(`document.querySelector(%q).textContent.trim() === %q`, at+" .o-title", title))
}

// named types a title into the field that a row has open.
func (b *tab) named(title string) {
	b.t.Helper()
	b.until(`document.activeElement.matches(".o-rename")`)
	b.press(title + "\r")
	b.until(`!document.querySelector(".o-rename")`)
}

// A teacher makes a course from nothing: two sections, a text with a picture and a formula, a video with its transcript, and one question
// of every type that is installed. It is published; a learner takes it, answers everything right, and his page says so.
func TestStudioStoryInBrowser(t *testing.T) {
	withText(t)
	w := newWorld(t, options{unlimited: true})
	w.installQuestions(t)
	asked := w.storyQuestions(t)
	maker := w.account("mia", w.forces())
	if _, err := w.site.People.SetSiteRole(t.Context(), maker.ID, people.SiteCreator, true); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	told := func(what string) { t.Logf("%4.1f s: %s", time.Since(began).Seconds(), what) }
	b := w.newTab(t)
	b.signIn("mia")
	b.open("/studio")
	for name, text := range map[string]string{"new_title": "Water and wind", "new_org": "Org", "new_number": "Sea", "new_run": "2027"} {
		b.typeInto(fmt.Sprintf(`[name=%q]`, name), text)
	}
	b.snap("create")
	b.click(`form[action="/studio/courses"] .button.primary`)
	b.visible("quoin-outline[data-ready]")
	const studio, home = "/studio/courses/course-v1:Org+Sea+2027", "/courses/course-v1:Org+Sea+2027"
	b.snap("outline-new")

	for row, title := range []string{"Reading", "Before the sea", "The wind"} {
		b.renames(row+1, title)
	}
	for _, add := range []struct{ button, title string }{
		{`.o-tools form[data-act="blocks"] button`, "Questions"}, {`.o-row:nth-of-type(4) form[data-act] button`, "All kinds"}, {`.o-row:nth-of-type(5) form[data-act] button`, "Every question"},
	} {
		b.click(add.button)
		b.named(add.title)
	}
	b.outlineIs("1Reading 2Before the sea 3The wind 1Questions 2All kinds 3Every question")
	b.snap("outline")
	told("the outline stands")
	b.uploads(studio, map[string]string{"house.svg": sampleFile(t, "questions", "house.svg"), "circles.svg": sampleFile(t, "problem", "circles.svg"), "curve.png": pictureOf(t, 400, 300)})
	b.snap("files")
	b.open(studio)
	b.visible("quoin-outline[data-ready]")
	b.click(`.o-row:nth-of-type(5) [data-sheet-link]`)
	b.visible("dialog.sheet")
	b.snap("settings")
	b.eval(`document.querySelector("#set-format").value = "Homework"`)
	b.click("dialog.sheet .button.primary")
	b.until(`!document.querySelector("dialog.sheet")`)
	b.see(`.o-row:nth-of-type(5) .o-facts`, "Homework") // the rows are drawn anew
	b.click(`.o-row:nth-of-type(3) a.o-title`)
	b.visible("#palette-find")
	b.storyReading()
	told("texts and video are written")
	b.open(studio)
	b.visible("quoin-outline[data-ready]")
	b.click(`.o-row:nth-of-type(6) a.o-title`)
	b.visible("#palette-find")
	unit, ids := b.text(`location.pathname.split("/").pop()`), map[string]string{}
	for i, q := range asked {
		ids[q.name] = b.adds(q.blockType)
		b.fills(q.fields)
		if i == 0 || q.name == "multiple-choice" || q.name == "hot-spots" || q.name == "formularesponse" {
			b.snap("form-" + q.name)
		}
	}
	told(fmt.Sprintf("%d questions are made", len(asked)))
	b.snap("unit")
	b.quiet()
	b.open(studio)
	b.visible("quoin-outline[data-ready]")
	b.click(`a[data-changes]`)
	b.see("h1", "What learners will see change")
	b.snap("publish")
	b.click(`form[action$="/publish"] .button.primary`)
	b.until(`location.search.includes("did=published") && document.readyState === "complete"`)
	b.snap("published")
	b.open(studio + "/settings/schedule") // a new course begins long from now
	b.eval(`(e => { e.value = "2020-01-01T00:00"; for (const type of ["input", "change"]) e.dispatchEvent(new Event(type, {bubbles: true})) })(document.querySelector('[name="course_start"]'))`)
	b.click(`form[data-studio-form] .button.primary`)
	b.until(`[...document.querySelectorAll('[data-said].good, .notice.good')].some(e => e.checkVisibility())`)
	told("it is published")

	learner := w.newTab(t)
	learner.signUp("newcomer")
	learner.open(home + "/about")
	learner.click(`form[action$="/enrol"] button`)
	learner.see("main .button.primary", "Start")
	learner.click("main .button.primary")
	learner.see("main", "Energy is kept")
	learner.until(`document.querySelector("main .unit img")?.naturalWidth === 400 && !!document.querySelector("main math") && !!document.querySelector("quoin-video")`)
	learner.see("quoin-video", "A body at rest")
	learner.snap("reading")
	learner.open(home + "/units/" + unit)
	for _, q := range asked {
		block := fmt.Sprintf("[id=%q]", "block-"+ids[q.name])
		learner.until(fmt.Sprintf(`!!document.querySelector('%s quoin-submit, %s button[value="submit"]')`, block, block))
		learner.eval(fmt.Sprintf(`document.querySelector(%q).scrollIntoView({behavior: "instant"})`, block))
		learner.until(fmt.Sprintf(`[...document.querySelector(%q).querySelectorAll("img")].every(i => i.complete && i.naturalWidth > 0)`, block))
		q.answer(learner, block)
		learner.click(block + ` button[value="submit"]`)
		verdict := "correct"
		if q.byHand {
			verdict = "grading"
		}
		learner.visible(block + " .status." + verdict + ":not([hidden])")
	}
	told("all of it is answered")
	learner.snap("answered")
	learner.quiet()
	learner.open(home + "/progress")
	learner.see("h1", "Your progress")
	learner.snap("progress")
	// All points of each, but of what a person has to grade.
	learner.is("what is not all right", `[...document.querySelectorAll(".problems li")].map(li => li.innerText).filter(text => {
		const [, earned, possible] = /(\d+) of (\d+) points?/.exec(text) ?? [];
		return (earned === undefined || earned !== possible) && !text.includes("waits for a grade");
	}).join("; ")`, "")
	learner.is("how many there are", `String(document.querySelectorAll(".problems li").length)`, strconv.Itoa(len(asked)))
	learner.quiet()
}

// storyReading writes a text with a picture and a formula, and puts a video with its captions behind it.
func (b *tab) storyReading() {
	b.t.Helper()
	text := b.adds("html")
	b.visible(`.unit-sheet .rich-text`)
	b.click(`.rich-text`)
	b.press("Energy is kept. ")
	for _, one := range []struct {
		button string
		typed  []string
	}{{"math", []string{`E = mc^2`}}, {"image", []string{`/static/curve.png`, "A curve that falls"}}} {
		b.click(fmt.Sprintf(`.rich-bar [data-does=%q]`, one.button))
		b.visible(`.rich-dialog`)
		for i, typed := range one.typed {
			if i > 0 {
				b.press("\t\t") // past the button that uploads one
			}
			b.press(typed)
		}
		if one.button == "image" {
			b.snap("image")
		}
		b.click(`.rich-dialog .primary`)
		b.until(`!document.querySelector(".rich-dialog")`)
	}
	b.saved()
	b.until(fmt.Sprintf(`!!document.querySelector('%s .part-body math') && !!document.querySelector('%s .part-body img')`, part(text), part(text)))
	b.snap("text")
	video := b.adds("video")
	b.fills(map[string]any{"display_name": "The tide", "youtube_id_1_0": "AbCdEfGhIj0"})
	b.snap("video")
	b.click(`[role="tab"][data-for="captions"]`)
	said := filepath.Join(b.t.TempDir(), "said.srt")
	if err := os.WriteFile(said, []byte(saidInSRT), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.attach(`#captions-file-transcripts`, said)
	b.click(`form[data-drop] .primary`)
	b.see(`[data-captions-said].good`, "2 lines")
	b.snap("captions")
	b.seeIn(video, "A body at rest")
	b.quiet()
}
