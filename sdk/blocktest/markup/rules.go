package markup

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is something in a fragment that breaks a rule, with how to mend it.
type Problem struct {
	// Line counts from 1 in the markup.
	Line          int
	Message, Mend string
}

// Rules are what a fragment is held against.
type Rules struct {
	// Handlers and Views are the names that buttons and addresses may use.
	Handlers, Views []string
	// Children are the block ids that may have a place.
	Children []string
	// Assets are the package's files; nil says that they are not known.
	Assets []string
}

// Check lists what in a fragment breaks the contract's rules, the Content-Security-Policy of a page or of a frame, and what
// a screen reader would miss. Authors' own HTML inside it is held against the same rules.
func Check(source string, rules Rules) []Problem {
	c := &checker{rules: rules, ids: map[string]int{}, known: map[string]bool{}, labelled: map[string]bool{}}
	c.tokens = Scan(source)
	for i := range c.tokens {
		if target, ok := c.tokens[i].Attr("for"); ok && c.tokens[i].Name == "label" {
			c.labelled[target] = true
		}
		if id, ok := c.tokens[i].Attr("id"); ok {
			c.known[id] = true
		}
	}
	depth := 0 // of labels
	for i := range c.tokens {
		t := &c.tokens[i]
		switch {
		case t.Kind == Start && t.Name == "label":
			depth++
		case t.Kind == End && t.Name == "label":
			depth--
		}
		if t.Kind == Start {
			c.element(t)
			c.attributes(t)
			c.accessible(i, depth > 0)
		}
	}
	return c.problems
}

type checker struct {
	rules    Rules
	tokens   []Token
	problems []Problem
	// ids counts those that were passed, known holds all.
	ids             map[string]int
	known, labelled map[string]bool
}

func (c *checker) add(line int, mend, format string, args ...any) {
	c.problems = append(c.problems, Problem{Line: line, Message: fmt.Sprintf(format, args...), Mend: mend})
}

// element checks what kind of element may stand in a fragment.
func (c *checker) element(t *Token) {
	switch t.Name {
	case "form":
		c.add(t.Line, `the host makes the one form of a view: give controls form="quoin:form" and drop the element`, "a form element")
	case "script":
		c.add(t.Line, "make it a file of the package's assets and name it in Fragment.Scripts", "an inline script: pages refuse it")
	case "style":
		c.add(t.Line, "make it a file of the package's assets and name it in Fragment.Styles", "an inline style sheet: pages refuse it")
	case "link", "meta", "base", "html", "head", "body", "title":
		c.add(t.Line, "a fragment is a part of a page: drop it", "a %s element", t.Name)
	case "quoin-place":
		name, _ := t.Attr("name")
		if !slices.Contains(c.rules.Children, name) {
			c.add(t.Line, "place the children that View.Children lists", "a place for %q, which is no child of this learner", name)
		}
	case "button":
		c.button(t)
	}
}

func (c *checker) button(t *Token) {
	kind, _ := t.Attr("type")
	value, names := t.Attr("value")
	if kind == "button" || kind == "reset" {
		return
	}
	if form, _ := t.Attr("form"); form != "quoin:form" {
		c.add(t.Line, `add form="quoin:form", or type="button" when a script serves it`, "a submit button that joins no form: it does nothing")
	}
	if !names || !slices.Contains(c.rules.Handlers, value) && value != "@reset" && value != "@reveal" {
		c.add(t.Line, "let its value name a declared handler", "a submit button with the value %q, which is no handler", value)
	}
}

// attributes checks addresses, ids and event attributes.
func (c *checker) attributes(t *Token) {
	for _, a := range t.Attrs {
		switch {
		case strings.HasPrefix(a.Name, "on"):
			c.add(t.Line, "listen in a script of the package's assets", "the attribute %s: pages refuse scripts in attributes", a.Name)
		case a.Name == "id":
			if c.ids[a.Value]++; c.ids[a.Value] == 2 {
				c.add(t.Line, "an id may stand once", "the id %q stands twice", a.Value)
			}
			if !strings.HasPrefix(a.Value, "quoin:id/") {
				c.add(t.Line, `write id="quoin:id/NAME": a page may hold several uses of the block`, "the id %q is not unique on a page", a.Value)
			}
		case a.Name == "for" || a.Name == "list" || strings.HasPrefix(a.Name, "aria-") && idAttribute(a.Name):
			c.reference(t, a)
		case a.Name == "href" || a.Name == "src" || a.Name == "action" || a.Name == "formaction" || a.Name == "poster":
			c.address(t, a)
		}
	}
}

func idAttribute(name string) bool {
	switch name {
	case "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-errormessage", "aria-details", "aria-activedescendant":
		return true
	}
	return false
}

func (c *checker) reference(t *Token, a Attr) {
	for _, id := range strings.Fields(a.Value) {
		if !c.known[id] {
			c.add(t.Line, "let it name the id of an element of this fragment", "%s names %q, which is no element's id", a.Name, id)
		}
	}
}

func (c *checker) address(t *Token, a Attr) {
	value := strings.TrimSpace(strings.ToLower(a.Value))
	scheme, _, _ := strings.Cut(value, ":")
	switch {
	case scheme == "javascript" || scheme == "vbscript" || scheme == "data" && t.Name != "img":
		c.add(t.Line, "use a handler and a button, or a script of the package's assets", "the address %s:", scheme)
	case strings.HasPrefix(value, "quoin:"):
		c.template(t, strings.TrimSpace(a.Value))
	case a.Name == "src" && (scheme == "http" || strings.HasPrefix(value, "//")):
		c.add(t.Line, "put the file into the package's assets or the course's files", "%s loads %s, which pages refuse", t.Name, a.Value)
	}
}

func (c *checker) template(t *Token, value string) {
	kind, name, _ := strings.Cut(strings.TrimPrefix(value, "quoin:"), "/")
	if i := strings.IndexAny(name, "/?#"); i >= 0 && kind != "asset" {
		name = name[:i]
	}
	known := map[string][]string{"handler": c.rules.Handlers, "view": c.rules.Views, "asset": c.rules.Assets}
	names, ok := known[kind]
	switch {
	case kind == "file" && name != "":
	case !ok:
		c.add(t.Line, "use quoin:handler/NAME, quoin:view/NAME or quoin:asset/NAME", "the address %q is no template of the host", value)
	case kind == "asset" && names == nil:
	case !slices.Contains(names, name):
		c.add(t.Line, "name one that is there", "the address %q names no %s", value, kind)
	}
}

// accessible checks what a screen reader needs.
func (c *checker) accessible(i int, inLabel bool) {
	t := &c.tokens[i]
	switch t.Name {
	case "img":
		if !t.Has("alt") {
			c.add(t.Line, `say what the picture shows in alt, or alt="" when it only decorates`, "a picture without alt")
		}
	case "input", "select", "textarea":
		kind, _ := t.Attr("type")
		if kind == "hidden" || kind == "submit" || kind == "button" || kind == "reset" || inLabel || c.named(t) {
			return
		}
		if id, ok := t.Attr("id"); !ok || !c.labelled[id] {
			c.add(t.Line, "put it into a label, or give it an id and a label with for, or aria-label", "a %s without a label", t.Name)
		}
	case "button", "a":
		if !c.named(t) && c.content(i) == "" {
			c.add(t.Line, "give it text, or aria-label", "a %s without words", t.Name)
		}
	case "iframe":
		if !t.Has("title") {
			c.add(t.Line, "say in title what the frame holds", "a frame without a title")
		}
	}
}

func (*checker) named(t *Token) bool {
	for _, name := range []string{"aria-label", "aria-labelledby", "title"} {
		if value, _ := t.Attr(name); strings.TrimSpace(value) != "" {
			return true
		}
	}
	return false
}

// contentTokens bounds how far the words of one element are looked for.
const contentTokens = 200

// content is what a reader hears of an element: its text and the alternative texts in it.
func (c *checker) content(i int) string {
	name, depth := c.tokens[i].Name, 0
	var b strings.Builder
	for _, t := range c.tokens[i:min(len(c.tokens), i+contentTokens)] {
		switch {
		case t.Kind == Start && t.Name == name:
			depth++
		case t.Kind == End && t.Name == name:
			depth--
		case t.Kind == Text:
			b.WriteString(t.Text)
		case t.Kind == Start:
			for _, spoken := range []string{"alt", "aria-label"} {
				value, _ := t.Attr(spoken)
				b.WriteString(value)
			}
		}
		if depth == 0 {
			break
		}
	}
	return strings.TrimSpace(b.String())
}
