package capa

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// value is a value of Python's that went through JSON: nil, bool, json.Number, float64 (nan and infinities), string, []value
// or object.
type value any

// object is a dictionary, in its order.
type object []member

type member struct {
	name  string
	value value
}

// maxNesting bounds lists in lists.
const maxNesting = 200

var errValue = errors.New("reading what a program left behind: it is not the JSON that was asked for")

// parseValue reads JSON. encoding/json takes a guest ten times as long by its tokens, so it gets only what is out of the ordinary.
func parseValue(data []byte) (value, error) {
	s := &Stored{data: data, foreign: true}
	if v := s.value(0); s.whole() {
		return v, nil
	}
	return decodeValue(data)
}

// value reads a value of any kind.
func (s *Stored) value(depth int) value {
	if s.space(); s.at == len(s.data) || depth > maxNesting {
		s.bad = true
		return nil
	}
	switch s.data[s.at] {
	case '{':
		var o object
		s.Fields(func(name string) bool {
			o = append(o, member{name, s.value(depth + 1)})
			return !s.bad
		})
		return o.number()
	case '[':
		items := list(s, func(item *value, s *Stored) { *item = s.value(depth + 1) })
		return items
	case '"':
		return s.Text()
	case 't', 'f':
		return s.Truth()
	case 'n':
		if !s.word("null") {
			s.bad = true
		}
		return nil
	}
	return s.digits()
}

// numeral is a number as JSON has it.
var numeral = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// digits reads a number as it is written.
func (s *Stored) digits() value {
	start := s.at
	if s.Number(); s.bad || !numeral.Match(s.data[start:s.at]) {
		s.bad = true
	}
	return json.Number(s.data[start:s.at])
}

func decodeValue(data []byte) (value, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	v, err := nextValue(decoder, 0)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errValue
	}
	return v, nil
}

func nextValue(decoder *json.Decoder, depth int) (value, error) {
	token, err := decoder.Token()
	if err != nil || depth > maxNesting {
		return nil, errors.Join(errValue, err)
	}
	switch token {
	case json.Delim('['):
		list := []value{}
		for decoder.More() {
			item, err := nextValue(decoder, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err := decoder.Token()
		return list, err
	case json.Delim('{'):
		var o object
		for decoder.More() {
			token, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			name, ok := token.(string)
			if !ok {
				return nil, errValue
			}
			item, err := nextValue(decoder, depth+1)
			if err != nil {
				return nil, err
			}
			o = append(o, member{name, item})
		}
		_, err := decoder.Token()
		return o.number(), err
	}
	return token, nil
}

// number is the number that {"$float": "nan"} stands for, or the object itself.
func (o object) number() value {
	if len(o) != 1 || o[0].name != "$float" {
		return o
	}
	switch o[0].value {
	case "nan":
		return math.NaN()
	case "inf":
		return math.Inf(1)
	case "-inf":
		return math.Inf(-1)
	}
	return o
}

// get is a member's value.
func (o object) get(name string) (value, bool) {
	for _, m := range o {
		if m.name == name {
			return m.value, true
		}
	}
	return nil, false
}

// member is a member of a value that should be an object.
func memberOf(v value, name string) value {
	o, _ := v.(object)
	found, _ := o.get(name)
	return found
}

// truth is Python's bool().
func truth(v value) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case json.Number:
		f, err := v.Float64()
		return err != nil || f != 0
	case string:
		return v != ""
	case []value:
		return len(v) > 0
	case object:
		return len(v) > 0
	}
	return true
}

// pythonText is Python's str().
func pythonText(v value) string {
	if text, ok := v.(string); ok {
		return text
	}
	var b strings.Builder
	writeRepr(&b, v)
	return b.String()
}

func writeRepr(b *strings.Builder, v value) {
	switch v := v.(type) {
	case nil:
		b.WriteString("None")
	case bool:
		if v {
			b.WriteString("True")
		} else {
			b.WriteString("False")
		}
	case json.Number:
		b.WriteString(v.String())
	case float64:
		b.WriteString(strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'g', -1, 64), "+")))
	case string:
		b.WriteString(pystr.Repr(v))
	case []value:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			writeRepr(b, item)
		}
		b.WriteByte(']')
	case object:
		b.WriteByte('{')
		for i, m := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(pystr.Repr(m.name) + ": ")
			writeRepr(b, m.value)
		}
		b.WriteByte('}')
	}
}

// pythonFloat is Python's float(), without the texts that only Python reads, such as 1_000.
func pythonFloat(v value) (float64, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	case string:
		f, err := strconv.ParseFloat(pystr.Strip(v), 64)
		return f, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
	}
	return 0, false // what is not finite is no credit
}
