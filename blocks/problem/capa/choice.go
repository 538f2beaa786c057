package capa

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// choiceKey is the key of a multiplechoiceresponse.
type choiceKey struct {
	// Bad says that partial_credit is not known.
	Bad bool `json:"b,omitempty"`
	// Correct are the names of right choices. In a variant of an answer pool the one that is shown comes first.
	Correct []string `json:"c"`
	// Partial are choices that earn a part, where the author asked for it.
	Partial  []credit    `json:"p,omitempty"`
	Hints    []namedHint `json:"h,omitempty"`
	Targeted *targeted   `json:"t,omitempty"`
	// Explains are the explanation-ids of choices.
	Explains []explained `json:"e,omitempty"`
}

type credit struct {
	Name   string  `json:"n"`
	Points float64 `json:"p"`
}

// namedHint belongs to a choice or an option.
type namedHint struct {
	Name string `json:"n"`
	Hint
}

// targeted are explanations for chosen answers.
type targeted struct {
	Texts []explanation `json:"t,omitempty"`
	// Always is the number of the solution that shows with every answer; 0 is none.
	Always int `json:"a,omitempty"`
}

type explained struct {
	Choice string `json:"c"`
	ID     string `json:"i"`
}

type explanation struct {
	ID   string `json:"i"`
	HTML string `json:"h"`
}

func (k *choiceKey) right(name string) bool { return slices.Contains(k.Correct, name) }

type multipleChoice struct{}

func (multipleChoice) compile(c *compiler, e *element, r *Response) {
	group := c.fields(e)[0]
	in := &c.public.Inputs[c.input[group]]
	key := &choiceKey{}
	partial := c.pointsScheme(e, key)
	c.namedChoices(key, group, in, partial)
	if in.Pool != 0 && (len(key.Correct) == 0 || len(key.Correct) == len(in.Choices)) && !c.unvaried {
		c.mistake(group, "an answer pool needs a right and a wrong choice", "add one")
		r.Broken = broken()
	}
	c.targeted(e, key)
	r.Choice = key
}

// namedChoices reads the choices of a group, which can have names of their own. partial says that some earn points.
func (c *compiler) namedChoices(key *choiceKey, group *element, in *Input, partial bool) {
	unnamed := 0
	for _, kid := range c.choices(group) {
		name := "choice_" + strconv.Itoa(unnamed)
		if given, ok := kid.attr("name"); ok {
			name = "choice_" + c.sub(given)
		} else {
			unnamed++
		}
		c.addChoice(in, kid, name)
		switch correct := c.correctness(kid); {
		case correct == "true":
			key.Correct = append(key.Correct, name)
		case correct == "partial" && partial:
			key.Partial = append(key.Partial, credit{name, c.pointValue(kid)})
		}
		if id := kid.value("explanation-id"); id != "" {
			key.Explains = append(key.Explains, explained{name, id})
		}
		if h := kid.child("choicehint"); h != nil {
			if hint := c.hint(h); hint != nil {
				key.Hints = append(key.Hints, namedHint{name, *hint})
			}
		}
	}
	if len(key.Correct) == 0 && !c.unvaried {
		c.warn(group, "no choice is correct", `write correct="true" at the right one`)
	}
}

// pointsScheme reports whether partial choices earn points.
func (c *compiler) pointsScheme(e *element, key *choiceKey) bool {
	list := creditSchemes(e)
	if len(list) == 0 {
		return false
	}
	if len(list) > 1 || list[0] != "points" && list[0] != "false" {
		c.mistake(e, "partial_credit=%q is not known here", `write "points", or leave it out`, e.value("partial_credit"))
		key.Bad = true
	}
	return list[0] == "points"
}

// creditSchemes are the schemes that partial_credit lists, in lower case.
func creditSchemes(e *element) []string {
	text, ok := e.attr("partial_credit")
	if !ok {
		return nil
	}
	list := strings.Split(strings.ToLower(text), ",")
	for i := range list {
		list[i] = pystr.Strip(list[i])
	}
	return list
}

func (c *compiler) pointValue(e *element) float64 {
	text, ok := e.attr("point_value")
	if !ok {
		return 0.5
	}
	v, err := strconv.ParseFloat(pystr.Strip(text), 64)
	if err != nil || v-v != 0 { // infinite and NaN are no points
		c.mistake(e, "point_value=%q is not a number", `write point_value="0.5"`, text)
		return 0.5
	}
	return v
}

// choices are the <choice> elements of a group.
func (c *compiler) choices(group *element) []*element {
	var list []*element
	for _, kid := range group.elements() {
		switch kid.name {
		case "choice":
			list = append(list, kid)
		case "compoundhint":
		default:
			c.mistake(kid, "<%s> stands among the choices", "put it into a <choice> or before the group", kid.name)
		}
	}
	if len(list) == 0 {
		c.warn(group, "there is no choice", "write <choice> elements")
	}
	return list
}

func (c *compiler) addChoice(in *Input, e *element, name string) {
	html := c.inner(e)
	for _, other := range in.Choices {
		switch {
		case other.Name == name:
			c.mistake(e, "two choices have the name %q", "give each its own name", name)
		case other.HTML == html && html != "" && !c.unknown(html):
			c.warn(e, "two choices read the same", "change or remove one")
		}
	}
	in.Choices = append(in.Choices, Choice{Name: name, HTML: html, Fixed: e.value("fixed") == "true"})
}

// correctness is the correct attribute in lower case, with variables put in.
func (c *compiler) correctness(e *element) string {
	text, ok := e.attr("correct")
	if !ok {
		c.mistake(e, "<%s> does not say whether it is correct", `write correct="true" or correct="false"`, e.name)
	}
	return strings.ToLower(c.sub(text))
}

// hint reads feedback; nil when it says nothing.
func (c *compiler) hint(e *element) *Hint {
	html := c.inner(e)
	if html == "" {
		return nil
	}
	label, ok := e.attr("label")
	return &Hint{HTML: html, Label: c.sub(label), Bare: ok && label == ""}
}

// targeted reads the explanations for chosen answers.
func (c *compiler) targeted(e *element, key *choiceKey) {
	mode, ok := e.attr("targeted-feedback")
	if !ok {
		return
	}
	t := &targeted{}
	key.Targeted = t
	set := c.targetedSet(e)
	if set == nil {
		c.warn(e, "there is no <targetedfeedbackset> behind the question", "add one, or remove targeted-feedback")
		return
	}
	for _, kid := range set.children("targetedfeedback") {
		t.Texts = append(t.Texts, explanation{kid.value("explanation-id"), c.inner(kid)})
	}
	if mode == "alwaysShowCorrectChoiceExplanation" {
		right := ""
		if n := len(key.Correct); n > 0 {
			right = key.explains(key.Correct[n-1])
		}
		t.Always = c.alwaysShown(set, right)
	}
}

// alwaysShown is the number of the solution right behind a set of explanations, or of the one in the set of solutions
// there that explains the right choice.
func (c *compiler) alwaysShown(set *element, right string) int {
	next := set.following()
	if len(next) == 0 {
		return 0
	}
	if next[0].name == "solution" {
		return c.solution[next[0]]
	}
	if next[0].name == "solutionset" {
		for _, s := range next[0].children("solution") {
			if s.value("explanation-id") == right {
				return c.solution[s]
			}
		}
	}
	return 0
}

func (multipleChoice) grade(g *grading, r *Response, parts []Part) *Failure {
	key, part := r.Choice, &parts[0]
	if key.Bad {
		return ungradable("cannot_grade")
	}
	answer, ok := g.answers[part.ID]
	if !ok {
		return nil
	}
	if answer.Kind == AnswerText {
		if key.right(answer.Text) {
			part.Correctness = Correct
		}
		for _, p := range key.Partial {
			if p.Name == answer.Text {
				part.give(Partial, p.Points)
			}
		}
	}
	part.Feedback = key.feedback(answer.first())
	return nil
}

// feedback is what the author wrote for a choice, nil when it is nothing.
func (k *choiceKey) feedback(name string) *Feedback {
	for i := range k.Hints {
		if k.Hints[i].Name == name {
			return k.Hints[i].feedback(k.right(name))
		}
	}
	return nil
}

func (multipleChoice) reveal(r *Response) []Shown {
	return []Shown{{ID: r.Inputs[0].ID, Choices: r.Choice.Correct}}
}

func (multipleChoice) solve(r *Response) []Answers {
	var list []Answers
	for _, name := range r.Choice.Correct {
		list = append(list, Answers{r.Inputs[0].ID: Given(name)})
	}
	return list
}
