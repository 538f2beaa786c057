package markup

import "strings"

// Read returns what a reader sees of markup: its text with white space folded, without scripts and styles. Alternative texts
// of pictures, labels that only assistive technology reads, and what stands in text inputs are part of it.
func Read(source string) string {
	var b strings.Builder
	hidden := ""
	for _, t := range Scan(source) {
		switch {
		case hidden != "":
			if t.Kind == End && t.Name == hidden {
				hidden = ""
			}
			continue
		case t.Kind == Text:
			b.WriteString(t.Text)
			continue
		case t.Kind == Start && (t.Name == "script" || t.Name == "style"):
			hidden = t.Name
			continue
		case !inline(t.Name):
			b.WriteByte(' ')
		}
		if t.Kind == Start {
			for _, name := range spoken(&t) {
				if value, ok := t.Attr(name); ok {
					b.WriteString(" " + value + " ")
				}
			}
		}
	}
	return Fold(b.String())
}

// spoken lists the attributes of a tag that are read to somebody.
func spoken(t *Token) []string {
	names := []string{"alt", "aria-label", "placeholder"}
	if kind, _ := t.Attr("type"); t.Name == "input" && kind != "hidden" && kind != "radio" && kind != "checkbox" {
		names = append(names, "value")
	}
	return names
}

// inline reports whether an element stands inside a line of text, so that nothing separates it from its neighbours.
func inline(name string) bool {
	switch name {
	case "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s",
		"samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr":
		return true
	}
	return false
}

// Fold replaces every run of white space by one space.
func Fold(text string) string { return strings.Join(strings.Fields(text), " ") }

// Control is one input, button, select or textarea.
type Control struct {
	// Tag is the element, Type an input's or button's type.
	Tag, Type string
	Name      string
	// Value is what a browser would send: of a textarea its text, of a select its chosen option.
	Value   string
	Checked bool
	Line    int
}

// Controls lists the controls of markup in order.
func Controls(source string) []Control {
	tokens := Scan(source)
	var controls []Control
	for i := range tokens {
		t := &tokens[i]
		if t.Kind != Start {
			continue
		}
		switch t.Name {
		case "input", "button", "textarea":
			c := controlOf(t)
			if t.Name == "textarea" && i+1 < len(tokens) && tokens[i+1].Kind == Text {
				c.Value = tokens[i+1].Text
			}
			controls = append(controls, c)
		case "select":
			c := controlOf(t)
			c.Value = chosen(tokens[i+1:])
			controls = append(controls, c)
		}
	}
	return controls
}

func controlOf(t *Token) Control {
	c := Control{Tag: t.Name, Line: t.Line, Checked: t.Has("checked")}
	c.Name, _ = t.Attr("name")
	c.Type, _ = t.Attr("type")
	c.Value, _ = t.Attr("value")
	return c
}

// chosen is the value of a select's chosen option, its first without one.
func chosen(tokens []Token) string {
	first, found := "", false
	for i := range tokens {
		t := &tokens[i]
		if t.Kind == End && t.Name == "select" {
			break
		}
		if t.Kind != Start || t.Name != "option" {
			continue
		}
		option, ok := t.Attr("value")
		if !ok && i+1 < len(tokens) && tokens[i+1].Kind == Text {
			option = Fold(tokens[i+1].Text)
		}
		if !found {
			first, found = option, true
		}
		if t.Has("selected") {
			return option
		}
	}
	return first
}
