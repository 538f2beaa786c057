package workers

import (
	"context"
	"errors"
	"testing"
	"time"
)

// The diary tells of the last round alone, and forgets trouble that is over.
func TestDiary(t *testing.T) {
	w := &Workers{}
	trouble := errors.New("no store")
	round := w.diary.keep(chore{"sweep", time.Second, time.Minute, func(context.Context) (int, error) { return 3, trouble }})
	if got := w.Chores(); len(got) != 1 || !got[0].Last.IsZero() || got[0].Every != time.Second {
		t.Errorf("before the first round: %+v", got)
	}
	if found, err := round(t.Context()); found != 3 || !errors.Is(err, trouble) {
		t.Errorf("%d %v", found, err)
	}
	if got := w.Chores()[0]; got.Trouble != "no store" || got.Last.IsZero() || got.Found != 3 {
		t.Errorf("%+v", got)
	}
	trouble = nil
	if _, err := round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.Chores()[0]; got.Trouble != "" {
		t.Errorf("%+v", got)
	}
}
