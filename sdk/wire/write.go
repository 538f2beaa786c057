package wire

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"
)

// marshal writes a value as encoding/json does, a message of codec.go without reflection.
func marshal(value any) ([]byte, error) {
	message, ok := value.(coded)
	if v := reflect.ValueOf(value); !ok || v.Kind() == reflect.Pointer && v.IsNil() {
		return json.Marshal(value)
	}
	w := &writer{data: make([]byte, 0, usual)}
	if message.writeJSON(w); w.unsure {
		return json.Marshal(value)
	}
	return w.data, nil
}

// usual is how much room a message is given at first, in bytes.
const usual = 512

// writer makes JSON. unsure says that it met something which is left to encoding/json, such as a number that JSON does not have.
type writer struct {
	data   []byte
	unsure bool
}

func (w *writer) begin() { w.data = append(w.data, '{') }
func (w *writer) end()   { w.data = append(w.data, '}') }

// key begins a member by a text such as `,"name":`, whose comma the first member does not need.
func (w *writer) key(text string) {
	if w.data[len(w.data)-1] == '{' {
		text = text[1:]
	}
	w.data = append(w.data, text...)
}

func (w *writer) null() { w.data = append(w.data, "null"...) }

// text writes a string so that it may stand in HTML, as encoding/json does.
func (w *writer) text(s string) {
	w.data = append(w.data, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && !marked(c) {
			i++
			continue
		}
		size, escape := 1, ""
		if c < utf8.RuneSelf {
			escape = escapeOf(c)
		} else {
			var char rune
			char, size = utf8.DecodeRuneInString(s[i:])
			switch {
			case char == utf8.RuneError && size == 1:
				escape = `\ufffd`
			case char == '\u2028':
				escape = `\u2028`
			case char == '\u2029':
				escape = `\u2029`
			}
		}
		if escape != "" {
			w.data = append(append(w.data, s[start:i]...), escape...)
			start = i + size
		}
		i += size
	}
	w.data = append(append(w.data, s[start:]...), '"')
}

// marked reports whether a character is written as an escape.
func marked(c byte) bool { return c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' }

func escapeOf(c byte) string {
	if c != '/' { // which may have one and has none here
		for i := 0; i < len(escapes); i += 2 {
			if escapes[i+1] == c {
				return `\` + escapes[i:i+1]
			}
		}
	}
	const digits = "0123456789abcdef"
	return `\u00` + digits[c>>4:c>>4+1] + digits[c&15:c&15+1]
}

func (w *writer) number(f float64) {
	whole := int64(f)
	abs := math.Abs(f)
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		w.unsure = true
	case abs < 1e15 && float64(whole) == f && (whole != 0 || !math.Signbit(f)):
		w.data = strconv.AppendInt(w.data, whole, 10)
	case abs != 0 && (abs < 1e-6 || abs >= 1e21):
		w.data = strconv.AppendFloat(w.data, f, 'e', -1, 64)
		if n := len(w.data); n >= 4 && string(w.data[n-4:n-1]) == "e-0" { // e-09 is e-9
			w.data = append(w.data[:n-2], w.data[n-1])
		}
	default:
		w.data = strconv.AppendFloat(w.data, f, 'f', -1, 64)
	}
}

// raw writes JSON that is there, without spaces and so that it may stand in HTML.
func (w *writer) raw(data json.RawMessage) {
	if data == nil {
		w.null()
		return
	}
	r := &reader{data: data}
	if r.skip(); !r.ended() {
		w.unsure = true
		return
	}
	start, inside := 0, false
	for i := 0; i < len(data); i++ {
		escape, size := "", 1
		switch c := data[i]; {
		case c == '"':
			inside = !inside
			continue
		case c == '\\':
			i++
			continue
		case c == '<' || c == '>' || c == '&':
			escape = escapeOf(c)
		case c == 0xe2 && i+2 < len(data) && data[i+1] == 0x80 && data[i+2]&^1 == 0xa8: // U+2028 and U+2029
			escape, size = `\u202`+string('8'+data[i+2]&1), 3
		case inside || c > ' ':
			continue
		}
		w.data = append(append(w.data, data[start:i]...), escape...)
		i += size - 1
		start = i + 1
	}
	w.data = append(w.data, data[start:]...)
}

func writeText[T ~string](v *T, w *writer)        { w.text(string(*v)) }
func writeTruth(v *bool, w *writer)               { w.data = strconv.AppendBool(w.data, *v) }
func writeWhole[T ~int | ~int64](v *T, w *writer) { w.data = strconv.AppendInt(w.data, int64(*v), 10) }
func writeNumber(v *float64, w *writer)           { w.number(*v) }
func writeRaw(v *json.RawMessage, w *writer)      { w.raw(*v) }
func writeBlob(v *Blob, w *writer)                { writeWhole(&v.at, w) }

func writePointer[T any](v **T, w *writer, write func(*T, *writer)) {
	if *v == nil {
		w.null()
		return
	}
	write(*v, w)
}

func writeList[T any](v *[]T, w *writer, write func(*T, *writer)) {
	if *v == nil {
		w.null()
		return
	}
	w.data = append(w.data, '[')
	for i := range *v {
		if i > 0 {
			w.data = append(w.data, ',')
		}
		write(&(*v)[i], w)
	}
	w.data = append(w.data, ']')
}

func writeMap[M ~map[string]T, T any](v *M, w *writer, write func(*T, *writer)) {
	if *v == nil {
		w.null()
		return
	}
	names := make([]string, 0, len(*v))
	for name := range *v {
		names = append(names, name)
	}
	slices.Sort(names)
	w.begin()
	value := new(T)
	for i, name := range names {
		if i > 0 {
			w.data = append(w.data, ',')
		}
		w.text(name)
		w.data = append(w.data, ':')
		*value = (*v)[name]
		write(value, w)
	}
	w.end()
}
