//go:build unix

package process

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// divertOutput keeps what the block's code prints, in Go or in C, away from the handshake, which go-plugin prints to
// os.Stdout: the file behind standard output becomes a private one, and descriptor 1 becomes a copy of standard error.
// go-plugin then puts pipes of its own into os.Stdout and os.Stderr, which block when nobody reads them; restore, to be called
// when go-plugin serves, puts the real ones back.
func divertOutput() (restore func(), err error) {
	stdout, stderr := os.Stdout, os.Stderr
	handshake, err := unix.FcntlInt(stdout.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, fmt.Errorf("copying standard output: %w", err)
	}
	if err := duplicate(int(stderr.Fd()), int(stdout.Fd())); err != nil {
		return nil, fmt.Errorf("diverting standard output: %w", err)
	}
	private := os.NewFile(uintptr(handshake), "handshake")
	// What was printed before, while packages initialised, may lack the end of its line.
	if _, err := private.WriteString("\n"); err != nil {
		return nil, fmt.Errorf("writing to the host: %w", err)
	}
	os.Stdout = private
	return func() { os.Stdout, os.Stderr = stdout, stderr }, nil
}
