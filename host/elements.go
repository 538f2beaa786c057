package host

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"regexp"

	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/kernel"
)

// questionElement is the element that a built-in block's view names to get the elements put around its own markup.
const questionElement = "quoin-question"

// elementTag is an element of the SDK in a fragment.
var elementTag = regexp.MustCompile(`(?i)<quoin-(?:bins|choices|code|dialog|feedback|hints|match|math|order|spots|submit|tabs|text|upload)[\s/>]`)

// usesElements reports whether a view is built from the SDK's elements: only then a page or a frame brings them.
func usesElements(shown *kernel.Shown) bool {
	return shown.Rendered != nil && (shown.Element == questionElement || elementTag.MatchString(shown.HTML))
}

// elementsPart is what brings the SDK's elements into a page.
type elementsPart struct {
	Style, Script string
	Words         template.JS
}

// elementsPart gives the addresses of the elements and their words in the reader's language.
func (r *request) elementsPart() (*elementsPart, error) {
	style, err := r.server.config.Assets.Name("elements.css")
	if err != nil {
		return nil, err
	}
	script, err := r.server.config.Assets.Name("elements.js")
	if err != nil {
		return nil, err
	}
	return &elementsPart{"/web/" + style, "/web/" + script, r.server.elementWords[r.words.Language]}, nil
}

// elementsOf brings the elements where a view on the page uses them.
func (r *request) elementsOf(body *unitBody) (*elementsPart, error) {
	if !body.elements {
		return nil, nil
	}
	return r.elementsPart()
}

// framedElements are the elements as they stand in a frame's document, which has an origin of its own: inside of it.
type framedElements struct {
	Style, Script template.HTML
	Words         template.JS
}

func (r *request) framedElements() (*framedElements, error) {
	style, err := r.server.config.Assets.Text("elements.css")
	if err != nil {
		return nil, err
	}
	script, err := r.server.config.Assets.Text("elements.js")
	if err != nil {
		return nil, err
	}
	return &framedElements{
		template.HTML("<style>" + style + "</style>"), template.HTML("<script type=\"module\">" + script + "</script>"),
		r.server.elementWords[r.words.Language],
	}, nil
}

// elementWords gives the texts of the elements, as JSON, by language.
func elementWords(catalogue *words.Catalogue) (map[string]template.JS, error) {
	all := map[string]template.JS{}
	for _, name := range catalogue.Languages() {
		texts, err := json.Marshal(catalogue.For(nil, name).Group("elements."))
		if err != nil {
			return nil, err
		}
		all[name] = template.JS(texts)
	}
	return all, nil
}

// reader tells browsers whose things they keep, so that another person who signs in on the same one sends none of them. It is
// no name: nothing can be asked with it.
func (r *request) reader() string {
	if r.user == nil {
		return ""
	}
	sum := sha256.Sum256([]byte("reader " + r.user.ID))
	return hex.EncodeToString(sum[:8])
}
