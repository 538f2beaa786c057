package grading

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of [ParsePolicy].
const (
	MaxPolicyBytes = 256 << 10
	MaxTypes       = 100
	MaxCutoffs     = 100
	// MaxCount bounds min_count and drop_count: each missing subsection is a row of every learner's breakdown.
	MaxCount = 1000
	// MaxNameBytes bounds each name and label.
	MaxNameBytes = 512
	// MaxWeight bounds a weight, which is 0.15 for 15 %.
	MaxWeight = 1000
)

// PolicyError is why a grading policy cannot be used.
type PolicyError struct {
	// Where is the place in the file: "line 3, column 7", "GRADER[1].min_count".
	Where string
	// Problem says what is wrong, Fix what to do.
	Problem, Fix string
}

// Error says where, what and how to mend it.
func (e *PolicyError) Error() string {
	return fmt.Sprintf("reading grading policy: %s: %s; %s", e.Where, e.Problem, e.Fix)
}

// Warning is something in a policy that works, but probably not as its author thinks.
type Warning struct {
	// Where is the place in grading_policy.json, such as "GRADER[1].weight" or "GRADE_CUTOFFS".
	Where string
	// Message says what, Fix what to do about it.
	Message, Fix string
}

const (
	graderKey  = "GRADER"
	cutoffsKey = "GRADE_CUTOFFS"
)

// ParsePolicy reads grading_policy.json with Open edX's tolerance: a missing GRADER or GRADE_CUTOFFS falls back to the
// [DefaultPolicy]'s, unknown keys are dropped, numbers may stand in quotation marks, a missing weight is 0. Each of these is
// a warning, and so is what [Policy.Check] finds. The error is a [*PolicyError]: no JSON, no type, min_count or drop_count, a
// value of the wrong kind, or more than the limits allow.
func ParsePolicy(data []byte) (Policy, []Warning, error) {
	if len(data) > MaxPolicyBytes {
		return Policy{}, nil, &PolicyError{
			"the file", fmt.Sprintf("%d bytes, more than %d", len(data), MaxPolicyBytes), "it should hold assignment types and cutoffs only",
		}
	}
	r := policyReader{}
	policy, err := r.policy(bytes.TrimPrefix(data, []byte("\ufeff")))
	if err != nil {
		return Policy{}, nil, err
	}
	return policy, append(r.warnings, policy.Check()...), nil
}

// policyReader collects warnings on its way.
type policyReader struct{ warnings []Warning }

func (r *policyReader) warn(where, message, fix string) {
	r.warnings = append(r.warnings, Warning{where, message, fix})
}

func (r *policyReader) policy(data []byte) (Policy, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		data = []byte("{}")
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(data, &top); err != nil {
		return Policy{}, syntaxError(data, err)
	}
	for _, key := range slices.Sorted(maps.Keys(top)) {
		if key != graderKey && key != cutoffsKey {
			r.warn(clip(key), "this key is not known and was dropped", "the known ones are GRADER and GRADE_CUTOFFS")
		}
	}
	policy := DefaultPolicy()
	if raw, ok := top[graderKey]; ok && !isNull(raw) {
		types, err := r.types(raw)
		if err != nil {
			return Policy{}, err
		}
		policy.Types = types
	} else {
		r.warn(graderKey, "there are no assignment types, so the default ones are used: Homework, Lab, Midterm Exam, Final Exam",
			"list this course's assignment types")
	}
	if raw, ok := top[cutoffsKey]; ok && !isNull(raw) {
		cutoffs, err := r.cutoffs(raw)
		if err != nil {
			return Policy{}, err
		}
		policy.Cutoffs = cutoffs
	} else {
		r.warn(cutoffsKey, "there are no grade cutoffs, so the default one is used: Pass from 50 %", "say from which grade learners pass")
	}
	return policy, nil
}

func (r *policyReader) types(raw json.RawMessage) ([]AssignmentType, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, &PolicyError{graderKey, "is not a list", "write the assignment types in [ ]"}
	}
	if len(list) > MaxTypes {
		return nil, &PolicyError{graderKey, fmt.Sprintf("%d assignment types", len(list)), fmt.Sprintf("use at most %d", MaxTypes)}
	}
	types := make([]AssignmentType, 0, len(list))
	for i, entry := range list {
		t, err := r.assignmentType(fmt.Sprintf("%s[%d]", graderKey, i), entry)
		if err != nil {
			return nil, err
		}
		types = append(types, t)
	}
	return types, nil
}

// cutoffs keeps the order of the letters, which decides between equal cutoffs. A letter that stands twice has its last
// value, as in every JSON reader.
func (r *policyReader) cutoffs(raw json.RawMessage) ([]Cutoff, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return nil, &PolicyError{cutoffsKey, "is not an object", `write the letters as {"A": 0.9, "B": 0.8}`}
	}
	cutoffs := []Cutoff{}
	places := map[string]int{}
	for decoder.More() {
		token, err := decoder.Token()
		letter, isText := token.(string)
		if err != nil || !isText {
			return nil, &PolicyError{cutoffsKey, "cannot be read", `write the letters as {"A": 0.9, "B": 0.8}`}
		}
		where := cutoffsKey + "." + clip(letter)
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, &PolicyError{where, "cannot be read", "write a number such as 0.5"}
		}
		from, err := r.number(where, value, "write a number such as 0.5 for 50 %")
		if err != nil {
			return nil, err
		}
		if len(letter) > MaxNameBytes {
			return nil, &PolicyError{where, fmt.Sprintf("the name is longer than %d bytes", MaxNameBytes), "shorten it"}
		}
		if place, twice := places[letter]; twice {
			cutoffs[place].From = from
			continue
		}
		places[letter] = len(cutoffs)
		cutoffs = append(cutoffs, Cutoff{Letter: letter, From: from})
		if len(cutoffs) > MaxCutoffs {
			return nil, &PolicyError{cutoffsKey, "too many grades", fmt.Sprintf("use at most %d", MaxCutoffs)}
		}
	}
	return cutoffs, nil
}

// syntaxError adds line and column to a JSON error.
func syntaxError(data []byte, err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return &PolicyError{"the file", "is not a JSON object", `it should look like {"GRADER": [...], "GRADE_CUTOFFS": {...}}`}
	}
	read := data[:min(syntax.Offset, int64(len(data)))]
	line := bytes.Count(read, []byte("\n")) + 1
	column := max(1, utf8.RuneCount(read[bytes.LastIndexByte(read, '\n')+1:]))
	return &PolicyError{
		fmt.Sprintf("line %d, column %d", line, column), syntax.Error(), "correct the JSON, or export the course again",
	}
}

func isNull(raw json.RawMessage) bool { return string(bytes.TrimSpace(raw)) == "null" }

// clip shortens what an author wrote for messages.
func clip(text string) string {
	if len(text) > maxShownValue {
		return strings.ToValidUTF8(text[:maxShownValue], "") + "..."
	}
	return text
}
