// Package html is the text block: what an author wrote, shown as it is. Its links to the course's files and blocks stay as
// they are written, /static/NAME and /jump_to_id/ID: the host makes addresses of them when the page is made.
package html

import (
	"embed"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/olx"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/markup"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed locales/*.json
var locales embed.FS

// Fields are what an author sets, by Open edX's names.
type Fields struct {
	DisplayName string `quoin:"display_name,settings" default:"\"Text\"" title:"Name"`
	Data        string `quoin:"data,content,html" default:"\"\"" title:"Text"`
	Editor      string `quoin:"editor,settings,rare" default:"\"visual\"" title:"Editor in Open edX" help:"Kept for courses that go back there." values:"visual=Text|raw=HTML"`
	UseLaTeX    bool   `quoin:"use_latex_compiler,settings,rare" default:"false" title:"Made from LaTeX in Open edX" help:"Kept for courses that go back there. Formulas are shown without it."`
}

// Public is what the view needs.
type Public struct {
	HTML string `json:"html"`
}

type block struct{}

// Block is the text block.
func Block() sdk.Block {
	return sdk.New[Fields, Public, sdk.None](block{}, sdk.Spec{
		// Nothing of the reader is read, so that one render serves everybody.
		Views:     []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Prepared: true}}},
		Catalogue: sdk.Messages(locales),
	})
}

// Compile-time guards.
var (
	_ sdk.Outliner[Fields, Public, sdk.None] = block{}
	_ sdk.Renderer[Fields, Public]           = block{}
	_ sdk.Checker[Fields]                    = block{}
	_ sdk.Importer                           = block{}
	_ sdk.Sampler                            = block{}
)

// Outline implements sdk.Outliner.
func (block) Outline(_ *sdk.Call, f *Fields, _ []wire.Child) (sdk.Outline[Public, sdk.None], error) {
	files, links := markup.References(f.Data)
	return sdk.Outline[Public, sdk.None]{
		Facts: wire.Facts{
			Title: f.DisplayName, Icon: "text", Completion: wire.CompleteOnView, Search: markup.Text(f.Data), Files: files, Links: links,
		},
		Public: Public{HTML: f.Data},
	}, nil
}

// Render implements sdk.Renderer.
func (block) Render(_ *sdk.Call, v sdk.View[Fields, Public]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: `<div class="prose">` + v.Public.HTML + `</div>`}, nil
}

// Check implements sdk.Checker.
func (block) Check(_ *sdk.Call, f *Fields, _ []wire.Child) ([]wire.Finding, error) {
	var findings []wire.Finding
	warn := func(line int, message, fix string) {
		findings = append(findings, wire.Finding{Level: wire.LevelWarning, Field: "data", Line: line, Message: message, Fix: fix})
	}
	if strings.TrimSpace(f.Data) == "" {
		warn(0, "the text is empty", "write something, or take the block away")
	}
	for tag := range markup.Tags(f.Data) {
		source, _ := tag.Attr("src")
		if _, described := tag.Attr("alt"); tag.Name == "img" && !described {
			warn(tag.Line, "a picture has no alt text, so screen readers read its address", `say in alt="..." what it shows; alt="" is for decoration`)
		}
		if strings.HasPrefix(source, "http://") {
			warn(tag.Line, "browsers do not load "+source+" because it is not encrypted", "use https://, or upload the file to the course")
		}
	}
	return findings, nil
}

// attributes are those of <html> that are fields here. The others are the host's: it keeps what nobody knows.
var attributes = map[string]wire.FieldType{
	"display_name": wire.TypeString, "editor": wire.TypeString, "use_latex_compiler": wire.TypeBoolean,
}

// ImportOLX implements sdk.Importer: the text stands in the file that filename names, or in the element itself.
func (block) ImportOLX(_ *sdk.Call, source []byte, files []wire.OLXFile) (wire.Fields, []wire.Finding, error) {
	element, err := olx.Read(source)
	if err != nil {
		return nil, nil, sdk.Refuse("reading the text's element: %v", err)
	}
	fields, _ := element.Fields(attributes)
	data := element.Body()
	if len(files) > 0 {
		data = string(files[0].Data.Data)
	}
	fields["data"] = olx.String(data)
	return fields, nil, nil
}
