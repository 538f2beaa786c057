package problem_test

import (
	"encoding/json"
	"math"
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
        return int(v["$bigint"])
    return v

def compute(case):
    names = {name: number(v) for name, v in case["variables"].items()}
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
	var recorded []json.RawMessage
	cases.Each(t, "calc.jsonl", func(line json.RawMessage) { recorded = append(recorded, line) })
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
		for i, line := range some {
			compareComputed(t, line, left.Results[i])
		}
	}
}

func compareComputed(t *testing.T, line json.RawMessage, have [2]any) {
	t.Helper()
	var c struct {
		Expr  string `json:"expr"`
		Value any    `json:"value"`
		Error *struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		t.Fatal(err)
	}
	if c.Error != nil {
		if have[0] != c.Error.Type || (c.Error.Type == "UndefinedVariable" || c.Error.Type == "UnmatchedParenthesis") && have[1] != c.Error.Message {
			t.Errorf("%s: %v, want %+v", c.Expr, have, *c.Error)
		}
		return
	}
	want := [2]any{c.Value, 0.0}
	if parts, ok := c.Value.(map[string]any); ok {
		if pair, ok := parts["$complex"].([]any); ok {
			want = [2]any{pair[0], pair[1]}
		}
	}
	for i := range want {
		a, b := floatOf(have[i]), floatOf(want[i])
		if a != b && !(math.IsNaN(a) && math.IsNaN(b)) && math.Abs(a-b) > 1e-9*math.Max(math.Abs(b), 1e-3) {
			t.Errorf("%s: %v, want %v", c.Expr, have, want)
			return
		}
	}
}

// floatOf reads a recorded number; large ones are texts.
func floatOf(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case string:
		var f float64
		if json.Unmarshal([]byte(v), &f) == nil {
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
