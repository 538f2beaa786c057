package capa

import "strings"

// body cuts the problem into the author's HTML and the places of everything else.
func (c *compiler) body(root *element) {
	c.contents(root)
	c.flush()
}

func (c *compiler) flush() {
	html := c.html.String()
	if c.html.Reset(); html == "" {
		return
	}
	if strings.TrimSpace(html) == "" {
		html = "\n"
	}
	c.public.Body = append(c.public.Body, Piece{HTML: html})
}

func (c *compiler) put(p Piece) {
	c.flush()
	c.public.Body = append(c.public.Body, p)
}

func (c *compiler) contents(e *element) {
	for _, kid := range e.kids {
		c.piece(kid)
	}
}

func (c *compiler) piece(e *element) {
	if e.name == "" || silent(e) || c.dropped[e] {
		c.tag(&c.html, e)
		return
	}
	if n, ok := c.response[e]; ok {
		c.responsePieces(e, n)
		return
	}
	if n, ok := c.input[e]; ok {
		c.put(Piece{Kind: PieceInput, N: n})
		return
	}
	switch e.name {
	case "targetedfeedbackset":
		c.targetedPlace(e)
		return
	case "solution", "solutionset", "targetedfeedback":
		return
	}
	if !holdsPieces(e) {
		c.tag(&c.html, e)
		return
	}
	if end, ok := c.open(&c.html, e); ok {
		c.contents(e)
		c.html.WriteString(end)
	}
}

// holdsPieces reports whether something other than HTML stands below the element.
func holdsPieces(e *element) bool {
	found := false
	e.walk(func(kid *element) bool {
		switch {
		case isResponse(kid.name), isInput(kid.name), kid.name == "solution", kid.name == "targetedfeedbackset":
			found = true
		}
		return !found
	})
	return found
}

func (c *compiler) responsePieces(e *element, n int) {
	if c.secret.Responses[n].Missing {
		c.put(Piece{Kind: PieceMissing, HTML: e.name})
		c.missingContents(e)
		return
	}
	block := !e.within(phrasing)
	if block {
		c.put(Piece{Kind: PieceOpen, N: n})
	}
	c.contents(e)
	if block {
		c.put(Piece{Kind: PieceClose, N: n})
	}
}

// missingContents shows the text of a response that is not built, without its inputs.
func (c *compiler) missingContents(e *element) {
	e.walk(func(kid *element) bool {
		if isInput(kid.name) {
			c.dropped[kid] = true
			delete(c.input, kid)
		}
		return true
	})
	asParagraphs(e)
	c.contents(e)
}

// targetedPlace marks where explanations of chosen answers stand: those of the response before it.
func (c *compiler) targetedPlace(e *element) {
	for n := len(c.responses) - 1; n >= 0; n-- {
		if c.targetedSet(c.responses[n]) == e {
			c.put(Piece{Kind: PieceTargeted, N: n})
			return
		}
	}
	c.warn(e, "no question before it has targeted-feedback", `write targeted-feedback="" into its <multiplechoiceresponse>`)
}

// targetedSet is the set of explanations of a response, nil when there is none.
func (c *compiler) targetedSet(e *element) *element {
	if _, ok := e.attr("targeted-feedback"); !ok || e.name != "multiplechoiceresponse" {
		return nil
	}
	for _, sibling := range e.following() {
		if sibling.name == "targetedfeedbackset" {
			return sibling
		}
	}
	return nil
}

// solutions collects the explanations.
func (c *compiler) solutions(root *element) {
	for _, e := range root.descendants("solution") {
		s := Solution{N: c.solution[e], HTML: c.inner(e), Explains: e.value("explanation-id")}
		if e.parent != nil && e.parent.name == "solutionset" {
			s.Pool = c.poolOf(e.parent)
		}
		c.secret.Solutions = append(c.secret.Solutions, s)
	}
}

// poolOf is the response, counted from 1, whose answer pool filters a set of solutions: the first set behind a response
// with a pool is its own.
func (c *compiler) poolOf(set *element) int {
	for n, e := range c.responses {
		if !c.pooled(n) {
			continue
		}
		for _, sibling := range e.following() {
			if sibling.name == "solutionset" {
				if sibling == set {
					return n + 1
				}
				break
			}
		}
	}
	return 0
}

func (c *compiler) pooled(response int) bool {
	for _, in := range c.public.Inputs {
		if in.Response == response && in.Pool != 0 {
			return true
		}
	}
	return false
}
