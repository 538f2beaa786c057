package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// attach gives files to a field as the system's own dialogue does.
func (b *tab) attach(selector string, names ...string) {
	b.t.Helper()
	b.within(chromedp.SetUploadFiles(chromedp.CSS(selector), names))
}

// A learner hands in a file and a text by keyboard; two graders grade by keyboard, one after the other and never both the same one;
// the learner reads the result. The pages pass axe-core at both widths, in both languages, light and dark.
func TestHandInAndGrade(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.essays()
	w.account("ann", run, "")
	w.member("bob", run, "").handInReport(run, "Bob saw nothing.")
	w.account("sue", run, "staff")
	w.account("tom", run, "instructor")
	notes := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(notes, []byte("12:00 low, 18:10 high"), 0o600); err != nil {
		t.Fatal(err)
	}

	ann := w.newTab(t)
	ann.signIn("ann")
	ann.open(unitPath(run, "reporting"))
	ann.visible("#block-report quoin-upload .el-zone")
	ann.check(source, "file upload before")
	ann.tabTo(`#block-report [name="text"]`)
	ann.press("It was low at noon.")
	ann.tabTo(`#block-report [name="files"]`)
	ann.attach(`#block-report [name="files"]`, notes)
	ann.see("#block-report .el-files", "notes.txt")
	ann.tabTo(`#block-report button[value="save"]`)
	ann.press("\r")
	ann.see("#block-report .kept-files", "notes.txt")
	ann.see("#block-report", "Not handed in yet")
	ann.handInLooks(source, "upload-saved", unitPath(run, "reporting"), "#block-report .kept-files")
	ann.tabTo(`#block-report button[value="submit"]`)
	ann.press("\r")
	ann.see("#block-report", "Handed in. Waiting for its grade")
	w.working.Wait()

	queue := "/courses/" + run.String() + "/staff/grading"
	sue, tom := w.newTab(t), w.newTab(t)
	sue.signIn("sue")
	tom.signIn("tom")
	sue.open(queue)
	sue.handInLooks(source, "grading-queue", queue, ".table")
	sue.tabTo(`main form[method="post"] button.primary`)
	sue.press("\r")
	sue.see(".grading-work", "Bob saw nothing.")
	sue.see("[data-claim-text]", "You are grading this one")
	sue.handInLooks(source, "grading-one", sue.text("location.pathname"), ".grading-form")
	// The second grader gets the other one.
	tom.open(queue)
	tom.see(".table", "is grading it")
	tom.tabTo(`main form[method="post"] button.primary`)
	tom.press("\r")
	tom.see(".grading-work", "It was low at noon.")
	tom.until(`document.querySelector("[data-keys]")?.hidden === false`)
	// Digits choose and go on; in the comment they are text.
	tom.press("3")
	tom.press("2")
	tom.is("the rubric", `[...document.querySelectorAll("[data-criterion] input:checked")].map(i => i.value).join()`, "o2,l1")
	tom.press("c")
	tom.until(`document.activeElement.name === "comment"`)
	tom.eval(`document.activeElement.value = ""`) // the driver sends the letter of a key that was prevented; browsers do not
	tom.press("Well seen, 12 of 12.")
	tom.is("the comment", `document.querySelector("[name=comment]").value`, "Well seen, 12 of 12.")
	tom.is("the rubric after typing", `[...document.querySelectorAll("[data-criterion] input:checked")].map(i => i.value).join()`, "o2,l1")
	// What was filled in outlives a reload.
	tom.open(tom.text("location.pathname"))
	tom.until(`document.querySelector("[data-keys]")?.hidden === false`)
	tom.until(`document.querySelector("[name=comment]").value === "Well seen, 12 of 12."`)
	tom.eval(`document.querySelector("[name=comment]").focus()`)
	tom.within(chromedp.KeyEvent("\r", chromedp.KeyModifiers(chromedp.ModifierCtrl))) // Ctrl+Enter
	tom.see("main", "in the hands of others")
	w.working.Wait()

	sue.open(sue.text("location.pathname"))
	sue.until(`document.querySelector("[data-keys]")?.hidden === false`)
	sue.press("1")
	sue.press("1")
	sue.within(chromedp.KeyEvent("\r", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	sue.see("main", "Nothing waits")
	w.working.Wait()

	ann.open(unitPath(run, "reporting"))
	ann.see("#block-report", "Graded: full points")
	ann.see("#block-report", "Well seen, 12 of 12.")
	ann.handInLooks(source, "upload-graded", unitPath(run, "reporting"), "#block-report .rubric")
	for _, b := range []*tab{ann, sue, tom} {
		b.quiet()
	}
}

// handInLooks checks and pictures a page in its looks.
func (b *tab) handInLooks(source, name, path, ready string) {
	b.t.Helper()
	for _, l := range []look{{1280, "light", "en"}, {390, "light", "en"}, {390, "dark", "ar"}} {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		b.open(path)
		b.visible(ready)
		what := fmt.Sprintf("%s-%d-%s-%s", name, l.width, l.scheme, l.language)
		b.check(source, what)
		b.is(what+" is no wider than the window", `String(document.documentElement.scrollWidth <= innerWidth)`, "true")
		if pictures := os.Getenv("QUOIN_SCREENSHOTS"); pictures != "" {
			b.picture(filepath.Join(pictures, what+".png"))
		}
	}
	b.open("/nowhere?lang=en")
	b.like(1280, "light")
	b.open(path)
	b.visible(ready)
}
