package host_test

import (
	"errors"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/npm"
)

// typesets skips a test where the parts from npm were not built in.
func (w *world) typesets(t *testing.T) {
	t.Helper()
	if err := w.site.Formulas.Start(t.Context()); errors.Is(err, npm.ErrNotBuilt) {
		missing(t, err.Error())
	} else if err != nil {
		t.Fatal(err)
	}
}

const (
	quadratic = `x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}`
	wideOne   = `u_x(x) = u_x(0) + \int_0^x \epsilon_a (x') dx' = u_x(0) + \left[ \frac{\rho \omega^2}{E} \left(\frac{L^2x'}{2} - \frac{(x')^3}{6} + RLx' - \frac{R(x')^2}{2} \right) \right]_0^x`
)

// mathematical is a course with formulas wherever somebody may write one.
func (w *world) mathematical() key.Course {
	w.t.Helper()
	return w.course(map[string]string{
		"course.xml":               `<course url_name="now" org="Org" course="Math"/>`,
		"course/now.xml":           `<course display_name="\(x\)" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="one"/></course>`,
		"policies/now/policy.json": `{}`,
		"about/overview.html":      `<p>Learn \(a^2 + b^2\).</p>`,
		"info/updates.html":        `<p>News of \(c^2\).</p>`,
		"info/handouts.html":       `<p>See \(d^2\).</p>`,
		"chapter/one.xml":          `<chapter display_name="Equations"><sequential url_name="all"/></chapter>`,
		"sequential/all.xml":       `<sequential display_name="Equations"><vertical url_name="utext"/><vertical url_name="uasked"/><vertical url_name="uscripted"/></sequential>`,
		"vertical/utext.xml":       `<vertical display_name="The roots of \(x\)"><html url_name="text"/></vertical>`,
		"vertical/uasked.xml":      `<vertical display_name="A question"><problem url_name="asked"/></vertical>`,
		"vertical/uscripted.xml":   `<vertical display_name="In a frame"><html url_name="scripted"/></vertical>`,
		"html/text.xml":            `<html filename="text" display_name="Roots"/>`,
		"html/text.html": `<p>The roots of a quadratic equation are \[` + quadratic + `\] where \(a \ne 0\), for \$5 or $6 and not $$.</p>
			<p>A matrix $$\begin{pmatrix} a &amp; b \\ c &amp; d \end{pmatrix} \vec{v} = \hat{w} + \overline{AB} + f'(x) + \widehat{xyz} + \cancel{z} + \boxed{q}$$ and steps</p>
			<div>\begin{align} (a+b)^2 &amp;= a^2 + 2ab + b^2 \\ &amp;\ge 0 \end{align}</div>
			<p>[mathjax]\sum_{i=1}^{n} i = \frac{n(n+1)}{2}[/mathjax] with [mathjaxinline]n \in \mathbb{N}[/mathjaxinline], in words \(\text{speed} = \frac{\text{way}}{\text{time}}\), and \(\ce{2H2 + O2 -> 2H2O}\).</p>
			<p>In the line, and wide: \(` + wideOne + `\) is long.</p><p>Shown: \[` + wideOne + `\]</p>
			<p dir="rtl" lang="ar">معادلة \(y = 2x + 1\) خط مستقيم، و \(\text{السرعة} = v\).</p>
			<p>Wrong: \(\frac{1}{\) and \(\nosuch\). As it was typed: <code>\(x^2\)</code></p>`,
		"html/scripted.xml":  `<html filename="scripted" display_name="Scripted"/>`,
		"html/scripted.html": `<p>Before \(e^{i\pi} = -1\) <script>document.title = "\\(not this\\)"</script></p>`,
		"problem/asked.xml": `<problem display_name="Roots" max_attempts="3" showanswer="attempted"><multiplechoiceresponse><label>What solves \(x^2 = 4\)?</label>
			<choicegroup type="MultipleChoice"><choice correct="true">\(x = \pm 2\) <choicehint>As \((-2)^2 = 4\).</choicehint></choice><choice correct="false">\(x = 16\)</choice></choicegroup>
			<solution><p>From \[x^2 - 4 = (x-2)(x+2)\]</p></solution></multiplechoiceresponse><demandhint><hint>Think of \(\sqrt{4}\).</hint></demandhint></problem>`,
	})
}

// annotated matches the source that each formula keeps.
func annotated(tex string) string {
	return `<annotation encoding="application/x-tex">` + html.EscapeString(tex) + `</annotation>`
}

// Formulas are typeset wherever the host shows what somebody wrote, and nowhere else.
func TestFormulasOnPages(t *testing.T) {
	w := newWorld(t, options{})
	w.typesets(t)
	run := w.mathematical()
	b := w.member("ann", run, "")
	course := "/courses/" + run.String()
	holds := func(what, markup string, formulas ...string) {
		t.Helper()
		for _, tex := range formulas {
			if !strings.Contains(markup, annotated(tex)) {
				t.Errorf("%s has no formula %s: %.3000s", what, tex, markup)
			}
		}
	}
	text := b.get(unitPath(run, "utext")).must(200).body
	holds("the text", text, quadratic, `a \ne 0`, `n \in \mathbb{N}`, `y = 2x + 1`)
	for _, part := range []string{`<code>\(x^2\)</code>`, `for \$5 or $6 and not $$.`, `<h1`, `The roots of \(x\)`} {
		if !strings.Contains(text, part) {
			t.Errorf("the text has no %s", part)
		}
	}
	if !strings.Contains(text, `<span class="formula-wrong" dir="ltr" title="This formula cannot be shown: Unsupported function name: \nosuch">\(\nosuch\)</span>`) {
		t.Error("a wrong formula is not marked")
	}
	arabic := b.send("GET", unitPath(run, "utext")+"?lang=ar", nil, "").must(200).body
	if !strings.Contains(arabic, `title="لا يمكن عرض هذه الصيغة الرياضية: Unsupported`) {
		t.Error("a wrong formula is not told in Arabic")
	}
	b.get(unitPath(run, "utext") + "?lang=en").must(200)

	address := blockPath(run, "problem", "asked")
	asked := b.get(unitPath(run, "uasked")).must(200)
	holds("the question", asked.body, `x^2 = 4`, `x = \pm 2`, `x = 16`)
	hint := asked.form(address).script("hint").must(200).asked()
	holds("the hint", hint.HTML, `\sqrt{4}`, `x^2 = 4`)
	answered := b.get(unitPath(run, "uasked")).form(address).set("input_2_1", "choice_0").script("submit").must(200).asked()
	holds("the verdict", answered.HTML, `(-2)^2 = 4`)
	shown := b.get(unitPath(run, "uasked")).form(address).script("@reveal").must(200).asked()
	holds("the answer", shown.Answer, `x^2 - 4 = (x-2)(x+2)`)
	holds("the answer's page", b.get(unitPath(run, "uasked")).form(address).press("@reveal").must(200).body, `x^2 - 4 = (x-2)(x+2)`)
	holds("the fresh view", b.send("GET", address+"/view", map[string]string{"Accept": "application/json"}, "").must(200).asked().HTML, `x^2 = 4`)

	frame := b.get(blockPath(run, "html", "scripted") + "/frame").must(200).body
	holds("the frame", frame, `e^{i\pi} = -1`)
	if !strings.Contains(frame, `"\\(not this\\)"`) {
		t.Error("a script was changed")
	}
	home := b.get(course).must(200).body
	holds("the updates", home, `c^2`, `d^2`)
	if strings.Contains(home, annotated("x")) {
		t.Error("a title was typeset")
	}
	holds("the about page", b.get(course+"/about").must(200).body, `a^2 + b^2`)
}

// What a browser makes of formulas: it lays them out without moving anything, speaks them, copies their source, and no page
// is wider than the window.
func TestFormulasInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	w.typesets(t)
	run := w.mathematical()
	b := w.newTab(t)
	if _, err := chromedp.Call(b.ctx, cdp.AddScriptToEvaluateOnNewDocument, cdp.AddScriptToEvaluateOnNewDocumentParams{Source: shifts}); err != nil {
		t.Fatal(err)
	}
	w.account("ann", run, "")
	b.open("/nowhere?lang=en")
	b.signIn("ann")
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}, {390, "light", "en"}, {320, "light", "en"}} {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		for _, unit := range []string{"utext", "uasked"} {
			what := fmt.Sprintf("formulas-%s-%d-%s-%s", unit, l.width, l.scheme, l.language)
			b.open(unitPath(run, unit))
			b.until(`document.readyState === "complete"`)
			b.check(source, what)
			if moved := b.text(`String(window.moved > 0.05 ? movers.join() : "")`); moved != "" {
				t.Errorf("%s moves: %s", what, moved)
			}
			if pictures != "" {
				b.picture(filepath.Join(pictures, what+".png"))
			}
		}
	}
	b.open(unitPath(run, "utext") + "?lang=en")
	b.speaks()
	b.copies()
	b.open(unitPath(run, "uasked"))
	if names := b.names("radio"); len(names) != 2 || names[0] != `"x = \\pm 2"` {
		t.Errorf("the choices are called %q", names)
	}
	b.quiet()
}

// speaks looks for the formulas in the tree that screen readers get.
func (b *tab) speaks() {
	b.t.Helper()
	tree, err := chromedp.Call(b.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		b.t.Fatal(err)
	}
	roles := map[string]int{}
	for _, node := range tree.Nodes {
		if node.Role != nil && !node.Ignored {
			roles[strings.Trim(string(node.Role.Value), `"`)]++
		}
	}
	if roles["math"] < 10 && roles["MathMLMath"] < 10 || roles["MathMLFraction"] < 3 || roles["MathMLSquareRoot"] < 1 {
		b.t.Errorf("the accessibility tree has the roles %v", roles)
	}
}

// names are what screen readers call the elements of a role, as JSON.
func (b *tab) names(role string) []string {
	b.t.Helper()
	tree, err := chromedp.Call(b.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		b.t.Fatal(err)
	}
	var names []string
	for _, node := range tree.Nodes {
		if node.Role != nil && node.Name != nil && strings.Trim(string(node.Role.Value), `"`) == role {
			names = append(names, string(node.Name.Value))
		}
	}
	return names
}

// copies selects a text with two formulas and looks at what is copied.
func (b *tab) copies() {
	b.t.Helper()
	copied := b.text(`(() => {
		const text = document.querySelector("#block-text p");
		getSelection().selectAllChildren(text);
		const data = new DataTransfer();
		document.dispatchEvent(new ClipboardEvent("copy", {clipboardData: data, bubbles: true, cancelable: true}));
		return data.getData("text/plain") + "|" + (data.getData("text/html").includes("<math") ? "math" : "");
	})()`)
	for _, part := range []string{`The roots of a quadratic equation are \[` + quadratic + `\]`, `where \(a \ne 0\), for`, `|math`} {
		if !strings.Contains(copied, part) {
			b.t.Errorf("copied %q without %q", copied, part)
		}
	}
}

// hostileTeX is made to run something, to leave the formula, or to look like the site. Everything that it calls is x().
var hostileTeX = []string{
	`\href{javascript:x()}{click}`, `\url{javascript:x()}`, `\includegraphics{https://example.org/x.png}`, `\class{site}{a}`, `\id{main}{a}`,
	`\style{position:fixed;inset:0}{a}`, `\data{usage=1}{a}`, `\htmlClass{site}{a}`, `\htmlStyle{position:fixed}{a}`, `\htmlData{a=b}{a}`,
	`\text{<img src=x onerror=x()>}`, `\text{</mtext></math><img src=x onerror=x()>}`, `<img src=x onerror=x()>`, `</math><script>x()</script>`,
	`\verb|<script>x()</script>|`, `</annotation></semantics></math><img src=x onerror=x()>`, `\color{red;background:url(javascript:x())}{a}`,
	`\textcolor{"onmouseover=x()}{a}`, `\colorbox{red"onload="x()}{a}`, `\rule{1em;x:y}{1em}`, `\kern{1em"onload="x()}`, `\tag{<img src=x onerror=x()>} a`,
	`\label{"><img src=x onerror=x()>} a`, `\ref{"><img src=x onerror=x()>}`, `\eqref{javascript:x()}`, `\operatorname{<svg onload=x()>}`,
	`\begin{array}{<img src=x onerror=x()>}a\end{array}`, `\begin{<img src=x onerror=x()>}a\end{x}`, `\unicode{x3c}img src=x onerror=x()\unicode{x3e}`,
	`\char"3C script\char"3E`, `\def\<{<img src=x onerror=x()>}\<`, `\mathchoice{<}{<}{<}{<}img`, `\text{quoin:form "quoin:id/x"}`, `\text{"/static/x"}`,
	`\begin{CD}A @>{<img src=x onerror=x()>}>> B\end{CD}`, `\__proto__`, `\def\__proto__{x}\__proto__`, `\constructor`, `\toString`, `\newcommand{\constructor}{a}\constructor`,
	`\ce{<img src=x onerror=x()>}`, `\ce{H2O^{<script>x()</script>}}`, `\tip{a}{<img src=x onerror=x()>}`, `\toggle{a}{b}\endtoggle`, `\def\a{\a\a}\a`,
	strings.Repeat(`\sqrt{`, 300), strings.Repeat("{", 2000), strings.Repeat(`\frac{a}{`, 400) + strings.Repeat("}", 400), `\raise{9999em}{a}`, `\kern-9999em a`,
	`\rule{99999em}{99999em}`, `\Huge{\Huge{\Huge a}}`, `\hspace{99999em} a`, `\smash{\raise{500em}{a}}`, `\llap{over} a`, `\boldsymbol{`, `\begin{matrix}`, "\x01", "\u202e a",
}

// Nothing that a formula says runs, loads, or stands over the page, whether a text has it as markup or as text.
func TestHostileFormulas(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	w.typesets(t)
	files := map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Hostile"/>`, "policies/now/policy.json": `{}`,
		"course/now.xml": `<course start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c"/></course>`, "chapter/c.xml": `<chapter><sequential url_name="s"/></chapter>`,
	}
	var sequence strings.Builder
	var units []string
	for chunk := range slices.Chunk(hostileTeX, 20) {
		for _, escaped := range []bool{true, false} {
			id := fmt.Sprintf("u%d", len(units))
			units = append(units, id)
			fmt.Fprintf(&sequence, `<vertical url_name="%s"/>`, id)
			files["vertical/"+id+".xml"] = fmt.Sprintf(`<vertical display_name="%s"><html url_name="t%s"/></vertical>`, id, id)
			files["html/t"+id+".xml"] = fmt.Sprintf(`<html filename="t%s"/>`, id)
			var text strings.Builder
			for _, tex := range chunk {
				if escaped {
					tex = html.EscapeString(tex)
				}
				fmt.Fprintf(&text, "<p>one \\(%s\\) two \\[%s\\] three</p>\n", tex, tex)
			}
			files["html/t"+id+".html"] = text.String()
		}
	}
	files["sequential/s.xml"] = `<sequential>` + sequence.String() + `</sequential>`
	run := w.course(files)
	b := w.newTab(t)
	if _, err := chromedp.Call(b.ctx, cdp.AddScriptToEvaluateOnNewDocument, cdp.AddScriptToEvaluateOnNewDocumentParams{Source: spy}); err != nil {
		t.Fatal(err)
	}
	w.account("ann", run, "")
	b.open("/signin")
	b.signIn("ann")
	b.like(390, "light")
	typeset, wrong := 0, 0
	for _, unit := range units {
		b.open(unitPath(run, unit))
		b.until(`document.readyState === "complete"`)
		b.eval(`document.querySelectorAll("math *").forEach(e => { e.dispatchEvent(new MouseEvent("mouseover", {bubbles: true})); e.dispatchEvent(new MouseEvent("click", {bubbles: true})); })`)
		if found := b.text(foundMarkup); found != "" {
			t.Errorf("%s holds %s", unit, found)
		}
		if found := b.text(`[...document.querySelectorAll(".formula :is(a, img, script, [id], [href], [src])")].map(e => e.outerHTML.slice(0, 200)).join("\n")`); found != "" {
			t.Errorf("a formula of %s holds %s", unit, found)
		}
		// A click outside of the text meets the site, whatever a formula says of its size.
		if over := b.text(`["header", "nav", "footer"].map(name => document.querySelector("body > " + name)).filter(Boolean).filter(e => {
			e.scrollIntoView(); const r = e.getBoundingClientRect(); const hit = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
			return hit?.closest("math"); }).map(e => e.outerHTML.slice(0, 80)).join("\n")`); over != "" {
			t.Errorf("a formula of %s stands over %s", unit, over)
		}
		if wide := b.text(`String(document.documentElement.scrollWidth - document.documentElement.clientWidth)`); wide != "0" {
			t.Errorf("%s is %s px wider than the window", unit, wide)
		}
		var n, m int
		if _, err := fmt.Sscan(b.text(`document.querySelectorAll("math").length + " " + document.querySelectorAll(".formula-wrong").length`), &n, &m); err != nil {
			t.Fatal(err)
		}
		typeset, wrong = typeset+n, wrong+m
	}
	if typeset < 30 || wrong < 30 {
		t.Errorf("%d formulas were typeset and %d refused: the corpus tests nothing", typeset, wrong)
	}
}

// The demo course's pages with formulas, as learners see them.
func TestDemoFormulas(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true})
	w.typesets(t)
	run := w.demoCourse(t)
	b := w.newTab(t)
	user := w.account("ann", run, "")
	pages := w.enter(user)
	b.open("/signin")
	b.signIn("ann")
	var units []string
	for _, id := range []string{"dc37b89aade5444fbb1ecdaa0d22d180", "9f898b5307d841fcb03f5ee4eb206a9a", "3b8100660f3947c198e0a9b35f7c6cf6", "ced178178f4440e08f15a408ea14cbf1"} {
		units = append(units, pages.get("/courses/"+run.String()+"/jump_to_id/"+id).must(303).header.Get("Location"))
	}
	left := regexp.MustCompile(`\\[(\[]`)
	for _, width := range []int64{1280, 390} {
		b.like(width, "light")
		for i, unit := range units {
			b.open(unit)
			b.until(`document.readyState === "complete"`)
			if text := b.text(`(() => { const copy = document.querySelector("main").cloneNode(true); copy.querySelectorAll("annotation, script").forEach(e => e.remove()); return copy.textContent; })()`); left.MatchString(text) {
				t.Errorf("%s shows TeX: %s", unit, text)
			}
			if wrong := b.text(`[...document.querySelectorAll(".formula-wrong")].map(e => e.outerHTML).join("\n")`); wrong != "" {
				t.Errorf("%s has wrong formulas: %s", unit, wrong)
			}
			b.check(source, fmt.Sprintf("%s at %d px", unit, width))
			if pictures := os.Getenv("QUOIN_SCREENSHOTS"); pictures != "" {
				b.picture(filepath.Join(pictures, fmt.Sprintf("demo-formulas-%d-%d.png", i, width)))
			}
		}
	}
}

// BenchmarkFormulaPage is a unit's page with a dozen formulas, warm.
func BenchmarkFormulaPage(b *testing.B) {
	w := newWorld(b, options{unlimited: true})
	if err := w.site.Formulas.Start(b.Context()); err != nil {
		b.Skip(err)
	}
	run := w.mathematical()
	client := w.member("ann", run, "")
	for b.Loop() {
		client.load(unitPath(run, "utext"))
	}
}
