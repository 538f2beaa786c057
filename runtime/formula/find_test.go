package formula

import (
	"slices"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	for text, want := range map[string][]string{
		"":                          nil,
		"no formula":                nil,
		`\(x\)`:                     {"x"},
		`a \(x\) b \[y\] c $$z$$ d`: {"x", "!y", "!z"},
		`[mathjaxinline]x[/mathjaxinline] [mathjax]y[/mathjax]`: {"x", "!y"},
		// Prices are no formulas.
		"$5 or $6":               nil,
		"from $5 to $10, not $$": nil,
		"$$$ cheap, $$$$ not":    nil,
		"$$$x$$":                 nil,
		"$$x$$$":                 nil,
		"$$$$ $$x$$":             {"!x"},
		`\$$5$$`:                 {"!5"},
		"$$ $$":                  nil,
		`\(\) \[ \]`:             nil,
		`[mathjax][/mathjax]`:    nil,
		// What does not close is text.
		`\(x`:                        nil,
		`\(x \[y\]`:                  {"!y"},
		`\(x\]`:                      nil,
		`C:\(x86)`:                   nil,
		`[mathjax]x[/mathjaxinline]`: nil,
		`\)x\(`:                      nil,
		// TeX's own braces and escapes are heeded.
		`\(\text{if \(x\)} y\)`: {`\text{if \(x\)} y`},
		`\[a \\[2pt] b\]`:       {`!a \\[2pt] b`},
		`\[a \\ \]`:             {`!a \\ `},
		`\(a \} b\)`:            {`a \} b`},
		`\(a } b\)`:             {`a } b`},
		`\(a { b\) c`:           nil,
		`$$\text{$x$}$$`:        {`!\text{$x$}`},
		// Environments stand for themselves.
		`\begin{align}a&=b\\&=c\end{align}`: {`!\begin{align}a&=b\\&=c\end{align}`},
		`\begin{align}a`:                    nil,
		`\begin{itemize}a\end{itemize}`:     nil,
		`\[\begin{align}a\end{align}\]`:     {`!\begin{align}a\end{align}`},
	} {
		var got []string
		for _, s := range find(text) {
			tex := s.tex
			if s.display {
				tex = "!" + tex
			}
			got = append(got, tex)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q holds %q, not %q", text, got, want)
		}
	}
}

func TestPieces(t *testing.T) {
	for fragment, want := range map[string]string{ // texts that may hold formulas, with | between
		`<p>a<b>c</b></p>d`:                                   "a|c|d",
		`<code>a</code>b<pre>c<i>d</i></pre>e`:                "b|e",
		`<code>a<code>b</code>c</code>d`:                      "d",
		`<script>a</script>b<style>c</style>d`:                "b|d",
		`<textarea>a</textarea>b<title>c</title>`:             "b",
		`<math><mi>a</mi></math>b<svg>c</svg>d`:               "b|d",
		`<select><option>a</select>b`:                         "b",
		`<div class="x tex2jax_ignore">a<div>b</div>c</div>d`: "d",
		`<br class="tex2jax_ignore">a`:                        "a",
		`<button>a</button>b`:                                 "b",
		`<!-- a -->b<!doctype html>c`:                         "b|c",
		`a</code>b`:                                           "a|b",
		`<code>a`:                                             "",
		`a < b && c > d`:                                      "a < b && c > d",
		`<label>a</label><legend>b</legend>`:                  "a|b",
		`<a title="\(a\)">b</a>`:                              "b",
		`a<b`:                                                 "a",
		`<p a="`:                                              "",
	} {
		var texts []string
		var all strings.Builder
		pieces(fragment, func(raw string, kind piece) {
			all.WriteString(raw)
			if kind != other {
				texts = append(texts, raw)
			}
		})
		if got := strings.Join(texts, "|"); got != want {
			t.Errorf("%q has the texts %q, not %q", fragment, got, want)
		}
		if all.String() != fragment {
			t.Errorf("%q became %q", fragment, &all)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, text := range []string{`a \(x\) b`, `$$x$$`, `[mathjax]x[/mathjax]`, `\begin{align}x\end{align}`, `<p>\(a &lt; b\)</p>`, `<code>\(</code>\)`, `$$$`, `\\(`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, s := range find(text) {
			if s.start < end || s.end <= s.start || s.end > len(text) {
				t.Fatalf("%q: a formula from %d to %d after %d", text, s.start, s.end, end)
			}
			if !strings.Contains(text[s.start:s.end], s.tex) || strings.TrimSpace(s.tex) == "" {
				t.Fatalf("%q: %q is not in %q", text, s.tex, text[s.start:s.end])
			}
			if !mayHold(text) {
				t.Fatalf("%q holds a formula and has no hint of one", text)
			}
			end = s.end
		}
		var all strings.Builder
		pieces(text, func(raw string, _ piece) { all.WriteString(raw) })
		if all.String() != text {
			t.Fatalf("%q became %q", text, &all)
		}
		all.Reset()
		for _, p := range scan(text) {
			all.WriteString(p.raw)
		}
		if all.String() != text {
			t.Fatalf("%q became %q in parts", text, &all)
		}
	})
}

// TestFindStops: a text of delimiters that never close is looked at a bounded number of times.
func TestFindStops(t *testing.T) {
	open := strings.Repeat(`\({`, maxOpen)
	if found := find(open[3:] + `\(x\)`); len(found) != 1 {
		t.Errorf("after %d open delimiters %d formulas are found", maxOpen-1, len(found))
	}
	if found := find(open + `\(x\)`); len(found) != 0 {
		t.Errorf("after %d open delimiters %d formulas are found", maxOpen, len(found))
	}
	if found := find(`\(` + strings.Repeat("x", reach) + `\)`); len(found) != 0 {
		t.Error("a formula is longer than what is looked at")
	}
}

func TestBreadth(t *testing.T) {
	for math, want := range map[string]float64{
		`<math><mi>x</mi><mo>+</mo><annotation>x + y + z</annotation></math>`:  1.2,
		`<math><mspace width="2em"></mspace><mi>x</mi></math>`:                 2.6,
		`<math><mtd style="padding-left:0em;padding-right:6pt;"></mtd></math>`: 0,
		`<math><mtd style="padding-left:6pt;"></mtd></math>`:                   0.5,
		`<math><mspace width="3in"></mspace></math>`:                           phone,
	} {
		if got := breadth(math); got != want {
			t.Errorf("%s is %g em broad, not %g", math, got, want)
		}
	}
}
