package host

import (
	"bytes"
	"html/template"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/kernel"
)

// answerHeight is how high the frame of a shown answer is until its document tells.
const answerHeight = 200

// revealed puts the platform's values into the markup of a shown answer.
func (r *request) revealed(block *course.Block, revealed *kernel.Revealed) string {
	return r.rewrite(replaceValues(r.formulas(string(revealed.HTML.Data)), func(name, rest string) string {
		if name == "id" {
			return r.elementID(block) + "-" + rest
		}
		return ""
	}))
}

// framedAnswer is the frame of a shown answer whose markup may not stand in the page: what a block from elsewhere makes is kept from
// the page in its answer as in its views (security R1 to R3).
func (r *request) framedAnswer(block *course.Block) (string, error) {
	var out bytes.Buffer
	err := r.server.templates.ExecuteTemplate(&out, "answerframe", map[string]any{
		"W": r.words, "Source": r.blockAddress(block) + "/answer", "Title": r.words.T("answer.title"), "Sandbox": frameSandbox(false), "Height": answerHeight,
	})
	return out.String(), err
}

// answerFrame serves the document of that frame, when the rules allow the answer.
func (r *request) answerFrame() error {
	block, err := r.block()
	if err != nil {
		return err
	}
	revealed, err := r.kernel().Reveal(r.ctx(), r.person, r.published, block)
	if err != nil {
		return err
	}
	body := &frameBody{
		Language: r.words.Language, Direction: r.words.Direction(), Title: r.words.T("answer.title"), Form: "answer-form", NoScript: r.words.T("frame.noscript"),
		HTML: template.HTML(`<div class="prose">` + r.revealed(block, revealed) + `</div>`),
	}
	if err := r.frameLook(body); err != nil {
		return err
	}
	if body.Elements, err = r.framedElements(); err != nil {
		return err
	}
	return r.sendFrame(body, r.server.sandboxPolicy(false, r.server.origin(), "frame-src 'none'"))
}
