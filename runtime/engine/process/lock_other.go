//go:build !unix

package process

import (
	"errors"
	"os"
)

// lockFile locks nothing on this system; so only a file that is being made can be had, and nothing is taken for left behind.
func lockFile(path string, flags int) (*os.File, error) {
	if flags&os.O_CREATE == 0 {
		return nil, errors.ErrUnsupported
	}
	return os.OpenFile(path, flags, 0o600)
}
