package capa

import "strings"

// element is a tag of the author's XML, or a text between tags (name "").
type element struct {
	name   string
	attrs  []attribute
	kids   []*element
	text   string
	parent *element
	line   int
	column int
}

type attribute struct{ name, value string }

func (e *element) attr(name string) (string, bool) {
	for _, a := range e.attrs {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

// value is the attribute's value, "" when it is absent.
func (e *element) value(name string) string {
	v, _ := e.attr(name)
	return v
}

// child is the first child of that name.
func (e *element) child(name string) *element {
	for _, kid := range e.kids {
		if kid.name == name {
			return kid
		}
	}
	return nil
}

// elements are the children that are tags.
func (e *element) elements() []*element {
	var list []*element
	for _, kid := range e.kids {
		if kid.name != "" {
			list = append(list, kid)
		}
	}
	return list
}

func (e *element) children(name string) []*element {
	var list []*element
	for _, kid := range e.kids {
		if kid.name == name {
			list = append(list, kid)
		}
	}
	return list
}

// walk visits what is below the element, in document order, until visit answers false for a whole branch.
func (e *element) walk(visit func(*element) bool) {
	for _, kid := range e.kids {
		if visit(kid) {
			kid.walk(visit)
		}
	}
}

// descendants are the tags of a name below the element, in document order.
func (e *element) descendants(name string) []*element {
	var list []*element
	e.walk(func(kid *element) bool {
		if kid.name == name {
			list = append(list, kid)
		}
		return true
	})
	return list
}

// following are the tags behind the element under the same parent.
func (e *element) following() []*element {
	if e.parent == nil {
		return nil
	}
	siblings := e.parent.elements()
	for i, s := range siblings {
		if s == e {
			return siblings[i+1:]
		}
	}
	return nil
}

// leading is the text before the first tag below the element.
func (e *element) leading() string {
	var b strings.Builder
	for _, kid := range e.kids {
		if kid.name != "" {
			break
		}
		b.WriteString(kid.text)
	}
	return b.String()
}

// allText is the text below the element.
func (e *element) allText() string {
	var b strings.Builder
	e.walk(func(kid *element) bool {
		b.WriteString(kid.text)
		return true
	})
	return b.String()
}

// within reports whether one of the names encloses the element.
func (e *element) within(names func(string) bool) bool {
	for up := e.parent; up != nil; up = up.parent {
		if names(up.name) {
			return true
		}
	}
	return false
}
