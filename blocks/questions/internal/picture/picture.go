// Package picture is what types of questions on a picture have in common.
package picture

import (
	"html"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Fields are what an author says of the picture. Places on it are in its own pixels, from the left and from the top.
type Fields struct {
	File   string `quoin:"picture,content,file" title:"Picture" help:"A file of the course."`
	Alt    string `quoin:"alt,content" title:"What the picture shows" help:"For who cannot see it. Say where things are, without the answer."`
	Width  int    `quoin:"width,content,rare" min:"0" from:"picture.width" title:"Width of the picture, in pixels" help:"Is read from the file."`
	Height int    `quoin:"height,content,rare" min:"0" from:"picture.height" title:"Height of the picture, in pixels" help:"Is read from the file."`
}

// most bounds a picture's sides, in pixels.
const most = 20_000

// Picture is what views need.
type Picture struct {
	Source string `json:"s,omitempty"`
	Alt    string `json:"a,omitempty"`
	Width  int    `json:"w,omitempty"`
	Height int    `json:"h,omitempty"`
}

// Name is the course file's name, without the ways in which authors write that it is one.
func (f *Fields) Name() string {
	name := strings.TrimSpace(f.File)
	name = strings.TrimPrefix(strings.TrimPrefix(name, "/"), "static/")
	return name
}

// Ready reports whether there is a picture to ask about.
func (f *Fields) Ready() bool {
	return f.Name() != "" && f.Width > 0 && f.Height > 0 && f.Width <= most && f.Height <= most
}

// Public is what views need.
func (f *Fields) Public() Picture {
	if !f.Ready() {
		return Picture{}
	}
	return Picture{"/static/" + f.Name(), strings.TrimSpace(f.Alt), f.Width, f.Height}
}

// Open begins a board with the picture; what is written until [Close] lies on it.
func (p *Picture) Open(page *question.Page, class string) {
	w, h := strconv.Itoa(p.Width), strconv.Itoa(p.Height)
	page.Raw(`<div class="picture-board `, class, `" style="max-width: `, w, `px"`)
	page.Attr("data-width", w)
	page.Attr("data-height", h)
	page.Raw(`><img src="`, html.EscapeString(p.Source), `" alt="`, html.EscapeString(p.Alt), `" width="`, w, `" height="`, h, `">`)
}

// Close ends a board.
func Close(page *question.Page) { page.Raw("</div>") }

// Style puts something on the board by its box in pixels. Vertical margins in per cent are shares of the width in CSS.
func (p *Picture) Style(x, y, width, height int) string {
	share := func(n int) string { return strconv.FormatFloat(100*float64(n)/float64(p.Width), 'f', 3, 64) + "%" }
	return "margin-left: " + share(x) + "; margin-top: " + share(y) + "; width: " + share(width) +
		"; aspect-ratio: " + strconv.Itoa(width) + " / " + strconv.Itoa(height)
}

// Check finds what is wrong with a picture.
func (f *Fields) Check() []wire.Finding {
	var findings []wire.Finding
	if f.Name() == "" {
		findings = append(findings, question.Wrong("picture", "there is no picture", "upload it to the course's files and write its name"))
	}
	if strings.Contains(f.Name(), "://") {
		findings = append(findings, question.Wrong("picture", "the picture is no file of the course", "upload it and write its name"))
	}
	if strings.TrimSpace(f.Alt) == "" {
		findings = append(findings, question.Wrong("alt", "nothing says what the picture shows, so who cannot see it cannot answer", "describe it without giving the answer away"))
	}
	for field, n := range map[string]int{"width": f.Width, "height": f.Height} {
		if n <= 0 || n > most {
			findings = append(findings, question.Wrong(field, "the size of the picture is missing", "write it in pixels, as the file has it"))
		}
	}
	return findings
}
