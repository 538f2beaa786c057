package check_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/check"
)

func TestParseAnswers(t *testing.T) {
	answers, err := check.ParseAnswers([]byte(`{"p": {"input_2_1": "x", "input_3_1": 1.50, "input_4_1[]": ["a", 2]}}`))
	if err != nil {
		t.Fatal(err)
	}
	for input, want := range map[string][]string{"input_2_1": {"x"}, "input_3_1": {"1.50"}, "input_4_1[]": {"a", "2"}} {
		if got := answers["p"][input]; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", input, got, want)
		}
	}
	for text, want := range map[string]string{
		"{\n\"p\": {\"i\": \"x\",}}":      "line 2",
		`{"p": "x"}`:                      "cannot unmarshal",
		`{"p": {"i": {"deep": "er"}}}`:    "a text, a number or a list",
		`{"p": {"i": [["x"]]}}`:           "a text, a number or a list",
		`{"p": {"i": null}}`:              "a text, a number or a list",
		`{"p": {"i": "x"}} {"q": "more"}`: "follows",
		``:                                "line 1",
	} {
		if _, err := check.ParseAnswers([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", text, err, want)
		}
	}
}
