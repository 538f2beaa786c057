package host_test

import (
	"fmt"
	"testing"
)

// mathOf is the set formula as text in which each structure can be told: n/d as {n/d}, powers as {b^e}, roots as {√x}, indices as {b_i}.
const mathOf = `(function t(e) { const k = [...e.children].map(t); switch (e.localName) {
	case "mfrac": return "{" + k[0] + "/" + k[1] + "}"; case "msup": return "{" + k[0] + "^" + k[1] + "}"; case "msub": return "{" + k[0] + "_" + k[1] + "}";
	case "msubsup": return "{" + k.join("|") + "}"; case "msqrt": return "{√" + k.join("") + "}"; case "mtext": return e.className.baseVal ?? e.getAttribute("class") ? "?" + e.textContent : e.textContent;
	default: return k.length ? k.join("") : e.textContent } })(document.querySelector("%s .el-preview > math"))`

// What is typed is shown as it is understood, and what is not understood is told with its place.
func TestMathPreviewInBrowser(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	b := w.newTab(t)
	b.open("/docs/gallery")
	const field = "#gallery-math-2-cone"
	b.until(`!!document.querySelector("#gallery-math-2 .el-preview > math, .el-preview > math")`)
	write := func(mode, names, text string) {
		b.eval(fmt.Sprintf(`(f => { const q = f.closest("quoin-math"); q.setAttribute("preview", %q); q.setAttribute("names", %q); f.value = %q; f.dispatchEvent(new Event("input", {bubbles: true})); f.dispatchEvent(new Event("change", {bubbles: true})) })(document.querySelector(%q))`, mode, names, text, field))
	}
	const calc, free = "calc", "free"
	for _, c := range []struct{ mode, names, text, want, hint string }{
		{free, "r h", "1/3 pi r^2 h", "{1/3}π{r^2}h", ""},
		{free, "a b", "2ab(a+b)", "2ab(a+b)", ""},
		{free, "", "√2 + sqrt(x/2)", "{√2}+{√{x/2}}", ""},
		{free, "x", "sin x^2", "{(sin(x))^2}", ""},
		{free, "x", "x²", "{x^2}", ""},
		{free, "", "3,5*10^-2", "3,5·{10^−2}", ""},
		{free, "x", "x^", "{x^□}", "Something is missing at the end."},
		{free, "x", "x)", "x?)", "A bracket closes that was never opened: )"},
		{calc, "", "a*b/c", "{a·b/c}", ""},
		{calc, "", "a/b*c", "{a/b}·c", ""},
		{calc, "", "-x^2^y", "−{x^{2^y}}", ""},
		{calc, "", "2x", "2x", "Write * for a product before x, at character 2."},
		{calc, "", "x_1 + theta_max", "{x_1}+{θ_max}", ""},
		{calc, "", "U_{ij}^{k}'", "{U′|ij|k}", ""},
		{free, "x", "x^{2}+{x+1}/2", "{x^2}+{x+1/2}", ""},
		{calc, "", "R_1||R_2", "{R_1}∥{R_2}", ""},
		{calc, "", "fact(n)/(2*abs(-3))", "{n!/2·|−3|}", ""},
		{calc, "", "1.5e-3*(1+", "1.5·{10^−3}·(1+□)", "A bracket is open that never closes: ("},
		{calc, "", "2*+x", "2·?+x", "Something is missing before +, at character 3."},
		{calc, "", "a +* b", "a+□·b", "Something is missing before *, at character 4."},
		{calc, "", "a & b", "a?&b", "& is not understood here, at character 3."},
		{calc, "", "<img src=x onerror=alert(1)>", "□?<imgsrc?=xonerror?=alert(1)?>", "Something is missing before <, at character 1."},
	} {
		write(c.mode, c.names, c.text)
		b.is(c.mode+" "+c.text, fmt.Sprintf(mathOf, "quoin-math[preview]"), c.want)
		b.is("the hint at "+c.text, `document.querySelector("quoin-math[preview] .el-hint").textContent`, c.hint)
	}
	b.is("no element comes of what is typed", `String(document.querySelectorAll("quoin-math img").length)`, "0")

	t.Log("in words, once typing pauses, and never while it is wrong")
	const said = `document.querySelector("quoin-math[preview] .visually-hidden[role=status]").textContent`
	write(free, "r h", "1/3 pi r^2 h")
	b.is("the words", said, "Understood as: 1 over 3 times pi times r to the power of 2 times h")
	b.is("the preview is for the eyes", `document.querySelector(".el-preview").getAttribute("aria-hidden")`, "true")
	write(free, "", "x +")
	b.is("nothing is said of what is wrong", said, "")
	b.typeInto(field, "r^2")
	b.until(said + ` === "Understood as: r to the power of 2"`) // without leaving the field

	t.Log("nothing moves while one types, and a long formula stays in its place")
	height := `String(document.querySelector("quoin-math[preview]").offsetHeight)`
	write(free, "", "")
	before := b.text(height)
	write(free, "", "x+1")
	b.is("the height", height, before)
	b.like(390, "dark")
	write(free, "", "1+x+x^2+x^3+x^4+x^5+x^6+x^7+x^8+x^9+1+x+x^2+x^3+x^4")
	b.is("no wider than the window", `String(document.documentElement.scrollWidth <= innerWidth)`, "true")

	t.Log("bounds")
	b.eval(fmt.Sprintf(`(f => { f.value = "(".repeat(900); f.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector(%q))`, field))
	b.until(`!!document.querySelector("quoin-math[preview] .el-preview > math")`)
	b.eval(fmt.Sprintf(`(f => { f.value = "x".repeat(5000); f.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector(%q))`, field))
	b.is("a text that is too long is not set", `String(document.querySelectorAll("quoin-math[preview] math").length)`, "0")
	write(free, "r h", "1/3 pi r^2 h")
	b.pictureOf("quoin-math[preview]", "math-390-dark")
	b.like(1280, "light")
	b.pictureOf("quoin-math[preview]", "math-1280-light")
	b.quiet()
}
