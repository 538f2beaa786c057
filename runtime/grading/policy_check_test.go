package grading

import (
	"strings"
	"testing"
)

// expectWarnings compares places, in order, and looks for a word in each message.
func expectWarnings(t *testing.T, name string, got []Warning, want ...[2]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d warnings, want %d: %+v", name, len(got), len(want), got)
		return
	}
	for i, w := range want {
		if got[i].Where != w[0] || !strings.Contains(got[i].Message, w[1]) || got[i].Fix == "" {
			t.Errorf("%s: %+v, want %v", name, got[i], w)
		}
	}
}

func TestCheckWeights(t *testing.T) {
	types := func(weights ...float64) Policy {
		p := Policy{Cutoffs: []Cutoff{{"Pass", 0.5}}}
		for i, weight := range weights {
			p.Types = append(p.Types, AssignmentType{Type: string(rune('A' + i)), MinCount: 1, Weight: weight})
		}
		return p
	}
	expectWarnings(t, "default", DefaultPolicy().Check())
	expectWarnings(t, "thirds", types(1.0/3, 1.0/3, 1.0/3).Check())
	expectWarnings(t, "rounded thirds", types(0.33, 0.33, 0.34).Check())
	expectWarnings(t, "too little", types(0.3, 0.655).Check(), [2]string{"GRADER", "add up to 95.5 %, so full points everywhere give 95.5 %"})
	expectWarnings(t, "too much", types(0.6, 0.5).Check(), [2]string{"GRADER", "add up to 110 %"})
	expectWarnings(t, "none", types().Check(), [2]string{"GRADER", "no assignment types"})
}

func TestCheckTypes(t *testing.T) {
	one := func(types ...AssignmentType) Policy {
		types[0].Weight = 1
		return Policy{Types: types, Cutoffs: []Cutoff{{"Pass", 0.5}}}
	}
	expectWarnings(t, "twice", one(AssignmentType{Type: "Quiz", MinCount: 1}, AssignmentType{Type: "Quiz", MinCount: 1}).Check(),
		[2]string{"GRADER[1].type", "listed twice"})
	expectWarnings(t, "blank", one(AssignmentType{Type: "Quiz ", MinCount: 1}).Check(), [2]string{"GRADER[0].type", "blank"})
	expectWarnings(t, "drops all", one(AssignmentType{Type: "Quiz", MinCount: 2, DropCount: 2}).Check(),
		[2]string{"GRADER[0].drop_count", "of 2 \"Quiz\" subsections 2 are left out"})
	expectWarnings(t, "drops some", one(AssignmentType{Type: "Quiz", MinCount: 3, DropCount: 2}).Check())
	hidden := AssignmentType{Type: "Quiz", MinCount: 2, ShowOnlyAverage: true, HideAverage: true}
	expectWarnings(t, "hidden", one(hidden).Check(), [2]string{"GRADER[0]", "neither its subsections nor its average"})
	hidden.MinCount = 1
	expectWarnings(t, "a single one has a row", one(hidden).Check())
}

func TestCheckCutoffs(t *testing.T) {
	with := func(cutoffs ...Cutoff) []Warning {
		return Policy{Types: DefaultPolicy().Types, Cutoffs: cutoffs}.Check()
	}
	expectWarnings(t, "in order", with(Cutoff{"A", 0.9}, Cutoff{"B", 0.8}, Cutoff{"C", 0.7}))
	expectWarnings(t, "the order of the file says nothing", with(Cutoff{"Bronze", 0.5}, Cutoff{"Gold", 0.9}, Cutoff{"Silver", 0.7}))
	expectWarnings(t, "out of order", with(Cutoff{"A", 0.8}, Cutoff{"B", 0.9}), [2]string{"GRADE_CUTOFFS", "A starts at 80 %, below B at 90 %"})
	expectWarnings(t, "plus and minus", with(Cutoff{"A-", 0.9}, Cutoff{"A+", 0.89}),
		[2]string{"GRADE_CUTOFFS", "A+ starts at 89 %, below A- at 90 %"})
	expectWarnings(t, "words beside letters", with(Cutoff{"A", 0.6}, Cutoff{"Distinction", 0.9}))
	expectWarnings(t, "equal", with(Cutoff{"A", 0.8}, Cutoff{"B", 0.8}), [2]string{"GRADE_CUTOFFS.B", `starts at 80 % like "A"`})
	expectWarnings(t, "percent for fraction", with(Cutoff{"Pass", 50}), [2]string{"GRADE_CUTOFFS.Pass", "50 is 5000 %"})
	expectWarnings(t, "nobody passes", with(Cutoff{"F", 0}), [2]string{"GRADE_CUTOFFS", "nobody can pass"})
	expectWarnings(t, "none", with(), [2]string{"GRADE_CUTOFFS", "nobody can pass"})
	expectWarnings(t, "negative", with(Cutoff{"Pass", 0.5}, Cutoff{"F", -1}), [2]string{"GRADE_CUTOFFS.F", "negative"})
	expectWarnings(t, "no name", with(Cutoff{"", 0.5}), [2]string{"GRADE_CUTOFFS.", "no name"})
}

func TestCheckSubsections(t *testing.T) {
	policy := Policy{
		Types: []AssignmentType{
			{Type: "Homework", MinCount: 3, Weight: 0.5},
			{Type: "Quiz", MinCount: 1, Weight: 0.25},
			{Type: "Extra", DropCount: 1, Weight: 0.25},
		},
		Cutoffs: []Cutoff{{"Pass", 0.5}},
	}
	ungraded, worthless := subsection("u", "Nothing", 0, 1), subsection("w", "Homework", 0, 0)
	ungraded.Graded = false
	got := policy.CheckSubsections([]Subsection{
		subsection("h1", "Homework", 0, 1), ungraded, worthless,
		subsection("q1", "Quiz", 0, 1), subsection("q2", "Quiz", 0, 1),
		subsection("x", "homework", 0, 1), subsection("y", "homework", 0, 1), subsection("z", "", 0, 1),
		subsection("e", "Extra", 0, 1),
	})
	expectWarnings(t, "content", got,
		[2]string{"GRADER", `1 graded subsections have no assignment type`},
		[2]string{"GRADER", `2 graded subsections have the assignment type "homework"`},
		[2]string{"GRADER[0].min_count", `1 of 3 "Homework" subsections are published`},
		[2]string{"GRADER[1].min_count", `expects 1 "Quiz" subsections and there are 2`},
		[2]string{"GRADER[2].min_count", `expects 0 "Extra" subsections and there are 1`},
		[2]string{"GRADER[2].drop_count", `all 1 "Extra" subsections are left out`},
	)
	if !strings.Contains(got[1].Message, `the first is "Name of x"`) {
		t.Errorf("it does not say which: %s", got[1].Message)
	}
	fitting := []Subsection{subsection("q", "Quiz", 0, 1)}
	expectWarnings(t, "fits", Policy{Types: policy.Types[1:2]}.CheckSubsections(fitting))
}
