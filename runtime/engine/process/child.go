package process

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"
)

// drainTime is how long the output of an ended process is waited for when something else still holds its pipe open.
const drainTime = 200 * time.Millisecond

// child is one operating-system process with its pipes, from its start to its end. Standard input is a pipe that nobody
// writes to: its end tells the process that the host is gone.
type child struct {
	cmd   *exec.Cmd
	stdin *os.File
	pipes []*os.File // standard output and standard error

	mu     sync.Mutex
	reaped bool
	asked  bool // to be killed

	// exited is closed when the process has ended and was reaped, done when its output was read too.
	exited, done chan struct{}
}

// newChild prepares a process; outputs are called with the reading ends of its standard output and error once it runs.
func newChild(path, name, folder string, environment []string) *child {
	return &child{
		cmd: &exec.Cmd{
			Path: path, Args: []string{name}, Dir: folder, Env: environment, SysProcAttr: attributes(),
		},
		exited: make(chan struct{}), done: make(chan struct{}),
	}
}

// start runs the process with limits and confinement; readers take its standard output and its standard error until their
// ends, each in a goroutine of its own.
func (c *child) start(plan *plan, readers ...func(*os.File)) error {
	ours, theirs, err := pipes()
	if err != nil {
		return fmt.Errorf("making pipes: %w", err)
	}
	c.stdin, c.pipes = ours[0], ours[1:]
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = theirs[0], theirs[1], theirs[2]
	err = c.launch(plan)
	closeAll(theirs)
	if err != nil {
		closeAll(ours)
		close(c.exited)
		close(c.done)
		return err
	}
	var reading sync.WaitGroup
	for i, reader := range readers {
		reading.Go(func() { reader(c.pipes[i]) })
	}
	go c.drain(&reading)
	return nil
}

// drain closes the pipes when the process has ended and its output was read. A grandchild that left the process's group may
// hold them open for ever.
func (c *child) drain(reading *sync.WaitGroup) {
	<-c.exited
	for _, pipe := range c.pipes {
		_ = pipe.SetReadDeadline(time.Now().Add(drainTime)) // not all systems can; then the end of the group must do
	}
	reading.Wait()
	closeAll(c.pipes)
	_ = c.stdin.Close()
	close(c.done)
}

// kill ends the process and what it started. It may be called at any time, even before the start, and often.
func (c *child) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = true
	if c.cmd.Process != nil && !c.reaped {
		killGroup(c.cmd.Process)
	}
}

// begin starts the command unless it was to be killed before.
func (c *child) begin() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked {
		return fmt.Errorf("starting process: it was ended before")
	}
	return c.cmd.Start()
}

// pipes makes three pipes: our ends (write, read, read) and theirs (read, write, write).
func pipes() (ours, theirs []*os.File, err error) {
	for i := range 3 {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll(ours)
			closeAll(theirs)
			return nil, nil, err
		}
		if i == 0 {
			ours, theirs = append(ours, w), append(theirs, r)
		} else {
			ours, theirs = append(ours, r), append(theirs, w)
		}
	}
	return ours, theirs, nil
}

func closeAll(files []*os.File) {
	for _, file := range files {
		_ = file.Close()
	}
}
