package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// Answers are given for problems whose answer nobody else states, or in place of what the block says: block -> input ->
// values. A block is named by its usage key or by its block id (url_name).
type Answers map[string]map[string]Values

// Values is one value, or several for an input that takes more than one.
type Values []string

// UnmarshalJSON takes a text or a number, or a list of them.
func (v *Values) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // 1.50 is sent as it stands
	var value any
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	list, several := value.([]any)
	if !several {
		list = []any{value}
	}
	*v = Values{}
	for _, item := range list {
		switch item := item.(type) {
		case string:
			*v = append(*v, item)
		case json.Number:
			*v = append(*v, item.String())
		default:
			return fmt.Errorf("an answer is a text, a number or a list of these, not %s", data)
		}
	}
	return nil
}

// ParseAnswers reads the file of answers. Errors name the line.
func ParseAnswers(data []byte) (Answers, error) {
	var answers Answers
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&answers); err != nil {
		line, _ := intake.NewLines(data).Position(int(min(decoder.InputOffset(), int64(len(data)))))
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			line, _ = intake.NewLines(data).Position(int(max(0, min(syntax.Offset-1, int64(len(data))))))
		}
		return nil, fmt.Errorf("line %d: %w; it must be {block: {input: value or [values]}}", line, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the object")
	}
	return answers, nil
}

// of gives the answers for a block, and whether there are any.
func (a Answers) of(block *course.Block) (map[string]Values, bool) {
	if given, ok := a[block.Usage.String()]; ok {
		return given, true
	}
	given, ok := a[block.Usage.ID]
	return given, ok
}

// unused lists the names that belong to none of the blocks, sorted.
func (a Answers) unused(blocks []*course.Block) []string {
	known := map[string]bool{}
	for _, block := range blocks {
		known[block.Usage.String()], known[block.Usage.ID] = true, true
	}
	var out []string
	for name := range a {
		if !known[name] {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// formOf turns answers into the form that the shown view would send. An input is named as its control is; what stands around
// the name in the control's (the block's id before it, "input_", "[]" for controls that take several values) may be left out.
func formOf(given map[string]Values, block *course.Block, shown string) (map[string][]string, error) {
	form := map[string][]string{}
	for name, values := range given {
		control, ok := controlOf(name, block.Usage.ID, shown)
		if !ok {
			return nil, fmt.Errorf("it has no input %q; it has %s", name, strings.Join(controls(shown), ", "))
		}
		form[control] = values
	}
	return form, nil
}

func controlOf(name, id, shown string) (string, bool) {
	short := strings.TrimPrefix(name, id+"_")
	known := controls(shown)
	if len(known) == 0 { // a script makes the controls
		return name, true
	}
	for _, candidate := range []string{name, name + "[]", "input_" + short, "input_" + short + "[]"} {
		if slices.Contains(known, candidate) {
			return candidate, true
		}
	}
	return "", false
}

// controls lists the names of a fragment's controls, each once, buttons left out: their name is the host's.
func controls(shown string) []string {
	var names []string
	for _, part := range strings.Split(shown, ` name="`)[1:] {
		name, _, found := strings.Cut(part, `"`)
		if name = html.UnescapeString(name); found && name != "" && name != "handler" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
