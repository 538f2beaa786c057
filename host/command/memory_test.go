package command

import "testing"

func TestSettling(t *testing.T) {
	calls := 0
	tell := settling(func() { calls++ })
	for i, step := range []struct {
		now  string
		want int
	}{
		{"", 0},
		{"", 0},
		{"html", 0},
		{"html", 1},
		{"html", 2},
		{"html", 3},
		{"html", 3},
		{"html, problem", 3},
		{"html", 3},
		{"html", 4},
		{"", 4},
		{"", 5},
		{"", 6},
		{"", 7},
		{"", 7},
	} {
		if tell(step.now); calls != step.want {
			t.Errorf("step %d, %q: %d calls, want %d", i, step.now, calls, step.want)
		}
	}
}
