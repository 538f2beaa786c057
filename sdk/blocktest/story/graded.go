package story

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// current is the verdict that checks speak of: a grader's, or the newest of the person, after what waits was graded.
func (p *Player) current() (*wire.Verdict, error) {
	if p.last.verdict != nil {
		return p.last.verdict, nil
	}
	if err := p.world.Work(); err != nil {
		return nil, err
	}
	all := p.world.Submissions(p.person.ID, p.place)
	if len(all) == 0 {
		return nil, nil
	}
	s := all[len(all)-1]
	if s.Failed != "" {
		return &wire.Verdict{Outcome: wire.OutcomeFailed, Message: s.Failed}, nil
	}
	return s.Verdict(), nil
}

func (p *Player) verdict(a args) error {
	v, err := p.current()
	if err != nil {
		return err
	}
	outcome := wire.Outcome(a.word(0))
	known := []wire.Outcome{wire.OutcomeScored, wire.OutcomeInvalid, wire.OutcomePending, wire.OutcomeFailed}
	switch {
	case a.word(0) == "none":
		if v != nil {
			return mismatch("no verdict", describe(v))
		}
		return nil
	case !slices.Contains(known, outcome):
		return usage("a verdict is none, scored, invalid, pending or failed, not %q", a.word(0))
	case v == nil:
		return mismatch(a.word(0), "no verdict")
	}
	ok, err := a.scored(1, v.Earned, v.Possible, v.Message+"\n"+v.Feedback)
	if err == nil && (!ok || v.Outcome != outcome) {
		err = mismatch(strings.Join(a.words, " ")+" "+a.tail, describe(v))
	}
	return err
}

// scored compares what may follow from the word i on: POINTS/POINTS, and a text.
func (a args) scored(i int, earned, possible float64, text string) (bool, error) {
	wanted := a.tail
	if word := a.word(i); word != "" && !strings.Contains(word, "/") {
		wanted = strings.TrimSpace(word + " " + wanted)
	} else if word != "" {
		wantEarned, wantPossible, err := points(word)
		if err != nil || wantEarned != earned || wantPossible != possible {
			return false, err
		}
	}
	return strings.Contains(text, unquote(wanted)), nil
}

func describe(v *wire.Verdict) string {
	text := fmt.Sprintf("%s %v/%v %s %s", v.Outcome, v.Earned, v.Possible, v.Message, v.Feedback)
	for _, part := range v.Parts {
		text += fmt.Sprintf("\npart %s %s %v/%v %s %s", part.ID, part.Correctness, part.Earned, part.Possible, part.Feedback, part.Hint)
	}
	return strings.TrimSpace(text)
}

func (p *Player) part(a args) error {
	v, err := p.current()
	if err != nil {
		return err
	}
	if v == nil {
		return mismatch(strings.Join(a.words, " "), "no verdict")
	}
	i := slices.IndexFunc(v.Parts, func(part wire.Part) bool { return part.ID == a.word(0) })
	ok := false
	if i >= 0 {
		part := v.Parts[i]
		if ok, err = a.scored(2, part.Earned, part.Possible, part.Feedback+"\n"+part.Hint); err != nil {
			return err
		}
		ok = ok && string(part.Correctness) == a.word(1)
	}
	if !ok {
		return mismatch(strings.Join(a.words, " ")+" "+a.tail, describe(v))
	}
	return nil
}

func (p *Player) score(a args) error {
	if err := p.world.Work(); err != nil {
		return err
	}
	earned, possible, ok := p.world.Score(p.person.ID, p.place)
	if a.word(0) == "none" {
		if ok {
			return mismatch("no score", fmt.Sprintf("%v/%v", earned, possible))
		}
		return nil
	}
	wantEarned, wantPossible, err := points(a.word(0))
	if err != nil {
		return err
	}
	if !ok || earned != wantEarned || possible != wantPossible {
		return mismatch(a.word(0), fmt.Sprintf("%v/%v, counted %v", earned, possible, ok))
	}
	return nil
}

func (p *Player) tries(a args) error {
	access, err := p.standing()
	if err != nil {
		return err
	}
	return same(a.word(0), strconv.Itoa(access.Tries))
}

func (p *Player) gate(a args) error {
	access, err := p.standing()
	if err != nil {
		return err
	}
	gates := map[string]wire.Gate{
		"submit": access.Submit, "save": access.Save, "reset": access.Reset, "answer": access.Answer, "correctness": access.Correctness,
	}
	gate, ok := gates[a.word(0)]
	if !ok {
		return usage("there is no gate %q", a.word(0))
	}
	got := gate.Why
	if gate.Open {
		got = "open"
	}
	return same(a.word(1), got)
}

func (p *Player) field(a args) error {
	var declared *wire.Field
	for _, f := range p.world.Description().Fields {
		if f.Name == a.word(0) {
			declared = &f
		}
	}
	if declared == nil {
		return usage("the block declares no field %q", a.word(0))
	}
	value, ok := p.world.Fields(declared.Scope, p.person.ID, p.place)[a.word(0)]
	switch {
	case a.tail == "unset" && ok:
		return mismatch("unset", string(value))
	case a.tail == "unset":
		return nil
	case !ok:
		return mismatch(a.tail, "unset")
	}
	var got any
	if err := json.Unmarshal(value, &got); err != nil {
		return err
	}
	return sameJSON(a.tail, got)
}

func (p *Player) completion(a args) error {
	return same(a.word(0), strconv.FormatFloat(p.world.Completion(p.person.ID, p.place), 'g', -1, 64))
}
