package command

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockFile stands in the data folder and is locked by the first server that works on it alone.
const lockFile = "server.lock"

// alone says so in the log when another server without Redis works on the same folder. That harms nothing, since jobs are
// leased in the store; but live messages reach the browsers of one process alone. release ends the claim.
func (s *server) alone() (release func(), err error) {
	if s.settings.MongoURL != "" || s.settings.RedisURL != "" {
		return func() {}, nil
	}
	file, err := os.OpenFile(filepath.Join(s.settings.Data, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("claiming the data folder: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		s.log.Warn("another server works on this folder: nothing is lost or done twice, but pages of one do not hear at once of what "+
			"the other graded; give both the same --redis-url", "data", s.settings.Data)
	case err != nil:
		s.log.Warn("it is unknown whether another server works on this folder", "error", err) // file systems without locks
	}
	return func() { _ = file.Close() }, nil // nothing was written; closing ends the lock
}
