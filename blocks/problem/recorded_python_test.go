package problem_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/blocks/problem/internal/cases"
)

// computes is a script that computes recorded formulas by the module calc.
const computes = `
def number(v):
    if isinstance(v, dict):
        if "$complex" in v:
            return complex(*[number(x) for x in v["$complex"]])
        return float(v["$float"]) if "$float" in v else int(v["$bigint"])
    return v

def compute(case):
    # Where two names differ by case the records define the lower one first.
    names = {name: number(case["variables"][name]) for name in sorted(case["variables"], reverse=True)}
    calls = {name: (lambda x, body=body: calc.evaluator({"x": x}, {}, body)) for name, body in case["functions"].items()}
    try:
        value = calc.evaluator(names, calls, case["expr"], case["case_sensitive"])
    except Exception as e:
        return [type(e).__name__, str(e)]
    return [float(value.real), float(value.imag)] if abs(value) < 1e300 or abs(value) != abs(value) or isinstance(value, (float, complex)) else [str(value), ""]

results = [compute(case) for case in recorded]
`

// The calculator that scripts import computes what the reference's did.
func TestRecordedCalculatorOfScripts(t *testing.T) {
	run := interpreter(t)
	var recorded []formula
	cases.Each(t, "calc.jsonl", func(f formula) { recorded = append(recorded, f) })
	const together = 100
	for from := 0; from < len(recorded); from += together {
		some := recorded[from:min(from+together, len(recorded))]
		globals, err := json.Marshal(map[string]any{"recorded": some})
		if err != nil {
			t.Fatal(err)
		}
		ran, err := run(capa.Program{Code: computes, Globals: globals, Want: []string{"results"}})
		if err != nil || ran.Failed != nil {
			t.Fatal(ran.Failed, err)
		}
		var left struct {
			Results [][2]any `json:"results"`
		}
		if err := json.Unmarshal(ran.Globals, &left); err != nil || len(left.Results) != len(some) {
			t.Fatalf("%d results, %v: %.300s", len(left.Results), err, ran.Globals)
		}
		for i := range some {
			if different := differs(&some[i], left.Results[i]); different != "" {
				t.Error(different)
			}
		}
	}
}

// differs says how what a script computed differs from what was recorded, "" when it does not.
func differs(f *formula, have [2]any) string {
	if f.Error != nil {
		if have[0] != f.Error.Type || (f.Error.Type == "UndefinedVariable" || f.Error.Type == "UnmatchedParenthesis") && have[1] != f.Error.Message {
			return fmt.Sprintf("%s: %v, want %+v", f.Expr, have, *f.Error)
		}
		return ""
	}
	want := [2]any{f.Value, 0.0}
	if parts, ok := f.Value.(map[string]any); ok {
		if pair, ok := parts["$complex"].([]any); ok {
			want = [2]any{pair[0], pair[1]}
		}
	}
	for i := range want {
		a, b := floatOf(have[i]), floatOf(want[i])
		if a != b && !(math.IsNaN(a) && math.IsNaN(b)) && math.Abs(a-b) > 1e-9*math.Max(math.Abs(b), 1e-3) {
			return fmt.Sprintf("%s: %v, want %v", f.Expr, have, want)
		}
	}
	return ""
}

// floatOf reads a recorded number; large ones are texts.
func floatOf(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case json.Number:
		return floatOf(v.String())
	case string:
		if f, err := strconv.ParseFloat(v, 64); err == nil || math.IsInf(f, 0) {
			return f
		}
	case map[string]any:
		if text, ok := v["$bigint"].(string); ok {
			return floatOf(text)
		}
		switch v["$float"] {
		case "inf":
			return math.Inf(1)
		case "-inf":
			return math.Inf(-1)
		}
	}
	return math.NaN()
}
