//go:build !unix || solaris || illumos || aix

package sqlitestore

import (
	"errors"
	"os"
)

// Where there is no flock, processes write as they come.
var errLocked = errors.New("locked")

func tryLock(*os.File) error { return errors.ErrUnsupported }

func unlock(*os.File) error { return nil }
