package process

import (
	"log/slog"
	"time"
)

// Config tunes an [Engine]. The zero value works.
type Config struct {
	// Dir is where private folders are made: sockets, temporary files, copies of the code. It needs a short path (sockets
	// allow about 50 bytes here) and a file system from which programs may be started; with FirstUser, every user must be able
	// to enter it. "" is os.TempDir().
	Dir string
	// Calls bounds how many calls one process runs at once, at most 64; 0 is 8. Half of them may be long calls.
	Calls int
	// StartTimeout bounds a start until the process serves; 0 is 30 s.
	StartTimeout time.Duration
	// Longest bounds a call that has no nearer deadline of its own; 0 is 10 minutes.
	Longest time.Duration
	// Grace is how long a call may go on after nobody waits for it, before its process is replaced; and then how long the
	// other calls of that process have to end. 0 is 10 s.
	Grace time.Duration
	// Crashes within Window make a process broken for good; 0 is 5 within a minute.
	Crashes int
	Window  time.Duration
	// Backoff is the delay before the second start in a row, doubled for each further one up to 10 s (or to itself, if that is
	// more); the first follows at once. 0 is 100 ms.
	Backoff time.Duration
	// FirstUser is the first of Users numbers of system users that nothing else uses; each artifact's process gets one of its
	// own. It needs a server that runs as root (or may change users). 0 leaves processes under the server's user.
	FirstUser uint32
	// Users is how many; 0 is 64.
	Users uint32
	// Readable lists further files and folders that every process may read and execute where the kernel confines it, beside
	// the system's libraries.
	Readable []string
	// Logger takes starts, ends and, at debug level, what processes print; nil drops it.
	Logger *slog.Logger
}

// maxBackoff bounds the growing delay between starts.
const maxBackoff = 10 * time.Second

// defaultMemory bounds one process where the artifact says nothing, in bytes. A process serves several calls at once.
const defaultMemory = 256 << 20

func (c Config) withDefaults() Config {
	c.Calls = min(either(c.Calls, 8), 64)
	c.StartTimeout = either(c.StartTimeout, 30*time.Second)
	c.Longest = either(c.Longest, 10*time.Minute)
	c.Grace = either(c.Grace, 10*time.Second)
	c.Crashes = either(c.Crashes, 5)
	c.Window = either(c.Window, time.Minute)
	c.Backoff = either(c.Backoff, 100*time.Millisecond)
	c.Users = either(c.Users, 64)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

func either[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}
