package lists_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/people/lists"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

const (
	run   = "course-v1:Org+Number+Run"
	other = "course-v1:Org+Number+Other"
)

// rig is a store with people and lists, a clock that the test moves, and a queue that keeps jobs.
type rig struct {
	*lists.Lists
	people *people.People
	store  *shaky
	mu     sync.Mutex
	clock  time.Time
	jobs   []ports.Job
	sent   []lists.Notice
	orders int
}

// shaky is a store that dies after so many writes.
type shaky struct {
	store.Store
	mu   sync.Mutex
	left int
}

var errDead = errors.New("the process died")

func (s *shaky) write() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left--; s.left < 0 {
		return errDead
	}
	return nil
}

func (s *shaky) Insert(ctx context.Context, collection string, record store.Record) error {
	if err := s.write(); err != nil {
		return err
	}
	return s.Store.Insert(ctx, collection, record)
}

func (s *shaky) Replace(ctx context.Context, collection string, record store.Record) error {
	if err := s.write(); err != nil {
		return err
	}
	return s.Store.Replace(ctx, collection, record)
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.clock
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock = r.clock.Add(d)
}

func (r *rig) Notify(_ context.Context, notice lists.Notice) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if strings.HasPrefix(notice.Email, "bounce") {
		return errors.New("no such mailbox")
	}
	r.sent = append(r.sent, notice)
	return nil
}

func open(t testing.TB) *rig {
	t.Helper()
	ctx := context.Background()
	db, err := sqlitestore.Open(ctx, sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "store")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Ensure(ctx, append(people.Specs(), lists.Specs()...)...); err != nil {
		t.Fatal(err)
	}
	r := &rig{clock: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), store: &shaky{Store: db, left: 1 << 30}}
	r.people, err = people.New(people.Config{
		Store: r.store, Secret: []byte("a secret of at least 32 bytes, for tests alone"), Limiter: &portstest.Limiter{}, Now: r.now,
		Cost: people.Cost{Memory: 64, Passes: 1, Threads: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Lists = lists.New(lists.Config{Store: r.store, People: r.people, Now: r.now, Queue: ports.QueueFunc(func(_ context.Context, job ports.Job) error {
		r.jobs = append(r.jobs, job)
		return nil
	})})
	return r
}

func (r *rig) user(t testing.TB, name string, confirmed bool) people.User {
	t.Helper()
	user, err := r.people.Create(t.Context(), people.NewUser{Username: name, Email: name + "@example.org", Passwordless: true, Confirmed: confirmed})
	if err != nil {
		t.Fatal(err)
	}
	return user
}

func entries(who ...string) []lists.Entry {
	list := make([]lists.Entry, len(who))
	for i, name := range who {
		list[i] = lists.Entry{Line: i + 1, Who: name}
	}
	return list
}

func (r *rig) hand(t testing.TB, order lists.Order) lists.List {
	t.Helper()
	r.orders++
	order.ID, order.Run, order.By = fmt.Sprintf("%032x", r.orders), run, "somebody"
	list, err := r.Hand(t.Context(), order)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// results are the lines' results in their order.
func (r *rig) results(t testing.TB, list lists.List) string {
	t.Helper()
	lines, next, err := r.Lines(t.Context(), list.ID, "", 1000, "")
	if err != nil || next != "" {
		t.Fatalf("%q, %v", next, err)
	}
	var out []string
	for _, line := range lines {
		out = append(out, string(line.Result))
	}
	return strings.Join(out, " ")
}

func (r *rig) member(t testing.TB, user people.User) people.Member {
	t.Helper()
	m, err := r.people.Member(t.Context(), user.ID, run)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (r *rig) start(t testing.TB, list lists.List) lists.List {
	t.Helper()
	list, err := r.Start(t.Context(), run, list.ID)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (r *rig) undo(t testing.TB, list lists.List) lists.List {
	t.Helper()
	list, err := r.Undo(t.Context(), run, list.ID)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func want(t testing.TB, what, got, wanted string) {
	t.Helper()
	if got != wanted {
		t.Errorf("%s: %q, want %q", what, got, wanted)
	}
}

// Every line has a result before anything is done, the same when it is done, and can be taken back.
func TestEnrolAndUndo(t *testing.T) {
	ctx := t.Context()
	r := open(t)
	for _, cohort := range []string{"red", "blue"} {
		if err := r.people.PutCohort(ctx, run, people.Cohort{Name: cohort}); err != nil {
			t.Fatal(err)
		}
	}
	ann, bob, cat, dan, eve := r.user(t, "ann", false), r.user(t, "bob", false), r.user(t, "cat", false), r.user(t, "dan", false), r.user(t, "eve", false)
	since := r.now()
	for _, user := range []people.User{bob, cat} {
		if _, _, err := r.people.Enrol(ctx, user.ID, run, "honor"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.people.SetDisabled(ctx, dan.ID, true); err != nil {
		t.Fatal(err)
	}
	r.pass(time.Hour)
	order := lists.Order{Kind: lists.Enrol, Entries: entries("ann", "BOB@Example.org", "cat", "nobody", "new@example.org", "a b@", "dan", " Ann ", "eve", "eve@example.org", "cat@example.org", "x@example.org")}
	order.Entries[2].Mode, order.Entries[2].Cohort = "verified", "red"
	order.Entries[8].Cohort = "green"
	order.Entries[11].Mode = " bad\x01"
	list := r.hand(t, order)
	const foreseen = "enrolled already changed unknown invited invalid closed twice no_cohort enrolled twice bad_mode"
	want(t, "foreseen", r.results(t, list), foreseen)
	if list.State != lists.Ready || list.Finished != 12 || list.Totals[lists.Enrolled] != 2 || r.member(t, ann).Enrolled || r.member(t, cat).Mode != "honor" {
		t.Errorf("%+v: something was done already", list)
	}
	if _, err := r.Undo(ctx, run, list.ID); !errors.Is(err, lists.ErrState) {
		t.Errorf("undone before it was done: %v", err)
	}
	if _, err := r.Start(ctx, other, list.ID); !errors.Is(err, lists.ErrNotFound) {
		t.Errorf("started for another course: %v", err)
	}
	list = r.start(t, list)
	want(t, "done", r.results(t, list), foreseen)
	if m := r.member(t, cat); m.Mode != "verified" || m.Cohort != "red" || !m.Since.Equal(since) {
		t.Errorf("%+v", m)
	}
	if m := r.member(t, ann); !m.Enrolled || m.Mode != people.DefaultMode {
		t.Errorf("%+v", m)
	}
	if _, err := r.people.Invitation(ctx, run, "new@example.org"); err != nil {
		t.Error(err)
	}
	again := r.start(t, list) // pressed twice
	want(t, "done again", r.results(t, again), foreseen)

	// The same order is the same list; by somebody else it is none.
	order.ID, order.Run, order.By = list.ID, run, "somebody"
	if same, err := r.Hand(ctx, order); err != nil || same.State != lists.Done {
		t.Errorf("%+v, %v", same, err)
	}
	order.By = "another"
	if _, err := r.Hand(ctx, order); !errors.Is(err, lists.ErrNotFound) {
		t.Errorf("%v", err)
	}

	// Eve left by herself meanwhile: that stays.
	if _, _, err := r.people.Unenrol(ctx, eve.ID, run); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.people.Enrol(ctx, eve.ID, run, "verified"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.people.SetCohort(ctx, eve.ID, run, "blue"); err != nil {
		t.Fatal(err)
	}
	list = r.undo(t, list)
	want(t, "undone", r.results(t, list), "undid nothing undid nothing undid nothing nothing nothing nothing left nothing nothing")
	if m := r.member(t, cat); m.Mode != "honor" || m.Cohort != "" || !m.Since.Equal(since) {
		t.Errorf("%+v", m)
	}
	if m := r.member(t, ann); m.Enrolled || !m.Since.IsZero() {
		t.Errorf("%+v", m)
	}
	if !r.member(t, eve).Enrolled {
		t.Error("what somebody did himself was taken back")
	}
	if _, err := r.people.Invitation(ctx, run, "new@example.org"); !errors.Is(err, people.ErrNotFound) {
		t.Errorf("the invitation is still there: %v", err)
	}
	if _, err := r.Start(ctx, run, list.ID); !errors.Is(err, lists.ErrState) {
		t.Errorf("%v", err)
	}
}

func TestUnenrolAndUndo(t *testing.T) {
	ctx := t.Context()
	r := open(t)
	ann, bob := r.user(t, "ann", false), r.user(t, "bob", false)
	if _, _, err := r.people.Enrol(ctx, ann.ID, run, "verified"); err != nil {
		t.Fatal(err)
	}
	since := r.member(t, ann).Since
	if _, err := r.people.Invite(ctx, people.Invitation{Run: run, Email: "new@example.org", Mode: "honor", By: "x"}); err != nil {
		t.Fatal(err)
	}
	r.pass(time.Hour)
	list := r.hand(t, lists.Order{Kind: lists.Unenrol, Entries: entries("ann", "bob", "new@example.org", "other@example.org")})
	const results = "unenrolled not_enrolled uninvited unknown"
	want(t, "foreseen", r.results(t, list), results)
	list = r.start(t, list)
	want(t, "done", r.results(t, list), results)
	if r.member(t, ann).Enrolled || r.member(t, bob).Enrolled {
		t.Error("somebody is enrolled")
	}
	r.pass(lists.UndoFor - time.Minute)
	list = r.undo(t, list)
	want(t, "undone", r.results(t, list), "undid nothing undid nothing")
	if m := r.member(t, ann); !m.Enrolled || m.Mode != "verified" || !m.Since.Equal(since) {
		t.Errorf("%+v", m)
	}
	if in, err := r.people.Invitation(ctx, run, "new@example.org"); err != nil || in.Mode != "honor" {
		t.Errorf("%+v, %v", in, err)
	}

	late := r.start(t, r.hand(t, lists.Order{Kind: lists.Unenrol, Entries: entries("ann")}))
	r.pass(lists.UndoFor)
	if _, err := r.Undo(ctx, run, late.ID); !errors.Is(err, lists.ErrState) {
		t.Errorf("undone too late: %v", err)
	}
}

func TestCohorts(t *testing.T) {
	ctx := t.Context()
	r := open(t)
	for name, automatic := range map[string]bool{"red": true, "blue": false} {
		if err := r.people.PutCohort(ctx, run, people.Cohort{Name: name, Automatic: automatic}); err != nil {
			t.Fatal(err)
		}
	}
	ann, bob := r.user(t, "ann", false), r.user(t, "bob", false)
	for _, user := range []people.User{ann, bob} {
		if _, _, err := r.people.Enrol(ctx, user.ID, run, ""); err != nil {
			t.Fatal(err)
		}
	}
	r.user(t, "cat", false)
	order := lists.Order{Kind: lists.Cohort, Cohort: "blue", Entries: entries("ann", "ann@example.org", "bob", "cat", "dan")}
	order.Entries[2].Cohort = "green"
	list := r.start(t, r.hand(t, order))
	want(t, "done", r.results(t, list), "moved twice no_cohort not_enrolled unknown")
	want(t, "cohort", r.member(t, ann).Cohort, "blue")

	drawn := r.hand(t, lists.Order{Kind: lists.Draw, Entries: entries("ann", "bob")})
	want(t, "drawn", r.results(t, drawn), "already moved")
	want(t, "cohort", r.member(t, bob).Cohort, "red")
	if drawn.State != lists.Done {
		t.Errorf("%+v", drawn)
	}
	r.undo(t, drawn)
	want(t, "cohort", r.member(t, bob).Cohort, "")
	r.undo(t, list)
	want(t, "cohort", r.member(t, ann).Cohort, "")

	// Who is enrolled comes into an automatic cohort by himself.
	cat, err := r.people.FindUser(ctx, "cat")
	if err != nil {
		t.Fatal(err)
	}
	r.start(t, r.hand(t, lists.Order{Kind: lists.Enrol, Entries: entries("cat")}))
	want(t, "cohort", r.member(t, cat).Cohort, "red")
}

// On a site that sends mail an address is its owner's when he has confirmed it: until then anybody may have typed it.
func TestUnconfirmedAddresses(t *testing.T) {
	r := open(t)
	r.Lists.Notify(r)
	ann, bob := r.user(t, "ann", false), r.user(t, "bob", true)
	list := r.start(t, r.hand(t, lists.Order{Kind: lists.Enrol, Mail: true, Language: "ar", Entries: entries("ann@example.org", "bob@example.org", "bounce@example.org", "ann")}))
	if list.State != lists.Running || len(r.jobs) != 1 {
		t.Fatalf("%+v, %d jobs: mails are for a job", list, len(r.jobs))
	}
	if err := r.Work(t.Context(), r.jobs[0].Ref, "w"); err != nil {
		t.Fatal(err)
	}
	want(t, "results", r.results(t, list), "invited enrolled invited enrolled")
	if len(r.sent) != 3 {
		t.Errorf("%d mails", len(r.sent))
	}
	for _, notice := range r.sent {
		if (notice.User == nil) != (notice.Key == list.ID+"-0") || notice.Language != "ar" || notice.Run != run {
			t.Errorf("%+v", notice)
		}
	}
	lines, _, err := r.Lines(t.Context(), list.ID, lists.Invited, 10, "")
	if err != nil || len(lines) != 2 || lines[0].Mail != "sent" || lines[1].Mail != "failed" {
		t.Errorf("%+v, %v", lines, err)
	}
	if !r.member(t, bob).Enrolled || !r.member(t, ann).Enrolled {
		t.Error("not enrolled")
	}
}

// A long list is a job's; a process that dies at any write leaves a list that goes on to the same results, with nobody done
// twice or left out.
func TestCrashes(t *testing.T) {
	const many = 60
	for dies := 1; dies < 300; dies += 23 {
		r := open(t)
		var who []string
		var users []people.User
		for i := range many {
			users = append(users, r.user(t, fmt.Sprintf("u%03d", i), false))
			who = append(who, users[i].Username)
		}
		list := r.hand(t, lists.Order{Kind: lists.Enrol, Entries: entries(who...)})
		if len(r.jobs) != 1 || list.State != lists.Checking {
			t.Fatalf("%+v, %d jobs", list, len(r.jobs))
		}
		work := func() {
			r.store.left = dies
			err := r.Work(t.Context(), list.ID, "first")
			r.store.left = 1 << 30
			if err != nil && !errors.Is(err, errDead) {
				t.Fatal(err)
			}
			r.pass(time.Minute)
			if n, err := r.Sweep(t.Context()); err != nil || n > 1 {
				t.Fatal(n, err)
			}
			if err := r.Work(t.Context(), list.ID, "second"); err != nil {
				t.Fatal(err)
			}
		}
		work()
		if got, err := r.Get(t.Context(), run, list.ID); err != nil || got.State != lists.Ready || got.Totals[lists.Enrolled] != many {
			t.Fatalf("%+v, %v", got, err)
		}
		r.start(t, list)
		work()
		done, err := r.Get(t.Context(), run, list.ID)
		if err != nil || done.State != lists.Done || done.Totals[lists.Enrolled] != many || len(done.Totals) != 1 {
			t.Fatalf("dying after %d writes: %+v, %v", dies, done, err)
		}
		for _, user := range users {
			if !r.member(t, user).Enrolled {
				t.Fatalf("dying after %d writes: %s is left out", dies, user.Username)
			}
		}
		r.undo(t, list)
		work()
		if got, err := r.Get(t.Context(), run, list.ID); err != nil || got.State != lists.Undone || got.Totals[lists.Undid] != many {
			t.Fatalf("dying after %d writes: %+v, %v", dies, got, err)
		}
	}
}

// Two workers that are given the same list do not both work on it.
func TestOneWorkerAtATime(t *testing.T) {
	r := open(t)
	var who []string
	for i := range 120 {
		who = append(who, fmt.Sprintf("new%d@example.org", i))
	}
	list := r.hand(t, lists.Order{Kind: lists.Enrol, Entries: entries(who...)})
	var working sync.WaitGroup
	for i := range 4 {
		working.Go(func() {
			if err := r.Work(context.Background(), list.ID, fmt.Sprint("worker ", i)); err != nil {
				t.Error(err)
			}
		})
	}
	working.Wait()
	if got, err := r.Get(t.Context(), run, list.ID); err != nil || got.State != lists.Ready || got.Totals[lists.Invited] != 120 || got.Finished != 120 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestForgettingAndAge(t *testing.T) {
	r := open(t)
	list := r.start(t, r.hand(t, lists.Order{Kind: lists.Enrol, Entries: entries("Ann@example.org", "bob@example.org", "ann")}))
	if err := r.Forget(t.Context(), "ann", "ann@example.org", ""); err != nil {
		t.Fatal(err)
	}
	want(t, "left", r.results(t, list), "invited")
	if _, err := r.Hand(t.Context(), lists.Order{ID: "long", Run: run, Kind: lists.Enrol, Entries: make([]lists.Entry, lists.MaxLines+1)}); !errors.Is(err, lists.ErrTooLong) {
		t.Errorf("%v", err)
	}
	r.pass(lists.KeptFor + time.Second)
	if n, err := r.Sweep(t.Context()); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	want(t, "left", r.results(t, list), "")
	if _, err := r.Get(t.Context(), run, list.ID); !errors.Is(err, lists.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// BenchmarkLongest looks at and enrols the longest list.
func BenchmarkLongest(b *testing.B) {
	r := open(b)
	var who []string
	for i := range lists.MaxLines {
		who = append(who, fmt.Sprintf("new%d@example.org", i))
	}
	for b.Loop() {
		list := r.hand(b, lists.Order{Kind: lists.Enrol, Entries: entries(who...)})
		if err := r.Work(b.Context(), list.ID, "w"); err != nil {
			b.Fatal(err)
		}
		r.start(b, list)
		if err := r.Work(b.Context(), list.ID, "w"); err != nil {
			b.Fatal(err)
		}
	}
}
