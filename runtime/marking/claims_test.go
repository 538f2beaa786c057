package marking_test

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/marking"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

// desk is a store of claims with a clock that the test moves.
type desk struct {
	*marking.Claims
	at time.Time
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
	for _, spec := range marking.Specs() {
		if err := s.Ensure(t.Context(), spec); err != nil {
			t.Fatal(err)
		}
	}
	d := &desk{at: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	d.Claims = marking.New(s, func() time.Time { return d.at })
	return d
}

func (d *desk) take(t *testing.T, by string, over bool) string {
	t.Helper()
	held, err := d.Take(t.Context(), "s1", marking.Claim{Run: "run", Usage: "u", Learner: "ann", By: by}, over)
	if err != nil {
		t.Fatal(err)
	}
	return held.By
}

// A claim is one person's until it ends by itself, is released, or is taken over knowingly; a page that is open keeps it.
func TestClaims(t *testing.T) {
	d := newDesk(t)
	for _, step := range []struct {
		pass time.Duration
		by   string
		over bool
		want string
	}{
		{0, "sue", false, "sue"},
		{time.Minute, "tom", false, "sue"},
		{3 * time.Minute, "sue", false, "sue"}, // renewed
		{4 * time.Minute, "tom", false, "sue"},
		{marking.Lease, "tom", false, "tom"}, // it has ended by itself
		{0, "sue", true, "sue"},
	} {
		d.at = d.at.Add(step.pass)
		if got := d.take(t, step.by, step.over); got != step.want {
			t.Fatalf("%s asks %s later: %s holds it, want %s", step.by, step.pass, got, step.want)
		}
	}
	if err := d.Release(t.Context(), "s1", "tom"); err != nil {
		t.Fatal(err)
	}
	live, err := d.Of(t.Context(), "run")
	if err != nil || live["s1"].By != "sue" {
		t.Errorf("a release by another one: %v, %v", live, err)
	}
	if err := d.Release(t.Context(), "s1", "sue"); err != nil {
		t.Fatal(err)
	}
	if got := d.take(t, "tom", false); got != "tom" {
		t.Errorf("after the release %s holds it", got)
	}
	d.at = d.at.Add(marking.Lease + time.Second)
	if live, err := d.Of(t.Context(), "run"); err != nil || len(live) != 0 {
		t.Errorf("what has ended is live: %v, %v", live, err)
	}
	kept := func() int { // by the clock of the claim, which does not hide what has ended
		t.Helper()
		now := d.at
		defer func() { d.at = now }()
		d.at = d.at.Add(-marking.Lease - 2*time.Second)
		live, err := d.Of(t.Context(), "run")
		if err != nil {
			t.Fatal(err)
		}
		return len(live)
	}
	if err := d.Sweep(t.Context(), "run"); err != nil || kept() != 1 {
		t.Errorf("what has just ended is swept: %d, %v", kept(), err)
	}
	d.at = d.at.Add(48 * time.Hour)
	if err := d.Sweep(t.Context(), "run"); err != nil {
		t.Fatal(err)
	}
	d.at = d.at.Add(-48 * time.Hour)
	if kept() != 0 {
		t.Error("an old claim is not swept")
	}
}

// Of many who ask at once, one gets it.
func TestClaimsAtOnce(t *testing.T) {
	d := newDesk(t)
	var group sync.WaitGroup
	holders := make([]string, 8)
	for i := range holders {
		group.Go(func() {
			held, err := d.Take(t.Context(), "s1", marking.Claim{Run: "run", Learner: "ann", By: string(rune('a' + i))}, false)
			if err != nil {
				t.Error(err)
			}
			holders[i] = held.By
		})
	}
	group.Wait()
	for _, holder := range holders {
		if holder != holders[0] {
			t.Fatalf("several hold it: %v", holders)
		}
	}
}
