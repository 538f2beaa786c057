package grading

import "time"

// Reason names why a gate is closed; the values are those of the contract's gates.
type Reason string

// The reasons that this package gives.
const (
	ReasonNoTries    Reason = "no_tries" // all tries are used
	ReasonPastDue    Reason = "past_due" // past the due date and the grace period
	ReasonEnded      Reason = "ended"    // no due date, and the course is over
	ReasonNeedsReset Reason = "reset"    // answered; rerandomize=always wants a new sitting first
	ReasonPending    Reason = "pending"  // the answer before waits for its verdict
	ReasonWait       Reason = "wait"     // too soon after the last try
	ReasonPolicy     Reason = "policy"   // what the author chose
)

// Gate is one permission at one instant.
type Gate struct {
	Open bool
	// Why says why the gate is closed, "" when it is open.
	Why Reason
	// Changes is the first instant at which the gate opens, closes or is closed for another reason, if nothing happens
	// until then; zero when time alone never changes it.
	Changes time.Time
}

func opened() Gate { return Gate{Open: true} }

func shut(why Reason) Gate { return Gate{Why: why} }

func openIf(open bool, otherwise Reason) Gate {
	if open {
		return opened()
	}
	return shut(otherwise)
}

// same leaves Changes aside.
func (g Gate) same(other Gate) bool { return g.Open == other.Open && g.Why == other.Why }

// resolution is the step in which times count. Submissions are stored in milliseconds, so a decision taken when one arrived
// is the same when it is taken again from what was stored.
const resolution = time.Millisecond

// past reports whether now is after date, which may be zero for never. The date itself still belongs to the time before
// (Open edX: now > close_date).
func past(date, now time.Time) bool {
	return !date.IsZero() && now.Truncate(resolution).After(date)
}

// firstPast is the first instant for which past(date) holds.
func firstPast(date time.Time) time.Time { return date.Truncate(resolution).Add(resolution) }
