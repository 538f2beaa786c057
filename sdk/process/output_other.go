//go:build !unix

package process

import "os"

// divertOutput keeps what Go code prints away from the handshake; what C code prints to standard output is not diverted.
func divertOutput() (restore func(), err error) {
	stdout, stderr := os.Stdout, os.Stderr
	return func() { os.Stdout, os.Stderr = stdout, stderr }, nil
}
