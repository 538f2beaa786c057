//go:build !linux

package process

import "os"

// launch starts the process; this system confines nothing.
func (c *child) launch(*plan) error {
	if err := c.begin(); err != nil {
		return err
	}
	go c.reap()
	return nil
}

// reap waits for the end. What the process has started stays: this system cannot tell of an end and leave the number taken,
// so the group's number may be somebody else's by now.
func (c *child) reap() {
	_ = c.cmd.Wait() // the state says how it ended
	c.mu.Lock()
	c.reaped = true
	c.mu.Unlock()
	close(c.exited)
}

// resident is not known on this system.
func resident(int) int64 { return 0 }
