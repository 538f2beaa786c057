package capa

import (
	"encoding/json"
	"strings"
)

// schematicResponse is a circuit, drawn in the browser, that a program judges. Its key is a customKey.
type schematicResponse struct{}

func (schematicResponse) compile(c *compiler, e *element, r *Response) {
	answer := e.child("answer")
	if answer == nil || strings.TrimSpace(answer.allText()) == "" {
		c.mistake(e, "<schematicresponse> has no <answer>", "write one with Python that sets correct to a list")
		r.Broken = broken()
		return
	}
	r.Custom = &customKey{Circuit: true, Code: answer.allText()}
}

func (schematicResponse) grade(g *grading, r *Response, parts []Part) *Failure {
	given := make([]json.RawMessage, len(parts))
	for i := range parts {
		text := g.answers[parts[i].ID].Text // none is no circuit
		if !json.Valid([]byte(text)) {
			return invalid(parts[i].ID, "no_circuit")
		}
		given[i] = json.RawMessage(text)
	}
	left, failure := g.run(Program{Code: r.Custom.Code, Want: []string{"correct"}, Globals: globals(g.secret.vars(), map[string]any{
		"seed": g.at.Seed, "anonymous_student_id": g.at.Learner, "attempt": max(1, g.at.Attempt), "submission": given,
	})})
	if failure != nil {
		return failure
	}
	correct, ok := memberOf(left, "correct").([]value)
	if !ok || len(correct) < len(parts) {
		return ungradable("cannot_grade")
	}
	for i := range parts {
		parts[i].Correctness = named(correct[i])
		entry, is := correct[i].(object)
		if !is {
			continue
		}
		parts[i].Correctness = named(memberOf(entry, "correctness"))
		if points, is := creditOf(memberOf(entry, "npoints")); is {
			parts[i].Points = &points
		}
		parts[i].Message = messageHTML(memberOf(entry, "msg"))
	}
	return nil
}

func (schematicResponse) reveal(*Response) []Shown { return nil }

func (schematicResponse) solve(*Response) []Answers { return nil }
