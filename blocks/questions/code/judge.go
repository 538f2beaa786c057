package code

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// What became of a test.
const (
	statePassed  = "passed"
	stateFailed  = "failed"
	stateError   = "error"
	stateSkipped = "skipped"
	// The other states are the limits of the sandbox: wire.LimitTime, LimitMemory, LimitOutput, LimitDepth.
)

// Bounds of a run and of what is kept of it.
const (
	// maxOutput bounds what a program prints in a test, in bytes.
	maxOutput = 20_000
	// maxKept bounds what is kept of a text to be shown, in bytes; all of a verdict together has maxAllKept.
	maxKept, maxAllKept = 4000, 60_000
	// maxSlow is how many tests may take too long before the others are not run any more.
	maxSlow = 3
)

// outcome is what became of a test, as the verdict keeps it. That of a hidden test has no more than its state: neither what went
// in nor what came out, nor what an error says, which the program could make of what went in.
type outcome struct {
	ID    string `json:"i"`
	State string `json:"s"`
	// Output is what the program gave, Printed what it printed beside the value of a call, Expected what was expected.
	Output   string `json:"o,omitempty"`
	Printed  string `json:"p,omitempty"`
	Expected string `json:"e,omitempty"`
	// Error is the mistake's name and sentence, Line its line in the program, 0 where that is unknown.
	Error string `json:"x,omitempty"`
	Line  int    `json:"n,omitempty"`
}

// broken is why tests cannot be run by a fault of the question.
type broken struct{ key, why string }

func (b broken) Error() string { return b.why }

// Judge implements question.Kind: a run of the interpreter for each test, so that no test sees anything of another. What is
// expected never comes into a run of the learner's program.
func (kind) Judge(c *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	outcomes, err := secret.outcomes(c, plain(s.First(input)), s.Try)
	if fault, ok := err.(broken); ok { //nolint:errorlint // nothing wraps it
		c.Logf(sdk.LevelWarn, "the tests do not run: %s", fault.why)
		return question.Refused("", fault.key), nil
	}
	if err != nil {
		return question.Result{}, err
	}
	var result question.Result
	passed := 0
	for i, o := range outcomes {
		t := &secret.Tests[i]
		part := question.Part{ID: t.ID, Possible: t.Points, Correctness: wire.Incorrect}
		if o.State == statePassed {
			passed++
			part.Earned, part.Correctness = t.Points, wire.Correct
		} else {
			part.Feedback = t.Feedback
		}
		result.Parts = append(result.Parts, part)
	}
	if result.Own, err = json.Marshal(outcomes); err != nil {
		return question.Result{}, fmt.Errorf("encoding what became of the tests: %w", err)
	}
	switch {
	case s.Try && len(outcomes) == 0:
		result.Tried = question.Saying("ran_none")
	case s.Try:
		result.Tried = question.Saying("ran", strconv.Itoa(passed), strconv.Itoa(len(outcomes)))
	case secret.All:
		result.AllOrNothing()
	}
	return result, nil
}

// outcomes runs the tests in their order; only those that learners see where it is a try.
func (s *Secret) outcomes(c *sdk.Call, program string, try bool) ([]outcome, error) {
	outcomes := []outcome{}
	slow, left := 0, maxAllKept
	for i := range s.Tests {
		t := &s.Tests[i]
		if try && t.Hidden {
			continue
		}
		if slow >= maxSlow {
			outcomes = append(outcomes, outcome{ID: t.ID, State: stateSkipped})
			continue
		}
		o, err := s.run(c, program, t)
		if err != nil {
			return nil, err
		}
		if o.State == wire.LimitTime {
			slow++
		}
		if t.Hidden {
			o = outcome{ID: o.ID, State: o.State}
		}
		o.clip(&left)
		outcomes = append(outcomes, o)
	}
	return outcomes, nil
}

// run runs a program in one test and compares what it gives. It knows nothing of who may see what.
func (s *Secret) run(c *sdk.Call, program string, t *test) (outcome, error) {
	o := outcome{ID: t.ID}
	want, err := s.expects(c, t)
	if err != nil {
		return o, err
	}
	done, err := c.Script(s.script(program, t))
	if err != nil {
		return o, err
	}
	o.Expected = want
	o.Output = done.Stdout
	if s.Asks == asksCall {
		o.Output, o.Printed = done.Value, done.Stdout
	}
	switch f := done.Failed; {
	case f != nil && f.Setup:
		return o, broken{"setup_fails", "setup: " + f.Class + ": " + f.Message}
	case f != nil:
		o.State, o.Line = stateError, f.Line
		if f.Limit != "" {
			o.State = f.Limit
		} else {
			o.Error = f.Class + ": " + f.Message
		}
	case same(s.Compare, o.Output, want):
		o.State, o.Expected = statePassed, ""
	default:
		o.State = stateFailed
	}
	return o, nil
}

// script is the run of a program in a test. All that it says is known to the program.
func (s *Secret) script(program string, t *test) wire.ScriptRun {
	run := wire.ScriptRun{Language: s.Language, Setup: s.Setup, Code: program, Seed: 1, Fuel: s.Fuel, Output: maxOutput}
	switch {
	case s.Language == wire.LanguageSQL && t.Input != "":
		run.Setup = strings.TrimRight(s.Setup, " \n;") + ";\n" + t.Input
	case s.Language == wire.LanguageSQL:
	case s.Asks == asksCall:
		run.Call = t.Input
	default:
		run.Stdin = t.Input
	}
	return run
}

// expects gives what a test expects: what its author wrote, else what the reference solution gives. The value of a call is
// written as its language writes it, so that 'a' is "a".
func (s *Secret) expects(c *sdk.Call, t *test) (string, error) {
	if t.Expected != "" || strings.TrimSpace(s.Reference) == "" {
		if s.Asks != asksCall || strings.TrimSpace(t.Expected) == "" {
			return t.Expected, nil
		}
		done, err := c.Script(wire.ScriptRun{Language: s.Language, Setup: s.Setup, Call: t.Expected, Seed: 1, Fuel: s.Fuel, Output: maxOutput})
		if err != nil {
			return "", err
		}
		if done.Failed != nil {
			return t.Expected, nil // no expression: it is taken as it stands
		}
		return done.Value, nil
	}
	done, err := c.Script(s.script(s.Reference, t))
	switch {
	case err != nil:
		return "", err
	case done.Failed != nil:
		return "", broken{"reference_fails", fmt.Sprintf("the reference solution fails in line %d: %s: %s", done.Failed.Line, done.Failed.Class, done.Failed.Message)}
	case s.Asks == asksCall:
		return done.Value, nil
	}
	return done.Stdout, nil
}

// clip shortens what is kept, within what all tests together have left.
func (o *outcome) clip(left *int) {
	for _, text := range []*string{&o.Error, &o.Output, &o.Expected, &o.Printed} {
		most := min(maxKept, *left)
		if len(*text) > most {
			cut := most
			for cut > 0 && !utf8.RuneStart((*text)[cut]) {
				cut--
			}
			*text = (*text)[:cut] + "…"
		}
		*left = max(0, *left-len(*text))
	}
}
