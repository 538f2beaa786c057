package capa

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// errStored says that a stored value is none that this package wrote.
var errStored = errors.New("not a prepared value of this package")

// Stored reads JSON that this package wrote, field by field. It stands in for encoding/json where every call pays for it:
// reading a key by reflection costs a guest three times as much as grading by it. What is not understood makes it bad.
type Stored struct {
	data []byte
	at   int
	bad  bool
	// foreign says that others wrote it: what encoding/json would refuse or mend is bad too.
	foreign bool
}

// ReadStored reads a whole value.
func ReadStored[T any](data []byte, value *T, by func(*T, *Stored)) error {
	s := &Stored{data: data}
	if by(value, s); !s.whole() {
		return errStored
	}
	return nil
}

// whole reports whether all of it was understood.
func (s *Stored) whole() bool {
	s.space()
	return !s.bad && s.at == len(s.data)
}

func (s *Stored) space() {
	for s.at < len(s.data) && (s.data[s.at] == ' ' || s.data[s.at] == '\n' || s.data[s.at] == '\t' || s.data[s.at] == '\r') {
		s.at++
	}
}

// next moves behind a character if it stands here.
func (s *Stored) next(c byte) bool {
	if s.space(); s.at < len(s.data) && s.data[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *Stored) need(c byte) {
	if !s.next(c) {
		s.bad = true
	}
}

// word moves behind a literal if it stands here.
func (s *Stored) word(word string) bool {
	if s.space(); len(s.data)-s.at >= len(word) && string(s.data[s.at:s.at+len(word)]) == word {
		s.at += len(word)
		return true
	}
	return false
}

// Fields goes through an object's keys; each value must be read before the next. null has none.
func (s *Stored) Fields(field func(key string) bool) {
	if s.word("null") {
		return
	}
	s.need('{')
	for first := true; !s.bad && !s.next('}'); first = false {
		if !first {
			s.need(',')
		}
		key := s.Text()
		if s.need(':'); s.bad || !field(key) {
			return
		}
	}
}

// Unknown ends reading at a key that this version does not know.
func (s *Stored) Unknown() bool {
	s.bad = true
	return false
}

// list reads an array; null is none.
func list[T any](s *Stored, item func(*T, *Stored)) []T {
	if s.word("null") {
		return nil
	}
	s.need('[')
	items := []T{}
	for !s.bad && !s.next(']') {
		if len(items) > 0 {
			s.need(',')
		}
		var value T
		item(&value, s)
		items = append(items, value)
	}
	return items
}

// optional reads a value behind a pointer; null is none.
func optional[T any](s *Stored, by func(*T, *Stored)) *T {
	if s.word("null") {
		return nil
	}
	value := new(T)
	by(value, s)
	return value
}

// Texts reads a list of strings.
func (s *Stored) Texts() []string {
	return list(s, func(text *string, s *Stored) { *text = s.Text() })
}

// Numbers reads a list of numbers.
func (s *Stored) Numbers() []float64 {
	return list(s, func(value *float64, s *Stored) { *value = s.Number() })
}

// Truth reads true or false.
func (s *Stored) Truth() bool {
	if s.word("true") {
		return true
	}
	if !s.word("false") {
		s.bad = true
	}
	return false
}

// Number reads a number.
func (s *Stored) Number() float64 {
	s.space()
	start := s.at
	for s.at < len(s.data) && (s.data[s.at] >= '0' && s.data[s.at] <= '9' || s.data[s.at] == '-' || s.data[s.at] == '+' || s.data[s.at] == '.' || s.data[s.at] == 'e' || s.data[s.at] == 'E') {
		s.at++
	}
	value, err := strconv.ParseFloat(string(s.data[start:s.at]), 64)
	if err != nil {
		s.bad = true
	}
	return value
}

// Integer reads a whole number.
func (s *Stored) Integer() int {
	value := s.Number()
	if value != float64(int(value)) {
		s.bad = true
	}
	return int(value)
}

// Text reads a string.
func (s *Stored) Text() string {
	s.need('"')
	start := s.at
	for s.at < len(s.data) && s.data[s.at] != '"' && s.data[s.at] != '\\' {
		s.at++
	}
	if s.at < len(s.data) && s.data[s.at] == '"' {
		s.at++
		return s.checked(s.data[start : s.at-1])
	}
	text := append([]byte(nil), s.data[start:s.at]...)
	for !s.bad && s.at < len(s.data) {
		c := s.data[s.at]
		s.at++
		switch c {
		case '"':
			if s.foreign { // what an escape stands for may be anything
				s.checked(s.data[start : s.at-1])
			}
			return string(text)
		case '\\':
			text = s.escape(text)
		default:
			text = append(text, c)
		}
	}
	s.bad = true
	return ""
}

// checked is a string's text; one of others that holds what JSON does not have is bad.
func (s *Stored) checked(text []byte) string {
	if s.foreign && (bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' }) || !utf8.Valid(text)) {
		s.bad = true
	}
	return string(text)
}

// escape appends what stands behind a backslash.
func (s *Stored) escape(text []byte) []byte {
	if s.at == len(s.data) {
		s.bad = true
		return text
	}
	c := s.data[s.at]
	s.at++
	switch c {
	case '"', '\\', '/':
		return append(text, c)
	case 'n':
		return append(text, '\n')
	case 't':
		return append(text, '\t')
	case 'r':
		return append(text, '\r')
	case 'b':
		return append(text, '\b')
	case 'f':
		return append(text, '\f')
	case 'u':
		r := s.hex()
		if utf16.IsSurrogate(r) && bytes.HasPrefix(s.data[s.at:], []byte(`\u`)) {
			s.at += 2
			r = utf16.DecodeRune(r, s.hex())
		}
		if s.foreign && (r == utf8.RuneError || utf16.IsSurrogate(r)) {
			s.bad = true // half a character
		}
		return utf8.AppendRune(text, r)
	}
	s.bad = true
	return text
}

func (s *Stored) hex() rune {
	if len(s.data)-s.at < 4 {
		s.bad = true
		return 0
	}
	value, err := strconv.ParseUint(string(s.data[s.at:s.at+4]), 16, 16)
	if err != nil {
		s.bad = true
	}
	s.at += 4
	return rune(value)
}
