package host_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host/guide"
)

// The guide is open to everybody, its search finds places in pages, and an unknown page is not found.
func TestDocs(t *testing.T) {
	w := newWorld(t, options{})
	v := w.visitor()
	if answer := v.get("/docs"); answer.status != http.StatusSeeOther || answer.header.Get("Location") != "/docs/index" {
		t.Errorf("the guide begins with %d %s", answer.status, answer.header.Get("Location"))
	}
	if answer := v.get("/docs/index"); answer.status != http.StatusOK || !strings.Contains(answer.body, `href="first-block-typescript"`) {
		t.Errorf("the first page: %d", answer.status)
	}
	answer := v.get("/docs?q=" + "cron+tab%3Cb%3E")
	if answer.status != http.StatusOK || strings.Contains(answer.body, "<b>") {
		t.Errorf("a search for markup: %d", answer.status)
	}
	if answer := v.get("/docs?q=MaxFrame"); !strings.Contains(answer.body, `href="/docs/contract#numbers-and-names"`) {
		t.Error("a search for a number of the contract does not find it")
	}
	for _, path := range []string{"/docs/nothing", "/docs/..%2Findex", "/docs/index.md"} {
		if answer := v.get(path); answer.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, answer.status)
		}
	}
}

// Every page of the guide passes axe-core, is no wider than the window, and the static copy's search works from a file.
func TestDocsInBrowser(t *testing.T) {
	source := axe(t)
	pages, err := guide.Pages()
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, options{unlimited: true})
	b := w.newTab(t)
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}, {320, "light", "en"}} {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		for n, page := range pages {
			if l.width != 1280 && n > 2 && pictures == "" {
				continue // all are of one template
			}
			b.open("/docs/" + page.Slug)
			b.check(source, fmt.Sprintf("the guide's %s at %d px, %s, %s", page.Slug, l.width, l.scheme, l.language))
			if pictures != "" {
				b.picture(filepath.Join(pictures, fmt.Sprintf("docs-%s-%d-%s-%s.png", page.Slug, l.width, l.scheme, l.language)))
			}
		}
		b.open("/docs?q=grade")
		b.check(source, fmt.Sprintf("the guide's search at %d px", l.width))
	}
	b.quiet()
}
