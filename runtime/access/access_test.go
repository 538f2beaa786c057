package access_test

import (
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

var run = key.Course{Org: "Test", Number: "One", Run: "now"}

// day is noon of a day in March 2026; the tests ask on the tenth.
func day(n int) time.Time { return time.Date(2026, 3, n, 12, 0, 0, 0, time.UTC) }

func at(n int) *time.Time { t := day(n); return &t }

func on[T any](value T) *T { return &value }

// levels are a course's levels with their own settings, from the course down; nil is an open level.
type levels struct {
	visibility                          string
	course, section, sub, unit, problem *course.Settings
}

// build makes the tree and gives its parts by level.
func build(l levels) (*course.Published, map[string]*course.Block) {
	published := &course.Published{Key: run, Run: course.Run{Settings: store.Map[string]{}}}
	if l.visibility != "" {
		published.Run.Settings["course_visibility"] = `"` + l.visibility + `"`
	}
	blocks := map[string]*course.Block{}
	var parent *course.Block
	for _, level := range []struct {
		name, kind string
		settings   *course.Settings
	}{
		{"course", "course", l.course},
		{"section", "chapter", l.section},
		{"sub", "sequential", l.sub},
		{"unit", "vertical", l.unit},
		{"problem", "problem", l.problem},
	} {
		settings := level.settings
		if settings == nil {
			settings = &course.Settings{}
		}
		if settings.Start == nil {
			settings.Start = at(1)
		}
		block := &course.Block{Usage: run.Usage(level.kind, level.name), Settings: settings, Parent: parent}
		switch {
		case level.name == "sub":
			block.Subsection = &course.Subsection{Block: block, Section: parent}
		case parent != nil:
			block.Subsection = parent.Subsection
		}
		blocks[level.name], parent = block, block
	}
	published.Root = blocks["course"]
	return published, blocks
}

var (
	visitor  = access.Person{Run: run}
	outsider = access.Person{User: "u", Run: run, Learner: "l"}
	learner  = access.Person{User: "u", Run: run, Learner: "l", Enrolled: true}
	beta     = access.Person{User: "u", Run: run, Learner: "l", Enrolled: true, Roles: []string{access.RoleBeta}}
	staff    = access.Person{User: "u", Run: run, Learner: "l", Roles: []string{access.RoleStaff}}
	limited  = access.Person{User: "u", Run: run, Learner: "l", Roles: []string{access.RoleLimitedStaff}}
	analyst  = access.Person{User: "u", Run: run, Learner: "l", Roles: []string{access.RoleDataResearcher}}
	admin    = access.Person{User: "u", Run: run, Admin: true}
)

func inGroup(partition string, group int) access.Person {
	p := learner
	p.Groups = map[string]int{partition: group}
	return p
}

func extended(to time.Time) access.Person {
	p := learner
	p.Extensions = map[string]time.Time{run.Usage("sequential", "sub").String(): to}
	return p
}

func elsewhere() access.Person {
	p := staff
	p.Run.Run = "other"
	return p
}

// cases say, for one person at the problem of a tree (or another level), what he may and until when.
var cases = []struct {
	name    string
	tree    levels
	person  access.Person
	level   string // "" is the problem
	allowed bool
	hidden  bool
	why     string
	changes time.Time
	// listed is what the outline does.
	listed bool
}{
	{name: "a learner of an open course", person: learner, allowed: true, listed: true},
	{name: "a visitor", person: visitor, why: wire.WhyVisitor},
	{name: "a visitor at the course itself", person: visitor, level: "course", why: wire.WhyVisitor},
	{name: "an account that is not enrolled", person: outsider, why: wire.WhyVisitor},
	{name: "a visitor of a public course", tree: levels{visibility: "public"}, person: visitor, allowed: true, listed: true},
	{name: "a visitor of a course with a public outline", tree: levels{visibility: "public_outline"}, person: visitor, why: wire.WhyVisitor, listed: true},
	{name: "a visitor at a public course's exam", tree: levels{visibility: "public", sub: &course.Settings{TimeLimited: true, TimeLimitMinutes: on(60.0)}}, person: visitor, why: wire.WhyVisitor, listed: true},
	{name: "a visitor at an exam of a course with a public outline", tree: levels{visibility: "public_outline", sub: &course.Settings{TimeLimited: true, TimeLimitMinutes: on(60.0)}}, person: visitor, why: wire.WhyVisitor, listed: true},
	{name: "a visitor at a private course's exam", tree: levels{sub: &course.Settings{TimeLimited: true, TimeLimitMinutes: on(60.0)}}, person: visitor, why: wire.WhyVisitor},
	{name: "a visitor at what a public course keeps to its staff", tree: levels{visibility: "public", unit: &course.Settings{StaffOnly: on(true)}}, person: visitor, hidden: true, why: wire.WhyStaffOnly},
	{name: "staff who are not enrolled", person: staff, allowed: true, listed: true},
	{name: "limited staff", person: limited, allowed: true, listed: true},
	{name: "a site admin", person: admin, allowed: true, listed: true},
	{name: "a data researcher is no staff", person: analyst, why: wire.WhyVisitor},
	{name: "staff of another run", person: elsewhere(), hidden: true, why: wire.WhyVisitor},

	{name: "before the release", tree: levels{sub: &course.Settings{Start: at(12)}}, person: learner, why: wire.WhyNotReleased, changes: day(12), listed: true},
	{name: "staff before the release", tree: levels{sub: &course.Settings{Start: at(12)}}, person: staff, allowed: true, listed: true},
	{name: "at the very release", tree: levels{sub: &course.Settings{Start: at(10)}}, person: learner, allowed: true, listed: true},
	{
		name: "inside something that opens later", tree: levels{section: &course.Settings{Start: at(20)}, problem: &course.Settings{Start: at(12)}},
		person: learner, why: wire.WhyNotReleased, changes: day(20), listed: true,
	},
	{
		name: "later than what it stands in", tree: levels{section: &course.Settings{Start: at(12)}, problem: &course.Settings{Start: at(20)}},
		person: learner, why: wire.WhyNotReleased, changes: day(20), listed: true,
	},
	{
		name: "a beta tester comes early", tree: levels{course: &course.Settings{Start: at(12), DaysEarlyBeta: on(3.0)}},
		person: beta, allowed: true, listed: true, level: "course",
	},
	{
		name: "a beta tester waits, too, but less", tree: levels{course: &course.Settings{Start: at(15), DaysEarlyBeta: on(3.0)}},
		person: beta, why: wire.WhyNotReleased, changes: day(12), listed: true, level: "course",
	},
	{
		name: "others are not early", tree: levels{course: &course.Settings{Start: at(12), DaysEarlyBeta: on(3.0)}},
		person: learner, why: wire.WhyNotReleased, changes: day(12), listed: true, level: "course",
	},

	{name: "for staff only", tree: levels{unit: &course.Settings{StaffOnly: on(true)}}, person: learner, hidden: true, why: wire.WhyStaffOnly},
	{name: "staff at what is for them", tree: levels{unit: &course.Settings{StaffOnly: on(true)}}, person: staff, allowed: true, listed: true},
	{
		name: "no child gets out of what is for staff", tree: levels{unit: &course.Settings{StaffOnly: on(true)}, problem: &course.Settings{StaffOnly: on(false)}},
		person: learner, hidden: true, why: wire.WhyStaffOnly,
	},
	{
		name: "a date tells nothing of what is for staff", tree: levels{section: &course.Settings{StaffOnly: on(true)}, problem: &course.Settings{Start: at(20)}},
		person: learner, hidden: true, why: wire.WhyStaffOnly,
	},

	{name: "another content group", tree: levels{unit: &course.Settings{GroupAccess: map[string][]int{"50": {1, 2}}}}, person: inGroup("50", 3), hidden: true, why: wire.WhyGroup},
	{name: "no group at all", tree: levels{unit: &course.Settings{GroupAccess: map[string][]int{"50": {1}}}}, person: learner, hidden: true, why: wire.WhyGroup},
	{name: "the content group", tree: levels{unit: &course.Settings{GroupAccess: map[string][]int{"50": {1, 2}}}}, person: inGroup("50", 2), allowed: true, listed: true},
	{name: "no group is named", tree: levels{unit: &course.Settings{GroupAccess: map[string][]int{"50": {}}}}, person: learner, allowed: true, listed: true},
	{
		name: "groups of parent and child both count", tree: levels{
			unit: &course.Settings{GroupAccess: map[string][]int{"50": {1}}}, problem: &course.Settings{GroupAccess: map[string][]int{"50": {2}}},
		}, person: inGroup("50", 2), hidden: true, why: wire.WhyGroup,
	},
	{
		name: "every partition counts", tree: levels{unit: &course.Settings{GroupAccess: map[string][]int{"50": {1}, "51": {1}}}},
		person: inGroup("50", 1), hidden: true, why: wire.WhyGroup,
	},
	{name: "staff see every group's", tree: levels{unit: &course.Settings{GroupAccess: map[string][]int{"50": {1}}}}, person: staff, allowed: true, listed: true},

	{name: "after the due date", tree: levels{sub: &course.Settings{Due: at(5)}}, person: learner, allowed: true, listed: true},
	{name: "hidden after the due date", tree: levels{sub: &course.Settings{Due: at(5), HideAfterDue: true}}, person: learner, why: wire.WhyPastDue, listed: true},
	{name: "hidden at the due date", tree: levels{sub: &course.Settings{Due: at(10), HideAfterDue: true}}, person: learner, why: wire.WhyPastDue, listed: true},
	{name: "to be hidden at the due date", tree: levels{sub: &course.Settings{Due: at(15), HideAfterDue: true}}, person: learner, allowed: true, changes: day(15), listed: true},
	{name: "hidden when due, and there is no date", tree: levels{sub: &course.Settings{HideAfterDue: true}}, person: learner, allowed: true, listed: true},
	{name: "an extension keeps it open", tree: levels{sub: &course.Settings{Due: at(5), HideAfterDue: true}}, person: extended(day(12)), allowed: true, changes: day(12), listed: true},
	{name: "staff after it was hidden", tree: levels{sub: &course.Settings{Due: at(5), HideAfterDue: true}}, person: staff, allowed: true, listed: true},
	{
		name: "it opens, and then it is hidden", tree: levels{section: &course.Settings{Start: at(12)}, sub: &course.Settings{Due: at(15), HideAfterDue: true}},
		person: learner, why: wire.WhyNotReleased, changes: day(12), listed: true,
	},
	{name: "only subsections are hidden so", tree: levels{unit: &course.Settings{Due: at(5), HideAfterDue: true}}, person: learner, allowed: true, listed: true},

	{name: "hidden from the outline", tree: levels{problem: &course.Settings{HideFromTOC: on(true)}}, person: learner, allowed: true},
	{name: "staff see what is hidden from the outline", tree: levels{problem: &course.Settings{HideFromTOC: on(true)}}, person: staff, allowed: true, listed: true},
}

func TestWhoMaySeeWhat(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			published, blocks := build(c.tree)
			block := blocks[c.level]
			if c.level == "" {
				block = blocks["problem"]
			}
			got := access.Content(&c.person, published, block, day(10))
			want := access.Verdict{Allowed: c.allowed, Hidden: c.hidden, Why: c.why, Changes: c.changes}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if listed := access.Listing(&c.person, published, block, day(10)); listed.Allowed != c.listed {
				t.Errorf("listed %+v, want %v", listed, c.listed)
			}
			changesWhenItSays(t, func(now time.Time) access.Verdict { return access.Content(&c.person, published, block, now) })
		})
	}
}

// changesWhenItSays asks just before and at the instant that a verdict names: before, nothing has changed, then it has.
func changesWhenItSays(t *testing.T, ask func(now time.Time) access.Verdict) {
	t.Helper()
	same := func(a, b access.Verdict) bool {
		return a.Allowed == b.Allowed && a.Why == b.Why && a.Hidden == b.Hidden
	}
	now := day(10)
	for range 5 {
		verdict := ask(now)
		if verdict.Changes.IsZero() {
			for _, later := range []time.Time{now.Add(time.Second), day(13), day(30), now.AddDate(50, 0, 0)} {
				if later.After(now) && !same(verdict, ask(later)) {
					t.Errorf("%+v names no change, and at %v it is %+v", verdict, later, ask(later))
				}
			}
			return
		}
		if !verdict.Changes.After(now) {
			t.Fatalf("at %v the next change is said to be at %v", now, verdict.Changes)
		}
		if before := ask(verdict.Changes.Add(-time.Nanosecond)); !same(before, verdict) {
			t.Errorf("%+v has become %+v already", verdict, before)
		}
		if after := ask(verdict.Changes); same(after, verdict) {
			t.Errorf("%+v is still so at that instant", verdict)
		}
		now = verdict.Changes
	}
	t.Error("the verdict never settles")
}

// A course without a start date is not open, as in Open edX.
func TestNoStartIsNotOpen(t *testing.T) {
	published, blocks := build(levels{})
	blocks["course"].Settings.Start = nil
	if verdict := access.Content(&learner, published, blocks["course"], day(10)); verdict.Why != wire.WhyNotReleased || verdict.Changes.Year() != 2030 {
		t.Errorf("got %+v", verdict)
	}
}

func TestBlockOfAnotherCourse(t *testing.T) {
	published, _ := build(levels{})
	_, blocks := build(levels{})
	blocks["problem"].Usage.Course.Run = "other"
	for _, p := range []access.Person{learner, staff, admin} {
		if verdict := access.Content(&p, published, blocks["problem"], day(10)); verdict.Allowed || !verdict.Hidden {
			t.Errorf("got %+v", verdict)
		}
	}
}

func TestEnrolment(t *testing.T) {
	dates := func(pairs ...string) *course.Run {
		r := &course.Run{Settings: store.Map[string]{}}
		for i := 0; i < len(pairs); i += 2 {
			r.Settings[pairs[i]] = pairs[i+1]
		}
		return r
	}
	date := func(n int) string { return `"` + day(n).Format(time.RFC3339) + `"` }
	for _, c := range []struct {
		name   string
		person access.Person
		run    *course.Run
		want   access.Verdict
	}{
		{"an account", outsider, dates(), access.Verdict{Allowed: true}},
		{"a visitor", visitor, dates(), access.Verdict{Why: wire.WhyVisitor}},
		{"somebody who is", learner, dates(), access.Verdict{Why: wire.WhyPolicy}},
		{"by invitation only", outsider, dates("invitation_only", "true"), access.Verdict{Why: wire.WhyPolicy}},
		{"staff need no invitation", staff, dates("invitation_only", "true"), access.Verdict{Allowed: true}},
		{"too early", outsider, dates("enrollment_start", date(12)), access.Verdict{Why: wire.WhyNotReleased, Changes: day(12)}},
		{"staff are never early", staff, dates("enrollment_start", date(12)), access.Verdict{Allowed: true}},
		{"too late", outsider, dates("enrollment_end", date(5)), access.Verdict{Why: wire.WhyEnded}},
		{"not too late yet", outsider, dates("enrollment_end", date(15), "end", date(20)), access.Verdict{Allowed: true, Changes: day(15)}},
		{"the course is over", outsider, dates("end", date(5)), access.Verdict{Why: wire.WhyEnded}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := access.Enrolment(&c.person, c.run, day(10)); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			changesWhenItSays(t, func(now time.Time) access.Verdict { return access.Enrolment(&c.person, c.run, now) })
		})
	}
}

func TestListedInTheCatalogue(t *testing.T) {
	draft, hidden := &course.Run{}, &course.Run{Head: course.Head{Root: "r"}, Settings: store.Map[string]{"catalog_visibility": `"none"`}}
	open := &course.Run{Head: course.Head{Root: "r"}}
	for _, c := range []struct {
		name   string
		person access.Person
		run    *course.Run
		want   bool
	}{
		{"a visitor", visitor, open, true},
		{"nothing is published", visitor, draft, false},
		{"staff of a draft", staff, draft, true},
		{"kept out of the catalogue", visitor, hidden, false},
		{"a learner of what is kept out", learner, hidden, true},
	} {
		if got := access.Listed(&c.person, c.run); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestRoles(t *testing.T) {
	everybody := map[string]struct {
		person access.Person
		may    []wire.Role
	}{
		"visitor":       {visitor, []wire.Role{wire.RoleVisitor}},
		"not enrolled":  {outsider, []wire.Role{wire.RoleVisitor}},
		"learner":       {learner, []wire.Role{wire.RoleVisitor, wire.RoleLearner}},
		"beta tester":   {beta, []wire.Role{wire.RoleVisitor, wire.RoleLearner}},
		"limited staff": {limited, []wire.Role{wire.RoleVisitor, wire.RoleLearner, wire.RoleStaff}},
		"staff":         {staff, []wire.Role{wire.RoleVisitor, wire.RoleLearner, wire.RoleStaff, wire.RoleAuthor}},
		"admin":         {admin, []wire.Role{wire.RoleVisitor, wire.RoleLearner, wire.RoleStaff, wire.RoleAuthor, wire.RoleAdmin}},
	}
	for name, c := range everybody {
		allowed := map[wire.Role]bool{}
		for _, role := range c.may {
			allowed[role] = true
		}
		for _, role := range wire.Roles() {
			if got := c.person.May(role); got != allowed[role] {
				t.Errorf("%s as %s: %v, want %v", name, role, got, allowed[role])
			}
		}
	}
}
