package host_test

import (
	"bytes"
	"compress/gzip"
	"regexp"
	"strconv"
	"strings"
	"testing"

	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// maxUnitWeight bounds what a unit's page brings of scripts and styles, compressed, in bytes.
const maxUnitWeight = 100_000

// maxStudioScript is the same for the scripts of one of Studio's pages, the editor of texts included, which comes when it is needed.
const maxStudioScript = 250_000

var bundlePattern = regexp.MustCompile(`(?:src|href|data-text|data-script)="(/(?:web|blocks)/[^"]+\.(?:js|css))"`)

// A unit's page stays light for phones: all of its scripts and styles together, those of its blocks included.
func TestUnitPageIsLight(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	b := w.member("ann", run, "")
	for _, unit := range []string{"read1", "five", "more"} {
		files, total := b.weigh(unitPath(run, unit), "")
		if files < 2 || total > maxUnitWeight {
			t.Errorf("%s brings %d bytes in %d files, at most %d are allowed", unit, total, files, maxUnitWeight)
		}
	}
}

// Studio's pages bring few scripts: an outline is there at once, and a unit with the editor of texts is little more.
func TestStudioIsLight(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	for _, path := range []string{studioPath(run), studioPath(run) + "/units/read1", studioPath(run) + "/pages"} {
		files, total := sue.weigh(path, ".js")
		t.Logf("%s brings %d bytes of scripts in %d files", path, total, files)
		if files < 2 || total > maxStudioScript {
			t.Errorf("%s brings %d bytes of scripts in %d files, at most %d are allowed", path, total, files, maxStudioScript)
		}
	}
}

// weigh adds up what a page brings of scripts and styles whose names end so, compressed, in bytes.
func (b *browser) weigh(path, ending string) (files, total int) {
	b.t.Helper()
	found := map[string]bool{}
	for _, match := range bundlePattern.FindAllStringSubmatch(b.get(path).must(200).body, -1) {
		if found[match[1]] || !strings.HasSuffix(match[1], ending) {
			continue
		}
		found[match[1]] = true
		var packed bytes.Buffer
		writer := gzip.NewWriter(&packed)
		if _, err := writer.Write([]byte(b.get(match[1]).must(200).body)); err != nil {
			b.t.Fatal(err)
		}
		if err := writer.Close(); err != nil {
			b.t.Fatal(err)
		}
		total += packed.Len()
	}
	return len(found), total
}

// shifts adds up what moves on a page that nobody has touched.
const shifts = `window.moved = 0; window.movers = []; new PerformanceObserver(list => {
	for (const e of list.getEntries()) if (!e.hadRecentInput) { moved += e.value; movers.push(e.value.toFixed(3) + " " + (e.sources[0]?.node?.outerHTML ?? "").slice(0, 120)); }
}).observe({type: "layout-shift", buffered: true});`

// Nothing jumps while a page loads: scripts find the room that they need.
func TestPagesStandStill(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	b := w.newTab(t)
	if _, err := chromedp.Call(b.ctx, cdp.AddScriptToEvaluateOnNewDocument, cdp.AddScriptToEvaluateOnNewDocumentParams{Source: shifts}); err != nil {
		t.Fatal(err)
	}
	user := w.account("ann", run, "")
	w.answerSome(w.enter(user), run)
	b.open("/signin")
	b.signIn("ann")
	for _, width := range []int64{1280, 390} {
		b.like(width, "light")
		for _, s := range learnerSights(run) {
			if s.before != nil {
				continue // what the reader does may move things
			}
			b.open(s.path)
			b.until(`document.readyState === "complete"`)
			b.eval(`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))`)
			moved, err := strconv.ParseFloat(b.text(`String(window.moved)`), 64)
			if err != nil {
				t.Fatal(err)
			}
			if moved > 0.05 {
				t.Errorf("%s at %d px moves by %.3f: %s", s.name, width, moved, strings.TrimSpace(b.text(`movers.slice(0, 5).join("\n")`)))
			}
		}
	}
	b.open("/account")
	b.eval(`new Promise(done => setTimeout(() => { document.querySelector("main").style.marginTop = "300px"; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))); }, 0))`)
	b.until(`window.moved > 0.05`) // the measure measures
}
