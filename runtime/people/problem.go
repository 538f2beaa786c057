package people

import (
	"fmt"
	"strings"
)

// Field names an input of a form.
type Field string

// The fields that a person fills in.
const (
	FieldUsername Field = "username"
	FieldEmail    Field = "email"
	FieldName     Field = "name"
	FieldPassword Field = "password"
	FieldLocale   Field = "locale"
	FieldZone     Field = "zone"
	FieldTheme    Field = "theme"

	FieldBirthYear  Field = "birth_year"
	FieldBio        Field = "bio"
	FieldCountry    Field = "country"
	FieldLanguages  Field = "languages"
	FieldVisibility Field = "visibility"
)

// Code says what is wrong with a field, for translation. Codes are append-only.
type Code string

// The codes.
const (
	CodeMissing   Code = "missing"
	CodeShort     Code = "too_short"
	CodeLong      Code = "too_long"
	CodeCharacter Code = "character"     // holds something that may not stand there
	CodeEdge      Code = "edge"          // starts or ends with a separator, or has two in a row
	CodeNoLetter  Code = "no_letter"     // has no letter at all
	CodeScripts   Code = "mixed_scripts" // letters of several scripts, which may look like another name
	CodeReserved  Code = "reserved"
	CodeTaken     Code = "taken" // by this or one that looks alike
	CodeMalformed Code = "malformed"
	CodeCommon    Code = "common"      // among the passwords that are tried first
	CodePersonal  Code = "personal"    // a password that is the name or address
	CodeRepeated  Code = "repeated"    // a password of one character
	CodeUnknown   Code = "unknown"     // not one of those that there are
	CodeEncoding  Code = "not_utf8"    // not text
	CodeMarkup    Code = "unprintable" // control or direction characters
)

// Problem is one thing that a person can mend in a form.
type Problem struct {
	Field Field
	Code  Code
	// Message says it in English.
	Message string
}

// Problems is the error for input that cannot be accepted, with every problem that was found.
type Problems []Problem

// Error implements error.
func (p Problems) Error() string {
	parts := make([]string, len(p))
	for i, problem := range p {
		parts[i] = fmt.Sprintf("%s: %s", problem.Field, problem.Message)
	}
	return strings.Join(parts, "; ")
}

func (p *Problems) add(field Field, code Code, format string, args ...any) {
	*p = append(*p, Problem{field, code, fmt.Sprintf(format, args...)})
}
