package installed_test

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
)

// TestCoursesHearOfBlocksThatCome imports content before its block is there: it has no points until the block comes, and what
// the next version says of it counts, too.
func TestCoursesHearOfBlocksThatCome(t *testing.T) {
	w := newWorld(t)
	ada, _ := packagetest.Key(t)
	p := w.open(0)
	p.publish("guess")
	possible := func() float64 {
		t.Helper()
		published, err := p.kernel.Courses().Published(t.Context(), w.run)
		if err != nil {
			t.Fatal(err)
		}
		return published.Subsections[0].Possible
	}
	outline := func(want int) {
		t.Helper()
		if n, err := p.set.Outline(t.Context()); err != nil || n != want {
			t.Fatalf("%d courses were outlined again, want %d: %v", n, want, err)
		}
	}
	outline(0)
	if possible() != 0 {
		t.Errorf("without its block it has %v points", possible())
	}
	p.install(guess{}.Archive(t, ada))
	outline(1)
	outline(0)
	if possible() != 1 {
		t.Errorf("with its block it has %v points", possible())
	}
	p.install(guess{Version: "1.1.0", Points: 3}.Archive(t, ada))
	outline(1)
	if possible() != 3 {
		t.Errorf("with the next version it has %v points", possible())
	}
	if _, err := p.set.Rollback(t.Context(), "guess", "", installed.Consent{}); err != nil {
		t.Fatal(err)
	}
	outline(1)
	if possible() != 1 {
		t.Errorf("after going back it has %v points", possible())
	}
}
