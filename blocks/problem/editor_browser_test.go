package problem_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/blocks/problem"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// editorPage stands in for a page of Studio: it gives the element the fields, and calls the block's real handler.
const editorPage = `<!doctype html><html lang="%[1]s" dir="%[2]s" data-theme="%[3]s"><head><meta charset="utf-8"><title>Editor</title>
<meta name="viewport" content="width=device-width">%[4]s<link rel="stylesheet" href="/assets/editor.css"></head>
<body><main style="padding:16px;max-inline-size:60rem">%[5]s</main><pre id="log" hidden></pre>
<script>
window.quoin = { of: () => ({ call: async (handler, body) => {
  const reply = await fetch("/" + handler, { method: "POST", body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(await reply.text());
  return reply.json();
} }) };
</script><script type="module" src="/assets/form.js"></script><script type="module" src="/assets/editor.js"></script>
<script type="module">
const editor = document.querySelector("quoin-problem-editor");
const log = (value) => (document.getElementById("log").textContent += JSON.stringify(value) + "\n");
editor.addEventListener("quoin-edit", (event) => log({ told: event.detail }));
const field = (name) => editor.querySelector('[data-field="' + name + '"]');
const type = async (name, text) => {
  field(name).value = text;
  field(name).dispatchEvent(new Event("input", { bubbles: true }));
  await editor.ready();
};
const press = async (selector) => {
  editor.querySelector(selector).click();
  for (let i = 0; i < 50; i++) await new Promise((done) => setTimeout(done, 10));
};
const found = (name) => [...editor.querySelectorAll('[data-found="' + name + '"] > li')].map((li) => li.textContent);
const shown = () => [...editor.querySelectorAll("[data-panel]")].filter((p) => !p.hidden).map((p) => p.dataset.panel).join();
const kept = () => editor.querySelector("[data-kept]").textContent;
const form = (selector) => editor.querySelector("quoin-problem-form").querySelector(selector);
const write = async (selector, text) => {
  form(selector).value = text;
  form(selector).dispatchEvent(new Event("input", { bubbles: true }));
  await editor.ready();
};
const warned = () => { const w = editor.querySelector("[data-warning]"); return w.hidden ? "" : w.textContent; };
%[6]s
document.getElementById("log").textContent += "done";
</script></body></html>`

// editorHost serves the page.
func editorHost(t *testing.T, locale, theme, script string) *httptest.Server {
	t.Helper()
	w, err := fakehost.Open(fakehost.Config{Serve: problem.Block().Serve, Permissions: fakehost.Permissions{"script": nil}})
	if err != nil {
		t.Fatal(err)
	}
	var fragment wire.Fragment
	if err := w.Ask(wire.OpRender, wire.Context{Block: "problem", Locale: locale}, &wire.RenderRequest{View: wire.ViewEditor}, &fragment); err != nil {
		t.Fatal(err)
	}
	head := ""
	for _, kind := range []string{"site-*.css", "elements-*.css", "elements-*.js"} {
		files, err := filepath.Glob("../../host/web/dist/" + kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			if address := "/dist/" + filepath.Base(path); strings.HasSuffix(address, ".css") {
				head += `<link rel="stylesheet" href="` + address + `">`
			} else {
				head += `<script type="module" src="` + address + `"></script>`
			}
		}
	}
	direction := map[string]string{"ar": "rtl"}[locale]
	page := fmt.Sprintf(editorPage, locale, direction, theme, head, strings.ReplaceAll(string(fragment.HTML.Data), "quoin:id/", "it-"), script)
	mux := http.NewServeMux()
	mux.Handle("GET /dist/", http.StripPrefix("/dist/", http.FileServer(http.Dir("../../host/web/dist"))))
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServer(http.Dir("assets"))))
	mux.Handle("GET /npm/", http.StripPrefix("/npm/", http.FileServer(http.Dir("../../runtime/npm/dist"))))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page)
	})
	mux.HandleFunc("POST /{handler}", func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var reply wire.HandleReply
		if err == nil {
			err = w.Ask(wire.OpHandle, wire.Context{Block: "problem", Locale: locale}, &wire.HandleRequest{
				Handler: r.PathValue("handler"), HTTP: wire.HTTP{Method: "POST", ContentType: "application/json", Body: wire.Blob{Data: body}},
			}, &reply)
		}
		if err != nil {
			http.Error(out, err.Error(), http.StatusBadRequest)
			return
		}
		out.Header().Set("Content-Type", "application/json")
		_, _ = out.Write(reply.Body.Data)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// chromium opens a page and gives what it printed.
func chromium(t *testing.T, arguments ...string) string {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skipf("no browser: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	arguments = append([]string{
		"--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--user-data-dir=" + profile(t), "--virtual-time-budget=20000",
	}, arguments...)
	out, err := exec.CommandContext(ctx, path, arguments...).Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	return string(out)
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
			if os.RemoveAll(dir) == nil {
				return
			}
		}
		t.Logf("the browser's folder %s stays", dir)
	})
	return dir
}

// steps runs a script in the page and gives what it logged, line by line.
func steps(t *testing.T, script string) []map[string]any {
	t.Helper()
	return logOf(t, chromium(t, "--dump-dom", editorHost(t, "en", "light", script).URL))
}

// logOf is what a page has logged.
func logOf(t *testing.T, dom string) []map[string]any {
	t.Helper()
	_, text, _ := strings.Cut(dom, `<pre id="log" hidden="">`)
	text, _, _ = strings.Cut(text, "</pre>")
	text = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
	lines := strings.Split(text, "\n")
	if lines[len(lines)-1] != "done" {
		t.Fatalf("the script did not end: %q\n%s", text, dom)
	}
	var all []map[string]any
	for _, line := range lines[:len(lines)-1] {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all = append(all, one)
	}
	return all
}

// TestEditor: an author types markdown, goes to OLX and back, and is told what markdown cannot say.
func TestEditor(t *testing.T) {
	log := steps(t, `
editor.values = { data: null, markdown: null, markdown_edited: false };
log({ shown: shown() });
await press('[data-tab="markdown"]');
await type("markdown", ">>Pick<<\n( ) a\n( ) b\n");
log({ found: found("markdown"), mark: editor.querySelector("quoin-code").getAttribute("mark") });
await type("markdown", ">>Pick<<\n(x) a\n( ) b\n");
log({ found: found("markdown"), data: field("data").value });
await press('[data-tab="data"]');
log({ shown: shown(), selected: editor.querySelector('[data-tab="data"]').getAttribute("aria-selected"), kept: kept() });
await type("data", "<problem>\n<customresponse cfn=\"f\"><textline/></customresponse></problem>");
await press('[data-tab="markdown"]');
log({ shown: shown(), warned: warned(), go: editor.querySelector("[data-go]").hidden });
await type("data", "<problem><p>Say</p><numericalresponse answer=\"5\"><textline/></numericalresponse></problem>");
await press('[data-tab="markdown"]');
log({ shown: shown(), warned: warned() });
await press("[data-go]");
log({ shown: shown(), kept: kept(), markdown: field("markdown").value });
field("markdown").setSelectionRange(0, 0);
await press('[data-insert^="||"]');
await editor.ready();
log({ inserted: field("markdown").value, selected: field("markdown").value.slice(field("markdown").selectionStart, field("markdown").selectionEnd) });
`)
	want := []string{
		`{"shown":"visual"}`,
		`{"told":{"data":"*","markdown":">>Pick<<\n( ) a\n( ) b\n","markdown_edited":true}}`,
		`{"found":["Line 2Mistake: no choice is right write (x) before the right one"],"mark":"2"}`,
		`{"told":{"data":"*","markdown":">>Pick<<\n(x) a\n( ) b\n","markdown_edited":true}}`,
		`{"data":"*","found":[]}`,
		`{"kept":"*Once you change it here, the problem is kept as OLX*","selected":"true","shown":"data"}`,
		`{"told":{"data":"*","markdown":null,"markdown_edited":false}}`,
		`{"go":true,"shown":"data","warned":"*Line 2Mistake: <customresponse> has no form in markdown here*"}`,
		`{"told":{"data":"*","markdown_edited":false}}`,
		`{"shown":"data","warned":"*becomes one for a formula*"}`,
		`{"kept":"*Once you change it here, the problem is kept as Markdown.","markdown":"Say\n\n---\n\n= 5","shown":"markdown"}`,
		`{"told":{"data":"*","markdown":"|| What helps ||\nSay\n\n---\n\n= 5","markdown_edited":true}}`,
		`{"inserted":"|| What helps ||\nSay\n\n---\n\n= 5","selected":"What helps"}`,
	}
	holds(t, log, want)
}

// holds compares what was logged with what was wanted.
func holds(t *testing.T, log []map[string]any, want []string) {
	t.Helper()
	for i, one := range log {
		if i >= len(want) || !logged(one, want[i]) {
			text, _ := json.Marshal(one)
			t.Fatalf("step %d is\n%s\nof %d: %v", i, text, len(want), want[min(i, len(want)-1)])
		}
	}
	if len(log) != len(want) {
		t.Fatalf("%d steps of %d", len(log), len(want))
	}
}

// TestEditorForm: an author makes a question in the form, and what the form has no place for stays as it is.
func TestEditorForm(t *testing.T) {
	log := steps(t, `
editor.values = { data: null, markdown: null, markdown_edited: false };
await editor.ready();
log({ shown: shown(), empty: form("[data-empty]").hidden });
form('[data-add="choice"]').click();
await editor.ready();
await write('[data-f="label"]', "Is 3 < 4?");
await write('li:nth-child(1) [data-r="text"]', "Yes");
await write('li:nth-child(2) [data-r="text"]', "No & never");
form('li:nth-child(3) [data-do="remove"]').click();
form('li:nth-child(2) [data-r="correct"]').click();
form('li:nth-child(2) [data-do="up"]').click();
await editor.ready();
log({ data: field("data").value.replace(/\s*\n\s*/g, ""), found: form("[data-found]").textContent });
await press('[data-tab="markdown"]');
log({ markdown: field("markdown").value });
await type("markdown", field("markdown").value + "\n|| Count ||\n");
await press('[data-tab="visual"]');
log({ parts: [...editor.querySelectorAll("[data-title]")].map((h) => h.textContent).join(), kept: kept() });
await write('[data-f="label"]', "Is 3 > 4?");
await press('[data-tab="data"]');
await type("data", "<problem><scr" + "ipt>a = 1</scr" + "ipt><!" + "-- why --><numericalresponse answer='$a'><formulaequationinput/></numericalresponse></problem>");
await press('[data-tab="visual"]');
log({ parts: [...editor.querySelectorAll("[data-title]")].map((h) => h.textContent).join() });
await write('[data-f="tolerance"]', "5%");
editor.values = { data: "<problem><p>cut</problem>", markdown: null, markdown_edited: false };
await editor.ready();
log({ shown: shown() });
`)
	told := func(data, markdown string) string {
		return `{"told":{"data":"` + data + `","markdown_edited":false` + markdown + `}}`
	}
	const first = `<problem>*<multiplechoiceresponse>*<label>Is 3 &lt; 4?</label>*`
	want := []string{
		`{"empty":false,"shown":"visual"}`,
		told("*<choicegroup*", ""), told("*Is 3 &lt; 4?*", ""), told("*Yes*", ""), told("*No &amp; never*", ""), told("*", ""),
		`{"data":"` + first + `<choice correct=\"true\">No &amp; never</choice><choice correct=\"false\">Yes</choice></choicegroup></multiplechoiceresponse></problem>","found":""}`,
		`{"markdown":">>Is 3 &lt; 4?<<\n(x) No &amp; never\n( ) Yes*"}`,
		`{"told":{"data":"*demandhint*","markdown":"*Count*","markdown_edited":true}}`,
		`{"kept":"Kept as Markdown*","parts":"One right answer,Hints"}`,
		`{"told":{"data":"*Is 3 > 4?*demandhint*","markdown":">>Is 3 > 4?<<*","markdown_edited":true}}`,
		told("<problem><script>*", `,"markdown":null`),
		`{"parts":"Something else,Number"}`,
		told(`<problem><script>a = 1</script><!-- why --><numericalresponse answer=\"$a\">*default=\"5%\"*`, ""),
		`{"shown":"data"}`,
	}
	holds(t, log, want)
}

// everyPart is a problem with each kind of part, and with all that the form shows of one.
const everyPart = `"<problem><p>One &amp; two</p><multiplechoiceresponse partial_credit='points'><p>i</p><label>q</label><choicegroup shuffle='true'><choice correct='true'>a<choicehint>y</choicehint></choice><choice correct='partial' point_value='0.3' fixed='true'>b</choice></choicegroup><p>o</p></multiplechoiceresponse>" +
"<choiceresponse partial_credit='EDC'><checkboxgroup><choice correct='true'>a<choicehint selected='true'>y</choicehint><choicehint selected='false'>n</choicehint></choice><choice correct='false'>b</choice><compoundhint value='A B'>both</compoundhint></checkboxgroup></choiceresponse>" +
"<optionresponse><optioninput options=\"('a','b')\" correct='a'/></optionresponse><numericalresponse answer='[1,2)'><formulaequationinput/></numericalresponse>" +
"<numericalresponse answer='5'><responseparam type='tolerance' default='5%'/><additional_answer answer='6'/><formulaequationinput/></numericalresponse>" +
"<stringresponse answer='x' type='ci'><stringequalhint answer='z'>no</stringequalhint><regexphint answer='y+'>never</regexphint><textline size='20'/></stringresponse><formularesponse/><solution><p>s</p></solution><demandhint><hint>h</hint></demandhint></problem>"`

// TestEditorAccessible holds every part of the form against axe-core, in both themes and directions, and on a telephone.
func TestEditorAccessible(t *testing.T) {
	axe, err := filepath.Glob("../../runtime/npm/dist/axe*.js")
	if err != nil || len(axe) == 0 {
		t.Skip("axe-core was not fetched: run make web first")
	}
	script := `await new Promise((done, failed) => {
  const script = document.createElement("script");
  Object.assign(script, { src: "/npm/` + filepath.Base(axe[0]) + `", onload: done, onerror: failed });
  document.head.append(script);
});
editor.values = { data: ` + everyPart + `, markdown: null, markdown_edited: false };
await editor.ready();
log({ parts: editor.querySelectorAll(".pf-part").length, open: [...editor.querySelectorAll("[data-title]")].map((h) => h.textContent).join() });
for (const tab of ["visual", "markdown", "data"]) {
  await press('[data-tab="' + tab + '"]');
  const report = await axe.run(document.querySelector("main"), { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
  log({ tab, wide: document.documentElement.scrollWidth > innerWidth, wrong: report.violations.filter((v) => v.id !== "page-has-heading-one" && v.id !== "heading-order").map((v) => v.id + ": " + v.nodes.map((n) => n.html.slice(0, 150) + n.failureSummary).join()) });
}
`
	for _, one := range []struct{ locale, theme, size string }{{"en", "light", "1280,900"}, {"en", "light", "390,900"}, {"ar", "dark", "390,900"}} {
		if pictures := os.Getenv("QUOIN_SCREENSHOTS"); pictures != "" {
			width, _, _ := strings.Cut(one.size, ",")
			show := `editor.values = { data: ` + everyPart + `, markdown: null, markdown_edited: false }; await editor.ready();`
			chromium(t, "--window-size="+width+",5200", "--screenshot="+filepath.Join(pictures, "problem-"+width+"-"+one.locale+".png"), editorHost(t, one.locale, one.theme, show).URL)
		}
		log := logOf(t, chromium(t, "--window-size="+one.size, "--dump-dom", editorHost(t, one.locale, one.theme, script).URL))
		if len(log) != 4 || log[0]["parts"] != 10.0 {
			t.Fatalf("%s: %v", one.locale, log)
		}
		for _, tab := range log[1:] {
			if wrong, ok := tab["wrong"].([]any); !ok || len(wrong) > 0 || tab["wide"] != false {
				t.Errorf("%s %s: %v", one.locale, one.theme, tab)
			}
		}
	}
}

// logged compares with a wanted line, in which a * in a text stands for anything.
func logged(got map[string]any, want string) bool {
	var wanted map[string]any
	if json.Unmarshal([]byte(want), &wanted) != nil {
		return false
	}
	return alike(got, wanted)
}

func alike(got, want any) bool {
	switch want := want.(type) {
	case map[string]any:
		other, ok := got.(map[string]any)
		for name, value := range want {
			ok = ok && alike(other[name], value)
		}
		return ok && len(other) == len(want)
	case string:
		text, ok := got.(string)
		for i, part := range strings.Split(want, "*") {
			at := strings.Index(text, part)
			if at < 0 || i == 0 && at > 0 {
				return false
			}
			text = text[at+len(part):]
		}
		return ok && (text == "" || strings.HasSuffix(want, "*"))
	}
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	return string(a) == string(b)
}

// TestEditorLooks draws the editor for the eyes where QUOIN_SCREENSHOTS names a folder.
func TestEditorLooks(t *testing.T) {
	folder := os.Getenv("QUOIN_SCREENSHOTS")
	if folder == "" {
		t.Skip("QUOIN_SCREENSHOTS names no folder for the pictures")
	}
	script := `editor.values = { data: null, markdown: ">>Which are fruits?||Tick all<<\n[x] apple {{ {selected: Yes}, {unselected: It is} }}\n[ ] stone\n[ ]\n\n[explanation]\nAn apple is one.\n[/explanation]\n\n---\n>>How many?<<\n= 5 +- 1%\nor= 6\n\n---\n>>Which?<<\ns= moon\n\n|| Look up ||" };
await new Promise((done) => setTimeout(done, 800));`
	for _, one := range []struct{ locale, theme, size string }{{"en", "light", "1280,1400"}, {"en", "dark", "390,1800"}, {"ar", "light", "390,1800"}} {
		server := editorHost(t, one.locale, one.theme, script)
		chromium(t, "--window-size="+one.size, "--screenshot="+filepath.Join(folder, "editor-"+one.locale+"-"+one.theme+".png"), server.URL)
	}
}
