package grading

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func parsed(t *testing.T, text string) (Policy, []Warning) {
	t.Helper()
	policy, warnings, err := ParsePolicy([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return policy, warnings
}

const onlyType = `{"GRADER": [{"type": "Quiz", "min_count": 1, "drop_count": 0, "weight": 1%s}], "GRADE_CUTOFFS": {"Pass": 0.5}}`

func TestParsePolicy(t *testing.T) {
	three := 3
	policy, warnings := parsed(t, `{
		"GRADER": [
			{"type": "Homework", "short_label": "HW", "min_count": 12, "drop_count": 2, "weight": 0.4, "category": "Work",
			 "section_type": "Sheet", "starting_index": 3, "show_only_average": true},
			{"type": "Exam", "min_count": 1, "drop_count": 0, "weight": 0.6, "short_label": null, "hide_average": true}
		],
		"GRADE_CUTOFFS": {"B": 0.8, "A": 0.9}
	}`)
	want := Policy{
		Types: []AssignmentType{
			{
				Type: "Homework", ShortLabel: "HW", MinCount: 12, DropCount: 2, Weight: 0.4, Category: "Work", SectionType: "Sheet",
				StartingIndex: &three, ShowOnlyAverage: true,
			},
			{Type: "Exam", MinCount: 1, Weight: 0.6, HideAverage: true},
		},
		Cutoffs: []Cutoff{{"B", 0.8}, {"A", 0.9}},
	}
	if !reflect.DeepEqual(policy, want) || len(warnings) != 0 {
		t.Errorf("%+v, %v", policy, warnings)
	}
}

func TestMissingPartsFallBackToTheDefaults(t *testing.T) {
	for _, text := range []string{"", " \n", "{}", "null", "\ufeff{}", `{"GRADER": null, "GRADE_CUTOFFS": null}`} {
		policy, warnings := parsed(t, text)
		if !reflect.DeepEqual(policy, DefaultPolicy()) || len(warnings) != 2 {
			t.Errorf("%q: %+v, %v", text, policy, warnings)
		}
	}
	policy, warnings := parsed(t, `{"GRADE_CUTOFFS": {"A": 0.9}}`)
	if !reflect.DeepEqual(policy, Policy{DefaultPolicy().Types, []Cutoff{{"A", 0.9}}}) || len(warnings) != 1 || warnings[0].Where != "GRADER" {
		t.Errorf("no GRADER: %+v, %v", policy, warnings)
	}
	policy, warnings = parsed(t, `{"GRADER": [{"type": "Quiz", "min_count": 1, "drop_count": 0, "weight": 1}]}`)
	if len(policy.Types) != 1 || !reflect.DeepEqual(policy.Cutoffs, DefaultPolicy().Cutoffs) || len(warnings) != 1 {
		t.Errorf("no GRADE_CUTOFFS: %+v, %v", policy, warnings)
	}
	policy, _ = parsed(t, `{"GRADER": [], "GRADE_CUTOFFS": {}}`)
	if len(policy.Types) != 0 || len(policy.Cutoffs) != 0 {
		t.Errorf("what is there and empty stays empty: %+v", policy)
	}
}

func TestTolerance(t *testing.T) {
	for _, c := range []struct {
		name, entry string
		want        AssignmentType
		where       string
	}{
		{
			"numbers in quotation marks", `{"type": "Quiz", "min_count": "3", "drop_count": "1", "weight": "0.5"}`,
			AssignmentType{Type: "Quiz", MinCount: 3, DropCount: 1, Weight: 0.5},
			"GRADER[0].min_count",
		},
		{
			"a count as int(float(x)) reads it", `{"type": "Quiz", "min_count": " 3.9 ", "drop_count": 1.0, "weight": 1}`,
			AssignmentType{Type: "Quiz", MinCount: 3, DropCount: 1, Weight: 1},
			"GRADER[0].min_count",
		},
		{
			"negative counts", `{"type": "Quiz", "min_count": -3, "drop_count": -1, "weight": 1}`,
			AssignmentType{Type: "Quiz", Weight: 1},
			"GRADER[0].min_count",
		},
		{
			"no weight", `{"type": "Quiz", "min_count": 1, "drop_count": 0}`,
			AssignmentType{Type: "Quiz", MinCount: 1},
			"GRADER[0].weight",
		},
		{
			"an unknown key", `{"type": "Quiz", "min_count": 1, "drop_count": 0, "weight": 1, "passing_grade": 3}`,
			AssignmentType{Type: "Quiz", MinCount: 1, Weight: 1},
			"GRADER[0].passing_grade",
		},
	} {
		policy, warnings := parsed(t, `{"GRADER": [`+c.entry+`], "GRADE_CUTOFFS": {"Pass": 0.5}}`)
		if !reflect.DeepEqual(policy.Types, []AssignmentType{c.want}) {
			t.Errorf("%s: %+v", c.name, policy.Types)
		}
		if len(warnings) == 0 || warnings[0].Where != c.where || warnings[0].Message == "" || warnings[0].Fix == "" {
			t.Errorf("%s: %+v", c.name, warnings)
		}
	}
	policy, warnings := parsed(t, `{"GRADER": [], "GRADE_CUTOFFS": {"Pass": "0.5", "Pass": 0.6}, "RAW_GRADER": []}`)
	if !reflect.DeepEqual(policy.Cutoffs, []Cutoff{{"Pass", 0.6}}) || warnings[0].Where != "RAW_GRADER" {
		t.Errorf("%+v, %+v", policy, warnings)
	}
	for text, want := range map[string]bool{`true`: true, `"true"`: true, `"True"`: true, `1`: true, `false`: false, `"False"`: false, `0`: false} {
		if policy, _ := parsed(t, fmt.Sprintf(onlyType, `, "hide_average": `+text)); policy.Types[0].HideAverage != want {
			t.Errorf("hide_average %s is %v", text, policy.Types[0].HideAverage)
		}
	}
}

func TestParsePolicyRefuses(t *testing.T) {
	long := `"` + strings.Repeat("x", MaxNameBytes+1) + `"`
	entry := func(text string) string { return `{"GRADER": [{` + text + `}]}` }
	const counts = `"min_count": 1, "drop_count": 0`
	for _, c := range []struct{ text, where string }{
		{`[1]`, "the file"},
		{`5`, "the file"},
		{"{\n  \"GRADER\": [,]\n}", "line 2, column 14"},
		{`{"GRADER": [`, "line 1, column 12"},
		{`{"GRADER": {}}`, "GRADER"},
		{`{"GRADER": "x"}`, "GRADER"},
		{`{"GRADER": [5]}`, "GRADER[0]"},
		{`{"GRADER": [null]}`, "GRADER[0]"},
		{entry(counts), "GRADER[0].type"},
		{entry(`"type": "", ` + counts), "GRADER[0].type"},
		{entry(`"type": 5, ` + counts), "GRADER[0].type"},
		{entry(`"type": ` + long + `, ` + counts), "GRADER[0].type"},
		{entry(`"type": "Quiz", "drop_count": 0`), "GRADER[0].min_count"},
		{entry(`"type": "Quiz", "min_count": 1`), "GRADER[0].drop_count"},
		{entry(`"type": "Quiz", "min_count": "", "drop_count": 0`), "GRADER[0].min_count"},
		{entry(`"type": "Quiz", "min_count": "many", "drop_count": 0`), "GRADER[0].min_count"},
		{entry(`"type": "Quiz", "min_count": true, "drop_count": 0`), "GRADER[0].min_count"},
		{entry(`"type": "Quiz", "min_count": 1e9, "drop_count": 0`), "GRADER[0].min_count"},
		{entry(`"type": "Quiz", "min_count": 1e999, "drop_count": 0`), "GRADER[0].min_count"},
		{entry(`"type": "Quiz", "min_count": "inf", "drop_count": 0`), "GRADER[0].min_count"},
		{entry(`"type": "Quiz", "min_count": "0x10", "drop_count": 0`), "GRADER[0].min_count"},
		{entry(`"type": "Quiz", "weight": -0.5, ` + counts), "GRADER[0].weight"},
		{entry(`"type": "Quiz", "weight": 1e6, ` + counts), "GRADER[0].weight"},
		{entry(`"type": "Quiz", "weight": "NaN", ` + counts), "GRADER[0].weight"},
		{entry(`"type": "Quiz", "starting_index": 1.5, ` + counts), "GRADER[0].starting_index"},
		{entry(`"type": "Quiz", "starting_index": "one", ` + counts), "GRADER[0].starting_index"},
		{entry(`"type": "Quiz", "hide_average": "no", ` + counts), "GRADER[0].hide_average"},
		{entry(`"type": "Quiz", "short_label": [], ` + counts), "GRADER[0].short_label"},
		{`{"GRADER": [` + strings.Repeat(`{},`, MaxTypes) + `{}]}`, "GRADER"},
		{`{"GRADE_CUTOFFS": []}`, "GRADE_CUTOFFS"},
		{`{"GRADE_CUTOFFS": 0.5}`, "GRADE_CUTOFFS"},
		{`{"GRADE_CUTOFFS": {"A": "best"}}`, "GRADE_CUTOFFS.A"},
		{`{"GRADE_CUTOFFS": {"A": null}}`, "GRADE_CUTOFFS.A"},
		{`{"GRADE_CUTOFFS": {"A": {"from": 1}}}`, "GRADE_CUTOFFS.A"},
		{`{"GRADE_CUTOFFS": {` + long + `: 1}}`, "GRADE_CUTOFFS." + strings.Repeat("x", 60) + "..."},
		{`{"GRADE_CUTOFFS": {` + manyCutoffs(MaxCutoffs+1) + `}}`, "GRADE_CUTOFFS"},
		{strings.Repeat(" ", MaxPolicyBytes+1), "the file"},
	} {
		policy, _, err := ParsePolicy([]byte(c.text))
		var refused *PolicyError
		if !errors.As(err, &refused) || refused.Where != c.where || refused.Problem == "" || refused.Fix == "" {
			t.Errorf("%.80s: %v, want a place %s", c.text, err, c.where)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "reading grading policy: "+c.where+": ") {
			t.Errorf("the error reads %q", err)
		}
		if !reflect.DeepEqual(policy, Policy{}) {
			t.Errorf("%.80s: a policy beside an error: %+v", c.text, policy)
		}
	}
}

func manyCutoffs(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`"G%d": 0.5`, i))
	}
	return strings.Join(list, ",")
}

func TestPolicyRoundTrip(t *testing.T) {
	zero := 0
	for _, policy := range []Policy{
		DefaultPolicy(),
		{Types: []AssignmentType{}, Cutoffs: []Cutoff{}},
		{
			Types: []AssignmentType{{
				Type: "<Ü> & \"Q\"", ShortLabel: "Q", MinCount: 7, DropCount: 3, Weight: 1.0 / 3, Category: "c", SectionType: "s",
				StartingIndex: &zero, ShowOnlyAverage: true, HideAverage: true,
			}},
			Cutoffs: []Cutoff{{"B", 0.8}, {"A", 0.9}, {"", -0.5}},
		},
	} {
		text, err := json.Marshal(policy)
		if err != nil {
			t.Fatal(err)
		}
		var again Policy
		if err := json.Unmarshal(text, &again); err != nil || !reflect.DeepEqual(policy, again) {
			t.Errorf("%s: %+v, %v", text, again, err)
		}
	}
	var untouched Policy
	if err := json.Unmarshal([]byte(`{"GRADER": 1}`), &untouched); err == nil || untouched.Types != nil {
		t.Errorf("%+v, %v", untouched, err)
	}
}

// A field that is added to AssignmentType must be read and written too.
func TestEveryFieldOfAnAssignmentTypeTravels(t *testing.T) {
	fields := reflect.TypeFor[AssignmentType]().NumField()
	if fields != reflect.TypeFor[typeJSON]().NumField() || fields != 10 {
		t.Errorf("AssignmentType has %d fields, typeJSON %d, this test knows 10", fields, reflect.TypeFor[typeJSON]().NumField())
	}
}

func FuzzParsePolicy(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "null", `{"GRADER": [{"type": "Quiz", "min_count": "3", "drop_count": 1, "weight": 0.5, "x": 1}], "GRADE_CUTOFFS": {"A": 0.9}}`,
		`{"GRADER": [{"type": "Q", "min_count": 1e3, "drop_count": 0, "weight": 1e-300, "starting_index": -7, "hide_average": true}]}`,
		`{"GRADE_CUTOFFS": {"A": 0.9, "A": "1e300", "": -0.0}}`, `{"GRADER": [}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		policy, warnings, err := ParsePolicy(data)
		if err != nil {
			var refused *PolicyError
			if !errors.As(err, &refused) || warnings != nil || !reflect.DeepEqual(policy, Policy{}) {
				t.Fatalf("%v beside %+v", err, policy)
			}
			return
		}
		text, err := json.Marshal(policy)
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := ParsePolicy(text)
		if err != nil && len(text) <= MaxPolicyBytes || err == nil && !reflect.DeepEqual(again, policy) {
			t.Fatalf("%s: %+v, %v; first %+v", text, again, err, policy)
		}
		var subsections []Subsection
		for i, kind := range policy.Types {
			subsections = append(subsections, subsection(fmt.Sprint(i), kind.Type, float64(i), float64(i+1)))
		}
		if grade := policy.Grade(subsections); !(grade.Percent >= 0) {
			t.Fatalf("graded %v", grade.Percent)
		}
		for _, cutoff := range policy.Cutoffs {
			if _, err := policy.Need(cutoff.Letter, subsections, false); err != nil {
				t.Fatal(err)
			}
		}
		policy.CheckSubsections(subsections)
	})
}
