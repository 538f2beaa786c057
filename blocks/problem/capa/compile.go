package capa

import (
	"slices"
	"strconv"
	"strings"
)

// Compile reads a problem's XML. Its error is a [*SyntaxError]: XML that no browser could show either. Everything else
// an author got wrong is a finding; the rest of the problem still compiles, and what cannot be graded says so.
func Compile(source string) (*Prepared, []Finding, error) {
	root, findings, err := parseXML(source)
	if err != nil {
		return nil, []Finding{{Mistake, err.Line, err.Column, err.Reason, err.Fix}}, err
	}
	script := scriptOf(root)
	c := &compiler{findings: findings, unvaried: script != "" || usesSeed(source)}
	p := c.document(root)
	if c.unvaried {
		p.Public.Unvaried, p.Secret.Source, p.Secret.Script = true, source, script
		p.Facts.Varies, p.Facts.Script = true, script != ""
		p.Facts.Learner = strings.Contains(source, anonymous)
	}
	return p, c.findings, nil
}

// compiler turns elements into prepared values.
type compiler struct {
	vars *variables
	// unvaried says that the problem has variables, whose values are not known yet.
	unvaried bool
	findings []Finding

	public *Public
	secret *Secret
	types  []string
	// responses are the response elements in document order; the maps find what was made of an element.
	responses []*element
	response  map[*element]int
	input     map[*element]int
	solution  map[*element]int
	dropped   map[*element]bool
	invalid   map[*element]bool // inputs that cannot be shown as they ask
	html      strings.Builder
	// marking writes a [fieldMark] for each number field; elsewhere they are left out.
	marking bool
}

func (c *compiler) document(root *element) *Prepared {
	c.public, c.secret = &Public{}, &Secret{}
	c.response, c.input, c.solution = map[*element]int{}, map[*element]int{}, map[*element]int{}
	c.dropped, c.invalid = map[*element]bool{}, map[*element]bool{}
	root.walk(func(e *element) bool {
		if isResponse(e.name) {
			c.response[e] = len(c.responses)
			c.responses = append(c.responses, e)
		}
		return true
	})
	c.public.Questions = len(c.responses)
	for n, s := range root.descendants("solution") {
		c.solution[s] = n + 1
	}
	for i := range c.responses {
		c.question(i)
	}
	c.orphans(root)
	c.demandHints(root)
	c.body(root)
	c.solutions(root)
	return &Prepared{c.public, c.secret, c.facts()}
}

// question reads one response: its inputs, its label, its key.
func (c *compiler) question(n int) {
	e := c.responses[n]
	spec, _ := responseOf(e.name)
	c.types = append(c.types, e.name)
	fields := c.fields(e)
	r := Response{Type: e.name, Missing: spec.impl == nil}
	for _, field := range fields {
		if in, _ := inputOf(field.name); in.compile == nil && e.name == "customresponse" {
			r.Type, r.Missing = field.name, true
		}
	}
	c.hintFunction(e, &r)
	first := len(c.public.Inputs)
	for k, field := range fields {
		c.field(field, n, k, &r)
	}
	if len(c.public.Inputs) > maxInputs {
		c.mistake(e, "the problem has more than "+strconv.Itoa(maxInputs)+" inputs", "split it")
		r.Broken = broken()
	}
	if !r.Missing {
		c.questionText(e, fields)
		if c.allowed(e, spec, fields, &r) {
			spec.impl.compile(c, e, &r)
		}
	} else {
		c.public.Inputs = c.public.Inputs[:first] // only their points count
	}
	c.secret.Responses = append(c.secret.Responses, r)
}

func broken() *Message {
	m := message("cannot_grade")
	return &m
}

// fields are the inputs of a response, without those of a response inside of it.
func (c *compiler) fields(e *element) []*element {
	var list []*element
	e.walk(func(kid *element) bool {
		if isResponse(kid.name) {
			c.mistake(kid, "<%s> stands inside of <%s>", "close the outer one before", kid.name, e.name)
			return false
		}
		if isInput(kid.name) {
			list = append(list, kid)
			return false
		}
		return true
	})
	return list
}

func (c *compiler) field(e *element, response, k int, r *Response) {
	spec, _ := inputOf(e.name)
	id := strconv.Itoa(response+2) + "_" + strconv.Itoa(k+1)
	r.Inputs = append(r.Inputs, Slot{ID: id, Points: c.points(e, spec.points)})
	c.input[e] = len(c.public.Inputs)
	in := Input{ID: id, Response: response}
	if spec.compile != nil {
		spec.compile(c, e, &in)
	}
	c.public.Inputs = append(c.public.Inputs, in)
}

func (c *compiler) points(e *element, usual float64) float64 {
	text, ok := e.attr("points")
	if !ok {
		return usual
	}
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 {
		c.mistake(e, "points=%q is not a whole number", `write points="2", or leave it out for 1`, text)
		return usual
	}
	return float64(n)
}

// allowed checks what the table asks of a response.
func (c *compiler) allowed(e *element, spec responseSpec, fields []*element, r *Response) bool {
	for _, field := range fields {
		if !slices.Contains(spec.inputs, field.name) {
			c.mistake(field, "<%s> cannot hold <%s>", "use <"+strings.Join(spec.inputs, "> or <")+">", e.name, field.name)
			r.Broken = broken()
		}
		if c.invalid[field] {
			r.Broken = broken()
		}
	}
	switch {
	case len(fields) == 0:
		c.mistake(e, "<%s> has no input", "put <"+strings.Join(spec.inputs, "> or <")+"> into it", e.name)
		r.Broken = broken()
	case spec.most > 0 && len(fields) > spec.most:
		c.mistake(e, "<%s> has more than one input", "write a response for each", e.name)
		r.Broken = broken()
	}
	if spec.needs != "" && e.value(spec.needs) == "" {
		c.mistake(e, "<%s> states no %s", "write "+spec.needs+`="..."`, e.name, spec.needs)
		r.Broken = broken()
	}
	return r.Broken == nil
}

// orphans reports inputs outside of all responses; they are not shown.
func (c *compiler) orphans(root *element) {
	root.walk(func(e *element) bool {
		_, known := c.input[e]
		if isInput(e.name) && !known && !e.within(isResponse) {
			c.mistake(e, "<%s> stands outside of all responses", "put it into a response that grades it", e.name)
			c.dropped[e] = true
		}
		if e.name == "include" {
			c.warn(e, "<include> is not supported", "put the text here")
		}
		return true
	})
}

func (c *compiler) demandHints(root *element) {
	for _, set := range root.descendants("demandhint") {
		for _, hint := range set.children("hint") {
			if html := c.inner(hint); html != "" {
				c.public.Hints = append(c.public.Hints, html)
			}
		}
	}
}

func (c *compiler) facts() Facts {
	f := Facts{Questions: len(c.responses), Hints: len(c.public.Hints), Solutions: len(c.solution) > 0, Types: c.types}
	for _, r := range c.secret.Responses {
		for _, slot := range r.Inputs {
			f.MaxScore += slot.Points
		}
		f.Inputs += len(r.Inputs)
		if r.Missing && !slices.Contains(f.Unsupported, r.Type) {
			f.Unsupported = append(f.Unsupported, r.Type)
		}
	}
	for _, in := range c.public.Inputs {
		f.Shuffles = f.Shuffles || in.Shuffle
		f.Varies = f.Varies || in.Pool != 0
	}
	f.Search = c.public.searchText()
	return f
}

// searchText is what a learner reads before answering.
func (p *Public) searchText() string {
	var b strings.Builder
	for _, piece := range p.Body {
		switch piece.Kind {
		case PieceHTML:
			b.WriteString(piece.HTML)
		case PieceInput:
			in := &p.Inputs[piece.N]
			for _, html := range slices.Concat([]string{in.Label}, in.Notes, in.Note.texts()) {
				b.WriteString(" <br>" + html)
			}
			for _, choice := range in.Choices {
				b.WriteString(" <br>" + choice.shown())
			}
		default:
			b.WriteString(" ")
		}
	}
	return plain(b.String())
}

// shown is the choice's HTML.
func (c *Choice) shown() string {
	if c.HTML == "" && c.Parts == nil {
		return escaped(c.Name)
	}
	return c.HTML
}
