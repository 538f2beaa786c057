package host_test

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// Captions and a video's own file are added in the component's form: what is wrong is told by line, what is right stands there at once.
func TestStudioCaptionsInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	b := w.studioTab(t, run, w.account("sue", run, "staff").Username, "read1")
	dir := t.TempDir()
	file := func(name, content string) string {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return at
	}
	b.edits("tube")
	b.click(`[data-add]:not(form)`)
	b.visible(`input[data-file][name^="f.html5_sources."]`)
	b.attach(`.form-list .file-acts input[type="file"]`, file("fall.mp4", "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"))
	b.until(`document.querySelector('input[data-file][name^="f.html5_sources."]').value === "/static/fall.mp4"`)
	b.saved()
	b.until(`!!document.querySelector('` + part("tube") + ` .part-body video source')`)
	b.click(`[role="tab"][data-for="captions"]`)
	b.attach(`#captions-file-transcripts`, file("talk.srt", "1\n00:00:01,000 --> soon\nwords\n"))
	b.click(`form[data-drop] .primary`)
	b.see(`[data-captions-said].bad`, "Line 2")
	b.attach(`#captions-file-transcripts`, file("talk.srt", saidInSRT))
	b.click(`form[data-drop] .primary`)
	b.see(`[data-captions-said].good`, "2 lines")
	b.see(`.captions`, "talk-en.srt")
	b.click(`.captions summary`)
	b.see(`.captions-lines`, "A body at rest")
	shots := os.Getenv("QUOIN_SCREENSHOTS")
	for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}} {
		b.like(l.width, l.scheme)
		b.open("/nowhere?lang=" + l.language)
		b.open(studioPath(run) + "/units/read1?edit=" + url.QueryEscape(run.Usage("video", "tube").String()))
		b.visible(`.unit-sheet [data-edit-form]`)
		if shots != "" {
			b.picture(filepath.Join(shots, "video-form-"+l.language+".png"))
		}
		b.click(`[role="tab"][data-for="captions"]`)
		b.click(`.captions summary`)
		b.check(source, "captions in "+l.language)
		if shots != "" {
			b.picture(filepath.Join(shots, "captions-"+l.language+".png"))
		}
	}
	b.click(`.captions [value="remove"]`)
	b.until(`!document.querySelector(".captions")`)
	b.quiet()
}
