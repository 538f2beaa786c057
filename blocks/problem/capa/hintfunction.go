package capa

import (
	_ "embed"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// correctMap is Python that asks a hint function: what it may change stands in an object with Open edX's methods.
//
//go:embed correctmap.py
var correctMap string

// hintFunction is the name of the script's function that has the last word on a response; "" is none.
func (c *compiler) hintFunction(e *element, r *Response) {
	group := e.child("hintgroup")
	if group == nil {
		return
	}
	name := pystr.Strip(c.sub(group.value("hintfn")))
	if name != "" && !expression.MatchString(name) && !c.unknown(name) {
		c.mistake(group, "hintfn=%q names no function", "write the name of a function that the script defines", name)
		r.Broken = broken()
		return
	}
	r.HintFunction = name
}

// hinted lets a hint function change what was judged.
func (g *grading) hinted(r *Response, parts []Part) *Failure {
	ids, answers, judged := make([]string, len(parts)), map[string]any{}, map[string]any{}
	for id, answer := range g.answers {
		answers[id] = answer.python()
	}
	for i := range parts {
		p := &parts[i]
		ids[i] = p.ID
		var mode *string
		if p.HintMode != "" {
			mode = &p.HintMode
		}
		judged[p.ID] = map[string]any{
			"correctness": p.Correctness, "npoints": p.Points, "msg": p.Message, "hint": p.Hint, "hintmode": mode,
		}
	}
	code := "_hint = " + r.HintFunction + "\n" + correctMap
	if g.secret.Setup != nil {
		code = g.secret.Setup.Code + "\n" + code
	}
	left, failure := g.run(Program{Code: code, Want: []string{"judged"}, Globals: globals("", map[string]any{
		"seed": g.at.Seed, "anonymous_student_id": g.at.Learner, "_ids": ids, "_answers": answers, "_judged": judged,
	})})
	if failure != nil {
		return failure
	}
	for i := range parts {
		parts[i].rejudge(memberOf(memberOf(left, "judged"), parts[i].ID))
	}
	return nil
}

// rejudge takes over what a hint function changed.
func (p *Part) rejudge(entry value) {
	p.Correctness = named(memberOf(entry, "correctness"))
	p.Points = nil
	if points, is := creditOf(memberOf(entry, "npoints")); is {
		p.Points = &points
	}
	p.Message = messageHTML(memberOf(entry, "msg"))
	p.Hint, _ = memberOf(entry, "hint").(string)
	p.Hint = wellFormed(p.Hint)
	p.HintMode, _ = memberOf(entry, "hintmode").(string)
}
