package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The palette is searched by what authors call things, a link leads somewhere, and a picture comes by its dialog or by pasting,
// never over a file of the same name.
func TestStudioFindLinkAndPictureInBrowser(t *testing.T) {
	withText(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	w.installQuestions(t)
	b := w.studioTab(t, run, w.account("sue", run, "staff").Username, "read1")
	b.visible("#palette-find")
	shown := `[...document.querySelectorAll(".palette-one")].filter(e => e.checkVisibility()).map(e => e.value).join()`
	for words, want := range map[string]string{"single choice": "multiple-choice", "Checkbox": "multiple-select", "cloze": "blanks"} {
		b.typeInto("#palette-find", words)
		b.until(fmt.Sprintf(`(%s).split(",").includes(%q)`, shown, want))
		b.until(fmt.Sprintf(`!(%s).split(",").includes("html")`, shown))
	}
	b.eval(`(e => { e.value = ""; e.dispatchEvent(new Event("input")) })(document.querySelector("#palette-find"))`)

	b.click(`.palette-one[value="html"]`)
	b.visible(`.unit-sheet .rich-text`)
	stored := `document.querySelector("textarea[name='f.data']").value`
	b.click(`.rich-text`)
	b.click(`.rich-bar [data-does="link"]`)
	b.visible(`.rich-dialog`)
	b.press("Bar")
	b.click(`.rich-dialog .primary`)
	b.see(`.rich-dialog .error`, "This leads nowhere")
	b.eval(`(e => { e.value = "/jump_to_id/five"; e.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("#rich-href"))`)
	b.see(`.rich-dialog [role="status"]`, "Five questions")
	b.is("the text of the link", `document.querySelector("#rich-text").value`, "Five questions")
	b.click(`.rich-dialog .primary`)
	b.until(`!document.querySelector(".rich-dialog")`)
	b.is("the link", stored, `<p><a href="/jump_to_id/five">Five questions</a></p>`)

	b.click(`.rich-bar [data-does="image"]`)
	b.visible(`.rich-dialog [data-file-button]`)
	path := filepath.Join(t.TempDir(), "apple.png") // the course has one
	if err := os.WriteFile(path, []byte(pictureOf(t, 40, 30)), 0o600); err != nil {
		t.Fatal(err)
	}
	b.attach(`.rich-dialog input[type="file"]`, path)
	b.until(`document.querySelector("#rich-src").value === "/static/apple-2.png"`)
	b.typeInto("#rich-alt", "Another apple")
	b.click(`.rich-dialog .primary`)
	b.until(`document.querySelector(".rich-text img")?.naturalWidth === 40`)

	b.eval(`(async () => {
		const data = new DataTransfer();
		const canvas = document.createElement("canvas");
		canvas.width = 20;
		data.items.add(new File([await new Promise(done => canvas.toBlob(done))], "image.png", {type: "image/png"}));
		document.querySelector(".rich-text").dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
	})()`)
	b.until(`/^\/static\/picture-\w+\.png$/.test(document.querySelector("#rich-src")?.value ?? "")`)
	b.typeInto("#rich-alt", "What was pasted")
	b.click(`.rich-dialog .primary`)
	b.until(`document.querySelector('.rich-text img[alt="What was pasted"]')?.naturalWidth === 20`)
	b.saved()

	b.open(studioPath(run) + "/files")
	b.see("[data-dropped]", "apple-2.png")
	b.eval(`(zone => { const data = new DataTransfer(); data.items.add(new File(["words"], "words.txt", {type: "text/plain"}));
		zone.dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: data})) })(document.querySelector("quoin-drop"))`)
	b.see("[data-dropped] table", "words.txt")
	b.quiet()
}
