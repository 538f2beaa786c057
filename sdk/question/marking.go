package question

import (
	"html"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// ByStaff in Result.Pending says that the course team grades it; the view says so in the reader's language.
const ByStaff = "The course team"

// Marker is a kind that people grade: it says what they choose by, and writes an answer as they read it. Files are the
// platform's to list.
type Marker[P any] interface {
	Marking(public P) *wire.Marking
	ShowAnswer(p *Page, public P, answers Answers)
}

// gradeView shows one submission to who grades it.
func (b *block[F, P, S, PF]) gradeView(p *Page, v *sdk.View[F, Public[P]]) (sdk.Fragment, error) {
	marker, ok := b.kind.(Marker[P])
	if !ok || v.Submission == nil {
		return sdk.Fragment{HTML: p.String()}, nil
	}
	answers, err := decode(v.Submission.Answers)
	if err != nil {
		return sdk.Fragment{}, err
	}
	p.Raw(`<details class="task"><summary>`)
	p.Say("the_task")
	p.Raw(`</summary><div class="prose">`, v.Public.Prompt, "</div></details>")
	marker.ShowAnswer(p, v.Public.Own, answers)
	return sdk.Fragment{HTML: p.String(), Styles: b.spec.Styles, Marking: marker.Marking(v.Public.Own)}, nil
}

// Paragraphs writes plain text as markup: lines that are empty divide paragraphs.
func Paragraphs(text string) string {
	var out strings.Builder
	for _, paragraph := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			out.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(paragraph), "\n", "<br>") + "</p>")
		}
	}
	return out.String()
}
