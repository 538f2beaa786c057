package host_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/host"
	"github.com/quoin-lms/quoin/host/operator"
	"github.com/quoin-lms/quoin/runtime/people"
)

// operated is a process in trouble.
func operated(context.Context) operator.Report {
	return operator.Report{
		Role: "all", Started: time.Now().Add(-3 * time.Hour), Mail: operator.MailNone, Store: "sqlite", StoreBytes: 12_300_000, FreeBytes: 1 << 30,
		Lanes:  []operator.Lane{{Name: "interactive", Waiting: 7, Wait50: time.Millisecond, Wait99: time.Second}, {Name: "background"}},
		Chores: []operator.Chore{{Name: "sweep", Every: time.Second, Last: time.Now(), Trouble: "no store"}, {Name: "unused files", Every: 24 * time.Hour}},
		Build:  operator.Build{Version: "v1.2.3", Commit: "0123abcd"},
	}
}

// withOperator adds the page's sources, and an error with things that must not be shown.
func withOperator(c *host.Config) {
	c.Report, c.Mishaps = operated, &operator.Mishaps{}
	log := slog.New(c.Mishaps.Handler(slog.NewTextHandler(io.Discard, nil)))
	log.Error("a request failed", "request", "theid", "block", "problem", "error", errors.New("the store is away"), "answers", "canary-answer", "learner", "canary-person")
}

// administrator makes an account that runs the site.
func (w *world) administrator(name string) people.User {
	w.t.Helper()
	user := w.account(name, w.otherCourse())
	user, err := w.site.People.SetSiteRole(w.t.Context(), user.ID, people.SiteAdmin, true)
	if err != nil {
		w.t.Fatal(err)
	}
	return user
}

// The operator sees what is wrong and what to do; to everybody else there is no such page.
func TestOperatorsPage(t *testing.T) {
	w := newWorld(t, options{config: withOperator})
	run := w.forces()
	for who, b := range map[string]*browser{
		"a visitor": w.visitor(), "a learner": w.member("ann", run, ""), "course staff": w.member("sue", run, "staff", "instructor"),
	} {
		if p := b.get("/admin"); p.status != 404 {
			t.Errorf("%s sees the operator's page: %d", who, p.status)
		}
		b.get("/").without(`href="/admin"`)
	}
	ada := w.enter(w.administrator("ada"))
	ada.get("/").must(200, `href="/admin"`)
	ada.get("/admin").must(200, "No worker is alive", "A chore is in trouble", "Only 1.1 GB are free", "The site sends no mail", "No backup of this folder is known",
		"theid", "the store is away", "block problem", "v1.2.3", "0123abcd", "3 hours", "12.3 MB", "Every answer has its grade", "Hands over what the queue forgot").
		without("canary-answer").without("canary-person").without("Nothing needs you now")
	// A block that was called has its figures, a broken one its reason.
	w.member("bert", run, "").get(unitPath(run, "five")).must(200)
	if err := w.site.Registry.SwitchOff("video", "too loud"); err != nil {
		t.Fatal(err)
	}
	ada.get("/admin").must(200, "Switched off", "too loud", " ms")
}

// What waits for a grade is told with its age, what was given up with its course.
func TestOperatorSeesTheBacklog(t *testing.T) {
	w := newWorld(t, options{config: func(c *host.Config) { shortWait(c); withOperator(c) }})
	run := w.forces()
	ada := w.enter(w.administrator("ada"))
	w.hold()
	b := w.member("ann", run, "")
	b.get(unitPath(run, "five")).form(blockPath(run, "problem", "pword")).set("input_2_1", "x").press("submit").must(303)
	ada.get("/admin").must(200, "1 answer waits for its grade", "The oldest was handed in")
	w.release()
	w.working.Wait()
	ada.get("/admin").must(200, "Every answer has its grade")
}
