package grading

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
)

type goldenCourse struct {
	Policy      json.RawMessage `json:"policy"`
	Subsections []struct {
		Name     string  `json:"name"`
		Type     string  `json:"type"`
		Graded   bool    `json:"graded"`
		Earned   float64 `json:"earned"`
		Possible float64 `json:"possible"`
	} `json:"subsections"`
	Want struct {
		Percent float64 `json:"percent"`
		Letter  string  `json:"letter"`
		Passed  bool    `json:"passed"`
		Types   []struct {
			Average  float64 `json:"average"`
			Weighted float64 `json:"weighted"`
			Detail   string  `json:"detail"`
		} `json:"types"`
		Rows []struct {
			Percent   float64 `json:"percent"`
			Label     string  `json:"label"`
			Detail    string  `json:"detail"`
			Category  string  `json:"category"`
			Prominent bool    `json:"prominent"`
			Mark      string  `json:"mark"`
		} `json:"rows"`
	} `json:"want"`
}

func goldenCourses(t *testing.T) []goldenCourse {
	t.Helper()
	file, err := os.Open("testdata/course.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var courses []goldenCourse
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var c goldenCourse
		if err := json.Unmarshal(scanner.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		courses = append(courses, c)
	}
	if len(courses) < 100 {
		t.Fatalf("only %d courses", len(courses))
	}
	return courses
}

func (c goldenCourse) subsections() []Subsection {
	var list []Subsection
	for _, s := range c.Subsections {
		list = append(list, Subsection{Name: s.Name, Type: s.Type, Graded: s.Graded, Score: Score{s.Earned, s.Possible}})
	}
	return list
}

// testdata/oracle.py graded these courses in Python. Every number and every text must be equal, not close.
func TestGradeAsPythonDoes(t *testing.T) {
	for i, c := range goldenCourses(t) {
		policy, _, err := ParsePolicy(c.Policy)
		if err != nil {
			t.Fatalf("course %d: %v", i, err)
		}
		got := policy.Grade(c.subsections())
		want := c.Want
		if got.Percent != want.Percent || got.Letter != want.Letter || got.Passed != want.Passed {
			t.Errorf("course %d: %v %q %v, want %v %q %v", i, got.Percent, got.Letter, got.Passed, want.Percent, want.Letter, want.Passed)
		}
		if len(got.Types) != len(want.Types) || len(got.Rows) != len(want.Rows) {
			t.Fatalf("course %d: %d types and %d rows, want %d and %d", i, len(got.Types), len(got.Rows), len(want.Types), len(want.Rows))
		}
		for j, w := range want.Types {
			if g := got.Types[j]; g.Average != w.Average || g.Weighted != w.Weighted || g.Detail != w.Detail {
				t.Errorf("course %d, type %d: %+v, want %+v", i, j, g, w)
			}
		}
		for j, w := range want.Rows {
			g := got.Rows[j]
			if g.Percent != w.Percent || g.Label != w.Label || g.Detail != w.Detail || g.Category != w.Category ||
				g.Prominent != w.Prominent || g.Mark != w.Mark {
				t.Errorf("course %d, row %d: %+v, want %+v", i, j, g, w)
			}
		}
	}
}
