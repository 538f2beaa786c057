package process

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes put a process into a group of its own and have the kernel kill it when the thread that started it ends.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// launch starts the process from a thread of its own, which confines itself first: a child inherits what holds for the
// thread. The thread lives until the process has ended, for the kernel takes its end for the parent's.
func (c *child) launch(plan *plan) error {
	if plan.user != 0 {
		c.cmd.SysProcAttr.Credential = &syscall.Credential{Uid: plan.user, Gid: plan.user, Groups: []uint32{}}
	}
	started := make(chan error, 1)
	onOwnThread(func() {
		err := plan.confine()
		if err == nil {
			err = c.begin()
		}
		if err == nil {
			plan.limit(c.cmd.Process.Pid)
		}
		started <- err
		if err == nil {
			c.reap()
		}
	})
	return <-started
}

// onOwnThread runs f in a goroutine on a thread that no other goroutine will ever use and that ends with f. It is never the
// main thread: that one cannot end, and the process's own confinement is read from it.
func onOwnThread(f func()) {
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() != unix.Getpid() {
			f() // no unlock: the runtime ends the thread
			return
		}
		taken := make(chan struct{})
		go func() {
			runtime.LockOSThread() // another thread, for the main one is held
			close(taken)
			f()
		}()
		<-taken
		runtime.UnlockOSThread()
	}()
}

// killGroup ends a process and all of its group. The process is known not to be reaped.
func killGroup(process *os.Process) {
	_ = unix.Kill(-process.Pid, unix.SIGKILL) // nobody left is as good
}

// reap waits for the end. The group is killed while the dead leader still holds its number: afterwards the number may be
// somebody else's.
func (c *child) reap() {
	for {
		err := unix.Waitid(unix.P_PID, c.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	c.mu.Lock()
	killGroup(c.cmd.Process)
	c.reaped = true
	c.mu.Unlock()
	_ = c.cmd.Wait() // the state says how it ended
	close(c.exited)
}

// limit bounds what the process may take. Its data segment is the backstop of the memory watch, which is exact but takes a
// moment; no core is dumped, for it would hold what the process knew.
func (p *plan) limit(pid int) {
	data := uint64(2*p.memory) + 256<<20
	_ = unix.Prlimit(pid, unix.RLIMIT_DATA, &unix.Rlimit{Cur: data, Max: data}, nil) // a process that has ended already
	_ = unix.Prlimit(pid, unix.RLIMIT_CORE, &unix.Rlimit{}, nil)
}

// resident gives the private memory of a process in bytes, 0 when it is gone.
func resident(pid int) int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	var size, resident, shared int64
	if _, err := fmt.Sscan(string(data), &size, &resident, &shared); err != nil {
		return 0
	}
	return (resident - shared) * int64(os.Getpagesize())
}
