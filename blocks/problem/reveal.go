package problem

import (
	"encoding/json"
	"html"
	"strings"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Reveal implements sdk.Revealer.
func (block) Reveal(c *sdk.Call, public Public, secret capa.Secret, _ json.RawMessage) (sdk.Revealed, error) {
	shown := secret.Reveal()
	text := public.Shuffled(int64(c.Seed())).RevealBelow(shown, c.T)
	if text == "" {
		text = "<p>" + html.EscapeString(c.T("no_answer")) + "</p>"
	}
	return sdk.Revealed{
		HTML: `<div class="answer">` + text + `</div>`, Answers: shown.Values(),
	}, nil
}

// Solve implements sdk.Solver.
func (block) Solve(c *sdk.Call, public Public, secret capa.Secret) (wire.Solution, error) {
	switch {
	case public.Broken:
		return wire.Solution{Unsupported: "the problem's source cannot be read"}, nil
	case len(public.Missing) > 0:
		return wire.Solution{Unsupported: strings.Join(public.Missing, ", ")}, nil
	case len(public.Inputs) == 0:
		return wire.Solution{Unknown: "the problem asks nothing"}, nil
	}
	answers, ok, err := secret.SolveIn(circumstances(c, 1))
	if err != nil {
		return wire.Solution{}, err
	}
	if !ok {
		return wire.Solution{Unknown: "the problem states no answer that its own key accepts"}, nil
	}
	return wire.Solution{Input: &wire.Input{Handler: question.HandlerSubmit, Form: public.FormOf(answers)}}, nil
}

// Report implements sdk.Reporter.
func (block) Report(_ *sdk.Call, submissions []sdk.Reported[Public, capa.Secret]) ([]wire.ReportRow, error) {
	var rows []wire.ReportRow
	for i := range submissions {
		s := &submissions[i]
		answers, err := decodeAnswers(s.Answers)
		if err != nil {
			return nil, err
		}
		result, err := resultOf(s.Verdict)
		if err != nil {
			return nil, err
		}
		prepared := &capa.Prepared{Public: &s.Public.Public, Secret: &s.Secret}
		for _, row := range prepared.Report(answers, result) {
			rows = append(rows, wire.ReportRow{
				Submission: s.ID, Part: row.ID, Question: row.Question, Answer: row.Answer, CorrectAnswer: row.Correct,
				Correctness: wire.Correctness(row.Correctness),
			})
		}
	}
	return rows, nil
}
