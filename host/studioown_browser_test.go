package host_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
)

// keyEditor is an editor of the block guess, which calls itself by its version.
const keyEditor = `
class GuessEditor extends HTMLElement {
  connectedCallback() {
    this.innerHTML = '<div class="stack"><p data-version>EDITOR %[1]s</p><p class="field"><label for="word">The word</label><input id="word"></p></div>';
    this.querySelector("input").addEventListener("input", (event) =>
      this.dispatchEvent(new CustomEvent("quoin-edit", { bubbles: true, detail: { key: event.target.value } })));
  }
  set values(values) { this.querySelector("input").value = values.key ?? ""; }
}
customElements.define("guess-editor", GuessEditor);
`

// inOwnEditor types in the editor's frame, which no script of the page can look into.
func (b *tab) inOwnEditor(t *testing.T, text, whole string) {
	t.Helper()
	b.until(`document.querySelector("[data-own-state]")?.textContent === "" && document.querySelector("[data-own-state]").hidden`)
	b.click(`[role="tab"][data-for="editor"]`)
	b.press("\t") // from the tab into the frame, by the key
	b.until(`document.activeElement?.localName === "iframe"`)
	b.press(kb.End + text)
	b.until(fmt.Sprintf(`document.querySelector('[name="f.key"]').value === %q`, whole))
	b.saved()
}

// A block package that is not in the repository, installed while Studio is open, appears in the palette, is added to a unit, edited by
// its form and by its own editor, answered by a learner and graded, upgraded and rolled back, with no restart and no work lost.
func TestStudioInstalledBlockInBrowser(t *testing.T) {
	packagetest.NeedsInterpreter(t)
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	boss := w.enter(w.administrator("boss"))
	private, _ := packagetest.Key(t)
	archive := func(version string) []byte {
		fields := `hint: content.string({ default: "", title: "Hint" }),`
		if version == "1.1.0" {
			fields += `more: content.string({ default: "", title: "More" }),`
		}
		return packagetest.Guess{Version: version, Keyed: true, Shown: "Which word, by " + version + "?", Editor: fmt.Sprintf(keyEditor, version), Fields: fields}.Archive(t, private)
	}
	shots := os.Getenv("QUOIN_SCREENSHOTS")
	author := w.account("sue", run, "staff")
	b := w.studioTab(t, run, author.Username, "read1")
	b.visible(`[data-grip]`)
	b.eval(`window.marker = "the same page"`)
	b.is("before", `String(document.querySelector('.palette-one[value="guess"]'))`, "null")
	boss.bring(archive("1.0.0")).must(303)
	b.until(`!!document.querySelector('.palette-one[value="guess"]')`)
	b.click(`.palette-one[value="guess"]`)
	b.visible(`.unit-sheet [data-own] iframe`)
	usage := b.text(`document.querySelector("[data-sheet]").dataset.sheet`)
	id := usage[strings.LastIndex(usage, "@")+1:]

	// By its own editor, by its form, and each knows what the other did.
	version := b.text(fmt.Sprintf(`document.querySelector('%s').dataset.version`, part(id)))
	b.inOwnEditor(t, "sun", "sun")
	b.until(fmt.Sprintf(`document.querySelector('%[1]s').dataset.version !== %[2]q && !!document.querySelector('%[1]s iframe').style.blockSize`, part(id), version))
	w.drafted(t, run, id, "key", `"sun"`)
	b.look(t, source, shots, "own-editor")
	b.press("\x1b") // out of the frame, to its tab
	b.is("escape leads to", `document.activeElement.dataset.for`, "editor")
	b.click(`[role="tab"][data-for="form"]`)
	b.visible(`.unit-sheet [name="f.key"]`)
	b.is("the form's key", `document.querySelector('[name="f.key"]').value`, "sun")
	b.typeInto(`[name="f.hint"]`, "It shines.")
	b.typeInto(`[name="f.key"]`, "sunflower")
	b.saved()
	w.drafted(t, run, id, "key", `"sunflower"`)
	w.drafted(t, run, id, "hint", `"It shines."`)

	// A learner answers it, once it is published.
	w.enter(author).does(studioPath(run)+"/publish", "within", run.Usage("vertical", "read1").String()).must(200)
	ann, bob := w.member("ann", run, ""), w.member("bob", run, "") // Ann goes on with the version that she began with
	answered := func(word, status string) {
		t.Helper()
		path := blockPath(run, "guess", id)
		ann.get(path+"/frame").must(200, "Which word, by "+status)
		ann.get(unitPath(run, "read1")).form(path).set("word", word).press("answer").must(303)
	}
	graded := func() {
		t.Helper()
		if score := w.settled("ann", run, "guess", id); score.Earned != 1 || score.Possible != 1 {
			t.Errorf("the learner has %v of %v", score.Earned, score.Possible)
		}
	}
	answered("sunflower", "1.0.0")
	graded()

	// Upgraded while its editor is open: the editor is the new one, and has the word.
	b.click(`[role="tab"][data-for="editor"]`)
	b.inOwnEditor(t, "x", "sunflowerx")
	boss.bring(archive("1.1.0")).must(303)
	bob.get(blockPath(run, "guess", id)+"/frame").must(200, "Which word, by 1.1.0")
	b.until(fmt.Sprintf(`document.querySelector("[data-own] iframe")?.src.includes(%q)`, w.digest(t, "guess")))
	w.drafted(t, run, id, "key", `"sunflowerx"`)
	b.inOwnEditor(t, "y", "sunflowerxy")
	w.drafted(t, run, id, "key", `"sunflowerxy"`)

	// And back, while somebody types into a field that the older version does not have: the others are saved, and the text stays.
	b.click(`[role="tab"][data-for="form"]`)
	b.visible(`.unit-sheet [name="f.more"]`)
	boss.get("/admin/blocks").must(200).formWith("act", "rollback").press("").must(303)
	b.eval(`for (const [name, text] of [["f.more", "Nearly lost."], ["f.hint", "It still shines."]]) {
		const input = document.querySelector('[name="' + name + '"]');
		if (!input) continue;
		input.value = text;
		input.dispatchEvent(new InputEvent("input", { bubbles: true }));
	}`)
	b.until(`document.querySelector('[data-lost="more"] textarea')?.value === "Nearly lost." && !document.querySelector('[name="f.more"]')`)
	b.saved()
	w.drafted(t, run, id, "hint", `"It still shines."`)
	b.click(`[data-lost="more"] button`)
	b.until(`!document.querySelector("[data-lost]")`)
	b.click(`[role="tab"][data-for="editor"]`)
	bob.get(blockPath(run, "guess", id)+"/frame").must(200, "Which word, by 1.0.0")
	b.until(fmt.Sprintf(`document.querySelector("[data-own] iframe")?.src.includes(%q)`, w.digest(t, "guess")))
	b.inOwnEditor(t, "z", "sunflowerxyz")
	w.drafted(t, run, id, "key", `"sunflowerxyz"`)
	w.drafted(t, run, id, "hint", `"It still shines."`)
	graded()
	b.is("the page", `window.marker`, "the same page")
	b.quiet()
}

// look checks a state of the sheet at two widths.
func (b *tab) look(t *testing.T, source, shots, name string) {
	t.Helper()
	for _, width := range []int64{1280, 390} {
		b.like(width, "light")
		b.check(source, fmt.Sprintf("%s %d", name, width))
		if shots != "" {
			b.picture(filepath.Join(shots, fmt.Sprintf("%s-%d.png", name, width)))
		}
	}
	b.like(1280, "light")
}

// wicked is an editor that tries what it must not.
const wicked = `
const tried = {};
const attempt = (name, act) => { try { tried[name] = String(act()); } catch (error) { tried[name] = "refused"; } };
class GuessEditor extends HTMLElement {
  set values(values) {
    attempt("cookie", () => document.cookie || "refused");
    attempt("page", () => parent.document.title);
    attempt("store", () => localStorage.length);
    attempt("top", () => { top.location.href = "/signin"; return "asked"; });
    attempt("window", () => window.open("/studio") ?? "refused");
    fetch("/studio").then(() => "reached", () => "refused").then((outcome) => {
      tried.fetch = outcome;
      tried.fields = Object.keys(values).sort().join();
      const edit = (detail) => this.dispatchEvent(new CustomEvent("quoin-edit", { bubbles: true, detail }));
      edit({ hint: JSON.stringify(tried), visible_to_staff_only: true, word: "planted" });
    });
  }
}
customElements.define("guess-editor", GuessEditor);
`

// An editor reads and changes the fields that its block declares for authors, and reaches nothing else. One that breaks, floods the page
// or goes elsewhere is given up for the form, with what was saved.
func TestStudioWickedEditorInBrowser(t *testing.T) {
	packagetest.NeedsInterpreter(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	boss := w.enter(w.administrator("boss"))
	private, _ := packagetest.Key(t)
	version := 0
	bring := func(script string) {
		t.Helper()
		version++
		boss.bring(packagetest.Guess{Version: fmt.Sprintf("1.%d.0", version), Editor: script, Fields: `hint: content.string({ default: "", title: "Hint" }),`}.Archive(t, private)).must(303)
	}
	bring(wicked)
	sue := w.account("sue", run, "staff")
	b := w.studioTab(t, run, sue.Username, "read1")
	b.eval(`window.marker = "the same page"`)
	b.click(`.palette-one[value="guess"]`)
	b.visible(`.unit-sheet [data-own]`)
	usage := b.text(`document.querySelector("[data-sheet]").dataset.sheet`)
	id := usage[strings.LastIndex(usage, "@")+1:]
	b.until(`(document.querySelector('[name="f.hint"]')?.value ?? "") !== ""`)
	b.saved()
	b.is("what it could do", `document.querySelector('[name="f.hint"]').value`,
		`{"cookie":"refused","page":"refused","store":"refused","top":"refused","window":"refused","fetch":"refused","fields":"hint,key"}`)
	w.drafted(t, run, id, "visible_to_staff_only", "")
	w.drafted(t, run, id, "word", "")
	for name, script := range map[string]string{
		"throws":    `throw new Error("it is broken")`,
		"refuses":   `customElements.define("guess-editor", class extends HTMLElement { set values(v) { throw new Error("no"); } });`,
		"navigates": `customElements.define("guess-editor", class extends HTMLElement { set values(v) { location.reload(); } });`,
		"floods":    `customElements.define("guess-editor", class extends HTMLElement { set values(v) { setInterval(() => { for (let i = 0; i < 400; i++) document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" })); }, 10); } });`,
		"circles":   `customElements.define("guess-editor", class extends HTMLElement { set values(v) { const hint = []; hint.push(hint); setTimeout(() => this.dispatchEvent(new CustomEvent("quoin-edit", { bubbles: true, detail: { hint } })), 50); } });`,
	} {
		bring(script)
		b.open(studioPath(run) + "/units/read1?edit=" + url.QueryEscape(usage))
		t.Log("an editor that " + name)
		b.until(`document.querySelector("[data-own-failed]")?.hidden === false`)
		b.is(name+": the form", `String(document.querySelector('[name="f.hint"]').checkVisibility())`, "true")
		b.is(name+": its frame", `String(document.querySelector("[data-own] iframe"))`, "null")
	}
	b.typeInto(`[name="f.key"]`, "moon")
	b.saved()
	w.drafted(t, run, id, "key", `"moon"`)
}

// A problem is made in its own editor's form, by keys alone. What is stored is changed by hand, and the editor follows: of markdown its
// OLX is made.
func TestStudioProblemEditorInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	b := w.studioTab(t, run, w.account("sue", run, "staff").Username, "read1")
	b.click(`.palette-one[value="problem"]`)
	b.until(`document.querySelector("[data-own-state]")?.hidden === true`)
	data := `document.querySelector('[name="f.data"]').value`
	b.until(`document.querySelector("iframe[data-editor]").offsetHeight > 200`) // the form is drawn
	b.focusOn(`[role="tab"][data-for="editor"]`)
	b.press("\t") // into the frame, to its own tabs
	b.until(`document.activeElement?.localName === "iframe"`)
	b.press("\t")
	before := b.text(`String(document.querySelector("iframe[data-editor]").offsetHeight)`)
	b.press(kb.Enter)                                                                            // the form, what one may add: one right answer
	b.until(`document.querySelector("iframe[data-editor]").offsetHeight > ` + before + ` + 100`) // it is there, and has the cursor
	b.press("Which planet is red?")
	b.press("\t\t\t") // how to answer, the first choice is right, its words
	b.press("Mars" + kb.Enter + "Venus" + kb.Enter + "Pluto")
	b.until(data + `.includes('<choice correct="true">Mars</choice>') && ` + data + `.includes('<choice correct="false">Pluto</choice>')`)
	b.saved()
	b.press("\t\t\t\t\t\t\t") // up, remove, feedback, another choice, their order, how many are shown, what is partly right
	b.press(kb.ArrowDown)
	b.until(data + `.includes('partial_credit="points"')`)
	for range 5 { // back to the last choice, which may be partly right now
		b.within(chromedp.KeyEvent("\t", chromedp.KeyModifiers(chromedp.ModifierShift)))
	}
	b.press(" \t0.2")
	b.until(data + `.includes('<choice correct="partial" point_value="0.2">Pluto</choice>')`)
	b.saved()
	b.until(`[...document.querySelectorAll(".part-body")].some((p) => p.textContent.includes("Which planet is red?"))`) // live beside it
	b.look(t, source, os.Getenv("QUOIN_SCREENSHOTS"), "problem-editor")
	b.click(`[role="tab"][data-for="form"]`)
	b.click(`[data-stored] > summary`)
	b.visible(`[name="f.markdown"]`)
	b.focusOn(`[name="f.markdown"]`)
	b.press(">>Which planet is red?<<\r(x) Mars\r( ) Neptune")
	b.until(data + `.includes("Neptune")`)
	b.saved()
	// The OLX is changed by hand: the markdown does not mean it any more.
	b.eval(`{ const e = document.querySelector('[name="f.data"]'); e.value = e.value.replace("Neptune", "Jupiter"); e.dispatchEvent(new Event("input", { bubbles: true })); }`)
	b.until(`document.querySelector('[name="f.markdown"]').value === ""`)
	b.saved()
	b.is("the OLX", `String(`+data+`.includes("Jupiter"))`, "true")
	b.quiet()
}

// drafted holds a field of a component's working copy against what it should be, "" for unset.
func (w *world) drafted(t *testing.T, run key.Course, id, field, want string) {
	t.Helper()
	content, err := w.site.Authoring.Unit(t.Context(), run, run.Usage("guess", id))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(content.Fields[field]); got != want {
		t.Errorf("%s is %s, not %s", field, got, want)
	}
}

// digest names the version of a block that is current.
func (w *world) digest(t *testing.T, name string) string {
	t.Helper()
	version, err := w.site.Registry.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return version.Digest
}
