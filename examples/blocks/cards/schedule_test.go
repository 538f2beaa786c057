package cards

import (
	"testing"
	"time"
)

// The pauses that SuperMemo 2 gives: one day, six, then longer by the ease; what was forgotten starts anew, and no ease falls
// below 1.3.
func TestPauses(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		grades []string
		days   []int64
		ease   int64
	}{
		{"known well", []string{good, good, good, good}, []int64{1, 6, 15, 37}, 2500},
		{"known at once", []string{easy, easy, easy}, []int64{4, 10, 28}, 2800},
		{"with effort", []string{hard, hard, hard}, []int64{1, 2, 3}, 2080},
		{"forgotten", []string{good, good, again, good, good}, []int64{1, 6, 0, 1, 6}, 2300},
		{"never known", []string{again, again, again, again, again, again, again, again}, []int64{0, 0, 0, 0, 0, 0, 0, 0}, 1300},
		{"for long", []string{easy, easy, easy, easy, easy, easy, easy, easy}, []int64{4, 10, 28, 81, 243, 365, 365, 365}, 3300},
	} {
		var p Place
		for i, grade := range c.grades {
			p = p.after(grade, now)
			if p.Days != c.days[i] {
				t.Errorf("%s: after review %d %d days, want %d", c.name, i+1, p.Days, c.days[i])
			}
			if want := now.AddDate(0, 0, int(p.Days)).UnixMilli(); grade != again && p.Due != want || grade == again && p.Due != now.Add(soon).UnixMilli() {
				t.Errorf("%s: after review %d due at %d", c.name, i+1, p.Due)
			}
		}
		if p.Ease != c.ease {
			t.Errorf("%s: the ease is %d, want %d", c.name, p.Ease, c.ease)
		}
	}
}
