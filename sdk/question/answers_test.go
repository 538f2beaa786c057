package question

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// A form's values are answers as far as an input takes them; what is blank is none, and what is too long is refused.
func TestRead(t *testing.T) {
	inputs := []Input{{Name: "one", Max: 5}, {Name: "many", Many: true, Max: 5}, {Name: "any"}}
	answers, _, ok := read(inputs, map[string][]string{
		"one": {"a", "b"}, "many": {"x", " ", "y"}, "any": {"\xff"}, "other": {"z"}, "locale:": {"de"},
	})
	if !ok || len(answers) != 3 || len(answers["one"]) != 1 || answers.First("one") != "a" || !answers.Has("many", "y") || answers.Has("many", " ") || answers.First("any") != "\uFFFD" {
		t.Errorf("read %q, %v", answers, ok)
	}
	for name, form := range map[string]map[string][]string{
		"a long value":    {"one": {"abcdef"}},
		"many values":     {"many": strings.Split(strings.Repeat("x ", maxValues+1), " ")},
		"a value too big": {"any": {strings.Repeat("x", MaxText+1)}},
	} {
		if _, limit, ok := read(inputs, form); ok || limit <= 0 {
			t.Errorf("%s is taken", name)
		}
	}
}

func FuzzFormOf(f *testing.F) {
	for _, body := range []string{`{"answer": ["a"]}`, `null`, `{"answer": "a"}`, `[]`, `{`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		form, ok := formOf(&wire.HTTP{ContentType: "application/json", Body: wire.Blob{Data: []byte(body)}})
		if !ok {
			return
		}
		answers, _, ok := read([]Input{{Name: "answer", Many: true, Max: 10}}, form)
		for name, values := range answers {
			for _, value := range values {
				if ok && (name != "answer" || len(value) > 30 || strings.TrimSpace(value) == "") {
					t.Errorf("%q gives %q", body, answers)
				}
			}
		}
	})
}

// What a verdict keeps of a result is the result again.
func TestResultSurvivesAVerdict(t *testing.T) {
	r := Result{Parts: []Part{
		{ID: "a", Earned: 1, Possible: 2, Correctness: wire.Partial, Feedback: "<p>f</p>", Note: Saying("near", "x"), Marks: []Mark{{At: "m", Correctness: wire.Correct, Feedback: "g"}}},
		{ID: "b", Possible: 1, Correctness: wire.Incorrect},
	}}
	v, err := r.verdict(nil, 3)
	if err != nil || v.Earned != 1 || v.Possible != 3 {
		t.Fatalf("%+v, %v", v, err)
	}
	back, err := resultOf(&v)
	if err != nil || len(back.Parts) != 2 || back.Parts[0].Note.Key != "near" || back.Parts[0].Marks[0] != r.Parts[0].Marks[0] || back.Parts[0].Feedback != "<p>f</p>" || back.Parts[1].Earned != 0 {
		t.Errorf("%+v, %v", back, err)
	}
	for _, hidden := range []*wire.Verdict{nil, {Outcome: wire.OutcomeSubmitted}, {Outcome: wire.OutcomePending}} {
		if r, err := resultOf(hidden); r != nil || err != nil {
			t.Errorf("%+v is shown: %+v, %v", hidden, r, err)
		}
	}
}
