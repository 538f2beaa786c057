package problem

import (
	"encoding/json"
	"slices"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/blocks/problem/markdown"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// handlerConvert is what an editor asks: markdown into OLX and back. It works on what the request brings alone, reads nothing of the
// course and changes nothing.
const handlerConvert = "convert"

// conversion is what it is sent: one of the two.
type conversion struct {
	Markdown *string `json:"markdown,omitempty"`
	OLX      *string `json:"olx,omitempty"`
}

// conversionReply is its answer. The lines of all remarks are those of the text that was sent.
type conversionReply struct {
	// OLX is made of the markdown, with <problem> around it; Markdown is made of the OLX, absent where something is refused.
	OLX      string  `json:"olx,omitempty"`
	Markdown *string `json:"markdown,omitempty"`
	// Findings are mistakes of the problem itself.
	Findings []wire.Finding `json:"findings"`
	// Lost is what the other form changes without a change of meaning, Refused what it has no words for.
	Lost    []wire.Finding `json:"lost,omitempty"`
	Refused []wire.Finding `json:"refused,omitempty"`
}

func convert(r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	var asked conversion
	if err := json.Unmarshal(r.Body.Data, &asked); err != nil || (asked.Markdown == nil) == (asked.OLX == nil) {
		return nil, sdk.Refuse(`send {"markdown": "..."} or {"olx": "..."} as JSON`)
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
	return &conversionReply{OLX: converted.OLX, Findings: inField("markdown", converted.Findings)}, nil
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
	return reply
}
