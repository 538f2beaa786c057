package problem

import (
	"encoding/json"
	"slices"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/blocks/problem/markdown"
	"github.com/quoin-lms/quoin/blocks/problem/visual"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// handlerConvert is what an editor asks: a form or markdown into OLX and back. It works on what the request brings alone, reads nothing of the
// course and changes nothing.
const handlerConvert = "convert"

// conversion is what it is sent: one of the three.
type conversion struct {
	Markdown *string      `json:"markdown,omitempty"`
	OLX      *string      `json:"olx,omitempty"`
	Form     *visual.Form `json:"form,omitempty"`
	// Keep says that the problem is kept as markdown: a form is then made of OLX that markdown makes, where it can.
	Keep bool `json:"keep,omitempty"`
}

// conversionReply is its answer. The lines of all remarks are those of the text that was sent.
type conversionReply struct {
	// OLX is made of the markdown, with <problem> around it, or of the form; Markdown is made of the OLX, absent where something is
	// refused.
	OLX      string  `json:"olx,omitempty"`
	Markdown *string `json:"markdown,omitempty"`
	// Form is the problem as a form, absent where it cannot be read; Lines are where the parts of a form begin: in the text that
	// was sent, or in the OLX that the form makes.
	Form  *visual.Form `json:"form,omitempty"`
	Lines []int        `json:"lines,omitempty"`
	// Findings are mistakes of the problem itself.
	Findings []wire.Finding `json:"findings"`
	// Lost is what the other form changes without a change of meaning, Refused what it has no words for.
	Lost    []wire.Finding `json:"lost,omitempty"`
	Refused []wire.Finding `json:"refused,omitempty"`
}

func convert(r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	var asked conversion
	err := json.Unmarshal(r.Body.Data, &asked)
	sent := 0
	for _, is := range []bool{asked.Markdown != nil, asked.OLX != nil, asked.Form != nil} {
		if is {
			sent++
		}
	}
	if err != nil || sent != 1 {
		return nil, sdk.Refuse(`send {"markdown": "..."}, {"olx": "..."} or {"form": {...}} as JSON`)
	}
	if asked.Form != nil {
		return writeForm(asked.Form, asked.Keep)
	}
	if asked.OLX != nil {
		return sdk.JSON(sayInMarkdown(*asked.OLX)), nil
	}
	reply, err := makeOLX(*asked.Markdown)
	if err != nil {
		return nil, sdk.Refuse("%v", err)
	}
	return sdk.JSON(reply), nil
}

// makeOLX converts markdown, and finds the mistakes of the problem that comes of it at the lines of the markdown.
func makeOLX(source string) (*conversionReply, error) {
	converted, err := markdown.ToOLX(source)
	if err != nil {
		return nil, err
	}
	_, found, _ := compile(converted.OLX) // its error is among the findings
	told := map[int]bool{}
	for _, f := range converted.Findings {
		told[f.Line] = true
	}
	for _, f := range found {
		f.Column = 1
		if f.Line > 0 && f.Line <= len(converted.Lines) {
			f.Line = converted.Lines[f.Line-1]
		}
		if !told[f.Line] { // in the words of markdown, where there are some
			converted.Findings = append(converted.Findings, f)
		}
	}
	slices.SortStableFunc(converted.Findings, func(a, b capa.Finding) int { return a.Line - b.Line })
	reply := &conversionReply{OLX: converted.OLX, Findings: inField("markdown", converted.Findings)}
	if form, ok := visual.Read(converted.OLX); ok {
		reply.Form = form
		_, lines := visual.Write(form)
		for _, line := range lines {
			reply.Lines = append(reply.Lines, converted.Lines[min(line, len(converted.Lines))-1])
		}
	}
	return reply, nil
}

func sayInMarkdown(source string) *conversionReply {
	_, found, _ := compile(source) // its error is among the findings
	said := markdown.ToMarkdown(source)
	reply := &conversionReply{
		Findings: inField("data", found), Lost: inField("data", said.Lost), Refused: inField("data", said.Refused),
	}
	if len(said.Refused) == 0 {
		reply.Markdown = &said.Markdown
	}
	if form, ok := visual.Read(source); ok {
		reply.Form = form
		_, reply.Lines = visual.Write(form)
	}
	return reply
}

// writeForm makes OLX of a form. Where the problem is kept as markdown and can stay so, it is what that markdown makes.
func writeForm(form *visual.Form, keep bool) (*sdk.Reply, error) {
	if !form.Bounded() {
		return nil, sdk.Refuse("a problem has at most %d parts, and each at most %d rows", visual.MaxParts, visual.MaxRows)
	}
	source, lines := visual.Write(form)
	_, found, _ := compile(source) // its error is among the findings
	reply := &conversionReply{OLX: source, Lines: lines, Findings: inField("data", found)}
	if !keep {
		return sdk.JSON(reply), nil
	}
	if said := markdown.ToMarkdown(source); len(said.Refused) == 0 && len(said.Lost) == 0 {
		converted, err := markdown.ToOLX(said.Markdown)
		if err != nil {
			return nil, sdk.Refuse("%v", err)
		}
		reply.OLX, reply.Markdown = converted.OLX, &said.Markdown
	}
	return sdk.JSON(reply), nil
}
