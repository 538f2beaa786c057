package access_test

import (
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// exam is a subsection of an hour, with more of its settings.
func exam(more func(*course.Settings)) levels {
	s := &course.Settings{TimeLimited: true, TimeLimitMinutes: on(60.0)}
	if more != nil {
		more(s)
	}
	return levels{sub: s}
}

func sitting(t access.Timed) access.Person {
	p := learner
	p.Timed = map[string]access.Timed{run.Usage("sequential", "sub").String(): t}
	return p
}

func paced(weeks int, hide bool) levels {
	return levels{
		course: &course.Settings{SelfPaced: on(true)},
		sub:    &course.Settings{SelfPaced: on(true), Due: at(5), RelativeWeeksDue: on(weeks), HideAfterDue: hide},
		unit:   &course.Settings{SelfPaced: on(true)}, problem: &course.Settings{SelfPaced: on(true)},
	}
}

func TestTimedSubsections(t *testing.T) {
	hour := time.Hour
	begun := access.Timed{Begun: day(10).Add(-30 * time.Minute), Limit: hour}
	over := access.Timed{Begun: day(10).Add(-2 * hour), Limit: hour}
	longer := over
	longer.Extra = 90 * time.Minute
	handedIn := begun
	handedIn.Ended = day(10).Add(-10 * time.Minute)
	for _, c := range []struct {
		name   string
		tree   levels
		person access.Person
		want   access.Verdict
	}{
		{"not begun", exam(nil), learner, access.Verdict{Why: wire.WhyTimed}},
		{"staff need not begin", exam(nil), staff, access.Verdict{Allowed: true}},
		{"begun", exam(nil), sitting(begun), access.Verdict{Allowed: true, Changes: begun.Begun.Add(hour)}},
		{"over", exam(nil), sitting(over), access.Verdict{Why: wire.WhyTimeUp}},
		{"over, with extra time", exam(nil), sitting(longer), access.Verdict{Allowed: true, Changes: over.Begun.Add(150 * time.Minute)}},
		{"handed in", exam(nil), sitting(handedIn), access.Verdict{Why: wire.WhyTimeUp}},
		{"over, to be looked at once it is due", exam(func(s *course.Settings) { s.Due = at(12) }), sitting(over), access.Verdict{Why: wire.WhyTimeUp, Changes: day(12)}},
		{"due for everybody", exam(func(s *course.Settings) { s.Due = at(9) }), sitting(over), access.Verdict{Allowed: true}},
		{"due, never begun", exam(func(s *course.Settings) { s.Due = at(9) }), learner, access.Verdict{Allowed: true}},
		{"due and hidden", exam(func(s *course.Settings) { s.Due, s.HideAfterDue = at(9), true }), sitting(over), access.Verdict{Why: wire.WhyPastDue}},
		{"not released", exam(func(s *course.Settings) { s.Start = at(12) }), sitting(begun), access.Verdict{Why: wire.WhyNotReleased, Changes: day(12)}},
		{
			"the due date cuts the time short", exam(func(s *course.Settings) { s.Due, s.HideAfterDue = on(day(10).Add(5*time.Minute)), true }),
			sitting(begun),
			access.Verdict{Allowed: true, Changes: day(10).Add(5 * time.Minute)},
		},
		{"no limit", levels{sub: &course.Settings{TimeLimited: true}}, learner, access.Verdict{Allowed: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			published, blocks := build(c.tree)
			got := access.Content(&c.person, published, blocks["problem"], day(10))
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if !access.Listing(&c.person, published, blocks["sub"], day(10)).Allowed {
				t.Error("it is not listed")
			}
			changesWhenItSays(t, func(now time.Time) access.Verdict {
				return access.Content(&c.person, published, blocks["problem"], now)
			})
		})
	}
}

func TestTimeLeftIsCutByTheDueDate(t *testing.T) {
	_, blocks := build(exam(func(s *course.Settings) { s.Due = on(day(10).Add(20 * time.Minute)) }))
	p := sitting(access.Timed{Extra: 30 * time.Minute})
	if left := access.TimeLeft(&p, blocks["sub"], day(10)); left != 20*time.Minute {
		t.Errorf("%v are left", left)
	}
	if left := access.TimeLeft(&p, blocks["sub"], day(9)); left != 90*time.Minute {
		t.Errorf("%v are left the day before", left)
	}
	if left := access.TimeLeft(&p, blocks["sub"], day(11)); left != 0 {
		t.Errorf("%v are left the day after", left)
	}
}

// Open edX gives timed work no grace.
func TestNoGraceForTimedWork(t *testing.T) {
	grace := 7200.0
	for _, c := range []struct {
		tree levels
		want time.Duration
	}{{levels{}, 2 * time.Hour}, {exam(nil), 0}} {
		published, blocks := build(c.tree)
		blocks["problem"].Settings.GracePeriod = &grace
		if got := access.Policy(&learner, published, blocks["problem"], "", 0); got.Grace != c.want {
			t.Errorf("grace %v, want %v", got.Grace, c.want)
		}
	}
}

func TestDueAtOnesOwnPace(t *testing.T) {
	enrolled := func(n int) access.Person {
		p := learner
		p.Since = day(n)
		return p
	}
	early := enrolled(1)
	early.Since = day(1).AddDate(0, -1, 0)
	given := enrolled(3)
	given.Extensions = extended(day(25)).Extensions
	for _, c := range []struct {
		name   string
		tree   levels
		person access.Person
		want   time.Time
	}{
		{"weeks after the enrolment", paced(2, false), enrolled(3), day(17)},
		{"the course began later", paced(2, false), early, day(15)},
		{"dates of the course do not count", paced(0, false), enrolled(3), time.Time{}},
		{"not enrolled", paced(2, false), learner, time.Time{}},
		{"an extension", paced(2, false), given, day(25)},
		{"the team's pace", levels{sub: &course.Settings{Due: at(5), RelativeWeeksDue: on(2)}}, enrolled(3), day(5)},
	} {
		_, blocks := build(c.tree)
		if got := access.Due(&c.person, blocks["sub"]); !got.Equal(c.want) {
			t.Errorf("%s: due %v, want %v", c.name, got, c.want)
		}
	}
	// What is hidden after its date hides when the course ends.
	published, blocks := build(paced(1, true))
	published.Run.Settings["end"] = `"` + day(20).Format(time.RFC3339) + `"`
	p := enrolled(1)
	if got := access.Content(&p, published, blocks["problem"], day(10)); !got.Allowed || !got.Changes.Equal(day(20)) {
		t.Errorf("after its own date: %+v", got)
	}
}

func TestPrerequisites(t *testing.T) {
	published, blocks := build(levels{})
	before := &course.Subsection{Block: &course.Block{Usage: run.Usage("sequential", "before"), Settings: &course.Settings{}}}
	sub := blocks["sub"].Subsection
	sub.Requires = &course.Requirement{Of: before, Score: 80, Completion: 50}
	published.Subsections = []*course.Subsection{before, sub}
	reached := func(r access.Reached) access.Person {
		p := learner
		p.Reached = map[string]access.Reached{before.Usage.String(): r}
		return p
	}
	need := access.Need{Subsection: before, Score: 80, Completion: 50}
	unscored := need
	unscored.Score = 0
	for _, c := range []struct {
		name   string
		person access.Person
		want   access.Verdict
	}{
		{"nothing done", learner, access.Verdict{Why: wire.WhyPrereq, Need: need}},
		{"the score is missing", reached(access.Reached{Score: 79.9, Completion: 100}), access.Verdict{Why: wire.WhyPrereq, Need: need}},
		{"completion is missing", reached(access.Reached{Score: 100, Completion: 49}), access.Verdict{Why: wire.WhyPrereq, Need: need}},
		{"just reached", reached(access.Reached{Score: 80, Completion: 50}), access.Verdict{Allowed: true}},
		{"no points to be had", reached(access.Reached{Unscored: true, Completion: 50}), access.Verdict{Allowed: true}},
		{"no points to be had, not complete", reached(access.Reached{Unscored: true}), access.Verdict{Why: wire.WhyPrereq, Need: unscored}},
		{"staff", staff, access.Verdict{Allowed: true}},
	} {
		if got := access.Content(&c.person, published, blocks["problem"], day(10)); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	if awaited := access.Awaited(&learner, published); len(awaited) != 1 || awaited[0] != before {
		t.Errorf("measured in %v", awaited)
	}
	for who, p := range map[string]access.Person{"staff": staff, "a visitor": visitor, "somebody not enrolled": outsider} {
		if awaited := access.Awaited(&p, published); awaited != nil {
			t.Errorf("%s is measured in %v", who, awaited)
		}
	}
	owing := reached(access.Reached{Score: 100, Completion: 100})
	owing.Owed = []key.Course{{Org: "Test", Number: "Zero", Run: "then"}}
	if got := access.Content(&owing, published, blocks["course"], day(10)); got.Allowed || got.Need.Course != owing.Owed[0] {
		t.Errorf("with a course to pass first: %+v", got)
	}
	if !access.Listing(&owing, published, blocks["sub"], day(10)).Allowed {
		t.Error("the outline hides what another course opens")
	}
}

func TestAnotherInstant(t *testing.T) {
	p := learner
	if got := p.Now(day(10)); !got.Equal(day(10)) {
		t.Errorf("now is %v", got)
	}
	p.At = day(20)
	if got := p.Now(day(10)); !got.Equal(day(20)) {
		t.Errorf("at another day it is %v", got)
	}
}
