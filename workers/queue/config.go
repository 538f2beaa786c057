package queue

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"runtime"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// Config says where the queue lives and how much of it this process works. Its zero value is a queue inside the process.
type Config struct {
	// RedisURL is redis://, rediss:// or unix://, with a password if need be; it is never logged. "" keeps everything inside
	// the process: nothing listens, nothing is left when the process ends.
	RedisURL string
	// Prefix keeps sites apart that share one Redis: 1 to 40 of a-z, 0-9, '-', '_' and '.'. "" is "quoin".
	Prefix string

	// Interactive and Background are how many handlers run at a time in this process, per lane. 0 is a default by the number
	// of processors; below zero the lane is not worked here.
	Interactive, Background int
	// InteractiveTimeout and BackgroundTimeout end a handler's context. 0 is 2 and 30 minutes. A handler that ignores its
	// context keeps its slot until it returns.
	InteractiveTimeout, BackgroundTimeout time.Duration
	// MaxJobs is how many jobs of a lane may be handed over at a time, waiting ones and running ones; beyond it Enqueue
	// returns ErrFull. One course may fill half of the places that others leave free, so half if it is alone. 0 is 2,500 inside
	// the process, where all of it is memory, and 50,000 on Redis.
	MaxJobs int

	// AllowDown opens the queue although Redis does not answer: Enqueue, Publish and Allow return ports.ErrUnavailable until
	// it does. Without it Open fails.
	AllowDown bool
	// Logger gets one line per event; nil is slog.Default().
	Logger *slog.Logger
}

const (
	defaultPrefix   = "quoin"
	embeddedMaxJobs = 2_500
	redisMaxJobs    = 50_000
)

var prefixPattern = regexp.MustCompile(`^[a-z0-9._-]{1,40}$`)

// settled is the configuration with every default filled in, or what is wrong with it.
func (c Config) settled() (Config, error) {
	if c.Prefix == "" {
		c.Prefix = defaultPrefix
	}
	if !prefixPattern.MatchString(c.Prefix) {
		return c, fmt.Errorf("prefix %.50q: want 1 to 40 of a-z, 0-9, '-', '_' and '.'", c.Prefix)
	}
	if c.InteractiveTimeout < 0 || c.BackgroundTimeout < 0 || c.MaxJobs < 0 {
		return c, errors.New("timeouts and MaxJobs must not be negative")
	}
	procs := runtime.GOMAXPROCS(0)
	if c.Interactive == 0 {
		c.Interactive = max(16, 4*procs)
	}
	if c.Background == 0 {
		c.Background = max(4, 2*procs)
	}
	if c.InteractiveTimeout == 0 {
		c.InteractiveTimeout = 2 * time.Minute
	}
	if c.BackgroundTimeout == 0 {
		c.BackgroundTimeout = 30 * time.Minute
	}
	if c.MaxJobs == 0 {
		c.MaxJobs = redisMaxJobs
		if c.RedisURL == "" {
			c.MaxJobs = embeddedMaxJobs
		}
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return c, nil
}

// lanes are the two lanes as this configuration works them.
func (c Config) lanes() []*lane {
	return []*lane{
		newLane(ports.LaneInteractive, c.Prefix, laneLimits{
			slots: c.Interactive, timeout: c.InteractiveTimeout, poll: 10 * time.Millisecond, maxAhead: max(1, c.Interactive),
		}),
		newLane(ports.LaneBackground, c.Prefix, laneLimits{
			slots: c.Background, timeout: c.BackgroundTimeout, poll: 50 * time.Millisecond, maxAhead: min(128, max(1, 32*c.Background)),
		}),
	}
}
