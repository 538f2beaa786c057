package queue

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// laneLimits is how this process works a lane.
type laneLimits struct {
	// slots is how many handlers run at a time; below 1 none.
	slots   int
	timeout time.Duration
	// poll is how long asynq sleeps when it found nothing, give or take a half.
	poll time.Duration
	// maxAhead bounds how many jobs are handed over ahead of the slots.
	maxAhead int
}

// lane is one of the two lanes: where its jobs are, and what this process did in it.
type lane struct {
	laneLimits
	name ports.Lane
	// asynq is asynq's name of the lane.
	asynq string
	room  room
	// polls saves asynq's questions; nil where others give it jobs too.
	polls *pollSaver
	// mean is how long a handler runs, in seconds, as float bits: an exponential average; 0 until the first has run.
	mean     atomic.Uint64
	counters counters
}

func newLane(name ports.Lane, prefix string, limits laneLimits) *lane {
	return &lane{laneLimits: limits, name: name, asynq: prefix + ":" + string(name)}
}

// ran takes a handler's running time into the average.
func (l *lane) ran(d time.Duration) {
	const weight = 0.1
	for {
		bits := l.mean.Load()
		mean := math.Float64frombits(bits)
		if bits == 0 {
			mean = d.Seconds()
		}
		mean += weight * (d.Seconds() - mean)
		// Never 0 again, which would mean that nothing has run.
		if l.mean.CompareAndSwap(bits, math.Float64bits(max(mean, 1e-9))) {
			return
		}
	}
}

// ahead is how many jobs the slots finish while asynq sleeps: so many may wait in asynq's queue, whose order is first come,
// first served, so that short jobs keep the slots busy. Jobs that take long need none, and must not, since whatever is handed
// over ahead delays other courses.
func (l *lane) ahead() int {
	mean := math.Float64frombits(l.mean.Load())
	if mean == 0 {
		return 0
	}
	sleep := 1.5 * l.poll.Seconds()
	return int(min(float64(l.maxAhead), float64(l.slots)*sleep/mean))
}
