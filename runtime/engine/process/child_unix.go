//go:build unix && !linux

package process

import (
	"os"
	"syscall"
)

// attributes put a process into a group of its own. Only the end of its input tells it that the host is gone.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends a process and all of its group.
func killGroup(process *os.Process) { _ = syscall.Kill(-process.Pid, syscall.SIGKILL) }
