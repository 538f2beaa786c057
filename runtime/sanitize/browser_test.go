package sanitize

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/sanitize/sanitizetest"
)

// probe puts texts into a page as the host does, and again through innerHTML three times over, as scripts may, and reports
// what ran and what stands there that must not. Everything that the vectors call is x().
const probe = `<!doctype html><meta charset="utf-8"><body><script>
var ran = 0, found = [];
function x() { ran++; }
window.onerror = () => true;
</script>
%s
<script id="data" type="application/json">%s</script>
<script>
const bad = new Set("script,style,iframe,object,embed,link,meta,base,form,template,noscript,animate,set,use,image,foreignobject,annotation-xml".split(","));
function look(root, number) {
  for (const e of root.querySelectorAll("*")) {
    if (bad.has(e.localName.toLowerCase())) found.push(number + ": " + e.localName);
    for (const a of e.attributes)
      if (/^on/i.test(a.name) || /^[\s\u0000-\u0020]*(javascript:|vbscript:|data:text)/i.test(a.value)) found.push(number + ": " + a.name + "=" + a.value);
    if (e.protocol && !["http:", "https:", "mailto:", "tel:", "file:", ":"].includes(e.protocol)) found.push(number + ": " + e.href);
    const position = getComputedStyle(e).position;
    if (position === "fixed" || position === "absolute" || position === "sticky") found.push(number + ": position " + position);
  }
}
document.querySelectorAll("[data-vector]").forEach(e => look(e, e.dataset.vector));
JSON.parse(document.getElementById("data").textContent).forEach((text, number) => {
  const host = document.createElement("div");
  document.body.append(host);
  for (let i = 0; i < 3; i++) { host.innerHTML = text; look(host, number + " in script"); text = host.innerHTML; }
  for (const e of host.querySelectorAll("button,summary,input,details")) { try { e.click(); e.focus(); } catch {} }
  host.remove();
});
addEventListener("load", () => setTimeout(() => {
  document.body.replaceChildren();
  document.body.dataset.report = JSON.stringify({ran, found: found.slice(0, 20), count: found.length});
}, 500));
addEventListener("submit", e => e.preventDefault());
</script>`

type report struct {
	Ran, Count int
	Found      []string
}

func inBrowser(t *testing.T, browser string, texts []string) report {
	t.Helper()
	var inline strings.Builder
	for i, text := range texts {
		fmt.Fprintf(&inline, "<div data-vector=%q>%s</div>\n", fmt.Sprint(i), text)
	}
	data, err := json.Marshal(texts) // which writes < as an escape
	if err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(page, fmt.Appendf(nil, probe, inline.String(), data), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir="+profile(t), "--virtual-time-budget=20000", "--dump-dom", "file://"+page).Output()
	if err != nil {
		t.Fatalf("%v: %.500s", err, out)
	}
	found := regexp.MustCompile(`data-report="([^"]*)"`).FindSubmatch(out)
	if found == nil {
		t.Fatalf("the page reports nothing: %.500s", out)
	}
	var r report
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(found[1]), "&quot;", `"`)), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// profile is a folder for the browser. Its helper processes may outlive it by a moment and write there, so it is removed by as
// many tries as that takes.
func profile(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "chromium-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 200 {
			if err = os.RemoveAll(dir); err == nil {
				return
			}
			time.Sleep(25 * time.Millisecond)
		}
		t.Logf("the browser's folder stays: %v", err)
	})
	return dir
}

// What the vectors do in a browser after they were cleaned: nothing. And as they are: something, or the page proves nothing.
func TestVectorsInBrowser(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	var texts []string
	for _, vector := range sanitizetest.Vectors {
		for _, around := range []string{"%", "<svg>%", "<math><mtext>%", "<table>%"} {
			text, _ := Clean(Author, strings.ReplaceAll(around, "%", vector))
			texts = append(texts, text)
		}
	}
	if r := inBrowser(t, browser, texts); r.Ran != 0 || r.Count != 0 {
		t.Errorf("%d ran, %d found: %q", r.Ran, r.Count, r.Found)
		for _, found := range r.Found {
			var i int
			if _, err := fmt.Sscan(found, &i); err == nil {
				t.Logf("%d is %q", i, texts[i])
			}
		}
	}
	raw := []string{`<img src=x onerror=x()>`, `<svg onload=x()></svg>`, `<details open ontoggle=x()>y</details>`, `<p style="position:fixed">y</p>`, `<a href=" java&#10;script:x()">y</a>`}
	if r := inBrowser(t, browser, raw); r.Ran == 0 || r.Count == 0 {
		t.Errorf("as they are, %d ran and %d were found: the probe is blind", r.Ran, r.Count)
	}
}
