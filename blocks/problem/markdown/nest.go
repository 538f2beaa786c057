package markdown

import "slices"

// nest moves a section's text into its question where it has exactly one: what stands before it goes before its first element, the rest
// to its end.
func nest(section *node) {
	at := -1
	for i, kid := range section.kids {
		if response(kid.name) {
			at = i
		}
	}
	if at < 0 || countResponses(section) != 1 {
		return
	}
	question := section.kids[at]
	first := 0
	for first < len(question.kids) && question.kids[first].name == "" {
		first++
	}
	question.kids = slices.Concat(question.kids[:first], section.kids[:at], question.kids[first:], section.kids[at+1:])
	section.kids = []*node{question}
}

func countResponses(n *node) int {
	count := 0
	for _, kid := range n.kids {
		if response(kid.name) {
			count++
		}
		count += countResponses(kid)
	}
	return count
}
