package sanitize

import (
	"fmt"
	"strings"
)

// Kind says what sort of thing was taken away.
type Kind string

// The kinds of change.
const (
	KindElement   Kind = "element"   // an element; what it holds may have stayed
	KindAttribute Kind = "attribute" // an attribute
	KindURL       Kind = "url"       // an attribute, for its address
	KindStyle     Kind = "style"     // one declaration of a style attribute
	KindName      Kind = "name"      // a class, id or name that belongs to the platform
	KindNesting   Kind = "nesting"   // elements that cannot stand inside each other were rearranged
	KindDocument  Kind = "document"  // the markup is a whole document rather than a fragment
	KindRefused   Kind = "refused"   // everything: too large, too deep, or never the same twice
)

// Change is one thing that [Clean] took away.
type Change struct {
	Kind Kind
	// Element is the element's name, "" for the whole text.
	Element string
	// Name is the attribute, CSS property, class or id, "" for elements.
	Name string
	// Value is the first 80 bytes of what was refused.
	Value string
}

// String gives the change in words: `attribute onclick of button`.
func (c Change) String() string {
	var b strings.Builder
	b.WriteString(string(c.Kind))
	if c.Name != "" {
		fmt.Fprintf(&b, " %s", c.Name)
	}
	if c.Element != "" {
		if c.Name != "" {
			b.WriteString(" of")
		}
		fmt.Fprintf(&b, " %s", c.Element)
	}
	if c.Value != "" {
		fmt.Fprintf(&b, ": %s", c.Value)
	}
	return b.String()
}

// MaxChanges is how many changes [Clean] names; more are counted in none of them.
const MaxChanges = 200

const maxValue = 80

func (f *filter) note(kind Kind, element, name, value string) {
	f.changed = true
	if len(f.changes) >= MaxChanges {
		return
	}
	f.changes = append(f.changes, Change{kind, clip(element), clip(name), clip(value)})
}

// clip bounds a text in bytes without cutting a character.
func clip(s string) string {
	if len(s) <= maxValue {
		return s
	}
	return strings.ToValidUTF8(s[:maxValue], "") + "…"
}
