package formula

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/runtime/sanitize"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// typesetter gives one that works, or skips where the binary has no parts from npm.
func typesetter(t testing.TB) *Typesetter {
	t.Helper()
	e, err := wasm.New(t.Context(), wasm.Config{CacheDir: filepath.Join(os.TempDir(), "quoin-test-wazero")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	f := with(t, e)
	switch err := f.Start(t.Context()); {
	case errors.Is(err, npm.ErrNotBuilt) && os.Getenv("CI") == "":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	return f
}

func with(t testing.TB, e engine.Engine) *Typesetter {
	t.Helper()
	f, err := New(Config{Engine: e, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFormulas holds what becomes of TeX to markup that must be there.
func TestFormulas(t *testing.T) {
	f := typesetter(t)
	for tex, want := range map[string][]string{
		`x^2`:                                   {"<msup><mi>x</mi>", `<annotation encoding="application/x-tex">x^2</annotation>`},
		`\frac{-b \pm \sqrt{b^2 - 4ac}}{2a}`:    {"<mfrac>", "<msqrt>", "±"},
		`a < b \&c > d`:                         {"<mo>&lt;</mo>", "<mo>&gt;</mo>", `x-tex">a &lt; b \&amp;c &gt; d<`},
		`a \lt b \gt c`:                         {"<mo>&lt;</mo>", "<mo>&gt;</mo>"},
		`\begin{pmatrix}a&b\\c&d\end{pmatrix}`:  {"<mtable>", "<mtr>", "<mtd"},
		`\begin{aligned}a&=b\\&=c\end{aligned}`: {"<mtable", "<mo>=</mo>"},
		`\begin{cases}1&x>0\\0&\text{otherwise}\end{cases}`: {"<mtable", "<mtext>otherwise</mtext>"},
		`\text{if } x`:                         {"<mtext>if"},
		`\mbox{if } x`:                         {"<mtext>if"},
		`\text{إذا كان } س`:                    {"إذا كان", "س"},
		`α + β ≤ √2`:                           {"<mi>α</mi>", "<mo>≤</mo>"},
		`\sum_{i=1}^{n} i`:                     {"∑"},
		`\int_0^x f(t)\,dt`:                    {"∫"},
		`\left[ \frac{1}{2} \right]_0^x`:       {"[", "<mfrac>"},
		`\overline{C\cdot\left(A + B\right)}`:  {"<menclose"},
		`\mathbb{R} \mathcal{N}`:               {"ℝ", "𝒩"},
		`\ce{H2O}`:                             {"<mi mathvariant=\"normal\">H</mi>"},
		`\require{mhchem} x`:                   {"<mi>x</mi>"},
		`\newcommand{\R}{\mathbb{R}} x \in \R`: {"ℝ"},
		`\color{red}{x}`:                       {"color:"},
		`\rule{1em}{1em}`:                      {`mathbackground="currentcolor"`},
		"x % a comment\n+ y":                   {"<mi>y</mi>"},
		`\displaystyle\sum x`:                  {"∑"},
		`26.5K\Omega`:                          {"<mn>26.5</mn>", "Ω"},
		`\$5`:                                  {"$", "<mn>5</mn>"},
	} {
		got := f.HTML(t.Context(), `<p>`+fmt.Sprintf(`\(%s\)`, escape(tex))+`</p>`, "wrong")
		if !strings.HasPrefix(got, `<p><span class="formula`) || !strings.Contains(got, "<math") || !strings.Contains(got, "</annotation></semantics></math></span></p>") {
			t.Errorf("%s became %s", tex, got)
		}
		for _, part := range want {
			if !strings.Contains(got, part) {
				t.Errorf("%s has no %s: %s", tex, part, got)
			}
		}
		if _, changes := sanitize.Clean(sanitize.Author, got); len(changes) != 0 {
			t.Errorf("%s is changed by the sanitiser: %v", tex, changes)
		}
	}
}

func escape(tex string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(tex)
}

// TestWrong: a formula that cannot be typeset is its source with a title; the others stand.
func TestWrong(t *testing.T) {
	f := typesetter(t)
	for tex, reason := range map[string]string{
		`\frac`:                    "Unexpected end of input",
		`x & y`:                    "Expected &#39;EOF&#39;",
		`\nosuch{x}`:               `Unsupported function name: \nosuch`,
		`\left( x`:                 "",
		`\def\a{\a\a}\a`:           "Too many expansions",
		`\def\a{\a}\a`:             "Too many expansions",
		`\href{javascript:x()}{y}`: "",
		`\url{javascript:x()}`:     "",
		`\includegraphics{https://example.org/x.png}`: "not trusted",
		`\class{site}{x}`:             "not trusted",
		`\id{site}{x}`:                "not trusted",
		`\style{position:fixed}{x}`:   "not trusted",
		`\data{q-usage=1}{x}`:         "not trusted",
		`\htmlId{a}{x}`:               "",
		`\ref{x}`:                     "not a formula",
		strings.Repeat("x", MaxTeX+1): "bytes",
		strings.Repeat(`\sqrt{`, 700) + "x" + strings.Repeat("}", 700): "",
	} {
		source := `\(` + escape(tex) + `\)`
		got := f.HTML(t.Context(), `<p>`+source+` and \(y\)</p>`, `"Wrong" <b>`)
		if !strings.HasPrefix(got, `<p><span class="formula-wrong" dir="ltr" title="&#34;Wrong&#34; &lt;b&gt; `) || !strings.Contains(got, reason) ||
			!strings.Contains(got, ">"+source+"</span> and <span class=\"formula\" dir=\"ltr\"><math>") {
			t.Errorf("%.60s became %.600s", tex, got)
		}
	}
}

// TestUntouched: what holds no formula comes back byte for byte, and so does the rest of what does.
func TestUntouched(t *testing.T) {
	f := typesetter(t)
	for _, markup := range []string{
		"", "plain", "<p>$5 &amp; $6</p>", `<p title="\(x\)">y</p>`, `<code>\(x\)</code>`, `<pre>$$x$$</pre>`, `<script>"\\(x\\)"</script>`,
		`<textarea>\(x\)</textarea>`, `<div class="tex2jax_ignore">\(x\)</div>`, `<p>\(x <b>y</b>\)</p>`, `<select><option>\(x\)</option></select>`,
		`<math><mi>\(x\)</mi></math>`, `<P CLASS=a>\(</P>`, `<p>\(x`, "<p>\\(\xff\\)", `<!-- \(x\) -->`,
	} {
		if got := f.HTML(t.Context(), markup, "w"); got != markup && !strings.Contains(markup, "\xff") {
			t.Errorf("%q became %q", markup, got)
		}
	}
	const before, after = "<P CLASS=a data-b='c'>\r\n&nbsp;&copy; ", " <br>\n<img src=x alt='\\(y\\)'></P><!-- -->"
	got := f.HTML(t.Context(), before+`\(x\)`+after, "w")
	if !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after) || strings.Count(got, "<math") != 1 {
		t.Errorf("became %q", got)
	}
}

func TestKinds(t *testing.T) {
	f := typesetter(t)
	long := strings.Repeat("x+", 40) + "y"
	for markup, want := range map[string]string{
		`<label for="a">or <b>\(x &lt; "y"\)</b></label> \(z\)`: `<span class="formula" dir="ltr"><math aria-label="x &lt; &#34;y&#34;">`,
		`<h2>x</h2></label> \(z\)`:                              `</label> <span class="formula" dir="ltr"><math>`,
		`\(x\)`:                                                 `<span class="formula" dir="ltr"><math>`,
		`\[x\]`:                                                 `<span class="formula formula-display" dir="ltr"><math display="block" class="tml-display">`,
		`[mathjaxinline]x[/mathjaxinline]`:                      `<span class="formula" dir="ltr"><math>`,
		`[mathjax]x[/mathjax]`:                                  `<span class="formula formula-display" dir="ltr"><math display="block"`,
		`$$x$$`:                                                 `<span class="formula formula-display" dir="ltr"><math display="block"`,
		`\(` + long + `\)`:                                      `<span class="formula formula-wide" dir="ltr"><math>`,
		`\begin{equation}x\end{equation}`:                       `<span class="formula formula-display" dir="ltr"><math display="block"`,
		"\\(x\u00a0+&nbsp;y\\)":                                 `x + y</annotation>`,
	} {
		if got := f.HTML(t.Context(), markup, "w"); !strings.Contains(got, want) {
			t.Errorf("%s became %s", markup, got)
		}
	}
}

// TestDefinitions: a macro holds from where it is defined to the end of its fragment, and nowhere else.
func TestDefinitions(t *testing.T) {
	f := typesetter(t)
	for markup, want := range map[string][]string{
		`<p>\(\newcommand{\R}{\mathbb{R}}\)</p><p>\(x \in \R\)</p>`:                 {"", "<mi>ℝ</mi>"},
		`\(\R\) \(\newcommand{\R}{\mathbb{R}} \R\)`:                                 {"wrong", "<mi>ℝ</mi>"},
		`\(\newcommand{\R}{\mathbb{R}}\) \(\newcommand{\R}{\mathbb{Q}} \R\) \(\R\)`: {"", "<mi>ℚ</mi>", "<mi>ℚ</mi>"},
		`\(\def\v#1{\mathbf{#1}}\) \(\v{y}\)`:                                       {"", "𝐲"},
		`\(\DeclareMathOperator{\rank}{rank}\) \(\rank A\)`:                         {"", "<mi>rank</mi>"},
		`\(\newcommand{\R}{\mathbb{R}}\) \(\renewcommand{\R}{\mathbb{Q}}\) \(\R\)`:  {"", "", "<mi>ℚ</mi>"},
		`\(\let\eps\varepsilon x\) \(\eps\)`:                                        {"", "ε"},
		`\(\newcommand{\a}{\a\a}\) \(\a\) \(y\)`:                                    {"", "wrong", "<mi>y</mi>"},
		`\(\newcommand{\frac}{\x\) \(\newcommand{}{}\) \(\frac{1}{2}\)`:             {"wrong", "<mfrac>"},
		`\(\newcommand{\__proto__}{x}\) \(\def\constructor{x}\) \(\frac{1}{2}\)`:    {"", "", "<mfrac>"},
	} {
		got := f.HTML(t.Context(), markup, "w")
		parts := strings.Split(got, `<span class="formula`)[1:]
		if len(parts) != len(want) {
			t.Errorf("%s became %s", markup, got)
			continue
		}
		for n, part := range parts {
			if strings.HasPrefix(part, "-wrong") != (want[n] == "wrong") && want[n] != "" || want[n] != "wrong" && !strings.Contains(part, want[n]) {
				t.Errorf("formula %d of %s is %s", n, markup, part)
			}
		}
	}
	if got := f.HTML(t.Context(), `\(\R\)`, "w"); !strings.Contains(got, "formula-wrong") {
		t.Errorf("a macro of another fragment holds: %s", got)
	}
}

// TestBombs: formulas that are made to last end by their budget, and cost no more than that again.
func TestBombs(t *testing.T) {
	f := typesetter(t)
	slow := `\(\begin{matrix}` + strings.Repeat(`\frac{\frac{a}{b}}{c}&amp;`, 20) + `\end{matrix}\def\a{` + strings.Repeat(`\frac{x}{y}`, 80) + `}` + strings.Repeat(`\a`, 300) + `%v\)`
	var markup strings.Builder
	for n := range 40 {
		fmt.Fprintf(&markup, slow, n)
	}
	markup.WriteString(` \(y\)`)
	got := f.HTML(t.Context(), markup.String(), "w")
	if !strings.Contains(got, "too long") {
		t.Errorf("nothing takes too long: %.300s", got)
	}
	spent := 0
	f.config.Engine, f.conn = nil, engine.Func(func(context.Context, engine.Call) (engine.Result, error) {
		spent++
		return engine.Result{}, errors.New("called again")
	})
	if again := f.HTML(t.Context(), markup.String(), "w"); again != got || spent != 0 {
		t.Errorf("%d calls for what is remembered", spent)
	}
	if got := f.HTML(t.Context(), `\(y\)`, "w"); strings.Contains(got, "formula-wrong") {
		t.Errorf("an innocent formula became %s", got)
	}
}

// TestBudget: after so much fuel the rest of a fragment stays as it is, and one formula's failure is its own.
func TestBudget(t *testing.T) {
	f := with(t, nil)
	calls := 0
	f.conn = engine.Func(func(_ context.Context, call engine.Call) (engine.Result, error) {
		calls++
		if strings.Contains(string(call.Frame), "bomb") {
			return engine.Result{Fuel: call.Fuel + 1}, wire.Errorf(wire.CodeFuel, wire.BlameBlock, "enough")
		}
		return engine.Result{Frame: []byte("[" + strings.Repeat(`{"math":"<math></math>"},`, strings.Count(string(call.Frame), "],[")) + `{"math":"<math></math>"}]`)}, nil
	})
	got := f.HTML(t.Context(), `\(a\) \(bomb\) \(c\)`, "w")
	if strings.Count(got, "<math>") != 2 || !strings.Contains(got, `title="w it takes too long">\(bomb\)`) || calls != 4 {
		t.Errorf("%d calls gave %s", calls, got)
	}
	calls = 0
	var many strings.Builder
	for n := range 100 {
		fmt.Fprintf(&many, `\(bomb %d\)`, n)
	}
	f.HTML(t.Context(), many.String(), "w")
	if limit := most/alone + 5; calls > limit {
		t.Errorf("100 bombs took %d calls, more than %d", calls, limit)
	}
}

// TestNoEngine: where formulas cannot be typeset, texts are as they were, the failure is told once and the start tried again
// after a while only.
func TestNoEngine(t *testing.T) {
	now := time.Unix(0, 0)
	var logged strings.Builder
	broken := &brokenEngine{}
	f, err := New(Config{Engine: broken, Log: slog.New(slog.NewTextHandler(&logged, nil)), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	const markup = `<p>\(x\)</p>`
	for range 3 {
		if got := f.HTML(t.Context(), markup, "w"); got != markup {
			t.Errorf("became %s", got)
		}
	}
	if _, err := npm.File(npm.Interpreter); err == nil && broken.loads != 1 {
		t.Errorf("%d starts were tried", broken.loads)
	}
	if strings.Count(logged.String(), "formulas are shown as their TeX source") != 1 {
		t.Errorf("logged %q", &logged)
	}
	now = now.Add(2 * retry)
	if err := f.Start(t.Context()); err == nil {
		t.Error("a broken engine started")
	}
	if _, err := npm.File(npm.Interpreter); err == nil && broken.loads != 2 {
		t.Errorf("after a while %d starts were tried", broken.loads)
	}
	if got := (*Typesetter)(nil).HTML(t.Context(), markup, "w"); got != markup {
		t.Errorf("without a typesetter %s", got)
	}
}

type brokenEngine struct {
	engine.Engine
	loads int
}

func (b *brokenEngine) Load(context.Context, engine.Artifact) (engine.Conn, error) {
	b.loads++
	return nil, wire.Errorf(wire.CodeTrap, wire.BlameBlock, "broken")
}

// TestBusy: a failure that says nothing of the formulas is not remembered.
func TestBusy(t *testing.T) {
	f := with(t, nil)
	f.conn = engine.Func(func(context.Context, engine.Call) (engine.Result, error) {
		return engine.Result{}, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "busy")
	})
	const markup = `\(x\)`
	if got := f.HTML(t.Context(), markup, "w"); got != markup {
		t.Errorf("became %s", got)
	}
	f.conn = engine.Func(func(context.Context, engine.Call) (engine.Result, error) {
		return engine.Result{Frame: []byte(`[{"math":"<math><mi>x</mi></math>"}]`)}, nil
	})
	if got := f.HTML(t.Context(), markup, "w"); !strings.Contains(got, "<math>") {
		t.Errorf("then became %s", got)
	}
}

// TestForged: what the sandbox gives is no more trusted than what an author writes.
func TestForged(t *testing.T) {
	for reply, want := range map[string]string{
		`[{"math":"<math><mi onclick=x()>x</mi></math>"}]`:                  `<math><mi>x</mi></math>`,
		`[{"math":"<math><mtext><script>x()</script></mtext></math>"}]`:     `formula`,
		`[{"math":"<math><annotation-xml><img src=x onerror=x()></math>"}]`: `formula`,
		`[{"math":"<img src=x onerror=x()>"}]`:                              `title="w it is not allowed">\(x\)`,
		`[{"math":"<math></math><img src=x onerror=x()><math></math>"}]`:    `formula`,
		`[{"math":"<math href='javascript:x()'><mi>x</mi></math>"}]`:        `<math><mi>x</mi></math>`,
		`[{"error":"<img src=x onerror=x()>"}]`:                             `title="w &lt;img src=x onerror=x()&gt;">\(x\)`,
		`[]`:                                                                `\(x\)`, `{`: `\(x\)`, ``: `\(x\)`,
	} {
		f := with(t, nil)
		f.conn = engine.Func(func(context.Context, engine.Call) (engine.Result, error) {
			return engine.Result{Frame: []byte(reply)}, nil
		})
		got := f.HTML(t.Context(), `\(x\)`, "w")
		_, changes := sanitize.Clean(sanitize.Author, got)
		if !strings.Contains(got, want) || len(changes) != 0 {
			t.Errorf("%s became %s, which the sanitiser changes: %v", reply, got, changes)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	f := typesetter(t)
	markup := `\(x_{unique}\)` + strings.Repeat(` \(\frac{a}{b}\)`, 20)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			if got := f.HTML(t.Context(), markup, "w"); strings.Count(got, "<math>") != 21 {
				t.Errorf("became %.200s", got)
			}
		})
	}
	group.Wait()
}

// The demo course's longest, a short one, and a page of both.
const (
	short   = `R_{ON} = 26.5K \cdot \frac{L}{W}`
	longest = `u_x(x) = u_x(0) + \int_0^x \epsilon_a (x') dx' = u_x(0) + \left[ \frac{\rho \omega^2}{E} \left(\frac{L^2x'}{2} - \frac{(x')^3}{6} + RLx' - \frac{R(x')^2}{2} \right) \right]_0^x`
)

func BenchmarkStart(b *testing.B) {
	typesetter(b) // skips, and fills the cache of compiled code
	for b.Loop() {
		e, err := wasm.New(b.Context(), wasm.Config{CacheDir: filepath.Join(os.TempDir(), "quoin-test-wazero")})
		if err != nil {
			b.Fatal(err)
		}
		if err := with(b, e).Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(e.Usage().Memory)/(1<<20), "MiB")
		if err := e.Close(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFormula(b *testing.B) {
	for name, tex := range map[string]string{"one-letter": "x", "short": short, "longest": longest} {
		b.Run(name, func(b *testing.B) {
			f := typesetter(b)
			var used int64
			for b.Loop() {
				_, fuel, err := typesetBatch(b.Context(), f.conn, []source{{tex, true, ""}})
				if err != nil {
					b.Fatal(err)
				}
				used = fuel
			}
			b.ReportMetric(float64(used), "steps")
		})
	}
}

// BenchmarkRemembered is a page's fragment of 10 KB after the first time, and one without formulas.
func BenchmarkRemembered(b *testing.B) {
	f := typesetter(b)
	text := strings.Repeat("<p>words in a paragraph of a page, no formula here at all</p>\n", 150)
	for name, markup := range map[string]string{"formulas": text + strings.Repeat(`<p>\(`+short+`\)</p>`, 30), "none": text} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f.HTML(b.Context(), markup, "w")
			}
		})
	}
}
