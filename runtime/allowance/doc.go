// Package allowance keeps what one learner has of their own in a course run beside what the course gives everybody: later due
// dates, extra minutes for timed subsections, and when such a subsection was begun and ended.
//
// There is one document for each learner and run, so that a request reads all of it at once, and so that beginning a timed
// subsection in two windows, or while staff add minutes, is decided by one compare-and-swap. Every change by staff stands in
// the document's trail with who made it, when and why; a change that is taken back stays in the trail, too.
//
// Staff's pages call [Allowances.SetDue], [Allowances.SetExtraTime], [Allowances.Restart] and [Allowances.Remove], and show
// [Allowances.Of]: its Subsections and its Trail. Who may do that is the caller's to check.
package allowance
