package capa

import (
	"strconv"
	"strings"
)

// questionText finds what names the inputs of a response: <label> and <description> inside of it, the label attribute of
// an input, or a paragraph before the response that says the same as that attribute. What was found is not shown a
// second time.
func (c *compiler) questionText(e *element, fields []*element) {
	label := e.child("label")
	if len(fields) != 1 {
		c.groupText(e, fields)
		return
	}
	in := &c.public.Inputs[c.input[fields[0]]]
	for _, d := range e.children("description") {
		in.Notes = append(in.Notes, c.inner(d))
		c.dropped[d] = true
	}
	if label != nil {
		in.Label = c.inner(label)
		c.dropped[label] = true
		return
	}
	text, ok := fields[0].attr("label")
	if !ok {
		return
	}
	in.Label = c.sub(escapeBetween(strings.TrimSpace(text)))
	if p := previous(e); p != nil && p.name == "p" && p.leading() == text && text != "" {
		in.Label = c.inner(p)
		c.dropped[p] = true
	}
}

// groupText names several inputs: each by its own attribute, all together by the response's label.
func (c *compiler) groupText(e *element, fields []*element) {
	for _, field := range fields {
		if text, ok := field.attr("label"); ok {
			c.public.Inputs[c.input[field]].Label = c.sub(escapeBetween(strings.TrimSpace(text)))
		}
	}
	asParagraphs(e)
}

// asParagraphs shows a response's label and descriptions where they stand.
func asParagraphs(e *element) {
	for _, kid := range e.elements() {
		if kid.name == "description" || kid.name == "label" {
			kid.name = "p"
		}
	}
}

func previous(e *element) *element {
	if e.parent == nil {
		return nil
	}
	var before *element
	for _, kid := range e.parent.elements() {
		if kid == e {
			return before
		}
		before = kid
	}
	return nil
}

// line reads the attributes of a line of text.
func (c *compiler) line(e *element, in *Input) {
	if n, err := strconv.Atoi(strings.TrimSpace(c.sub(e.value("size")))); err == nil && n > 0 {
		in.Size = min(n, 200)
	}
	if n, err := strconv.Atoi(strings.TrimSpace(c.sub(e.value("rows")))); err == nil && n > 0 {
		in.Rows = n
	}
	c.program(e, in)
	in.Trailing = c.sub(e.value("trailing_text"))
	_, hidden := e.attr("hidden")
	in.Hidden = hidden && e.value("hidden") != "false"
	c.inline(e, in)
}

// program reads how the editors for programs write: in Python, by steps of four, unless they say otherwise.
func (c *compiler) program(e *element, in *Input) {
	switch e.name {
	case "textbox", "codeinput":
		in.Language = "python"
	case "matlabinput":
		in.Language = "octave"
	default:
		return
	}
	if mode := strings.ToLower(strings.TrimSpace(c.sub(e.value("mode")))); mode != "" {
		in.Language = mode
	}
	if n, err := strconv.Atoi(strings.TrimSpace(c.sub(e.value("tabsize")))); err == nil && n > 0 {
		in.Indent = min(n, 8)
	}
}

// inline reports fields that stand in a sentence: told so, or because a block could not stand there.
func (c *compiler) inline(e *element, in *Input) {
	v := strings.ToLower(e.value("inline"))
	in.Inline = v == "1" || v == "true" || e.within(phrasing)
}

// order reads how the seed changes a group of choices.
func (c *compiler) order(e *element, in *Input) {
	in.Shuffle = e.value("shuffle") == "true"
	pool, ok := e.attr("answer-pool")
	if !ok || pool == "0" {
		return
	}
	n, err := strconv.Atoi(strings.TrimSpace(pool))
	switch {
	case err != nil:
		c.mistake(e, "answer-pool=%q is not a number", "write how many choices to show", pool)
		c.invalid[e] = true
	case in.Shuffle:
		c.mistake(e, "shuffle and answer-pool stand together", "keep one of them: a pool is shuffled anyway")
		c.invalid[e] = true
	default:
		if n < 0 {
			c.warn(e, "answer-pool=%q is below 0", "write how many choices to show", pool)
		}
		in.Pool = n
	}
}
