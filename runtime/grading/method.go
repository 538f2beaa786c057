package grading

import "strings"

const methodSetting = "grading_method"

func methodNames() []string {
	return []string{"last_score", "first_score", "highest_score", "average_score"}
}

// ParseMethod reads grading_method; it also takes the contract's shorter words (last, first, highest, average), and ""
// for the default. The error is an [*UnknownSetting].
func ParseMethod(text string) (Method, error) {
	if text == "" {
		return MethodLast, nil
	}
	name := text
	if !strings.HasSuffix(name, "_score") {
		name += "_score"
	}
	method, err := parseName[Method](methodSetting, name, methodNames())
	if err != nil {
		_, err = parseName[Method](methodSetting, text, methodNames())
	}
	return method, err
}

// String gives Open edX's name.
func (m Method) String() string { return nameOf(m, methodNames()) }

// MarshalText implements [encoding.TextMarshaler].
func (m Method) MarshalText() ([]byte, error) { return marshalName(methodSetting, m, methodNames()) }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *Method) UnmarshalText(text []byte) error { return unmarshalName(m, text, ParseMethod) }
