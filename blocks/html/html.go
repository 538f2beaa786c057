// Package html is the text block: what an author wrote, shown as it is.
package html

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/markup"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Fields are what an author sets.
type Fields struct {
	DisplayName string `quoin:"display_name,settings" default:"\"Text\"" title:"Name"`
	Data        string `quoin:"data,content,html" title:"Text"`
	Editor      string `quoin:"editor,settings" default:"\"visual\"" title:"Editor" values:"visual|raw"`
}

// Public is what the view needs.
type Public struct {
	HTML string `json:"html"`
}

type block struct{}

// Block is the text block.
func Block() sdk.Block {
	return sdk.New[Fields, Public, sdk.None](block{}, sdk.Spec{
		Views: []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Prepared: true}}},
	})
}

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

// ImportOLX implements sdk.Importer: the text stands in the file that filename names, or in the element itself.
func (block) ImportOLX(_ *sdk.Call, source []byte, files []wire.OLXFile) (wire.Fields, []wire.Finding, error) {
	attributes, inner, err := element(source)
	if err != nil {
		return nil, nil, sdk.Refuse("reading the text's element: %v", err)
	}
	fields, data := wire.Fields{}, inner
	if len(files) > 0 {
		data = string(files[0].Data.Data)
	}
	for name, value := range map[string]string{"display_name": attributes["display_name"], "editor": attributes["editor"], "data": data} {
		if _, given := attributes[name]; !given && name != "data" {
			continue
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			return nil, nil, err
		}
		fields[name] = encoded
	}
	return fields, nil, nil
}

// element gives the attributes of the outermost element and the source between its tags.
func element(source []byte) (attributes map[string]string, inner string, err error) {
	decoder := xml.NewDecoder(strings.NewReader(string(source)))
	attributes = map[string]string{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil, "", errors.New("it holds no element")
		}
		if err != nil {
			return nil, "", err
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, attribute := range start.Attr {
			attributes[attribute.Name.Local] = attribute.Value
		}
		from := decoder.InputOffset()
		if err := decoder.Skip(); err != nil {
			return nil, "", fmt.Errorf("its end is missing: %w", err)
		}
		inner := string(source[from:decoder.InputOffset()])
		if end := strings.LastIndex(inner, "</"); end >= 0 {
			inner = inner[:end]
		}
		return attributes, strings.TrimSpace(inner), nil
	}
}

// Samples implements sdk.Sampler.
func (block) Samples(*sdk.Call) ([]wire.Sample, error) {
	text, err := json.Marshal(`<h3>Newton's first law</h3><p>A body at rest stays at rest, and a body in motion stays in motion, ` +
		`unless a force acts on it.</p><ul><li>rest</li><li>motion</li></ul>`)
	return []wire.Sample{{Name: "text", Title: "A text with a heading and a list", Fields: wire.Fields{"data": text}}}, err
}
