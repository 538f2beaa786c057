package capa

import (
	"encoding/json"
	"slices"

	"github.com/quoin-lms/quoin/blocks/problem/pyrand"
)

// Variation is what makes one variant of a problem.
type Variation struct {
	Seed int64
	// Learner is the pseudonym that $anonymous_student_id stands for.
	Learner string
	// Vars are what the script left behind, a JSON object (see [Secret.SetUp]). Nil says that the script did not run.
	Vars json.RawMessage
}

// Variant makes the values of one variant: variables put in, answer pools drawn, choices in the order that the seed
// gives. A problem with a script that did not run stays as it is. Findings are those that only the values show.
func (p *Prepared) Variant(v Variation) (*Prepared, []Finding, error) {
	var findings []Finding
	if p.Secret.Source != "" {
		if p.Secret.Script != "" && v.Vars == nil {
			return p, nil, nil
		}
		root, _, err := parseXML(p.Secret.Source)
		if err != nil {
			return nil, nil, err
		}
		vars, wrong := newVariables(v)
		if wrong != nil {
			return nil, nil, wrong
		}
		c := &compiler{vars: vars}
		code := p.Secret.Script
		p = c.document(root)
		if code != "" && p.Secret.programs() {
			p.Secret.Setup = &setup{Code: code, Vars: string(v.Vars)}
		}
		findings = c.findings
	}
	return p.drawn(v.Seed), findings, nil
}

// drawn draws pools and shuffles choices. All groups of a problem share one generator, in document order.
func (p *Prepared) drawn(seed int64) *Prepared {
	if !p.Facts.Shuffles && !slices.ContainsFunc(p.Public.Inputs, func(in Input) bool { return in.Pool != 0 }) {
		return p
	}
	public, secret := *p.Public, *p.Secret
	public.Inputs = slices.Clone(public.Inputs)
	secret.Responses = slices.Clone(secret.Responses)
	d := &drawing{random: pyrand.NewLegacy(seed), public: &public, secret: &secret}
	d.draw()
	return &Prepared{&public, &secret, p.Facts}
}

// Shuffled is the problem as the seed orders it, for problems that shuffle and do not vary otherwise.
func (p *Public) Shuffled(seed int64) *Public {
	if !slices.ContainsFunc(p.Inputs, func(in Input) bool { return in.Shuffle }) {
		return p
	}
	public := *p
	public.Inputs = slices.Clone(public.Inputs)
	d := &drawing{random: pyrand.NewLegacy(seed), public: &public}
	d.draw()
	return &public
}

type drawing struct {
	random *pyrand.Legacy
	public *Public
	// secret is nil where no pool can be drawn.
	secret *Secret
}

func (d *drawing) draw() {
	for i := range d.public.Inputs {
		in := &d.public.Inputs[i]
		switch {
		case in.Shuffle:
			in.Choices = d.shuffled(in.Choices)
			in.Shuffle = false
		case in.Pool != 0 && d.secret != nil:
			d.pool(in)
		}
	}
}

// shuffled keeps fixed choices at the head; all other fixed ones go to the tail.
func (d *drawing) shuffled(choices []Choice) []Choice {
	var head, middle, tail []Choice
	for _, choice := range choices {
		switch {
		case choice.Fixed && len(middle)+len(tail) == 0:
			head = append(head, choice)
		case choice.Fixed:
			tail = append(tail, choice)
		default:
			middle = append(middle, choice)
		}
	}
	d.shuffle(middle)
	return slices.Concat(head, middle, tail)
}

func (d *drawing) shuffle(choices []Choice) {
	d.random.Shuffle(len(choices), func(i, j int) { choices[i], choices[j] = choices[j], choices[i] })
}

// pool keeps one right choice and some wrong ones, and of the explanations that belong to the pool the right one's.
func (d *drawing) pool(in *Input) {
	r := &d.secret.Responses[in.Response]
	if r.Choice == nil || r.Broken != nil {
		return
	}
	var right, wrong []Choice
	for _, choice := range in.Choices {
		if r.Choice.right(choice.Name) {
			right = append(right, choice)
		} else {
			wrong = append(wrong, choice)
		}
	}
	if len(right) == 0 || len(wrong) == 0 {
		return
	}
	drawn := right[d.random.Choice(len(right))]
	d.shuffle(wrong)
	chosen := append([]Choice{drawn}, wrong[:taken(in.Pool-1, len(wrong))]...)
	d.shuffle(chosen)
	in.Choices, in.Pool = chosen, 0
	key := *r.Choice
	key.Correct = slices.Concat([]string{drawn.Name}, slices.DeleteFunc(slices.Clone(key.Correct), func(name string) bool {
		return name == drawn.Name
	}))
	r.Choice = &key
	d.secret.Solutions = slices.DeleteFunc(slices.Clone(d.secret.Solutions), func(s Solution) bool {
		return s.Pool == in.Response+1 && s.Explains != key.explains(drawn.Name)
	})
}

// taken bounds how many of n things are taken; a negative number leaves out so many, as Python's slices do.
func taken(want, n int) int {
	if want < 0 {
		want = max(0, n+want)
	}
	return min(want, n)
}

// explains is the explanation-id of a choice.
func (k *choiceKey) explains(name string) string {
	for _, e := range k.Explains {
		if e.Choice == name {
			return e.ID
		}
	}
	return ""
}
