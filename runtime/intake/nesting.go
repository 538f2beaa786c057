package intake

import "iter"

// Marks yields the brackets, braces and commas of valid JSON that stand outside of its texts, each with how deep what follows it
// stands. It allocates nothing.
func Marks(text []byte) iter.Seq2[byte, int] {
	return func(yield func(byte, int) bool) {
		depth, quoted := 0, false
		for i := 0; i < len(text); i++ {
			switch c := text[i]; {
			case quoted && c == '\\':
				i++
				continue
			case c == '"':
				quoted = !quoted
				continue
			case quoted:
				continue
			case c == '[' || c == '{':
				depth++
			case c == ']' || c == '}':
				depth--
			case c != ',':
				continue
			}
			if !yield(text[i], depth) {
				return
			}
		}
	}
}

// Nesting is how deep lists and objects of valid JSON stand in each other, 0 for a text or a number.
func Nesting(text []byte) (deepest int) {
	for _, depth := range Marks(text) {
		deepest = max(deepest, depth)
	}
	return deepest
}
