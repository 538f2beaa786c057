package command

import "testing"

func TestSettling(t *testing.T) {
	calls := 0
	tell := settling(func() { calls++ })
	for i, step := range []struct {
		now  string
		want int
	}{{"", 0}, {"", 0}, {"html", 0}, {"html", 1}, {"html", 1}, {"html, problem", 1}, {"html", 1}, {"html", 2}, {"", 2}, {"", 3}, {"", 3}} {
		if tell(step.now); calls != step.want {
			t.Errorf("step %d, %q: %d calls, want %d", i, step.now, calls, step.want)
		}
	}
}
