package grading

import (
	"fmt"
	"strings"
)

// The settings of this package are numbers whose zero value is Open edX's default; their texts are Open edX's. They read
// and write themselves as text, so JSON and XML carry the same words as an OLX archive.

// UnknownSetting is the error of a setting's value that this package does not know.
type UnknownSetting struct {
	// Setting is the field's name in OLX, such as "showanswer".
	Setting string
	// Value is what was read, cut to a printable length.
	Value string
	// Known lists the values that would do.
	Known []string
}

// Error says what, and what would do.
func (e *UnknownSetting) Error() string {
	return fmt.Sprintf("reading %s: %q is not known; use one of %s", e.Setting, e.Value, strings.Join(e.Known, ", "))
}

const maxShownValue = 60

func parseName[T ~uint8](setting, value string, names []string) (T, error) {
	for i, name := range names {
		if name == value {
			return T(i), nil
		}
	}
	if len(value) > maxShownValue {
		value = strings.ToValidUTF8(value[:maxShownValue], "") + "..."
	}
	return 0, &UnknownSetting{Setting: setting, Value: value, Known: names}
}

func nameOf[T ~uint8](v T, names []string) string {
	if int(v) < len(names) {
		return names[v]
	}
	return fmt.Sprintf("unknown(%d)", v)
}

func marshalName[T ~uint8](setting string, v T, names []string) ([]byte, error) {
	if int(v) >= len(names) {
		return nil, &UnknownSetting{Setting: setting, Value: nameOf(v, names), Known: names}
	}
	return []byte(names[v]), nil
}

func unmarshalName[T ~uint8](target *T, text []byte, parse func(string) (T, error)) error {
	v, err := parse(string(text))
	if err != nil {
		return err
	}
	*target = v
	return nil
}
