package capa

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// checkKey is the key of a choiceresponse: a set of choices.
type checkKey struct {
	Correct []string `json:"c,omitempty"`
	Wrong   []string `json:"w,omitempty"`
	// Scheme is how parts earn credit: "", "edc" (every decision counts), "halves", or "?" when the author's is unknown.
	Scheme string `json:"s,omitempty"`
	// Choices counts all, Ticked and Blank are hints for choices that were ticked or not.
	Choices  int         `json:"n,omitempty"`
	Hints    []checkHint `json:"h,omitempty"`
	Compound []compound  `json:"x,omitempty"`
}

type checkHint struct {
	Name   string `json:"n"`
	Ticked *Hint  `json:"t,omitempty"`
	Blank  *Hint  `json:"b,omitempty"`
}

// compound is a hint for one set of ticked choices.
type compound struct {
	Names []string `json:"n,omitempty"`
	Hint
}

type checkChoice struct{}

func (checkChoice) compile(c *compiler, e *element, r *Response) {
	group := c.fields(e)[0]
	in := &c.public.Inputs[c.input[group]]
	key := &checkKey{Scheme: c.setScheme(e)}
	ids := map[string]string{}
	for i, kid := range c.choices(group) {
		name := "choice_" + strconv.Itoa(i)
		c.addChoice(in, kid, name)
		id := strings.ToUpper(kid.value("id"))
		if id == "" {
			id = string(rune('A' + i))
		}
		ids[id] = name
		switch correct := c.correctness(kid); {
		case correct == "true":
			key.Correct = append(key.Correct, name)
		case correct == "false":
			key.Wrong = append(key.Wrong, name)
		case !c.unknown(correct):
			c.warn(kid, "correct=%q is neither true nor false", `write correct="true" or correct="false"`, correct)
		}
		c.checkHints(key, kid, name)
	}
	key.Choices = len(in.Choices)
	if len(key.Correct) == 0 && !c.unvaried {
		c.warn(group, "no choice is correct, and ticking none never is", `write correct="true" at a right one`)
	}
	for _, kid := range group.children("compoundhint") {
		c.compound(key, kid, ids)
	}
	r.Check = key
}

func (c *compiler) setScheme(e *element) string {
	list := creditSchemes(e)
	switch {
	case len(list) == 0, len(list) == 1 && list[0] == "false":
		return ""
	case len(list) == 1 && (list[0] == "edc" || list[0] == "halves"):
		return list[0]
	}
	c.mistake(e, "partial_credit=%q is not known here", `write "EDC" or "halves", or leave it out`, e.value("partial_credit"))
	return "?"
}

func (c *compiler) checkHints(key *checkKey, e *element, name string) {
	hint := checkHint{Name: name}
	for _, h := range e.children("choicehint") {
		switch strings.ToLower(h.value("selected")) {
		case "true":
			if hint.Ticked == nil {
				hint.Ticked = c.hint(h)
			}
		case "false":
			if hint.Blank == nil {
				hint.Blank = c.hint(h)
			}
		default:
			c.warn(h, "the hint does not say for which choice it is", `write selected="true" or selected="false"`)
		}
	}
	if hint.Ticked != nil || hint.Blank != nil {
		key.Hints = append(key.Hints, hint)
	}
}

// compound reads a hint whose value lists choices by their ids: A, B, C in order unless the author gave others.
func (c *compiler) compound(key *checkKey, e *element, ids map[string]string) {
	hint := c.hint(e)
	if hint == nil {
		return
	}
	x := compound{Hint: *hint}
	for _, id := range pystr.Fields(strings.ReplaceAll(strings.ToUpper(e.value("value")), "*", " ")) {
		name, ok := ids[id]
		if !ok {
			c.warn(e, "no choice has the id %q", "use A for the first choice, B for the second and so on", id)
			return
		}
		if !slices.Contains(x.Names, name) {
			x.Names = append(x.Names, name)
		}
	}
	key.Compound = append(key.Compound, x)
}

func (checkChoice) grade(g *grading, r *Response, parts []Part) *Failure {
	key, part := r.Check, &parts[0]
	answer, given := g.answers[part.ID]
	ticked := answer.names()
	if !given || answer.Kind == AnswerOther {
		ticked = nil
	}
	if len(ticked) > 0 || given && answer.Kind == AnswerList {
		if key.Scheme == "?" {
			return ungradable("cannot_grade")
		}
	}
	if len(ticked) > 0 {
		key.judge(ticked, part, r.Inputs[0].Points)
	}
	part.Feedback = key.feedback(ticked, given, part.Correctness == Correct)
	return nil
}

func (k *checkKey) judge(ticked []string, part *Part, points float64) {
	missed, wrong := 0, 0
	for _, name := range k.Correct {
		if !slices.Contains(ticked, name) {
			missed++
		}
	}
	for _, name := range k.Wrong {
		if slices.Contains(ticked, name) {
			wrong++
		}
	}
	switch k.Scheme {
	case "edc":
		k.everyDecision(missed+wrong, part, points)
	case "halves":
		k.halves(missed+wrong, part, points)
	default:
		other := slices.ContainsFunc(ticked, func(name string) bool { return !slices.Contains(k.Correct, name) })
		if missed == 0 && !other {
			part.Correctness = Correct
		}
	}
}

// everyDecision counts right ticks and right blanks.
func (k *checkKey) everyDecision(errors int, part *Part, points float64) {
	all := len(k.Correct) + len(k.Wrong)
	switch errors {
	case 0:
		part.Correctness = Correct
	case all:
		part.give(Incorrect, 0)
	default:
		part.give(Partial, roundPoints(points*float64(all-errors)/float64(all)))
	}
}

func (k *checkKey) halves(errors int, part *Part, points float64) {
	switch {
	case errors == 0:
		part.give(Correct, points)
	case errors == 1 && k.Choices > 2:
		part.give(Partial, roundPoints(points/2))
	case errors == 2 && k.Choices > 4:
		part.give(Partial, roundPoints(points/4))
	}
}

// roundPoints rounds to two places, halves away from zero.
func roundPoints(points float64) float64 { return math.Round(points*100) / 100 }

// feedback is a hint for exactly these ticks, else those of single choices, under their label if they agree on one. given
// is false when the answer is missing, which is no set of ticks.
func (k *checkKey) feedback(ticked []string, given, correct bool) *Feedback {
	if given {
		for i := range k.Compound {
			if k.sameSet(k.Compound[i].Names, ticked) {
				return k.Compound[i].feedback(correct)
			}
		}
	}
	f := &Feedback{Correct: correct, Multi: true}
	var labels []*Hint
	for i := range k.Hints {
		hint := k.Hints[i].Blank
		if slices.Contains(ticked, k.Hints[i].Name) {
			hint = k.Hints[i].Ticked
		}
		if hint == nil {
			continue
		}
		f.Items = append(f.Items, hint.HTML)
		if hint.Bare || hint.Label != "" {
			labels = append(labels, hint)
		}
	}
	if len(f.Items) == 0 {
		return nil
	}
	if len(labels) > 0 && !slices.ContainsFunc(labels, func(h *Hint) bool { return h.Label != labels[0].Label }) {
		f.Label, f.Bare = labels[0].Label, labels[0].Bare
	}
	return f
}

// sameSet compares names with ticks, without ticks of choices that do not exist.
func (k *checkKey) sameSet(names, ticked []string) bool {
	for _, name := range names {
		if !slices.Contains(ticked, name) {
			return false
		}
	}
	for _, name := range ticked {
		exists := slices.Contains(k.Correct, name) || slices.Contains(k.Wrong, name)
		if exists && !slices.Contains(names, name) {
			return false
		}
	}
	return true
}

func (checkChoice) reveal(r *Response) []Shown {
	return []Shown{{ID: r.Inputs[0].ID, Choices: r.Check.Correct}}
}

func (checkChoice) solve(r *Response) []Answers {
	return []Answers{{r.Inputs[0].ID: Ticked(r.Check.Correct...)}}
}
