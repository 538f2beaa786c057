package access

import (
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Timed is a learner's time at a timed subsection.
type Timed struct {
	// Begun is when it started, zero before that. Ended is when the learner handed it in, zero while time runs and where it
	// ran out.
	Begun, Ended time.Time
	// Limit is the time that there was at the beginning, Extra what the learner was given besides.
	Limit, Extra time.Duration
}

// Limit is the time that a timed subsection gives everybody; 0 where time does not count.
func Limit(sub *course.Block) time.Duration {
	s := sub.Settings
	if !s.TimeLimited || s.TimeLimitMinutes == nil || *s.TimeLimitMinutes <= 0 {
		return 0
	}
	return time.Duration(*s.TimeLimitMinutes * float64(time.Minute)).Truncate(time.Second)
}

// TimeLeft is the time that the person has if it starts at an instant: with the extra time, and no longer than until the
// due date. It is 0 where time does not count or the date is past.
func TimeLeft(p *Person, sub *course.Block, now time.Time) time.Duration {
	limit := Limit(sub)
	if limit == 0 {
		return 0
	}
	limit += p.Timed[sub.Usage.String()].Extra
	if due := Due(p, sub); !due.IsZero() {
		limit = min(limit, due.Sub(now))
	}
	return max(limit, 0)
}

// Ends is when the person's time at the timed subsection of a block is or was over; zero where time does not count or has not
// started. A due date cuts the time short, as in Open edX.
func Ends(p *Person, block *course.Block) time.Time {
	if block.Subsection == nil || Limit(block.Subsection.Block) == 0 {
		return time.Time{}
	}
	mine := p.Timed[block.Subsection.Usage.String()]
	if mine.Begun.IsZero() {
		return time.Time{}
	}
	ends := mine.Begun.Add(mine.Limit + mine.Extra)
	if due := Due(p, block.Subsection.Block); !due.IsZero() && due.Before(ends) {
		ends = due
	}
	if !mine.Ended.IsZero() && mine.Ended.Before(ends) {
		ends = mine.Ended
	}
	return ends
}

// timed says whether a subsection is open as far as its time goes: while the learner's own time runs, and to look back once it
// is due for everybody.
func timed(p *Person, sub *course.Block, now time.Time) Verdict {
	if Limit(sub) == 0 {
		return yes()
	}
	due, ends := Due(p, sub), Ends(p, sub)
	verdict := Verdict{Why: wire.WhyTimed, Changes: due}
	switch {
	case !ends.IsZero() && now.Before(ends) && ends.Equal(due):
		return yes() // it stays to be looked at
	case !ends.IsZero() && now.Before(ends):
		return Verdict{Allowed: true, Changes: ends}
	case !due.IsZero() && !now.Before(due):
		return yes()
	case !ends.IsZero():
		verdict.Why = wire.WhyTimeUp
	}
	return verdict
}
