//go:build unix && !solaris && !illumos && !aix

package sqlitestore

import (
	"os"
	"syscall"
)

var errLocked error = syscall.EWOULDBLOCK

func tryLock(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

func unlock(file *os.File) error { return syscall.Flock(int(file.Fd()), syscall.LOCK_UN) }
