package crashtest

import "syscall"

// diesWithUs keeps a test that is killed from leaving servers behind.
func diesWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
