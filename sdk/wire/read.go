package wire

import (
	"encoding/json"
	"unicode/utf16"
	"unicode/utf8"
)

// The codec of codec.go reads and writes messages without reflection, which costs a guest several times what most of its calls
// do besides. It knows the JSON that encoding/json writes of these types, and what else it is sure to understand alike; whatever
// is unusual (an error, a key in other letters, a member twice) it leaves to encoding/json, so that this stays the one that
// decides what is accepted, with what result and with which words. TestCodec and FuzzCodec hold the two together.

// coded is a message that codec.go knows.
type coded interface{ writeJSON(w *writer) }

// codedInto is a pointer to one.
type codedInto interface{ readJSON(data []byte) error }

// unmarshal reads JSON into a pointer. What a message of codec.go held before is gone.
func unmarshal(data []byte, into any) error {
	if message, ok := into.(codedInto); ok {
		return message.readJSON(data)
	}
	return json.Unmarshal(data, into)
}

// readMessage reads a whole message, by encoding/json where the codec is not sure.
func readMessage[T any](data []byte, into *T, read func(*T, *reader)) error {
	value := new(T)
	r := &reader{data: data}
	if read(value, r); !r.ended() {
		*value = *new(T)
		if err := json.Unmarshal(data, value); err != nil {
			return err
		}
	}
	*into = *value
	return nil
}

// deepest is how far values may nest that the codec skips.
const deepest = 100

// reader goes through JSON. unsure says that it met something which is left to encoding/json; it then stands still.
type reader struct {
	data   []byte
	at     int
	depth  int
	unsure bool
}

// ended reports whether everything was understood and nothing is left.
func (r *reader) ended() bool {
	r.space()
	return !r.unsure && r.at == len(r.data)
}

func (r *reader) space() {
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case ' ', '\n', '\t', '\r':
			r.at++
		default:
			return
		}
	}
}

// is moves behind a character if it comes next.
func (r *reader) is(c byte) bool {
	if r.space(); r.at < len(r.data) && r.data[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *reader) need(c byte) {
	if !r.is(c) {
		r.unsure = true
	}
}

// word moves behind a literal if it comes next.
func (r *reader) word(word string) bool {
	if r.space(); len(r.data)-r.at >= len(word) && string(r.data[r.at:r.at+len(word)]) == word {
		r.at += len(word)
		return true
	}
	return false
}

func (r *reader) null() bool { return r.word("null") }

// open enters an object or a list; false when it has no members. next goes on to the next one, false when there is none.
func (r *reader) open(begin, end byte) bool {
	r.need(begin)
	return !r.unsure && !r.is(end)
}

func (r *reader) next(end byte) bool {
	if r.unsure || r.is(end) {
		return false
	}
	r.need(',')
	return !r.unsure
}

// object enters a message; null has no members.
func (r *reader) object() bool { return !r.null() && r.open('{', '}') }

// key reads the name of a message's member. Names are plain; another may be one of ours in other letters.
func (r *reader) key() []byte {
	r.need('"')
	start := r.at
	for r.at < len(r.data) && (r.data[r.at] >= 'a' && r.data[r.at] <= 'z' || r.data[r.at] == '_' || r.data[r.at] >= '0' && r.data[r.at] <= '9') {
		r.at++
	}
	name := r.data[start:r.at]
	if r.at == len(r.data) || r.data[r.at] != '"' {
		r.unsure = true
		return nil
	}
	r.at++
	r.need(':')
	return name
}

// text reads a string.
func (r *reader) text() string {
	r.need('"')
	start, ascii := r.at, true
	for ; r.at < len(r.data) && !r.unsure; r.at++ {
		switch c := r.data[r.at]; {
		case c == '"':
			piece := r.data[start:r.at]
			r.at++
			if !ascii && !utf8.Valid(piece) {
				r.unsure = true
			}
			return string(piece)
		case c == '\\':
			return r.escaped(append(make([]byte, 0, r.at-start+32), r.data[start:r.at]...))
		case c < ' ':
			r.unsure = true
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	r.unsure = true
	return ""
}

// escaped reads what follows of a string with escapes.
func (r *reader) escaped(text []byte) string {
	for r.at < len(r.data) && !r.unsure {
		c := r.data[r.at]
		r.at++
		switch {
		case c == '"':
			if !utf8.Valid(text) {
				r.unsure = true
			}
			return string(text)
		case c == '\\':
			text = r.escape(text)
		case c < ' ':
			r.unsure = true
		default:
			text = append(text, c)
		}
	}
	r.unsure = true
	return ""
}

// escapes are the characters behind a backslash, with what they stand for behind each.
const escapes = `""\\//` + "b\bf\fn\nr\rt\t"

func (r *reader) escape(text []byte) []byte {
	if r.at == len(r.data) {
		r.unsure = true
		return text
	}
	c := r.data[r.at]
	r.at++
	if c == 'u' {
		char := r.hex()
		if utf16.IsSurrogate(char) {
			if len(r.data)-r.at < 2 || r.data[r.at] != '\\' || r.data[r.at+1] != 'u' {
				r.unsure = true
				return text
			}
			r.at += 2
			if char = utf16.DecodeRune(char, r.hex()); char == utf8.RuneError {
				r.unsure = true
			}
		}
		return utf8.AppendRune(text, char)
	}
	for i := 0; i < len(escapes); i += 2 {
		if escapes[i] == c {
			return append(text, escapes[i+1])
		}
	}
	r.unsure = true
	return text
}

// escapable reports whether a character may stand behind a backslash by itself.
func escapable(c byte) bool {
	for i := 0; i < len(escapes); i += 2 {
		if escapes[i] == c {
			return true
		}
	}
	return false
}

func (r *reader) hex() rune {
	if len(r.data)-r.at < 4 {
		r.unsure = true
		return 0
	}
	var char rune
	for _, c := range r.data[r.at : r.at+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			r.unsure = true
		}
		char = char<<4 | rune(c)
	}
	r.at += 4
	return char
}

// number moves behind a number; whole says that it has neither fraction nor exponent.
func (r *reader) number() (text []byte, whole bool) {
	r.space()
	start := r.at
	r.sign("-")
	if first := r.at; r.digits() && r.data[first] == '0' && r.at > first+1 {
		r.unsure = true
	}
	whole = true
	if r.at < len(r.data) && r.data[r.at] == '.' {
		r.at++
		whole = false
		r.digits()
	}
	if r.at < len(r.data) && (r.data[r.at] == 'e' || r.data[r.at] == 'E') {
		r.at++
		whole = false
		r.sign("+-")
		r.digits()
	}
	return r.data[start:r.at], whole
}

func (r *reader) sign(signs string) {
	for i := range len(signs) {
		if r.at < len(r.data) && r.data[r.at] == signs[i] {
			r.at++
			return
		}
	}
}

// digits moves behind at least one digit.
func (r *reader) digits() bool {
	start := r.at
	for r.at < len(r.data) && r.data[r.at] >= '0' && r.data[r.at] <= '9' {
		r.at++
	}
	if r.at == start {
		r.unsure = true
	}
	return r.at > start
}

// skip moves behind a value of any kind.
func (r *reader) skip() {
	if r.space(); r.at == len(r.data) || r.depth == deepest {
		r.unsure = true
		return
	}
	r.depth++
	switch r.data[r.at] {
	case '{':
		for more := r.open('{', '}'); more; more = r.next('}') {
			r.space()
			r.skipText()
			r.need(':')
			r.skip()
		}
	case '[':
		for more := r.open('[', ']'); more; more = r.next(']') {
			r.skip()
		}
	case '"':
		r.skipText()
	case 't', 'f', 'n':
		if !r.word("true") && !r.word("false") && !r.null() {
			r.unsure = true
		}
	default:
		r.number()
	}
	r.depth--
}

// skipText moves behind a string that stands here.
func (r *reader) skipText() {
	if r.at == len(r.data) || r.data[r.at] != '"' {
		r.unsure = true
		return
	}
	for r.at++; r.at < len(r.data) && !r.unsure; r.at++ {
		switch c := r.data[r.at]; {
		case c == '"':
			r.at++
			return
		case c == '\\':
			if r.at++; r.at < len(r.data) && r.data[r.at] == 'u' {
				r.at++
				r.hex()
				r.at--
			} else if r.at == len(r.data) || !escapable(r.data[r.at]) {
				r.unsure = true
			}
		case c < ' ':
			r.unsure = true
		}
	}
	r.unsure = true
}
