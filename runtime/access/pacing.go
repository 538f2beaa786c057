package access

import (
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
)

const week = 7 * 24 * time.Hour

// Due is the block's due date for the person, zero for none: the extension that the person was given at the subsection, else
// the course's date. Where learners set their own pace the course's dates do not count, as in Open edX: there a date is so
// many weeks after the person began, and nothing is due for who has not.
func Due(p *Person, block *course.Block) time.Time {
	if block.Subsection != nil {
		if extended, ok := p.Extensions[block.Subsection.Usage.String()]; ok {
			return extended
		}
	}
	s := block.Settings
	if block.SelfPaced() {
		if s.RelativeWeeksDue == nil || *s.RelativeWeeksDue <= 0 || p.Since.IsZero() {
			return time.Time{}
		}
		return Began(p, block).Add(time.Duration(*s.RelativeWeeksDue) * week)
	}
	if s.Due == nil {
		return time.Time{}
	}
	return *s.Due
}

// Began is when the course began for a person who is enrolled: with the enrolment, or with the course where that is later.
func Began(p *Person, block *course.Block) time.Time {
	root := block
	for root.Parent != nil {
		root = root.Parent
	}
	if start := root.Settings.Start; start != nil && start.After(p.Since) {
		return *start
	}
	return p.Since
}

// hides is when a subsection that is hidden after its due date hides: in courses at one's own pace when the course ends,
// unless the person was given a date.
func hides(p *Person, published *course.Published, sub *course.Block) time.Time {
	if _, extended := p.Extensions[sub.Usage.String()]; !extended && sub.SelfPaced() {
		return published.Run.Time("end")
	}
	return Due(p, sub)
}
