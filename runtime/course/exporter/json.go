package exporter

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
)

// member is what becomes of a member of an object. The zero value leaves it as it is.
type member struct {
	drop bool
	// name and value take the place of the old ones where they are set.
	name  string
	value []byte
}

var errNoJSON = errors.New("not JSON, or nested too deeply")

// maxJSONDepth bounds values in each other.
const maxJSONDepth = 200

// editJSON asks about every member of every object, outermost first, and gives the text with the answers put in; what is not
// changed stays byte for byte. path are the names on the way to the member, start is where its value begins.
func editJSON(data []byte, visit func(path []string, start, end int) member) ([]byte, error) {
	bare := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !json.Valid(bare) {
		return nil, errNoJSON
	}
	w := &jsonEditor{data: data, at: len(data) - len(bare), visit: visit}
	out := append([]byte(nil), data[:w.at]...)
	out = append(out, w.blanks()...)
	value, err := w.value(nil, 0)
	if err != nil {
		return nil, err
	}
	return append(append(out, value...), data[w.at:]...), nil
}

// jsonEditor walks over text that is known to be JSON.
type jsonEditor struct {
	data  []byte
	at    int
	visit func(path []string, start, end int) member
}

func (w *jsonEditor) blanks() []byte {
	start := w.at
	for w.at < len(w.data) && bytes.IndexByte([]byte(" \t\r\n"), w.data[w.at]) >= 0 {
		w.at++
	}
	return w.data[start:w.at]
}

// scalar moves behind a text, a number or a word.
func (w *jsonEditor) scalar() []byte {
	start := w.at
	if w.data[w.at] != '"' {
		for w.at < len(w.data) && bytes.IndexByte([]byte(",]} \t\r\n"), w.data[w.at]) < 0 {
			w.at++
		}
		return w.data[start:w.at]
	}
	for w.at++; w.data[w.at] != '"'; w.at++ {
		if w.data[w.at] == '\\' {
			w.at++
		}
	}
	w.at++
	return w.data[start:w.at]
}

// value gives the value that starts here as it will be.
func (w *jsonEditor) value(path []string, depth int) ([]byte, error) {
	if depth > maxJSONDepth {
		return nil, errNoJSON
	}
	switch w.data[w.at] {
	case '{':
		return w.list(path, depth, '}')
	case '[':
		return w.list(path, depth, ']')
	}
	return w.scalar(), nil
}

// list gives an object or an array: its parts with the blanks around them, without those that are dropped.
func (w *jsonEditor) list(path []string, depth int, end byte) ([]byte, error) {
	out := []byte{w.data[w.at]}
	w.at++
	kept := 0
	for {
		blanks := w.blanks()
		if w.data[w.at] == end {
			w.at++
			return append(append(out, blanks...), end), nil
		}
		part := append([]byte(nil), blanks...)
		body, drop, err := w.part(path, depth, end == '}')
		if err != nil {
			return nil, err
		}
		part = append(append(part, body...), w.blanks()...)
		if !drop {
			if kept++; kept > 1 {
				out = append(out, ',')
			}
			out = append(out, part...)
		}
		if w.data[w.at] == ',' {
			w.at++
		}
	}
}

func (w *jsonEditor) part(path []string, depth int, named bool) (text []byte, drop bool, err error) {
	if !named {
		text, err = w.value(path, depth+1)
		return text, false, err
	}
	quoted := w.scalar()
	var name string
	if err := json.Unmarshal(quoted, &name); err != nil {
		return nil, false, err
	}
	between := append([]byte(nil), w.blanks()...)
	w.at++ // the colon
	between = append(append(between, ':'), w.blanks()...)
	inner := append(slices.Clone(path), name)
	start := w.at
	w.skip()
	verdict := w.visit(inner, start, w.at)
	if verdict.name != "" {
		if quoted, err = json.Marshal(verdict.name); err != nil {
			return nil, false, err
		}
	}
	value := verdict.value
	if value == nil {
		w.at = start
		if value, err = w.value(inner, depth+1); err != nil {
			return nil, false, err
		}
	}
	return append(append(append([]byte(nil), quoted...), between...), value...), verdict.drop, nil
}

// skip moves behind a value.
func (w *jsonEditor) skip() {
	depth := 0
	for {
		w.blanks()
		switch c := w.data[w.at]; c {
		case '{', '[':
			depth++
			w.at++
		case '}', ']':
			depth--
			w.at++
		case ',', ':':
			w.at++
			continue
		default:
			w.scalar()
		}
		if depth == 0 {
			return
		}
	}
}
