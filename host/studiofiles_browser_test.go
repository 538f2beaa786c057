package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Files travel from the page with their own progress, a refused one says why and can be tried again, and the pages of files and
// of courses on their way in and out pass axe-core and are no wider than the window.
func TestStudioFilesInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue := w.member("sue", run, "staff", "instructor")
	b := w.newTab(t)
	b.enterAs("sue")
	dir := t.TempDir()
	var chosen []string
	for name, content := range map[string]string{"a map.png": pictureOf(t, 400, 300), "notes.txt": "one", "wrong.png": "no picture"} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		chosen = append(chosen, file)
	}
	b.open(filesPath(run))
	b.attach("#files", chosen...)
	b.click("quoin-drop .button.primary")
	b.until(`document.querySelectorAll(".drop-list .status.good").length === 2 && document.querySelectorAll(".drop-list .status.bad").length === 1`)
	b.click(".drop-list button:not([hidden])")
	b.until(`document.querySelectorAll(".drop-list .status.bad").length === 1 && !document.querySelector(".drop-list li:has(.bad) button").hidden`)
	b.see("tbody", "a map.png") // without another look

	at := sue.upload(importPath(run), "archive", "text/html", attached{"a.tar.gz", packed(t, "<p>New</p>")}).must(303).header.Get("Location")
	sue.get(studioPath(run) + "/export").form(studioPath(run) + "/export").press("").must(303)
	w.working.Wait()
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	for state, path := range map[string]string{
		"files": filesPath(run), "file": filesPath(run) + "/at/a%20map.png", "imports": importPath(run), "report": at, "exports": studioPath(run) + "/export",
	} {
		for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}, {390, "light", "en"}} {
			b.open("/nowhere?lang=" + l.language)
			b.like(l.width, l.scheme)
			b.open(path)
			b.visible("h1")
			b.check(source, fmt.Sprintf("%s at %d px, %s, %s", state, l.width, l.scheme, l.language))
			if pictures != "" {
				b.picture(filepath.Join(pictures, fmt.Sprintf("files-%s-%d-%s-%s.png", state, l.width, l.scheme, l.language)))
			}
		}
	}
	b.quiet()
}
