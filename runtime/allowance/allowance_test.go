package allowance_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/allowance"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

var (
	run  = key.Course{Org: "Test", Number: "One", Run: "now"}
	exam = run.Usage("sequential", "exam")
)

// desk is a store of allowances with a clock that the test moves.
type desk struct {
	*allowance.Allowances
	mu sync.Mutex
	at time.Time
}

func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.at
}

func (d *desk) pass(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = d.at.Add(by)
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Ensure(t.Context(), allowance.Specs()...); err != nil {
		t.Fatal(err)
	}
	d := &desk{at: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)}
	d.Allowances = allowance.New(s, d.now)
	return d
}

func order(reason string) allowance.Order {
	return allowance.Order{Run: run, Learner: "ann", Subsection: exam, Actor: "sue", Reason: reason}
}

func TestGivingAndTakingAway(t *testing.T) {
	d := newDesk(t)
	due := d.now().Add(72 * time.Hour)
	if _, err := d.SetDue(t.Context(), order("was ill"), due); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SetDue(t.Context(), order("was ill"), due); err != nil { // the same again is no second change
		t.Fatal(err)
	}
	d.pass(time.Hour)
	if _, err := d.SetExtraTime(t.Context(), order("reads slowly"), 30*time.Minute); err != nil {
		t.Fatal(err)
	}
	got, err := d.Of(t.Context(), run, "ann")
	if err != nil {
		t.Fatal(err)
	}
	granted := got.Subsections[exam.String()]
	if granted.Due == nil || !granted.Due.Equal(due) || granted.Extra() != 30*time.Minute {
		t.Errorf("granted %+v", granted)
	}
	d.pass(time.Hour)
	for _, what := range []allowance.What{allowance.Due, allowance.ExtraTime} {
		if _, err := d.Remove(t.Context(), order("a mistake"), what); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Remove(t.Context(), order("a mistake"), what); !errors.Is(err, allowance.ErrNone) {
			t.Errorf("taking %s away twice: %v", what, err)
		}
	}
	if got, err = d.Of(t.Context(), run, "ann"); err != nil {
		t.Fatal(err)
	}
	if len(got.Subsections) != 0 {
		t.Errorf("left over: %+v", got.Subsections)
	}
	var trail []string
	for _, c := range got.Trail {
		if c.Subsection != exam.String() || c.Actor != "sue" {
			t.Errorf("the trail names %q and %q", c.Subsection, c.Actor)
		}
		trail = append(trail, strings.Join([]string{c.At.Format("15:04"), string(c.What), c.From, c.To, c.Reason}, "|"))
	}
	want := "12:00|due||2026-03-13T12:00:00Z|was ill\n13:00|extra_time||30m0s|reads slowly\n" +
		"14:00|due|2026-03-13T12:00:00Z||a mistake\n14:00|extra_time|30m0s||a mistake"
	if strings.Join(trail, "\n") != want {
		t.Errorf("the trail is\n%s\nwant\n%s", strings.Join(trail, "\n"), want)
	}
	list, _, err := d.List(t.Context(), run, "", 0)
	if err != nil || len(list) != 1 || list[0].Learner != "ann" {
		t.Errorf("listed %+v, %v", list, err)
	}
}

func TestWhatIsRefused(t *testing.T) {
	d := newDesk(t)
	elsewhere := order("why")
	elsewhere.Subsection.Course.Run = "then"
	nobody := order("why")
	nobody.Learner = ""
	day := d.now()
	for name, c := range map[string]struct {
		ask  func() (allowance.Allowance, error)
		want error
	}{
		"no reason": {func() (allowance.Allowance, error) { return d.SetDue(t.Context(), order(" \n"), day) }, allowance.ErrReason},
		"a novel": {func() (allowance.Allowance, error) {
			return d.SetDue(t.Context(), order(strings.Repeat("x", 2001)), day)
		}, allowance.ErrReason},
		"no date":          {func() (allowance.Allowance, error) { return d.SetDue(t.Context(), order("why"), time.Time{}) }, allowance.ErrInvalid},
		"another course's": {func() (allowance.Allowance, error) { return d.SetDue(t.Context(), elsewhere, day) }, allowance.ErrInvalid},
		"nobody":           {func() (allowance.Allowance, error) { return d.SetDue(t.Context(), nobody, day) }, allowance.ErrInvalid},
		"no time":          {func() (allowance.Allowance, error) { return d.SetExtraTime(t.Context(), order("why"), 0) }, allowance.ErrInvalid},
		"a month":          {func() (allowance.Allowance, error) { return d.SetExtraTime(t.Context(), order("why"), 720*time.Hour) }, allowance.ErrInvalid},
		"nothing there":    {func() (allowance.Allowance, error) { return d.Restart(t.Context(), order("why")) }, allowance.ErrNone},
	} {
		if _, err := c.ask(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if got, err := d.Of(t.Context(), run, "ann"); err != nil || len(got.Trail) != 0 || got.Run != "" {
		t.Errorf("something was stored: %+v, %v", got, err)
	}
}

// Many windows begin at once, and later ones come back: there is one beginning.
func TestBeginningOnce(t *testing.T) {
	d := newDesk(t)
	var group sync.WaitGroup
	begun := make([]time.Time, 8)
	for i := range begun {
		group.Go(func() {
			granted, err := d.Begin(t.Context(), run, "ann", exam, time.Hour)
			if err != nil {
				t.Error(err)
				return
			}
			begun[i] = *granted.Begun
			d.pass(time.Minute)
		})
	}
	group.Wait()
	again, err := d.Begin(t.Context(), run, "ann", exam, 5*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range begun {
		if !at.Equal(*again.Begun) {
			t.Errorf("one window began at %v, another at %v", at, *again.Begun)
		}
	}
	if again.LimitSeconds != 3600 {
		t.Errorf("the limit became %d s", again.LimitSeconds)
	}
}

func TestEnding(t *testing.T) {
	d := newDesk(t)
	if _, err := d.End(t.Context(), run, "ann", exam); !errors.Is(err, allowance.ErrNone) {
		t.Errorf("ending what was not begun: %v", err)
	}
	if _, err := d.Begin(t.Context(), run, "ann", exam, time.Hour); err != nil {
		t.Fatal(err)
	}
	d.pass(10 * time.Minute)
	first, err := d.End(t.Context(), run, "ann", exam)
	if err != nil || first.Ended == nil || !first.Ended.Equal(d.now()) {
		t.Fatalf("ended %+v, %v", first, err)
	}
	d.pass(10 * time.Minute)
	if second, err := d.End(t.Context(), run, "ann", exam); err != nil || !second.Ended.Equal(*first.Ended) {
		t.Errorf("ended again %+v, %v", second, err)
	}
	if _, err := d.Restart(t.Context(), order("the power failed")); err != nil {
		t.Fatal(err)
	}
	fresh, err := d.Begin(t.Context(), run, "ann", exam, time.Hour)
	if err != nil || fresh.Ended != nil || !fresh.Begun.Equal(d.now()) {
		t.Errorf("begun anew %+v, %v", fresh, err)
	}
	d.pass(61 * time.Minute)
	if late, err := d.End(t.Context(), run, "ann", exam); err != nil || late.Ended != nil {
		t.Errorf("handed in after time ran out: %+v, %v", late, err)
	}
}
