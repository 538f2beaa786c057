package firstblock

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/quoin-lms/quoin/examples/running"
	"github.com/quoin-lms/quoin/runtime/npm"
)

// TestCrosswordInBrowser fills in the example's grid: by keyboard alone, then from the pool of letters by mouse. What is typed is
// there after a reload, though nothing was handed in, and axe-core finds nothing.
func TestCrosswordInBrowser(t *testing.T) {
	chromium := needs(t, "chromium")
	quoin := built(t)
	course, data := filepath.Join(t.TempDir(), "course"), filepath.Join(t.TempDir(), "site")
	if err := WriteCourse(course, "crossword"); err != nil {
		t.Fatal(err)
	}
	if _, err := running.Import(t.Context(), quoin, data, course); err != nil {
		t.Fatal(err)
	}
	server, err := running.StartQuoin(context.WithoutCancel(t.Context()), quoin, data, "--development", "--blocks", "../blocks/crossword")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	b := browse(t, chromium, server.Base)
	b.joins()
	b.until(`document.querySelectorAll(".crossword-cell input").length > 20`)
	b.axe()
	b.picture("crossword-1280.png")

	t.Log("by keyboard: EARTH across, from its clue's first letter; the arrow goes back, the space bar turns")
	first := `.crossword-cell input[aria-label^="2 Across, letter 1"]`
	b.do(chromedp.SendKeys(chromedp.CSS(first), "earth"))
	b.until(`document.querySelector("[data-place='2a']").value === "EARTH"`)
	b.until(`document.querySelector("[data-saved]").textContent === "Saved"`)
	b.open(Unit)
	b.until(`document.querySelector("[data-place='2a']").value === "EARTH" && document.querySelectorAll(".crossword-cell input").length > 20`)
	b.do(chromedp.SendKeys(chromedp.CSS(first), kb.ArrowRight))
	b.until(`document.activeElement.getAttribute("aria-label").startsWith("2 Across, letter 2")`)

	t.Log("by mouse: MARS down, each letter from the pool")
	b.do(chromedp.Click(chromedp.CSS(`.crossword-list li[value="3"] label[for$="3d"]`), chromedp.NodeVisible))
	b.until(`document.activeElement.getAttribute("aria-label").startsWith("3 Down, letter 1")`)
	for _, letter := range []string{"M", "A", "R", "S"} {
		b.do(chromedp.Click(chromedp.CSS(`.crossword-pool button[aria-label="Put `+letter+`"]`), chromedp.NodeVisible))
	}
	b.until(`document.querySelector("[data-place='3d']").value === "MARS"`)
	b.do(chromedp.Click(chromedp.CSS(`button[value=submit]`), chromedp.NodeVisible))
	b.reads("2 of 5 words are right.")
	b.until(`document.querySelectorAll(".crossword-cell.right").length === 9`)
	b.axe()
	b.do(chromedp.EmulateViewport(390, 844))
	b.open(Unit)
	b.until(`document.querySelectorAll(".crossword-cell input").length > 20 && document.documentElement.scrollWidth <= innerWidth`)
	b.axe()
	b.picture("crossword-390.png")
}

// axe looks the page over for what people with disabilities would meet.
func (b *browser) axe() {
	b.t.Helper()
	source, err := npm.File(npm.Axe)
	if err != nil {
		b.t.Fatal(err)
	}
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](string(source)+`;axe.run(document).then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join("; ")).join("\n"))`, chromedp.EvalAwaitPromise))
	if err != nil || found != "" {
		b.t.Errorf("axe-core: %s %v", found, err)
	}
}

// picture writes what the page looks like where QUOIN_SCREENSHOTS names a folder.
func (b *browser) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("QUOIN_SCREENSHOTS")
	if dir == "" {
		return
	}
	shot, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name), shot, 0o600)
	}
	if err != nil {
		b.t.Error(err)
	}
}
