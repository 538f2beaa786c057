package capa

import (
	"sort"
	"strconv"
	"strings"
)

// variables replace $names in the author's texts: longest names first, each once over the whole text, so that a value may
// hold a name whose turn is still to come.
type variables struct{ names, values []string }

func newVariables(v Variation) (*variables, error) {
	texts := map[string]string{"seed": strconv.FormatInt(v.Seed, 10), "anonymous_student_id": v.Learner}
	if v.Vars != nil {
		left, err := parseValue(v.Vars)
		if err != nil {
			return nil, err
		}
		object, ok := left.(object)
		if !ok {
			return nil, errValue
		}
		for _, m := range object {
			texts[m.name] = pythonText(m.value)
		}
	}
	list := &variables{}
	for name := range texts {
		if name != "" {
			list.names = append(list.names, "$"+name)
		}
	}
	sort.Slice(list.names, func(i, j int) bool {
		a, b := list.names[i], list.names[j]
		return len(a) > len(b) || len(a) == len(b) && a < b
	})
	for _, name := range list.names {
		list.values = append(list.values, texts[name[1:]])
	}
	return list, nil
}

// apply never makes a text longer than [MaxSource]: values that hold names could grow without end.
func (v *variables) apply(text string) string {
	if v == nil || !strings.Contains(text, "$") {
		return text
	}
	for i, name := range v.names {
		if n := strings.Count(text, name); n > 0 && len(text)+n*len(v.values[i]) <= MaxSource {
			text = strings.ReplaceAll(text, name, v.values[i])
		}
	}
	return text
}

// sub puts variables into a text; as long as their values are not known it leaves the names.
func (c *compiler) sub(text string) string { return c.vars.apply(text) }

// unknown reports whether a text's value is still open, so that nothing can be said about it.
func (c *compiler) unknown(text string) bool { return c.unvaried && strings.Contains(text, "$") }

// scriptOf is the problem's Python, as one text.
func scriptOf(root *element) string {
	var parts []string
	for _, s := range scripts(root) {
		parts = append(parts, s.allText())
	}
	return strings.Join(parts, "\n")
}

// scripts are the elements that hold Python.
func scripts(root *element) []*element {
	var list []*element
	for _, s := range root.descendants("script") {
		kind := s.value("type")
		if !strings.Contains(kind, "javascript") && !strings.Contains(kind, "perl") && strings.TrimSpace(s.allText()) != "" {
			list = append(list, s)
		}
	}
	return list
}

// usesSeed reports whether a problem without a script names one of the variables that every problem has.
func usesSeed(source string) bool {
	return strings.Contains(source, "$seed") || strings.Contains(source, "$"+anonymous)
}

// anonymous is the variable that holds the learner's pseudonym. A source that does not name it makes the same of every learner.
const anonymous = "anonymous_student_id"
