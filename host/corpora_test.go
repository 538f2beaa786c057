package host_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/sanitize/sanitizetest"
)

// spy counts in each document what the vectors call, and keeps what the page's policy had to stop: markup that gets that far
// has passed the sanitiser already.
const spy = `window.ran = 0; window.x = () => { ran++; }; window.stopped = [];
	addEventListener("securitypolicyviolation", e => { if (e.effectiveDirective.startsWith("script-src")) stopped.push(e.effectiveDirective + " " + e.sample); });`

// foundMarkup lists what the document itself, frames left aside, holds that no page of ours may.
const foundMarkup = `(() => {
	const found = [...window.stopped];
	if (window.ran) found.push(window.ran + " calls");
	for (const e of document.querySelectorAll("*")) {
		if (["object", "embed", "applet", "base", "portal", "frame", "frameset", "annotation-xml", "foreignobject"].includes(e.localName.toLowerCase())) found.push(e.outerHTML.slice(0, 150));
		if (e.localName === "script" && !e.nonce && e.type !== "application/json" || e.localName === "iframe" && !e.hasAttribute("sandbox")) found.push(e.outerHTML.slice(0, 150));
		for (const a of e.attributes) {
			if (/^on/i.test(a.name) || /^[\s\u0000-\u0020]*(javascript:|vbscript:|data:text)/i.test(a.value) && /^(href|src|action|formaction|xlink:href|poster|data|srcset)$/i.test(a.name))
				found.push(a.name + "=" + a.value.slice(0, 80) + " in " + e.outerHTML.slice(0, 150));
		}
		if (e.closest("main") && !e.closest("[data-tools]") && ["fixed"].includes(getComputedStyle(e).position)) found.push("fixed: " + e.outerHTML.slice(0, 150));
	}
	return found.slice(0, 10).join("\n");
})()`

// written are the vectors that may stand in a text of XML, and of these the ones that are XML themselves.
func written() (texts, markup []string) {
	for _, vector := range sanitizetest.Vectors {
		if !utf8.ValidString(vector) || strings.ContainsFunc(vector, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError || r == '\ufeff' }) {
			continue
		}
		texts = append(texts, vector)
		if wellFormed("<p>" + vector + "</p>") {
			markup = append(markup, vector)
		}
	}
	return texts, markup
}

func wellFormed(text string) bool {
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		switch _, err := decoder.Token(); {
		case errors.Is(err, io.EOF):
			return true
		case err != nil:
			return false
		}
	}
}

// vectorsPerUnit keeps a page small enough for a browser: what sanitising changes stands in a frame of its own.
const vectorsPerUnit = 12

// infested is a course whose every rich field, title and name holds the corpus; units are the pages of its sequence.
func (w *world) infested() (run key.Course, units []string) {
	w.t.Helper()
	texts, markup := written()
	if len(texts) < 200 || len(markup) < 30 {
		w.t.Fatalf("%d texts, %d of them well-formed", len(texts), len(markup))
	}
	paragraphs := "<div>" + strings.Join(sanitizetest.Vectors, "</div>\n<div>") + "</div>"
	update, err := json.Marshal([]map[string]any{{"id": 1, "date": strings.Join(texts[:20], " "), "content": paragraphs, "status": "visible"}})
	if err != nil {
		w.t.Fatal(err)
	}
	files := map[string]string{
		"course.xml":              `<course url_name="now" org="Org" course="Infested"/>`,
		"about/overview.html":     paragraphs,
		"info/updates.items.json": string(update), "info/updates.html": "", "info/handouts.html": paragraphs,
		"policies/now/policy.json": `{}`,
		"policies/now/grading_policy.json": `{"GRADER": [{"type": "<img src=x onerror=x()>", "short_label": "<svg onload=x()>", "min_count": 1, "drop_count": 0, "weight": 1}],
			"GRADE_CUTOFFS": {"<img src=x onerror=x()>": 0.5}}`,
	}
	var sequence strings.Builder
	for vectors := range slices.Chunk(texts, vectorsPerUnit) {
		id := fmt.Sprintf("u%d", len(units))
		units = append(units, id)
		title := html.EscapeString(strings.Join(vectors, " "))
		fmt.Fprintf(&sequence, `<vertical url_name="%s"/>`, id)
		var blocks strings.Builder
		for i, vector := range vectors {
			name := fmt.Sprintf("%st%d", id, i)
			fmt.Fprintf(&blocks, `<html url_name="%s"/>`, name)
			files["html/"+name+".xml"] = fmt.Sprintf(`<html filename="%s" display_name="%s"/>`, name, html.EscapeString(vector))
			files["html/"+name+".html"] = vector
		}
		fmt.Fprintf(&blocks, `<problem url_name="%sq"/><video url_name="%sv" display_name="%s" youtube_id_1_0="abcdefghijk"/>`, id, id, title)
		files["vertical/"+id+".xml"] = `<vertical display_name="` + title + `">` + blocks.String() + `</vertical>`
		files["problem/"+id+"q.xml"] = escapedProblem(vectors)
	}
	for i, vector := range markup {
		if i%vectorsPerUnit == 0 {
			id := fmt.Sprintf("m%d", i/vectorsPerUnit)
			units = append(units, id)
			fmt.Fprintf(&sequence, `<vertical url_name="%s"/>`, id)
		}
		id := units[len(units)-1]
		name := fmt.Sprintf("%sq%d", id, i)
		files["problem/"+name+".xml"] = markedProblem(vector)
		files["vertical/"+id+".xml"] = strings.TrimSuffix(files["vertical/"+id+".xml"], "</vertical>")
		if files["vertical/"+id+".xml"] == "" {
			files["vertical/"+id+".xml"] = "<vertical>"
		}
		files["vertical/"+id+".xml"] += `<problem url_name="` + name + `"/></vertical>`
	}
	titles := html.EscapeString(strings.Join(texts[:40], " "))
	files["course/now.xml"] = `<course display_name="` + titles + `" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c"/></course>`
	files["chapter/c.xml"] = `<chapter display_name="` + titles + `"><sequential url_name="s"/></chapter>`
	files["sequential/s.xml"] = `<sequential display_name="` + titles + `" graded="true" format="&lt;img src=x onerror=x()&gt;" due="&quot;2098-01-01T00:00:00Z&quot;">` + sequence.String() + `</sequential>`
	return w.course(files), units
}

// escapedProblem holds vectors as texts in each of its places.
func escapedProblem(vectors []string) string {
	var choices strings.Builder
	for i, vector := range vectors {
		fmt.Fprintf(&choices, `<choice correct="%t">%s <choicehint>%s</choicehint></choice>`, i == 0, html.EscapeString(vector), html.EscapeString(vector))
	}
	text := html.EscapeString(strings.Join(vectors, " "))
	return `<problem display_name="` + text + `" showanswer="always"><multiplechoiceresponse><label>` + text + `</label><description>` + text + `</description>
		<choicegroup type="MultipleChoice">` + choices.String() + `</choicegroup><solution><p>` + text + `</p></solution></multiplechoiceresponse>
		<stringresponse answer="` + text + `" type="ci"><label>` + text + `</label><textline size="20"/></stringresponse><demandhint><hint>` + text + `</hint></demandhint></problem>`
}

// markedProblem holds a vector as markup.
func markedProblem(vector string) string {
	return `<problem showanswer="always"><div>` + vector + `</div><stringresponse answer="a" type="ci"><label>A ` + vector + `</label><textline size="20"/></stringresponse>
		<solution><div>` + vector + `</div></solution><demandhint><hint>` + vector + `</hint></demandhint></problem>`
}

// Nothing of a published corpus of attacks runs with the rights of the site, whichever rich field, title or answer it stands
// in (security R20); what sanitising would change stands in a frame (R2).
func TestCorpusInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, units := w.infested()
	b := w.newTab(t)
	if _, err := chromedp.Call(b.ctx, cdp.AddScriptToEvaluateOnNewDocument, cdp.AddScriptToEvaluateOnNewDocumentParams{Source: spy}); err != nil {
		t.Fatal(err)
	}
	user := w.account("ann", run, "")
	ann := w.enter(user)
	clean := func(path string) {
		t.Helper()
		b.open(path)
		if found := b.text(foundMarkup); found != "" {
			t.Errorf("%s holds\n%s", path, found)
		}
	}
	b.open("/signin")
	b.signIn("ann")
	b.open("/account")
	b.eval(`document.querySelector("main").insertAdjacentHTML("beforeend", "<img src=x onerror=x()>"); void 0`)
	b.until(`window.stopped.length > 0`)
	if found := b.text(foundMarkup); !strings.Contains(found, "onerror") {
		t.Fatalf("the search finds nothing in what it is shown: %q", found)
	}
	course := "/courses/" + run.String()
	for _, path := range []string{"/", "/courses", course, course + "/about", course + "/progress", course + "/dates"} {
		clean(path)
	}
	for i, unit := range units {
		form := "u" + strings.TrimPrefix(unit, "u") + "q"
		if strings.HasPrefix(unit, "u") {
			answer := sanitizetest.Vectors[i*7%len(sanitizetest.Vectors)]
			if page := ann.get(unitPath(run, unit)); strings.Contains(page.body, run.Usage("problem", form).String()+"-form") {
				page.form(blockPath(run, "problem", form)).set("input_3_1", answer, "input_2_1", "choice_1").press("submit").must(303)
			}
		}
		clean(unitPath(run, unit))
	}
	clean(course + "/progress")
}
