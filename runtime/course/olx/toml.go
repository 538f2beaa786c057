package olx

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"

	"github.com/BurntSushi/toml"

	"github.com/quoin-lms/quoin/runtime/intake"
)

// What a TOML file of a backup may be. Its reader goes down one level of its stack for each open bracket, and spells out every
// beginning of a dotted key, so both are bounded before it reads. Brackets count wherever they stand: nobody can hide one.
const (
	tomlBytes    = 1 << 20
	tomlBrackets = 2000
)

// tomlChain is a dotted key of more parts than any that a backup has.
var tomlChain = regexp.MustCompile(`(?:(?:[^\s.="'\[\]{},#]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*\.[ \t]*){32}`)

// decode reads a TOML file into a struct. Errors are [Error] values, or the context's.
func (r *reader) decode(path string, into any) error {
	data, err := r.text(path)
	if err != nil {
		return r.fatal(path, err)
	}
	refuse := func(what string) error {
		return &Error{Code: ErrBroken, File: path, What: what, Fix: "take the archive as it was exported"}
	}
	switch {
	case len(data) > tomlBytes:
		return refuse(fmt.Sprintf("the file is larger than %d bytes", tomlBytes))
	case bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) > tomlBrackets:
		return refuse(fmt.Sprintf("the file has more than %d brackets", tomlBrackets))
	case tomlChain.Match(data):
		return refuse("a key has more than 32 parts")
	}
	if err := toml.Unmarshal(data, into); err != nil {
		broken := &Error{Code: ErrBroken, File: path, What: "it cannot be read as TOML: " + intake.Printable(err.Error()), Fix: "mend the TOML"}
		if at := (toml.ParseError{}); errors.As(err, &at) {
			broken.Line, broken.Column, broken.What = at.Position.Line, at.Position.Col, "it cannot be read as TOML: "+intake.Printable(at.Message)
		}
		return broken
	}
	return nil
}
