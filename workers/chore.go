package workers

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"
)

// chore is something to do again and again. Doing it in several processes at once is harmless.
type chore struct {
	name string
	// every is the mean pause; patience ends one round.
	every, patience time.Duration
	// round does it once, and tells how much there was to do.
	round func(ctx context.Context) (int, error)
}

// How often what expired is removed, and how long one round of anything may take.
const (
	sessionsEvery = time.Hour
	// recountsEvery is how long a publish may go unnoticed by those who add grades up again.
	recountsEvery = 15 * time.Second
	// listsEvery is how long a list that the queue forgot may wait.
	listsEvery = 5 * time.Second
	filesEvery = 24 * time.Hour
	// lettersEvery is how long a mail about a notice may wait once it is due.
	lettersEvery  = 15 * time.Second
	sweepPatience = time.Minute
	// letterPatience is less than a letter's lease, so that no two processes send the same.
	letterPatience = 8 * time.Minute
	collectMost    = 6 * time.Hour
	// soon bounds the wait for a chore's first round, so that a process restarted daily does its daily chores.
	soon = 10 * time.Minute
)

// chores are those of a role.
func chores(config *Config, role Role) []chore {
	s := config.Site
	var list []chore
	if role.Sweeps() {
		list = append(
			list,
			chore{"sweep", config.SweepEvery, sweepPatience, s.Kernel.Sweep},
			chore{"events for blocks", config.SweepEvery, sweepPatience, s.Listening.Round},
			chore{"lists of people", listsEvery, sweepPatience, s.Lists.Sweep},
			chore{"courses on their way in and out", listsEvery, collectMost, s.Transfers.Sweep},
			chore{"mails about notices", lettersEvery, letterPatience, s.Kernel.Notices().SendDue},
			chore{"grades of older heads", recountsEvery, sweepPatience, s.Kernel.Scorer().Recounts},
			chore{"half-done changes of courses", recountsEvery, sweepPatience, s.Authoring.Sweep},
		)
	}
	if role.Collects() {
		list = append(
			list,
			chore{"expired sessions", sessionsEvery, collectMost, s.People.Sweep},
			chore{"facts of new blocks", listsEvery, collectMost, s.Blocks.Outline},
			chore{"people's new names", recountsEvery, sweepPatience, s.People.Relist},
			chore{"old outside replies", filesEvery, collectMost, s.Asking.Collect},
			chore{"old notices", filesEvery, collectMost, s.Kernel.Notices().Collect},
			chore{"unused files", filesEvery, collectMost, func(ctx context.Context) (int, error) {
				done, err := s.Files.Collect(ctx, s.Holds)
				return done.Parts + done.Blobs + done.Objects, err
			}},
		)
	}
	return list
}

// repeat does the chore until ctx ends. Pauses are drawn from half to one and a half times the mean, so that processes that
// started together do not stay together.
func (c chore) repeat(ctx context.Context, log *slog.Logger) {
	log = log.With("chore", c.name)
	pause := rand.N(min(c.every, soon))
	trouble := ""
	for wait(ctx, pause) {
		round, cancel := context.WithTimeout(ctx, c.patience)
		found, err := c.round(round)
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			// The same trouble is told once: a store that is away would fill the log every second.
			if text := err.Error(); text != trouble {
				trouble = text
				log.Error("a chore failed; it is tried again", "error", err)
			}
		case trouble != "":
			trouble = ""
			log.Info("a chore works again", "found", found)
		case found > 0:
			log.Debug("a chore found something to do", "found", found)
		}
		pause = c.every/2 + rand.N(c.every)
	}
}

// wait pauses, and reports whether there is anything to wait for: false when ctx has ended.
func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
