package sanitize

import "testing"

func TestStyles(t *testing.T) {
	allowed := []string{
		"color: red", "COLOR:#FFF", "color: rgb(1 2 3 / 50%)", "width: calc(100% - (2em + 1px) * 2)", "width: min(10px, 5vw)", "margin: 0 auto 1.5em",
		"margin-inline-start: 2ch", "padding: .5em 1e", "line-height: 1.5", "font: italic bold .8em/1.2 Arial, sans-serif", "font-family: 'Noto Sans Arabic'",
		"box-shadow: 0 2px 4px -1px rgba(0,0,0,.5), inset 0 0 1em #000", "letter-spacing: -.05em", "vertical-align: -0.25ex", "text-shadow: 1mm 1mm 2pt red",
		"grid-template-columns: repeat(2, minmax(10px, 1fr)) fit-content(20%)", "grid-row: span 2 / -1", "background: linear-gradient(45deg, red 0%, blue -10%)",
		"background: url(/static/a.png) no-repeat -5px center", "list-style-image: url(\"https://e.example/a.png\")", "display: flex", "position: relative",
		"float: left !important", "outline: 2px solid", "outline-offset: 10%", "text-decoration: underline dotted", "cursor: pointer", "order: -1", "",
		";;", "color: red;",
	}
	refused := []string{
		"position: fixed", "position: absolute !important", "position: inherit fixed", "display: -webkit-box", "top: 0", "z-index: 1", "transform: none",
		"color", "color:", ": red", "color: red blue(1)", "color: var(--x)", "--x: 1", "--q-x: 1", "width: -1px", "width: 1px2", "width: 1.px", "width: +",
		"width: 1..2px", "width: 9999999999px", "margin: calc(1px)", "margin: -0px", "box-shadow: 0 0 0 65px red", "box-shadow: 5em 0", "text-shadow: 1in 0",
		"letter-spacing: -5em", "vertical-align: 500%", "outline-width: 20mm", "font-family: 'a;b'", "font-family: \"a\nb\"", "font-family: 'a", "color: #12",
		"color: #123456789", "color: #ggg", "background: url(x", "background: url(a b)", "background: url('a\")", "background: url()", "background: url(quoin:asset/a)",
		"background: url(data:image/png;base64,AA)", "background: image-set('a' 1x)", "color: rgb(1,2", "color: rgb(1,2))", "color: red)", "color: (red)",
		"width: calc(1px - -1px)", "width: calc(calc(calc(calc(calc(calc(calc(calc(calc(1px)))))))))", "color: red !import", "color: !important", "color: red! important x",
		"color: r\\65 d", "color: red /* x */", "color: @x", "color: {red}", "color: [red]", "color: <red>", "content: 'x'", "behavior: url(x)", "col\u00f6r: red",
		"width: 1\u00a0px", "color: red\x00", "quotes: '\u202e'", "animation: x", "all: initial", "inset: 0", "content-visibility: auto", "will-change: top",
	}
	for _, text := range allowed {
		f := &filter{element: "p"}
		if kept, kind := style(f, text); kind != "" || f.changed || kept != text {
			t.Errorf("%q is refused: %q %q %v", text, kept, kind, f.changes)
		}
	}
	for _, text := range refused {
		f := &filter{element: "p"}
		if kept, kind := style(f, text); kind == "" && !f.changed {
			t.Errorf("%q is allowed: %q", text, kept)
		}
	}
	f := &filter{element: "p"}
	if kept, _ := style(f, " color: red ; top: 0; ; width : 1px; position:fixed "); kept != "color: red; width : 1px" || len(f.changes) != 2 {
		t.Errorf("kept %q, %v", kept, f.changes)
	}
}

func TestTextOf(t *testing.T) {
	if got := textOf(`<p title="no">a &lt; b<br/></p>c`); got != "a < bc" {
		t.Errorf("got %q", got)
	}
}

func TestMaps(t *testing.T) {
	text := `<img src="/static/a.png" usemap="#m" alt=""/><map name="m"><area shape="rect" coords="0,0,1,1" href="/b" alt="b"/></map>`
	if clean, changes := Clean(Author, text); clean != text || len(changes) != 0 {
		t.Errorf("%s, %v", clean, changes)
	}
	for _, bad := range []string{`<img usemap="m">`, `<img usemap="#q-m">`, `<img usemap="/x#m">`, `<img usemap="#">`} {
		if clean, changes := Clean(Author, bad); clean != "<img/>" || len(changes) != 1 {
			t.Errorf("%s: %s, %v", bad, clean, changes)
		}
	}
}
