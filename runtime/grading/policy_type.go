package grading

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// assignmentType reads one entry of GRADER.
func (r *policyReader) assignmentType(where string, raw json.RawMessage) (AssignmentType, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(raw, &keys); err != nil || keys == nil {
		return AssignmentType{}, &PolicyError{where, "is not an object", `write it as {"type": "Homework", "min_count": 12, ...}`}
	}
	e := entryReader{policyReader: r, where: where, keys: keys, known: map[string]bool{}}
	var t AssignmentType
	e.text(&t.Type, "type", true)
	e.count(&t.MinCount, "min_count", "give how many subsections of this type the course will have")
	e.count(&t.DropCount, "drop_count", "give how many of the lowest are left out; 0 keeps all")
	e.weight(&t.Weight)
	e.text(&t.ShortLabel, "short_label", false)
	e.text(&t.SectionType, "section_type", false)
	e.text(&t.Category, "category", false)
	e.startingIndex(&t.StartingIndex)
	e.flag(&t.ShowOnlyAverage, "show_only_average")
	e.flag(&t.HideAverage, "hide_average")
	if e.err != nil {
		return AssignmentType{}, e.err
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if !e.known[key] {
			r.warn(where+"."+clip(key), "this key is not known and was dropped", "remove it")
		}
	}
	return t, nil
}

// entryReader reads the keys of one entry; after the first error it does nothing.
type entryReader struct {
	*policyReader
	where string
	keys  map[string]json.RawMessage
	known map[string]bool
	err   error
}

// value finds a key that is set; null is as good as absent.
func (e *entryReader) value(key string) (where string, raw json.RawMessage, ok bool) {
	e.known[key] = true
	raw, ok = e.keys[key]
	return e.where + "." + key, raw, ok && !isNull(raw) && e.err == nil
}

func (e *entryReader) fail(where, problem, fix string) {
	if e.err == nil {
		e.err = &PolicyError{where, problem, fix}
	}
}

func (e *entryReader) text(target *string, key string, required bool) {
	where, raw, ok := e.value(key)
	if !ok {
		if required {
			e.fail(where, "is missing", "give the name of the assignment type, as subsections use it")
		}
		return
	}
	if err := json.Unmarshal(raw, target); err != nil {
		e.fail(where, "is not text", "write it in quotation marks")
		return
	}
	if len(*target) > MaxNameBytes {
		e.fail(where, fmt.Sprintf("is longer than %d bytes", MaxNameBytes), "shorten it")
	}
	if required && *target == "" {
		e.fail(where, "is empty", "give the name of the assignment type, as subsections use it")
	}
}

// count reads a required whole number as Open edX does: int(float(x)), so "3" and 3.7 are 3. A negative one counts as 0.
func (e *entryReader) count(target *int, key, fix string) {
	where, raw, ok := e.value(key)
	if !ok {
		e.fail(where, "is missing", fix)
		return
	}
	v, err := e.number(where, raw, fix)
	if err != nil {
		e.err = err
		return
	}
	whole := math.Trunc(v)
	switch {
	case whole > MaxCount:
		e.fail(where, fmt.Sprintf("%v is more than %d", v, MaxCount), fix)
		return
	case whole < 0:
		e.warn(where, fmt.Sprintf("%v is negative and counts as 0", v), fix)
		whole = 0
	case whole != v:
		e.warn(where, fmt.Sprintf("%v is not a whole number; %v is used", v, whole), fix)
	}
	*target = int(whole)
}

func (e *entryReader) weight(target *float64) {
	const fix = "write the share of the grade, such as 0.15 for 15 %"
	where, raw, ok := e.value("weight")
	if !ok {
		if e.err == nil {
			e.warn(where, "there is no weight, so this type counts nothing", fix)
		}
		return
	}
	v, err := e.number(where, raw, fix)
	switch {
	case err != nil:
		e.err = err
	case v < 0 || v > MaxWeight:
		e.fail(where, fmt.Sprintf("%v is not between 0 and %d", v, MaxWeight), fix)
	case v == 0:
		*target = 0 // also for -0
	default:
		*target = v
	}
}

func (e *entryReader) startingIndex(target **int) {
	const fix = "write the number of the first subsection, such as 1"
	where, raw, ok := e.value("starting_index")
	if !ok {
		return
	}
	v, err := e.number(where, raw, fix)
	switch {
	case err != nil:
		e.err = err
	case v != math.Trunc(v) || math.Abs(v) > 1e6:
		e.fail(where, fmt.Sprintf("%v is not a whole number up to a million", v), fix)
	default:
		index := int(v)
		*target = &index
	}
}

// flag reads a switch. Open edX takes any value and asks Python whether it is true; here the words count.
func (e *entryReader) flag(target *bool, key string) {
	where, raw, ok := e.value(key)
	if !ok {
		return
	}
	switch text := strings.ToLower(strings.Trim(string(raw), "\" ")); text {
	case "true", "1", "false", "0":
		*target = text == "true" || text == "1"
	default:
		e.fail(where, "is neither true nor false", "write true or false")
	}
}

// number reads a JSON number, or one in quotation marks.
func (r *policyReader) number(where string, raw json.RawMessage, fix string) (float64, error) {
	var v float64
	if json.Unmarshal(raw, &v) == nil && !isNull(raw) {
		return v, nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil || isNull(raw) {
		return 0, &PolicyError{where, "is not a number", fix}
	}
	trimmed := strings.TrimSpace(text)
	// ParseFloat also knows hexadecimal, "inf" and "nan", which no author means.
	v, err := strconv.ParseFloat(trimmed, 64)
	if err != nil || strings.Trim(trimmed, "0123456789+-.eE") != "" {
		return 0, &PolicyError{where, fmt.Sprintf("%q is not a number", clip(text)), fix}
	}
	r.warn(where, fmt.Sprintf("the number %s stands in quotation marks", trimmed), "write it without them")
	return v, nil
}
