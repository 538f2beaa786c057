package sqlitestore

import (
	"errors"
	"math/rand/v2"
	"os"
	"time"
)

// turn makes processes write in turns. Whoever wants the write lock first takes the turn, gets the lock, and gives the
// turn back; a process that has just committed and wants the lock again finds the turn taken by the one that waits.
// Without it a busy process keeps others out for most of a second: the lock is free for a twentieth of the time, and a
// waiting process looks only now and then.
//
// It is a courtesy, not a lock: after turnTimeout a process goes on without it, so that a stopped process, which may hold
// the turn, holds up nobody for long.
type turn struct{ file *os.File }

// turnFile is beside the database.
const turnFile = FileName + "-turn"

const turnTimeout = 20 * time.Millisecond

func openTurn(path string) (*turn, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return &turn{file: file}, nil
}

// take waits for the turn and tells whether it got it; then give must follow.
func (t *turn) take() bool {
	deadline := time.Now().Add(turnTimeout)
	for {
		err := tryLock(t.file)
		if err == nil {
			return true
		}
		if !errors.Is(err, errLocked) || time.Now().After(deadline) {
			return false
		}
		pause()
	}
}

func (t *turn) give() { _ = unlock(t.file) } // it is given back at the latest when the file is closed

func (t *turn) close() error { return t.file.Close() }

// pause is a moment, and never the same one as another process's.
func pause() { time.Sleep(50*time.Microsecond + rand.N(50*time.Microsecond)) }
