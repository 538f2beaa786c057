package problem_test

import (
	"encoding/json"
	"fmt"
	"html"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/blocks/problem/internal/cases"
)

// Recorded computations as problems: what the calculator and the tolerances are to learners. Where a record cannot be asked by a
// problem (functions of the caller's own, tolerances that are relative by an argument) its check by the Go package stands alone.

// askedOf gives the problems that ask what calc.jsonl and tolerance.jsonl recorded.
func askedOf(t *testing.T) []string {
	t.Helper()
	sources := []string{calculating}
	cases.Each(t, "calc.jsonl", func(f formula) {
		if source, asks := f.problem(); asks {
			sources = append(sources, source)
		}
	})
	cases.Each(t, "tolerance.jsonl", func(c closeness) {
		if source, asks := c.problem(); asks {
			sources = append(sources, source)
		}
	})
	return sources
}

// calculating is a problem whose check function computes what it is given by the module calc, and says what came out.
const calculating = `<problem><script type="loncapa/python">
import json

def number(v):
    if isinstance(v, dict):
        if "$complex" in v:
            return complex(*[number(x) for x in v["$complex"]])
        return float(v["$float"]) if "$float" in v else int(v["$bigint"])
    return v

def judge(expect, answer):
    case = json.loads(answer)
    # Where two names differ by case the records define the lower one first.
    names = {name: number(case["variables"][name]) for name in sorted(case["variables"], reverse=True)}
    calls = {name: (lambda x, body=body: calc.evaluator({"x": x}, {}, body)) for name, body in case["functions"].items()}
    try:
        value = calc.evaluator(names, calls, case["expr"], case["case_sensitive"])
    except Exception as e:
        return {"ok": False, "msg": json.dumps([type(e).__name__, str(e)])}
    if isinstance(value, int) and abs(value) > 10 ** 300:
        return {"ok": True, "msg": json.dumps([str(value), ""])}
    return {"ok": True, "msg": json.dumps([repr(float(value.real)), repr(float(value.imag))])}
</script><customresponse cfn="judge"><textline/></customresponse></problem>`

// judged has a script compute the formula.
func (f *formula) judged(t *testing.T, by recorded) []string {
	t.Helper()
	asked := map[string]any{"variables": f.Variables, "functions": f.Functions, "expr": f.Expr, "case_sensitive": f.CaseSensitive}
	if f.Variables == nil {
		asked["variables"] = map[string]any{}
	}
	if f.Functions == nil {
		asked["functions"] = map[string]any{}
	}
	line, err := json.Marshal(asked)
	if err != nil {
		t.Fatal(err)
	}
	result := by.grade(calculating, 1, capa.Answers{"2_1": capa.Given(string(line))})
	if result.Outcome != capa.Scored || len(result.Parts) != 1 {
		return []string{fmt.Sprintf("a script on %q: %s, %+v", f.Expr, result.Outcome, result.Failure)}
	}
	var said [2]string
	if err := json.Unmarshal([]byte(html.UnescapeString(result.Parts[0].Message)), &said); err != nil {
		return []string{fmt.Sprintf("a script on %q says %q: %v", f.Expr, result.Parts[0].Message, err)}
	}
	if different := differs(f, [2]any{said[0], said[1]}); different != "" {
		return []string{"by a script: " + different}
	}
	return nil
}

// problem asks for a formula that is worth the recorded value, at the recorded values of its variables.
func (f *formula) problem() (source string, asks bool) {
	answer := "1"
	if f.Error == nil {
		if answer, asks = literal(f.Value); !asks {
			return "", false
		}
	}
	names, at := []string{"zz"}, []string{"1"}
	for name := range f.Variables {
		names = append(names, name)
	}
	sort.Strings(names[1:])
	if len(f.Functions) > 0 || !f.CaseSensitive && slices.ContainsFunc(names, func(name string) bool {
		return slices.ContainsFunc(names, func(other string) bool { return name != other && strings.EqualFold(name, other) })
	}) {
		return "", false
	}
	for _, name := range names[1:] {
		value, ok := f.Variables[name].(json.Number)
		if !ok || strings.EqualFold(name, "i") || strings.EqualFold(name, "j") {
			return "", false
		}
		at = append(at, value.String())
	}
	kind := "ci"
	if f.CaseSensitive {
		kind = "cs"
	}
	values := strings.Join(at, ",")
	return fmt.Sprintf(`<problem><formularesponse type="%s" samples="%s@%s:%s#1" answer="%s"><responseparam type="tolerance" default="0.0000001%%"/><formulaequationinput/></formularesponse></problem>`,
		kind, html.EscapeString(strings.Join(names, ",")), values, values, answer), true
}

// graded has a learner answer it.
func (f *formula) graded(by recorded, source string) []string {
	result := by.grade(source, 1, capa.Answers{"2_1": capa.Given(f.Expr)})
	switch {
	case f.Error != nil && result.Outcome == capa.Scored && result.Score > 0, f.Error == nil && (result.Outcome != capa.Scored || result.Score != 1):
		return []string{fmt.Sprintf("the answer %q to %s: %s, score %v, %+v; recorded %v, %+v", f.Expr, source, result.Outcome, result.Score, result.Failure, f.Value, f.Error)}
	}
	return nil
}

// literal writes a recorded number as a formula; false for what is no number to compare with.
func literal(recorded any) (text string, ok bool) {
	switch v := recorded.(type) {
	case json.Number:
		f, err := strconv.ParseFloat(v.String(), 64)
		return "(" + v.String() + ")", err == nil && !math.IsInf(f, 0)
	case map[string]any:
		parts, isComplex := v["$complex"].([]any)
		if !isComplex {
			return "", false
		}
		re, realOK := literal(parts[0])
		im, imaginaryOK := literal(parts[1])
		return re + "+" + im + "*j", realOK && imaginaryOK
	}
	return "", false
}

// problem asks for the instructor's number with the recorded tolerance.
func (c *closeness) problem() (source string, asks bool) {
	instructor, isNumber := c.Instructor.(json.Number)
	_, typed := c.Student.(json.Number)
	if !typed || !isNumber || c.Relative || c.Tolerance == "" { // an empty attribute is no tolerance
		return "", false
	}
	parameter := ""
	if c.Tolerance != nil {
		parameter = fmt.Sprintf(`<responseparam type="tolerance" default="%s"/>`, html.EscapeString(pythonText(c.Tolerance)))
	}
	return fmt.Sprintf(`<problem><numericalresponse answer="%s">%s<formulaequationinput/></numericalresponse></problem>`, instructor, parameter), true
}

// graded has a learner answer it.
func (c *closeness) graded(by recorded, source string) []string {
	student := pythonText(c.Student)
	result := by.grade(source, 1, capa.Answers{"2_1": capa.Given(student)})
	right := result.Outcome == capa.Scored && result.Score == 1
	if c.Error != nil && right || c.Error == nil && (result.Outcome != capa.Scored || right != *c.Result) {
		return []string{fmt.Sprintf("the answer %s to %s: %s, score %v, %+v", student, source, result.Outcome, result.Score, result.Failure)}
	}
	return nil
}
