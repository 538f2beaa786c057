package sqlitestore

import (
	"log/slog"
	"time"
)

// FileName is the name of the database inside Config.Dir. SQLite puts files with the endings -wal and -shm beside it.
const FileName = "store.db"

// Config says where the store is. Only Dir must be set.
type Config struct {
	// Dir is the data folder. It is made with mode 0700 if it is missing; a folder that others may enter is closed to
	// them if it is empty or holds a store already, and refused otherwise.
	Dir string
	// LockTimeout is how long a write waits for another process to give the write lock back; 0 is 10 s.
	LockTimeout time.Duration
	// Logger gets what goes wrong in the background, such as a checkpoint that fails; nil is slog.Default().
	Logger *slog.Logger

	// writerPragmas are for tests, to make the writer's connection fail.
	writerPragmas []string
	// restartPages are for tests, to have a shorter log; 0 is the constant of this name.
	restartPages int
}

const (
	defaultLockTimeout = 10 * time.Second
	// readers is the number of connections that read; further readers wait.
	readers = 8
)

// logLimit is how long the log may get, in pages, before writers are held up to let it start from its beginning.
func (c Config) logLimit() int {
	if c.restartPages <= 0 {
		return restartPages
	}
	return c.restartPages
}

func (c Config) lockTimeout() time.Duration {
	if c.LockTimeout <= 0 {
		return defaultLockTimeout
	}
	return c.LockTimeout
}

func (c Config) logger() *slog.Logger {
	if c.Logger == nil {
		return slog.Default()
	}
	return c.Logger
}
