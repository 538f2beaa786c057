package wire

import (
	"encoding/json"
	"strconv"
)

func readText[T ~string](into *T, r *reader) {
	if !r.null() {
		*into = T(r.text())
	}
}

func readTruth(into *bool, r *reader) {
	switch {
	case r.null():
	case r.word("true"):
		*into = true
	case r.word("false"):
		*into = false
	default:
		r.unsure = true
	}
}

// longest is how many digits surely fit into an integer of 64 bits.
const longest = 18

func readWhole[T ~int | ~int64](into *T, r *reader) {
	if r.null() {
		return
	}
	text, whole := r.number()
	if !whole || len(text) > longest || r.unsure {
		r.unsure = true
		return
	}
	var value int64
	for _, c := range text {
		if c != '-' {
			value = 10*value + int64(c-'0')
		}
	}
	if text[0] == '-' {
		value = -value
	}
	if *into = T(value); int64(*into) != value {
		r.unsure = true // more than an int has here
	}
}

func readNumber(into *float64, r *reader) {
	if r.null() {
		return
	}
	text, _ := r.number()
	value, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		r.unsure = true
	}
	*into = value
}

// readRaw keeps any value as it stands, null too.
func readRaw(into *json.RawMessage, r *reader) {
	r.space()
	start := r.at
	if r.skip(); !r.unsure {
		*into = append(json.RawMessage(nil), r.data[start:r.at]...)
	}
}

func readBlob(into *Blob, r *reader) { readWhole(&into.at, r) }

func readPointer[T any](into **T, r *reader, read func(*T, *reader)) {
	switch {
	case r.null():
		*into = nil
	case *into != nil:
		r.unsure = true // a member twice
	default:
		*into = new(T)
		read(*into, r)
	}
}

func readList[T any](into *[]T, r *reader, read func(*T, *reader)) {
	switch {
	case r.null():
		*into = nil
		return
	case *into != nil:
		r.unsure = true // a member twice
		return
	}
	list := []T{}
	for more := r.open('[', ']'); more; more = r.next(']') {
		var zero T
		list = append(list, zero)
		read(&list[len(list)-1], r)
	}
	*into = list
}

func readMap[M ~map[string]T, T any](into *M, r *reader, read func(*T, *reader)) {
	if r.null() {
		*into = nil
		return
	}
	if *into == nil {
		*into = M{}
	}
	for more := r.open('{', '}'); more; more = r.next('}') {
		name := r.text()
		r.need(':')
		value := new(T)
		read(value, r)
		(*into)[name] = *value
	}
}
