// Package access answers one question for pages, handlers, files, outlines, search, APIs, jobs and live topics alike: may
// this person do this to this block now, why not, and when does that change by itself.
package access

import (
	"slices"
	"strconv"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Course roles, as Open edX names them.
const (
	RoleBeta           = "beta_testers"
	RoleStaff          = "staff"
	RoleLimitedStaff   = "limited_staff" // the LMS, not Studio
	RoleInstructor     = "instructor"
	RoleDataResearcher = "data_researcher"
)

// Person is who asks, as far as one course run goes. The zero value is a visitor.
type Person struct {
	// User is the account's id, "" for a visitor. It never reaches a block.
	User string
	// Run is the course run that everything below is about.
	Run key.Course
	// Learner is the account's pseudonym in this run, "" for a visitor.
	Learner  string
	Username string
	Enrolled bool
	// Since is when the enrolment began, zero for none.
	Since time.Time
	Mode  string
	// Admin is a site admin, who may do everything in every course.
	Admin bool
	// Roles are the course roles in this run, those that packages declare included.
	Roles []string
	// Groups are the partition groups by partition id: cohorts' content groups, tracks.
	Groups map[string]int
	// Extensions are the learner's own due dates by subsection usage key.
	Extensions map[string]time.Time
	// Timed is what the learner has begun of timed subsections, and has in extra time, by subsection usage key.
	Timed map[string]Timed
	// Reached is how far the learner is where others wait for it, by subsection usage key.
	Reached map[string]Reached
	// Owed are the courses that the learner has to pass before this one.
	Owed   []key.Course
	Locale string
	Zone   string
	// ReadOnly says that nothing may be written on this person's behalf: masquerade and previews.
	ReadOnly bool
	// Scratch says that the person is nobody of the run, but an author's stand-in in a preview, by the pseudonym that it has there:
	// what it does is kept, and reaches nobody else. "" is a person who counts.
	Scratch string
	// Actor is who really asks when somebody looks as somebody else: a user id.
	Actor string
	// At is the instant at which the person looks at the course; zero is now.
	At time.Time
}

// Now is the instant that counts for the person, given what the clock says.
func (p *Person) Now(clock time.Time) time.Time {
	if p.At.IsZero() {
		return clock
	}
	return p.At
}

// Has reports whether the person has the course role.
func (p *Person) Has(role string) bool { return slices.Contains(p.Roles, role) }

// Staff reports whether the person is course staff in the LMS.
func (p *Person) Staff() bool {
	return p.Admin || p.Has(RoleStaff) || p.Has(RoleInstructor) || p.Has(RoleLimitedStaff)
}

// Reports reports whether the person may see everybody's grades: course staff, and who researches with the course's data.
func (p *Person) Reports() bool { return p.Staff() || p.Has(RoleDataResearcher) }

// Author reports whether the person may change the course in Studio.
func (p *Person) Author() bool { return p.Admin || p.Has(RoleStaff) || p.Has(RoleInstructor) }

// Role is what the person acts as towards a learner's view or handler: staff act as learners there, since a view shows
// everybody the same.
func (p *Person) Role() wire.Role {
	if p.User == "" || !p.Enrolled && !p.Staff() {
		return wire.RoleVisitor
	}
	return wire.RoleLearner
}

// May reports whether the person may act in a role.
func (p *Person) May(role wire.Role) bool {
	switch role {
	case wire.RoleVisitor:
		return true
	case wire.RoleLearner:
		return p.Role() == wire.RoleLearner
	case wire.RoleStaff:
		return p.Staff()
	case wire.RoleAuthor:
		return p.Author()
	case wire.RoleAdmin:
		return p.Admin
	case wire.RoleOutside, wire.RoleHost:
		return false
	}
	return false
}

// Verdict says whether something is allowed, and when time alone changes that.
type Verdict struct {
	Allowed bool
	// Hidden says that the person must not learn that the thing exists: answer "not found".
	Hidden bool
	// Why is one of wire's Why constants; "" when allowed.
	Why string
	// Changes is zero when time alone never changes the verdict.
	Changes time.Time
	// Need is what has to be done first where Why is wire.WhyPrereq.
	Need Need
}

func yes() Verdict { return Verdict{Allowed: true} }

func no(why string, hidden bool) Verdict { return Verdict{Why: why, Hidden: hidden} }

// readable reports whether the course has one of these visibilities.
func readable(published *course.Published, open ...string) bool {
	return slices.Contains(open, Visibility(published))
}

// Course visibilities.
const (
	visibilityPublic        = "public"
	visibilityPublicOutline = "public_outline"
)

// Content says whether the person may see a block's content now.
func Content(p *Person, published *course.Published, block *course.Block, now time.Time) Verdict {
	return content(p, published, block, now, visibilityPublic)
}

// Listing says whether a block may stand in the outline that the person sees.
func Listing(p *Person, published *course.Published, block *course.Block, now time.Time) Verdict {
	verdict := content(p, published, block, now, visibilityPublic, visibilityPublicOutline)
	switch verdict.Why {
	case wire.WhyNotReleased, wire.WhyPrereq, wire.WhyPastDue, wire.WhyTimed, wire.WhyTimeUp:
		verdict.Allowed = true // it is listed with its date, not opened
	case wire.WhyVisitor:
		verdict.Allowed = !verdict.Hidden && readable(published, visibilityPublic, visibilityPublicOutline) // it is listed, and opens for who enrols
	}
	if hidden := block.Settings.HideFromTOC; hidden != nil && *hidden && !p.Staff() {
		return no(wire.WhyPolicy, true)
	}
	return verdict
}

func content(p *Person, published *course.Published, block *course.Block, now time.Time, open ...string) Verdict {
	if p.Run != published.Key || block.Usage.Course != published.Key {
		return no(wire.WhyVisitor, true)
	}
	if p.Staff() {
		return yes()
	}
	if !p.Enrolled && !readable(published, open...) {
		return no(wire.WhyVisitor, false)
	}
	if verdict := along(p, published, block, now); verdict.Hidden || len(p.Owed) == 0 || !p.Enrolled {
		return verdict
	}
	return Verdict{Why: wire.WhyPrereq, Need: Need{Course: p.Owed[0]}}
}

// along applies the rules of the block and of everything that it stands in. What hides it wins over what names a date, so
// that nobody learns from a date that a hidden thing exists; of several dates that one counts at which it really opens.
func along(p *Person, published *course.Published, block *course.Block, now time.Time) Verdict {
	if why := excluded(p, block); why != "" {
		return no(why, true)
	}
	var opens, closes time.Time
	for b := block; b != nil; b = b.Parent {
		if release := Release(p, b.Settings); release.After(opens) {
			opens = release
		}
		if !isSubsection(b) || !b.Settings.HideAfterDue {
			continue
		}
		if hides := hides(p, published, b); !hides.IsZero() && (closes.IsZero() || hides.Before(closes)) {
			closes = hides
		}
	}
	switch {
	case !closes.IsZero() && !now.Before(closes):
		return no(wire.WhyPastDue, false)
	case now.Before(opens) && (closes.IsZero() || opens.Before(closes)):
		return Verdict{Why: wire.WhyNotReleased, Changes: opens}
	case now.Before(opens):
		return Verdict{Why: wire.WhyNotReleased, Changes: closes} // it closes before it ever opens
	}
	verdict := Verdict{Allowed: true}
	if sub := block.Subsection; sub != nil && p.Enrolled {
		if need, met := met(p, sub); !met {
			verdict = Verdict{Why: wire.WhyPrereq, Need: need}
		} else {
			verdict = timed(p, sub.Block, now)
		}
	} else if sub != nil && (sub.Requires != nil || Limit(sub.Block) > 0) {
		// An open course keeps these for who enrols: else its learners read their exams beforehand, as visitors.
		return no(wire.WhyVisitor, false)
	}
	if !closes.IsZero() && (verdict.Changes.IsZero() || closes.Before(verdict.Changes)) {
		verdict.Changes = closes
	}
	return verdict
}

// excluded says why the person must not know of a block whatever the date is, "" where he may.
func excluded(p *Person, block *course.Block) string {
	for b := block; b != nil; b = b.Parent {
		switch s := b.Settings; {
		case s.StaffOnly != nil && *s.StaffOnly:
			return wire.WhyStaffOnly
		case !InGroups(p, s.GroupAccess):
			return wire.WhyGroup
		}
	}
	return ""
}

// Excluded reports whether a block is kept from the person at all times: it is for staff, or for another group.
func Excluded(p *Person, block *course.Block) bool { return excluded(p, block) != "" }

// isSubsection reports whether the block is a subsection itself.
func isSubsection(b *course.Block) bool { return b.Subsection != nil && b.Subsection.Block == b }

// farFuture is Open edX's start date of a course that has none.
var farFuture = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// NoStart is when a course opens that has no start date.
func NoStart() time.Time { return farFuture }

// Release is when a block with these settings opens for the person.
func Release(p *Person, s *course.Settings) time.Time {
	release := farFuture
	if s.Start != nil {
		release = *s.Start
	}
	if s.DaysEarlyBeta != nil && p.Has(RoleBeta) {
		release = release.Add(-time.Duration(*s.DaysEarlyBeta * 24 * float64(time.Hour)))
	}
	return release
}

// InGroups reports whether the person is in one of the named groups of every partition that restricts the block.
func InGroups(p *Person, restrictions map[string][]int) bool {
	for partition, groups := range restrictions {
		if len(groups) == 0 {
			continue
		}
		group, member := p.Groups[partition]
		if !member || !slices.Contains(groups, group) {
			return false
		}
	}
	return true
}

// Visibility is the course's course_visibility: private (the default), public_outline or public.
func Visibility(published *course.Published) string {
	return published.Text("course_visibility", "private")
}

// Enrolment says whether the person may enrol in the run now.
func Enrolment(p *Person, run *course.Run, now time.Time) Verdict {
	switch {
	case p.User == "":
		return no(wire.WhyVisitor, false)
	case p.Enrolled:
		return no(wire.WhyPolicy, false)
	case run.Bool("invitation_only") && !p.Staff():
		return no(wire.WhyPolicy, false)
	}
	if opens := run.Time("enrollment_start"); now.Before(opens) && !p.Staff() {
		verdict := no(wire.WhyNotReleased, false)
		verdict.Changes = opens
		return verdict
	}
	verdict := yes()
	for _, setting := range []string{"enrollment_end", "end"} {
		closes := run.Time(setting)
		if closes.IsZero() || p.Staff() {
			continue
		}
		if !now.Before(closes) {
			return no(wire.WhyEnded, false)
		}
		if verdict.Changes.IsZero() || closes.Before(verdict.Changes) {
			verdict.Changes = closes
		}
	}
	return verdict
}

// Listed says whether the run stands in the catalogue that the person sees.
func Listed(p *Person, run *course.Run) bool { return offered(p, run, "both") }

// About says whether the person may see the run's own page. As in Open edX there are runs with a page for who has its address,
// which no catalogue lists.
func About(p *Person, run *course.Run) bool { return offered(p, run, "both", "about") }

func offered(p *Person, run *course.Run, to ...string) bool {
	if p.Staff() || p.Enrolled {
		return true
	}
	return run.Head.Root != "" && slices.Contains(to, run.Text("catalog_visibility", "both"))
}

// PartitionKey is how partition ids stand in Person.Groups and in group_access.
func PartitionKey(id int) string { return strconv.Itoa(id) }
