package command

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/host/web"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/runtime/packages/inspect"
)

// browsers are the names under which Chromium and its relatives are installed.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// axeTime bounds how long a browser may take for one block.
const axeTime = time.Minute

// violation is one rule that a page breaks.
type violation struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"`
}

// lookOver lets a browser show the views of a block's samples in the platform's look and runs axe-core on them. Without a
// browser, or without what the binary needs for it, a note says so. The views' own scripts do not run.
func lookOver(ctx context.Context, r *inspect.Report) {
	if len(r.Shown) == 0 {
		return
	}
	found, err := axeFindings(ctx, r.Shown)
	if err != nil {
		r.Notes = append(r.Notes, "axe-core did not look at the samples: "+err.Error())
		return
	}
	for _, v := range found {
		where := ""
		if len(v.Nodes) > 0 {
			where = ": " + v.Nodes[0]
		}
		r.Problems = append(r.Problems, inspect.Problem{
			Message: fmt.Sprintf("axe-core says of a sample's view: %s%s", v.Help, where), Fix: "the rule is explained at https://dequeuniversity.com/rules/axe/4.14/" + v.ID,
		})
	}
}

func axeFindings(ctx context.Context, shown []inspect.Shown) ([]violation, error) {
	browser, err := findBrowser()
	if err != nil {
		return nil, err
	}
	axe, err := npm.File(npm.Axe)
	if err != nil {
		return nil, err
	}
	assets, err := web.Embedded()
	if err != nil {
		return nil, err
	}
	style, err := assets.Text("site.css")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "quoin-axe-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	page := filepath.Join(dir, "samples.html")
	if err := os.WriteFile(page, []byte(axePage(shown, style, string(axe))), 0o600); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, axeTime)
	defer cancel()
	return runAxe(ctx, browser, dir, page)
}

func findBrowser() (string, error) {
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no browser is on the PATH (chromium or google-chrome)")
}

// axePage is a document of all samples. Its policy lets nothing run but axe-core, since a stranger's views stand in it.
func axePage(shown []inspect.Shown, style, axe string) string {
	nonce := rand.Text()
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-%s'; img-src data:">`+
		`<title>Samples</title><style>%s</style></head><body><main><h1>Samples</h1>`, nonce, style)
	for n, one := range shown {
		id := fmt.Sprintf("s%d", n)
		view := strings.NewReplacer("quoin:form", id+"-form", "quoin:id/", id+"-", "quoin:asset/", "#", "quoin:handler/", "#", "quoin:view/", "#").Replace(one.HTML)
		fmt.Fprintf(&b, `<section><h2>%s</h2><form id="%s-form"></form>%s</section>`, html.EscapeString(one.Where), id, view)
	}
	fmt.Fprintf(&b, `</main><script nonce="%[1]s">%[2]s</script><script nonce="%[1]s">
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then((r) => {
  const out = document.createElement("pre");
  out.id = "found";
  out.textContent = JSON.stringify(r.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.map((n) => n.html)})));
  document.body.replaceChildren(out);
});</script></body></html>`, nonce, axe)
	return b.String()
}

func runAxe(ctx context.Context, browser, dir, page string) ([]violation, error) {
	words := []string{
		"--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--user-data-dir=" + filepath.Join(dir, "profile"),
		"--virtual-time-budget=20000", "--window-size=1280,900", "--dump-dom",
	}
	if os.Geteuid() == 0 { // Chromium's own sandbox refuses root; the page's policy lets nothing of the block run
		words = append(words, "--no-sandbox")
	}
	out, err := exec.CommandContext(ctx, browser, append(words, "file://"+page)...).Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", browser, err)
	}
	_, rest, found := strings.Cut(string(out), `<pre id="found">`)
	text, _, _ := strings.Cut(rest, "</pre>")
	if !found {
		return nil, fmt.Errorf("%s showed the page, and axe-core did not end", browser)
	}
	var list []violation
	if err := json.Unmarshal([]byte(html.UnescapeString(text)), &list); err != nil {
		return nil, fmt.Errorf("reading what axe-core found: %w", err)
	}
	return list, nil
}
