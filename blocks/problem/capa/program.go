package capa

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Program is Python that a problem asks to be run, in the sandbox's prelude of Open edX.
type Program struct {
	Code string
	// Globals is a JSON object of what the code finds. A number that JSON does not have is {"$float": "nan"}.
	Globals json.RawMessage
	// Want names the globals to give back; empty asks for all that JSON can hold.
	Want []string
	Seed int64
}

// Ran is what a program left behind.
type Ran struct {
	Globals json.RawMessage
	// Failed says that the program did something wrong; nil when it did not.
	Failed *ProgramError
}

// ProgramError is an exception of Python's.
type ProgramError struct {
	Class, Message string
	// Line counts from 1 in the program; 0 is unknown.
	Line int
}

// Runner runs programs. Its error means that the program was not run to its end by no fault of its own.
type Runner func(Program) (Ran, error)

// Circumstances are what grading may depend on besides the key and the answers.
type Circumstances struct {
	Seed    int64
	Learner string
	// Attempt counts from 1.
	Attempt int
	// Run is nil where programs cannot run: then what needs one is unsupported.
	Run Runner
}

// setup is what programs that grade a variant find: the problem's own script, and the variables that it left behind, as a
// JSON object.
type setup struct {
	Code string `json:"c,omitempty"`
	Vars string `json:"v,omitempty"`
}

func (v *setup) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "c":
			v.Code = s.Text()
		case "v":
			v.Vars = s.Text()
		default:
			return s.Unknown()
		}
		return true
	})
}

// SetUp is the program that draws a problem's variables, for a seed; nil when the problem has none.
func (s *Secret) SetUp(seed int64, learner string) *Program {
	if s.Script == "" {
		return nil
	}
	return &Program{Code: s.Script, Globals: globals("", map[string]any{"seed": seed, "anonymous_student_id": learner}), Seed: seed}
}

// ScriptLine is the line of the problem's source that a line of its script stands in; 0 when that is unknown.
func (s *Secret) ScriptLine(line int) int {
	root, _, err := parseXML(s.Source)
	if err != nil || line < 1 {
		return 0
	}
	for _, part := range scripts(root) {
		n := strings.Count(part.allText(), "\n") + 1
		if line <= n {
			return part.line + line - 1
		}
		line -= n
	}
	return 0
}

// globals puts more names into a JSON object.
func globals(object string, more map[string]any) json.RawMessage {
	names := map[string]json.RawMessage{}
	if object != "" {
		if err := json.Unmarshal([]byte(object), &names); err != nil {
			panic("reading variables: " + err.Error()) // they were read when the variant was made
		}
	}
	for name, value := range more {
		names[name] = appendGlobal(nil, value)
	}
	return appendMembers(nil, names, func(to []byte, value json.RawMessage) []byte { return append(to, value...) })
}

// appendGlobal appends a value as encoding/json writes it, common kinds without reflection.
func appendGlobal(to []byte, value any) []byte {
	switch value := value.(type) {
	case nil:
		return append(to, "null"...)
	case string:
		if unescaped(value) {
			return append(append(append(to, '"'), value...), '"')
		}
	case []string:
		return appendItems(to, value, func(to []byte, text string) []byte { return appendGlobal(to, text) })
	case []any:
		return appendItems(to, value, appendGlobal)
	case map[string]any:
		return appendMembers(to, value, appendGlobal)
	}
	data, err := json.Marshal(value)
	if err != nil {
		panic("writing variables: " + err.Error()) // strings, numbers and lists always marshal
	}
	return append(to, data...)
}

// unescaped reports whether a text stands in JSON as it is.
func unescaped(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' || r >= utf8.RuneSelf || r == '"' || r == '\\' || r == '<' || r == '>' || r == '&'
	})
}

func appendItems[T any](to []byte, items []T, item func([]byte, T) []byte) []byte {
	if items == nil {
		return append(to, "null"...)
	}
	to = append(to, '[')
	for i := range items {
		if i > 0 {
			to = append(to, ',')
		}
		to = item(to, items[i])
	}
	return append(to, ']')
}

func appendMembers[T any](to []byte, members map[string]T, member func([]byte, T) []byte) []byte {
	if members == nil {
		return append(to, "null"...)
	}
	to = append(to, '{')
	for i, name := range slices.Sorted(maps.Keys(members)) {
		if i > 0 {
			to = append(to, ',')
		}
		to = member(append(appendGlobal(to, name), ':'), members[name])
	}
	return append(to, '}')
}

// run runs a program of a response. A failure of the host's is kept in the grading, which then gives no result.
func (g *grading) run(p Program) (value, *Failure) {
	if g.at.Run == nil {
		return nil, &Failure{Outcome: Unsupported, Message: message("script_unavailable")}
	}
	p.Seed = g.at.Seed
	ran, err := g.at.Run(p)
	if err != nil {
		g.err = err
		return nil, &Failure{Outcome: Unsupported, Message: message("script_unavailable")}
	}
	if ran.Failed != nil {
		return nil, ran.Failed.failure()
	}
	left, err := parseValue(ran.Globals)
	if err != nil {
		g.err = err
		return nil, ungradable("cannot_grade")
	}
	return left, nil
}

// failure is what a learner reads of an exception: authors speak to learners through its text.
func (e *ProgramError) failure() *Failure {
	const longest = 1000
	text := strings.TrimSpace(e.Message)
	if text == "" {
		return ungradable("cannot_grade")
	}
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return &Failure{Ungradable, "", message("script_says", text)}
}

// programs reports whether some response runs a program to grade.
func (s *Secret) programs() bool {
	return slices.ContainsFunc(s.Responses, func(r Response) bool { return r.Custom != nil || r.HintFunction != "" })
}
