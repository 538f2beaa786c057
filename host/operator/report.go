package operator

import "time"

// Report is what a process tells about itself and the site that it is part of.
type Report struct {
	// Role is what this process does; Started is when it began.
	Role    string
	Started time.Time
	// Shared says that jobs are on Redis, shared with other processes.
	Shared bool
	Lanes  []Lane
	// LanesTrouble says why the site's queue cannot be asked, "" when it can; sizes are 0 then.
	LanesTrouble string
	// Chores are those that this process does.
	Chores []Chore
	// Mail is how mail leaves: MailNone, MailKept or MailServer.
	Mail string
	// Store is "sqlite" or "mongo". StoreBytes is its size on disk and FreeBytes what is free there; -1 is unknown.
	Store                 string
	StoreBytes, FreeBytes int64
	// Backup is the last one that was made of this folder, nil when none is known.
	Backup *Backup
	Build  Build
}

// How mail leaves the site.
const (
	MailNone   = "none"
	MailKept   = "kept"
	MailServer = "server"
)

// Lane is how a queue of jobs stands. Waiting, Delayed, HandedOver and Slots are the site's; all else is this process's
// since it began.
type Lane struct {
	Name                                string
	Waiting, Delayed, HandedOver, Slots int
	Running                             int
	Done, Dropped, Archived             uint64
	// Wait50 and Wait99 are how long jobs waited for their handler: half and 99 of 100 waited no longer.
	Wait50, Wait99 time.Duration
}

// Chore is something that is done again and again.
type Chore struct {
	Name string
	// Every is the mean pause.
	Every time.Duration
	// Last is when its last round ended, zero before the first; Took is how long that took, Found how much there was to do.
	Last  time.Time
	Took  time.Duration
	Found int
	// Trouble is what went wrong in the last round.
	Trouble string
}

// Backup is a backup that was made and compared.
type Backup struct {
	At    time.Time `json:"at"`
	Bytes int64     `json:"bytes"`
	// Damaged counts files of the site that could not be taken along.
	Damaged int `json:"damaged,omitempty"`
}

// Quantile gives the upper bound below which the fraction q of what was counted lies; 0 when nothing was counted. The last
// count has no bound of its own and gets twice the bound before it.
func Quantile(q float64, counts []uint64, bound func(i int) time.Duration) time.Duration {
	total := uint64(0)
	for _, n := range counts {
		total += n
	}
	if total == 0 {
		return 0
	}
	want, seen := q*float64(total), uint64(0)
	for i, n := range counts {
		if seen += n; n > 0 && float64(seen) >= want {
			if i == len(counts)-1 {
				return 2 * bound(i-1)
			}
			return bound(i)
		}
	}
	return 2 * bound(len(counts)-2)
}
