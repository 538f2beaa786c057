package remarks_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/remarks"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

var (
	run  = key.Course{Org: "O", Number: "N", Run: "r"}
	unit = run.Usage("vertical", "u")
	text = run.Usage("html", "t")
)

func open(t *testing.T) *remarks.Remarks {
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
	if err := s.Ensure(t.Context(), remarks.Specs()...); err != nil {
		t.Fatal(err)
	}
	at, n := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC), 0
	return remarks.New(s, func() time.Time { at = at.Add(time.Minute); return at }, func() string { n++; return fmt.Sprint("id", n) })
}

func TestTalks(t *testing.T) {
	r, ctx := open(t), t.Context()
	talk, err := r.Begin(ctx, "sue", unit, text, "  Is this right?\r\nI doubt it. ")
	if err != nil || talk.Remarks[0].Text != "Is this right?\nI doubt it." {
		t.Fatal(talk, err)
	}
	for _, wrong := range []string{"", " \n", strings.Repeat("a", remarks.MaxText+1), "\xff"} {
		if _, err := r.Answer(ctx, "bob", run, talk.ID, wrong); !errors.Is(err, remarks.ErrText) {
			t.Errorf("%.10q: %v", wrong, err)
		}
	}
	if _, err := r.Answer(ctx, "bob", key.Course{Org: "O", Number: "N", Run: "other"}, talk.ID, "from another course"); !errors.Is(err, remarks.ErrNotFound) {
		t.Errorf("a talk of another course: %v", err)
	}
	if talk, err = r.Answer(ctx, "bob", run, talk.ID, "It is."); err != nil || len(talk.Remarks) != 2 {
		t.Fatal(talk, err)
	}
	if _, err := r.Edit(ctx, "sue", run, talk.ID, talk.Remarks[1].ID, "He agrees"); !errors.Is(err, remarks.ErrNotFound) {
		t.Errorf("another author's remark: %v", err)
	}
	if talk, err = r.Settle(ctx, "bob", run, talk.ID, true); err != nil || talk.Settled == nil || talk.SettledBy != "bob" {
		t.Fatal(talk, err)
	}
	if list, err := r.Open(ctx, run); err != nil || len(list) != 0 {
		t.Errorf("open when settled: %v %v", list, err)
	}
	if talk, err = r.Answer(ctx, "sue", run, talk.ID, "Really?"); err != nil || talk.Settled != nil {
		t.Fatal("an answer opens a talk again:", talk, err)
	}
	for i, by := range []string{"sue", "bob", "sue"} {
		if list, err := r.Open(ctx, run); err != nil || len(list) != 1 {
			t.Errorf("before remark %d is gone: %v %v", i, list, err)
		}
		if talk, err = r.Edit(ctx, by, run, talk.ID, talk.Remarks[i].ID, ""); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := r.Open(ctx, run); err != nil || len(list) != 0 {
		t.Errorf("nothing is left of it: %v %v", list, err)
	}
	if list, err := r.Of(ctx, unit); err != nil || len(list) != 1 {
		t.Errorf("of the unit: %v %v", list, err)
	}
}

func TestTalkIsBounded(t *testing.T) {
	r, ctx := open(t), t.Context()
	talk, err := r.Begin(ctx, "sue", unit, text, "1")
	for i := 1; i < remarks.MaxRemarks && err == nil; i++ {
		_, err = r.Answer(ctx, "sue", run, talk.ID, "more")
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Answer(ctx, "sue", run, talk.ID, "one too many"); !errors.Is(err, remarks.ErrFull) {
		t.Error(err)
	}
}

func TestReviews(t *testing.T) {
	r, ctx := open(t), t.Context()
	if _, err := r.Review(ctx, unit); !errors.Is(err, remarks.ErrNotFound) {
		t.Error(err)
	}
	if _, err := r.Ask(ctx, "sue", unit, "s1", "Please look"); err != nil {
		t.Fatal(err)
	}
	if list, err := r.Reviews(ctx, run); err != nil || len(list) != 1 || list[0].Note != "Please look" {
		t.Fatal(list, err)
	}
	judge := func(by, seen, now string, verdict remarks.Verdict) error {
		_, err := r.Judge(ctx, by, unit, seen, now, []string{"sue", "ann"}, verdict, "")
		return err
	}
	if err := judge("ann", "s1", "s1", remarks.Approved); !errors.Is(err, remarks.ErrOwn) {
		t.Errorf("one of the authors approves: %v", err)
	}
	if err := judge("bob", "s1", "s2", remarks.Approved); !errors.Is(err, remarks.ErrChanged) {
		t.Errorf("what has changed since: %v", err)
	}
	if err := judge("bob", "s1", "s1", "perhaps"); err == nil {
		t.Error("a verdict that there is not")
	}
	if err := judge("bob", "s1", "s1", remarks.Wanted); err != nil {
		t.Fatal(err)
	}
	if err := judge("bob", "s1", "s1", remarks.Approved); err != nil {
		t.Fatal(err)
	}
	review, err := r.Review(ctx, unit)
	if err != nil || review.Verdict != remarks.Approved || review.Reviewer != "bob" || review.By != "sue" {
		t.Error(review, err)
	}
	if list, err := r.Reviews(ctx, run); err != nil || len(list) != 0 {
		t.Error("answered reviews wait for nobody:", list, err)
	}
	if err := errors.Join(r.Done(ctx, unit), r.Done(ctx, unit)); err != nil {
		t.Error(err)
	}
}
