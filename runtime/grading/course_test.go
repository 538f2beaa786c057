package grading

import (
	"math"
	"math/rand"
	"reflect"
	"strconv"
	"testing"
)

func subsection(usage, kind string, earned, possible float64) Subsection {
	return Subsection{Usage: usage, Name: "Name of " + usage, Type: kind, Graded: true, Score: Score{earned, possible}, Attempted: true}
}

// The example of Policy.Grade.
func TestGradeWorkedByHand(t *testing.T) {
	got := DefaultPolicy().Grade([]Subsection{
		subsection("h1", "Homework", 8, 10), subsection("m", "Midterm Exam", 90, 100), subsection("h2", "Homework", 1, 2),
	})
	if got.Percent != 0.29 || got.Letter != "" || got.Passed || !got.Attempted {
		t.Errorf("%v %q %v %v, want 0.29, no letter", got.Percent, got.Letter, got.Passed, got.Attempted)
	}
	homework := got.Types[0]
	if homework.Average != 0.13 || homework.Subsections != 2 || homework.Placeholders != 10 || homework.Dropped != 2 {
		t.Errorf("homework: %+v", homework)
	}
	if homework.Detail != "Homework = 1.95% of a possible 15.00%" {
		t.Errorf("detail %q", homework.Detail)
	}
	// 12 homework and 12 lab rows with an average each, two exams with one row.
	if len(got.Rows) != 12+1+12+1+1+1 {
		t.Fatalf("%d rows", len(got.Rows))
	}
	for i, want := range map[int]Row{
		0: {
			Percent: 0.8, Label: "HW 01", Detail: "Homework 1 - Name of h1 - 80% (8/10)", Category: "Homework", Usage: "h1",
		},
		1: {
			Percent: 0.5, Label: "HW 02", Detail: "Homework 2 - Name of h2 - 50% (1/2)", Category: "Homework", Usage: "h2",
		},
		2: {Label: "HW 03", Detail: "Homework 3 Unreleased - 0% (?/?)", Category: "Homework"},
		// Of ten equal ones the last two are dropped.
		11: {
			Label: "HW 12", Detail: "Homework 12 Unreleased - 0% (?/?)", Category: "Homework",
			Mark: "The lowest 2 Homework scores are dropped.",
		},
		12: {Percent: 0.13, Label: "HW Avg", Detail: "Homework Average = 13%", Category: "Homework", Prominent: true},
		25: {Label: "Lab Avg", Detail: "Lab Average = 0%", Category: "Lab", Prominent: true},
		26: {Percent: 0.9, Label: "Midterm", Detail: "Midterm Exam = 90%", Category: "Midterm Exam", Prominent: true},
		27: {Label: "Final", Detail: "Final Exam = 0%", Category: "Final Exam", Prominent: true},
	} {
		if got.Rows[i] != want {
			t.Errorf("row %d: %+v, want %+v", i, got.Rows[i], want)
		}
	}
}

func TestWhatEntersTheGrade(t *testing.T) {
	policy := Policy{Types: []AssignmentType{{Type: "Quiz", Weight: 1}}, Cutoffs: []Cutoff{{"Pass", 0.5}}}
	counted := subsection("a", "Quiz", 1, 2)
	ungraded, worthless, stranger := subsection("b", "Quiz", 0, 2), subsection("c", "Quiz", 0, 0), subsection("d", "Essay", 0, 2)
	ungraded.Graded = false
	got := policy.Grade([]Subsection{counted, ungraded, worthless, stranger, counted})
	if got.Percent != 0.5 || got.Types[0].Subsections != 1 || !got.Passed || got.Letter != "Pass" {
		t.Errorf("%+v", got)
	}
	got = policy.Grade([]Subsection{ungraded, worthless, stranger})
	want := Grade{
		Types: []TypeGrade{{Type: "Quiz", Category: "Quiz", Weight: 1, Detail: "Quiz = 0.00% of a possible 100.00%"}},
		Rows:  []Row{{Label: "Quiz Avg", Detail: "Quiz Average = 0%", Category: "Quiz", Prominent: true}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("nothing counts: %+v", got)
	}
	if got := (Policy{}).Grade([]Subsection{counted}); !reflect.DeepEqual(got, Grade{}) {
		t.Errorf("the empty policy grades %+v", got)
	}
}

func TestDrops(t *testing.T) {
	for _, c := range []struct {
		percents []float64
		drop     int
		average  float64
		dropped  []bool
	}{
		{[]float64{0.5, 0.9, 0.5}, 1, 0.7, []bool{false, false, true}}, // the later of equal ones
		{[]float64{0.2, 0.9, 0.4}, 1, 0.65, []bool{true, false, false}},
		{[]float64{0.2, 0.9}, 0, 0.55, []bool{false, false}},
		{[]float64{0.2, 0.9}, 2, 0, []bool{true, true}},
		{[]float64{0.2, 0.9}, 5, 0, []bool{true, true}},
		{[]float64{0.2}, -1, 0.2, []bool{false}},
		{nil, 1, 0, []bool{}},
	} {
		average, dropped := averageWithDrops(c.percents, c.drop)
		if math.Abs(average-c.average) > 1e-12 || !reflect.DeepEqual(dropped, c.dropped) {
			t.Errorf("%v without %d: %v %v, want %v %v", c.percents, c.drop, average, dropped, c.average, c.dropped)
		}
	}
}

// Sorting algorithms keep short lists, and long ones without a pattern, in order by chance.
func TestManyEqualEntriesKeepTheirOrder(t *testing.T) {
	random := rand.New(rand.NewSource(8))
	const many = 300
	percents := make([]float64, many)
	var policy Policy
	low := 0
	for i := range percents {
		percents[i] = float64(random.Intn(3)) / 4
		policy.Cutoffs = append(policy.Cutoffs, Cutoff{strconv.Itoa(i), percents[i]})
		if percents[i] == 0 {
			low++
		}
	}
	_, dropped := averageWithDrops(percents, low-5)
	kept := 0 // of the lowest, the first five
	for i, d := range dropped {
		if percents[i] == 0 && kept < 5 {
			kept++
			if d {
				t.Errorf("entry %d is dropped before later ones", i)
			}
		} else if d != (percents[i] == 0) {
			t.Errorf("entry %d with %v: dropped is %v", i, percents[i], d)
		}
	}
	sorted := policy.Descending()
	for i := 1; i < many; i++ {
		a, b := mustFloat(t, sorted[i-1].Letter), mustFloat(t, sorted[i].Letter)
		if sorted[i-1].From < sorted[i].From || sorted[i-1].From == sorted[i].From && a > b {
			t.Fatalf("%v before %v", sorted[i-1], sorted[i])
		}
	}
}

func TestCourseRounding(t *testing.T) {
	for total, want := range map[float64]float64{
		0.8945: 0.9, // 89.45 is lifted to 89.5, and that goes up
		0.894:  0.89,
		0.8944: 0.89,
		0.5:    0.5,
		0.495:  0.5,
		0:      0,
		1.234:  1.23, // extra credit
	} {
		if got := coursePercent(total); got != want {
			t.Errorf("%v is graded %v, want %v", total, got, want)
		}
	}
}

func TestLettersAndPassing(t *testing.T) {
	letters := Policy{Cutoffs: []Cutoff{{"C", 0.6}, {"A", 0.9}, {"B", 0.75}}}
	zero := Policy{Cutoffs: []Cutoff{{"F", 0}, {"Pass", 0.57}}}
	equal := Policy{Cutoffs: []Cutoff{{"First", 0.5}, {"Second", 0.5}}}
	for _, c := range []struct {
		policy  Policy
		percent float64
		letter  string
		passed  bool
	}{
		{letters, 0.95, "A", true},
		{letters, 0.9, "A", true},
		{letters, 0.89, "B", true},
		{letters, 0.6, "C", true},
		{letters, 0.59, "", false},
		{zero, 0, "F", false},
		{zero, coursePercent(0.57), "Pass", true}, // 57.05 of hundred is exactly the 0.57 of the file
		{equal, 0.5, "First", true},
		{Policy{}, 1, "", false},
		{Policy{Cutoffs: []Cutoff{{"F", 0}}}, 1, "F", false},
	} {
		if letter, passed := c.policy.Letter(c.percent), c.policy.Passed(c.percent); letter != c.letter || passed != c.passed {
			t.Errorf("%v of %v: %q %v, want %q %v", c.percent, c.policy.Cutoffs, letter, passed, c.letter, c.passed)
		}
	}
	if len(letters.Descending()) != 3 || letters.Cutoffs[0].Letter != "C" {
		t.Error("Descending must leave the policy as it is")
	}
}

func randomCourse(random *rand.Rand) (Policy, []Subsection) {
	var policy Policy
	names := []string{"Homework", "Lab", "Quiz"}
	for _, name := range names[:1+random.Intn(3)] {
		policy.Types = append(policy.Types, AssignmentType{
			Type: name, MinCount: random.Intn(4), DropCount: random.Intn(3), Weight: float64(random.Intn(6)) / 10,
			ShowOnlyAverage: random.Intn(5) == 0, HideAverage: random.Intn(5) == 0,
		})
	}
	policy.Cutoffs = []Cutoff{{"A", 0.8}, {"B", 0.5}, {"F", 0}}
	var subsections []Subsection
	for i := range random.Intn(8) {
		possible := float64(random.Intn(5))
		s := subsection(string(rune('a'+i)), names[random.Intn(3)], min(possible, float64(random.Intn(10))/2), possible)
		s.Graded, s.Open = random.Intn(6) > 0, random.Intn(2) == 0
		subsections = append(subsections, s)
	}
	return policy, subsections
}

func TestGradeProperties(t *testing.T) {
	random := rand.New(rand.NewSource(5))
	for range 1500 {
		policy, subsections := randomCourse(random)
		kept := append([]Subsection(nil), subsections...)
		got := policy.Grade(subsections)
		if again := policy.Grade(subsections); !reflect.DeepEqual(got, again) || !reflect.DeepEqual(subsections, kept) {
			t.Fatal("grading twice differs, or changed its input")
		}
		var total, weights float64
		for _, part := range got.Types {
			total += part.Weighted
			weights += part.Weight
			if part.Average < 0 || part.Average > 1+1e-12 {
				t.Fatalf("average out of range: %+v", part)
			}
		}
		if got.Percent != coursePercent(total) || got.Percent < 0 || got.Percent > weights+0.011 {
			t.Fatalf("%v is not the sum %v, or more than the weights %v", got.Percent, total, weights)
		}
		if got.Letter != policy.Letter(got.Percent) || got.Passed != (got.Percent >= 0.5) {
			t.Fatalf("letter %q and passed %v of %v", got.Letter, got.Passed, got.Percent)
		}
		// Full points in any one subsection never lower the grade.
		for i := range subsections {
			better := append([]Subsection(nil), subsections...)
			better[i].Score.Earned = better[i].Score.Possible
			if up := policy.Grade(better); up.Percent < got.Percent {
				t.Fatalf("better in %d of %+v by %+v: %v after %v", i, subsections, policy, up.Percent, got.Percent)
			}
		}
		// The order of subsections shows in the rows only.
		random.Shuffle(len(kept), func(i, j int) { kept[i], kept[j] = kept[j], kept[i] })
		shuffled := policy.Grade(kept)
		if shuffled.Percent != got.Percent || shuffled.Letter != got.Letter {
			t.Fatalf("shuffled: %v, before %v", shuffled.Percent, got.Percent)
		}
	}
}
