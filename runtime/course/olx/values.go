package olx

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The functions of this file read attributes' texts as Open edX reads those of its older types: as JSON if the text is JSON of
// the field's type, else as the text itself. set is false for null and, but for texts, for nothing: the field is there and
// empty. Blocks that are [Block.Pure] have YAML instead; [YAML] turns it into what these functions read. Errors say what is
// wrong in words that may be shown to an author.

// ErrValue is wrapped by all errors of the functions that read values.
var ErrValue = errors.New("not a value of this field")

func badValue(text, want string) error {
	if len(text) > 80 {
		text = text[:80] + "..."
	}
	return fmt.Errorf("%w: %q is no %s", ErrValue, text, want)
}

// asJSON decodes text if it is JSON. Numbers stay as written.
func asJSON(text string) (value any, ok bool) {
	if len(text) > 1<<20 {
		return nil, false
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return nil, false
	}
	if rest := text[decoder.InputOffset():]; strings.TrimLeft(rest, " \t\r\n") != "" {
		return nil, false
	}
	return value, true
}

// Text reads a text: a quoted JSON string is unquoted, null is not set, all else is the text itself ("3.4" and "true" too).
func Text(text string) (value string, set bool) {
	switch decoded, _ := asJSON(text); decoded := decoded.(type) {
	case string:
		return decoded, true
	case nil:
		if strings.TrimSpace(text) == "null" {
			return "", false
		}
	}
	return text, true
}

// Integer reads a whole number. A fraction is cut off and true is 1, as Python's int does it.
func Integer(text string) (value int64, set bool, err error) {
	number, set, err := number(text)
	if err != nil || !set {
		return 0, false, err
	}
	if value, err := strconv.ParseInt(number, 10, 64); err == nil {
		return value, true, nil
	}
	float, err := strconv.ParseFloat(number, 64)
	decoded, isJSON := asJSON(text)
	if _, quoted := decoded.(string); err != nil || !isJSON || quoted || math.Abs(float) >= 1<<62 || math.IsNaN(float) {
		return 0, false, badValue(text, "whole number")
	}
	return int64(float), true, nil
}

// Float reads a finite number.
func Float(text string) (value float64, set bool, err error) {
	number, set, err := number(text)
	if err != nil || !set {
		return 0, false, err
	}
	value, err = strconv.ParseFloat(number, 64)
	if err != nil || math.IsInf(value, 0) || math.IsNaN(value) {
		return 0, false, badValue(text, "number")
	}
	return value, true, nil
}

// number gives the digits of a text, of a quoted text or of a JSON number.
func number(text string) (digits string, set bool, err error) {
	switch decoded, ok := asJSON(text); decoded := decoded.(type) {
	case json.Number:
		return decoded.String(), true, nil
	case string:
		text = decoded
	case bool:
		if decoded {
			return "1", true, nil
		}
		return "0", true, nil
	case nil:
		if ok {
			return "", false, nil
		}
	default:
		return "", false, badValue(text, "number")
	}
	digits = strings.TrimSpace(text)
	if digits == "" {
		return "", false, nil
	}
	if strings.ContainsAny(digits, "_xXpP") { // what Go's readers take beyond Python's
		return "", false, badValue(text, "number")
	}
	return digits, true, nil
}

// Boolean reads a truth value: a text is true if it is "true" in any case and else false; JSON is true unless it is false,
// zero or empty.
func Boolean(text string) (value, set bool) {
	decoded, ok := asJSON(text)
	if !ok {
		return strings.EqualFold(text, "true"), true
	}
	switch decoded := decoded.(type) {
	case nil:
		return false, false
	case bool:
		return decoded, true
	case string:
		return strings.EqualFold(decoded, "true"), true
	case json.Number:
		float, err := decoded.Float64()
		return err != nil || float != 0, true
	case []any:
		return len(decoded) > 0, true
	case map[string]any:
		return len(decoded) > 0, true
	}
	return false, true
}

// List reads a JSON array.
func List(text string) (values []json.RawMessage, set bool, err error) {
	return object[[]json.RawMessage](text, "list in JSON")
}

// Dict reads a JSON object.
func Dict(text string) (values map[string]json.RawMessage, set bool, err error) {
	return object[map[string]json.RawMessage](text, "object in JSON")
}

func object[T any](text, want string) (values T, set bool, err error) {
	trimmed := bytes.TrimSpace([]byte(text))
	if len(trimmed) == 0 || string(trimmed) == "null" {
		return values, false, nil
	}
	if err := json.Unmarshal(trimmed, &values); err != nil {
		return values, false, badValue(text, want)
	}
	return values, true, nil
}

var durationForm = regexp.MustCompile(`^(?:(\d+) days?)?\s?(?:(\d+) hours?)?\s?(?:(\d+) minutes?)?\s?(?:(\d+) seconds?)?$`)

// Duration reads a span such as "2 days 3 hours 10 minutes 1 second"; each part may be missing. An empty text is set, to zero.
func Duration(text string) (value time.Duration, set bool, err error) {
	text, set = Text(text)
	if !set {
		return 0, false, nil
	}
	parts := durationForm.FindStringSubmatch(text)
	if parts == nil {
		return 0, false, badValue(text, "span of time: write it as 2 days 3 hours 10 minutes 1 second")
	}
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if parts[i+1] == "" {
			continue
		}
		n, err := strconv.ParseInt(parts[i+1], 10, 64)
		if err != nil || n > int64((math.MaxInt64-value)/unit) {
			return 0, false, badValue(text, "span of time: it is too long")
		}
		value += time.Duration(n) * unit
	}
	return value, true, nil
}

// ClockTime reads a place in a video, "HH:MM:SS" below 24 hours, or seconds as a JSON number. Nothing is zero.
func ClockTime(text string) (time.Duration, error) {
	switch decoded, _ := asJSON(text); decoded := decoded.(type) {
	case json.Number:
		seconds, err := decoded.Float64()
		if err != nil || seconds < 0 || seconds > 86_400 {
			return 0, badValue(text, "time from 00:00:00 to 23:59:59")
		}
		return time.Duration(seconds * float64(time.Second)), nil
	case string:
		text = decoded
	case nil:
		if strings.TrimSpace(text) == "null" {
			return 0, nil
		}
	}
	if text == "" {
		return 0, nil
	}
	at, err := time.Parse("15:4:5", text)
	if err != nil || at.Nanosecond() != 0 {
		return 0, badValue(text, "time from 00:00:00 to 23:59:59")
	}
	return at.Sub(at.Truncate(24 * time.Hour)), nil
}

// YAML turns the text of a pure block's attribute, which is YAML, into what the other functions read: yes, on, ~ and the like
// become true, false and null. Other texts stay as they are; JSON is YAML.
func YAML(text string) string {
	trimmed := strings.TrimSpace(text)
	if len(trimmed) <= len("false") {
		switch lower := strings.ToLower(trimmed); {
		case trimmed != lower && trimmed != strings.ToUpper(trimmed) && trimmed != strings.ToUpper(lower[:1])+lower[1:]:
		case lower == "yes", lower == "on", lower == "true":
			return "true"
		case lower == "no", lower == "off", lower == "false":
			return "false"
		case lower == "~", lower == "null":
			return "null"
		}
	}
	return text
}
