package kernel_test

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Points that staff give by a block's handler are an act of theirs: the trail and the log say who gave them and why, and they can be
// taken back (security R8).
func TestPointsByAHandlerAreAnAct(t *testing.T) {
	o := &outside{}
	w, p := probeWorld(t, func(c *kernel.Config) { c.Events = o })
	block := w.block("probe", "p")
	boss := w.learner("boss")
	boss.Roles = []string{access.RoleStaff}
	give := func(id string, earned float64) {
		t.Helper()
		p.says = func(wire.Request) any {
			return &wire.HandleReply{Effects: []wire.Effect{{Score: &wire.SetScore{Learner: "ann", Earned: earned, Possible: 1, Reason: "by hand"}}}}
		}
		_, err := w.kernel.Handle(t.Context(), boss, w.published(), block, kernel.Request{
			Handler: "do", As: wire.RoleStaff, HTTP: wire.HTTP{Method: "POST"}, ID: id, BodyHash: id, Sitting: w.sittingNow(boss, block),
		})
		if err != nil {
			t.Fatal(err)
		}
		w.kernel.Wait()
	}
	given := func() *float64 {
		t.Helper()
		scores, err := w.kernel.Scorer().Scores(t.Context(), "ann", []string{block.Usage.String()})
		if err != nil {
			t.Fatal(err)
		}
		score := scores[block.Usage.String()]
		if score == nil || score.Override == nil {
			return nil
		}
		if score.Override.By != "boss" {
			t.Errorf("given by %q", score.Override.By)
		}
		return &score.Override.Earned
	}
	give("one", 0.5)
	give("two", 1)
	trail, _, err := w.kernel.Trail(t.Context(), "ann", block.Usage.String(), "", 10)
	if err != nil || len(trail) != 2 {
		t.Fatalf("the trail has %d lines, %v", len(trail), err)
	}
	newest := &trail[0].Body
	if newest.By != "boss" || newest.Kind != kernel.ActOverride || newest.Earned != 1 || newest.Reason != "by hand" || newest.Override == nil || newest.Override.Earned != 0.5 {
		t.Errorf("the trail says %+v", newest)
	}
	if len(o.got) != 2 || o.got[0] != "event edx.grades.problem.score_overridden of boss" {
		t.Errorf("the log has %q", o.got)
	}
	if got := given(); got == nil || *got != 1 {
		t.Fatalf("given are %v", got)
	}
	for i, want := range []*float64{number(0.5), nil} { // newest first
		undo := kernel.Act{ID: "undo" + trail[i].ID, Kind: kernel.ActUndo, Undoes: trail[i].ID}
		if _, err := w.kernel.Act(t.Context(), boss, w.learner("ann"), w.published(), block, undo); err != nil {
			t.Fatalf("taking back: %v", err)
		}
		w.kernel.Wait()
		if got := given(); (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("taken back, given are %v", got)
		}
	}
}
