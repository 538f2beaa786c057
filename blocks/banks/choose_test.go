package banks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func children(n int) []wire.Child {
	out := make([]wire.Child, n)
	for i := range out {
		out[i] = wire.Child{ID: fmt.Sprint("p", i), Type: "problem"}
	}
	return out
}

func choose(t *testing.T, seed, count int, all []wire.Child, earlier []string) []string {
	t.Helper()
	f := &Bank{Drawing: Drawing{MaxCount: count}}
	drawn, err := bank[Bank]{}.Choose(&sdk.Call{Context: wire.Context{Seed: &seed}}, f, wire.ChooseRequest{Children: all, Earlier: earlier})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, id := range drawn {
		if seen[id] || !slices.ContainsFunc(all, func(c wire.Child) bool { return c.ID == id }) {
			t.Fatalf("drew %v of %v", drawn, all)
		}
		seen[id] = true
	}
	return drawn
}

// Learners get different problems, each of them the same every time, and every problem is somebody's.
func TestDrawsAreByChanceAndStable(t *testing.T) {
	all, times := children(6), map[string]int{}
	for seed := range 1000 {
		drawn := choose(t, seed, 2, all, nil)
		if again := choose(t, seed, 2, all, nil); !slices.Equal(drawn, again) || len(drawn) != 2 {
			t.Fatalf("seed %d drew %v, then %v", seed, drawn, again)
		}
		for _, id := range drawn {
			times[id]++
		}
	}
	for _, child := range all { // a third of them each, give or take seven deviations
		if n := times[child.ID]; n < 230 || n > 440 {
			t.Errorf("%s was drawn %d times of 1000", child.ID, n)
		}
	}
}

func TestWhatWasDrawnStays(t *testing.T) {
	all := children(6)
	for seed := range 50 {
		drawn := choose(t, seed, 3, all, nil)
		if more := choose(t, seed, 5, all, drawn); !slices.Equal(more[:3], drawn) || len(more) != 5 {
			t.Errorf("five of %v are %v", drawn, more)
		}
		if fewer := choose(t, seed, 1, all, drawn); !slices.Equal(fewer, drawn[:1]) {
			t.Errorf("one of %v is %v", drawn, fewer)
		}
		gone := slices.DeleteFunc(slices.Clone(all), func(c wire.Child) bool { return c.ID == drawn[1] })
		if now := choose(t, seed, 3, gone, drawn); !slices.Equal(now[:2], []string{drawn[0], drawn[2]}) || len(now) != 3 {
			t.Errorf("without %s of %v there are %v", drawn[1], drawn, now)
		}
		if every := choose(t, seed, -1, all, drawn); !slices.Equal(every[:3], drawn) || len(every) != 6 {
			t.Errorf("all behind %v are %v", drawn, every)
		}
	}
}

// Whoever draws again gets others, as far as there are any.
func TestDrawingAgainGivesOthers(t *testing.T) {
	for seed := range 50 {
		drawn := choose(t, seed, 2, children(6), nil)
		again := choose(t, seed, 2, children(6), drawn)
		if slices.ContainsFunc(again, func(id string) bool { return slices.Contains(drawn, id) }) || len(again) != 2 {
			t.Errorf("%v, then %v", drawn, again)
		}
		if three := choose(t, seed, 2, children(3), choose(t, seed, 2, children(3), nil)); len(three) != 2 {
			t.Errorf("two of three drawn again are %v", three)
		}
	}
}

func TestAnEmptyBankDrawsNothing(t *testing.T) {
	if drawn := choose(t, 1, 2, nil, []string{"gone"}); len(drawn) != 0 {
		t.Error(drawn)
	}
	if drawn := choose(t, 1, 0, children(2), nil); len(drawn) != 0 {
		t.Error(drawn)
	}
}

// What a bank counts before anybody has drawn is what its problems count on average.
func TestWhatAnUndrawnBankCounts(t *testing.T) {
	one, three := 1.0, 3.0
	list := children(4)
	list[0].Facts.MaxScore, list[1].Facts.MaxScore = &one, &one
	list[1].Facts.Weight, list[2].Facts.Undrawn = &three, &three // the fourth counts nothing
	out, err := bank[Bank]{}.Outline(nil, &Bank{Drawing: Drawing{MaxCount: 2}}, list)
	if err != nil || *out.Facts.Undrawn != 3.5 {
		t.Errorf("%v, %v", *out.Facts.Undrawn, err)
	}
	if more, err := (bank[Bank]{}).Outline(nil, &Bank{Drawing: Drawing{MaxCount: 3}}, list); err != nil || more.AnswerHash == out.AnswerHash {
		t.Errorf("another number has the same hash: %v", err)
	}
}

// Whoever gets more children than a learner has is on the course team, and reads so.
func TestTheTeamReadsThatItSeesAll(t *testing.T) {
	view := sdk.View[Bank, Public]{Public: Public{Count: 2, Of: 4}}
	for _, child := range children(4) {
		view.Children = append(view.Children, wire.Place{ID: child.ID, Type: child.Type})
	}
	shown, err := bank[Bank]{}.Render(&sdk.Call{Context: wire.Context{Locale: "en"}}, view)
	if err != nil || strings.Count(shown.HTML, "<quoin-place ") != 4 || !strings.Contains(shown.HTML, `class="notice"`) {
		t.Errorf("%s, %v", shown.HTML, err)
	}
}
