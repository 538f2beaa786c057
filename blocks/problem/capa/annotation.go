package capa

import (
	"encoding/json"
	"strconv"
)

// annotationKey is the key of an annotationresponse: what each tag of each input counts.
type annotationKey struct {
	Tags []tagKey `json:"t"`
}

type tagKey struct {
	Verdicts []string `json:"v"`
	// Right is the text of the first right tag.
	Right string `json:"r,omitempty"`
}

// note is what an annotation input shows; all HTML.
type note struct {
	Title   string `json:"h,omitempty"`
	Text    string `json:"t,omitempty"`
	Comment string `json:"c,omitempty"`
	// Prompt asks for a comment, Tags for a tag.
	Prompt string `json:"p,omitempty"`
	Tags   string `json:"g,omitempty"`
}

// texts are all that is read.
func (n *note) texts() []string {
	if n == nil {
		return nil
	}
	return []string{n.Title, n.Text, n.Comment, n.Prompt, n.Tags}
}

// remark is the answer to an annotation input, as Open edX's browser sends it.
type remark struct {
	Options []int  `json:"options"`
	Comment string `json:"comment"`
}

func (c *compiler) annotation(e *element, in *Input) {
	in.Kind = Annotation
	inner := func(name string) string {
		if kid := e.child(name); kid != nil {
			return c.inner(kid)
		}
		return ""
	}
	in.Note = &note{inner("title"), inner("text"), inner("comment"), inner("comment_prompt"), inner("tag_prompt")}
	for i, option := range tagsOf(e) {
		in.Choices = append(in.Choices, Choice{Name: strconv.Itoa(i), HTML: c.inner(option)})
	}
	if len(in.Choices) == 0 {
		c.mistake(e, "there is no tag to choose", `write <options><option choice="correct">...</option></options>`)
		c.invalid[e] = true
	}
}

func tagsOf(e *element) []*element {
	options := e.child("options")
	if options == nil {
		return nil
	}
	return options.children("option")
}

type annotationResponse struct{}

func (annotationResponse) compile(c *compiler, e *element, r *Response) {
	r.Annotation = &annotationKey{}
	for _, field := range c.fields(e) {
		var key tagKey
		for _, option := range tagsOf(field) {
			verdict := c.sub(option.value("choice"))
			switch verdict {
			case string(Correct):
				if key.Right == "" {
					key.Right = plain(c.inner(option))
				}
			case string(Partial), string(Incorrect):
			default:
				if !c.unknown(verdict) {
					c.mistake(option, "choice=%q is no judgement on the tag", `write choice="correct", "partially-correct" or "incorrect"`, verdict)
				}
				verdict = string(Incorrect)
			}
			key.Verdicts = append(key.Verdicts, verdict)
		}
		if key.Right == "" && !c.unvaried {
			c.warn(field, "no tag is correct", `write choice="correct" at the right one`)
		}
		r.Annotation.Tags = append(r.Annotation.Tags, key)
	}
}

func (annotationResponse) grade(g *grading, r *Response, parts []Part) *Failure {
	for i := range parts {
		tag, ok := chosenTag(g.answers[parts[i].ID].first())
		verdicts := r.Annotation.Tags[i].Verdicts
		if !ok || tag < 0 || tag >= len(verdicts) {
			continue
		}
		switch verdict := Correctness(verdicts[tag]); verdict {
		case Correct:
			parts[i].give(verdict, 2)
		case Partial:
			parts[i].give(verdict, 1)
		default:
			parts[i].give(Incorrect, 0)
		}
	}
	return nil
}

// chosenTag is the one tag of an answer. Several tags are no answer; true and 1.0 are 1, as in Python.
func chosenTag(text string) (tag int, ok bool) {
	var answer struct {
		Options []json.RawMessage `json:"options"`
	}
	if json.Unmarshal([]byte(text), &answer) != nil || len(answer.Options) != 1 {
		return 0, false
	}
	switch raw := string(answer.Options[0]); raw {
	case "true":
		return 1, true
	case "false":
		return 0, true
	default:
		n, err := strconv.ParseFloat(raw, 64)
		return int(n), err == nil && n == float64(int(n))
	}
}

// remarkOf reads a stored answer for showing it; what cannot be read is empty.
func remarkOf(text string) remark {
	var answer struct {
		Comment string `json:"comment"`
	}
	_ = json.Unmarshal([]byte(text), &answer) // an answer that no form sends shows as an empty one
	r := remark{Comment: answer.Comment}
	if tag, ok := chosenTag(text); ok {
		r.Options = []int{tag}
	}
	return r
}

// answer is how a remark is kept: "" when it says nothing.
func (r remark) answer() Answer {
	if r.Comment == "" && len(r.Options) == 0 {
		return Given("")
	}
	if r.Options == nil {
		r.Options = []int{}
	}
	data, err := json.Marshal(r)
	if err != nil {
		panic("encoding a remark: " + err.Error()) // these types always marshal
	}
	return Given(string(data))
}

func (annotationResponse) reveal(r *Response) []Shown {
	var list []Shown
	for i, slot := range r.Inputs {
		if right := r.Annotation.Tags[i].Right; right != "" {
			list = append(list, Shown{ID: slot.ID, Texts: []string{right}})
		}
	}
	return list
}

func (annotationResponse) solve(r *Response) []Answers {
	answers := Answers{}
	for i, slot := range r.Inputs {
		for tag, verdict := range r.Annotation.Tags[i].Verdicts {
			if verdict == string(Correct) {
				answers[slot.ID] = remark{Options: []int{tag}}.answer()
			}
		}
	}
	return []Answers{answers}
}
