package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/quoin-lms/quoin/runtime/engine"
)

// parentKey makes the test binary a parent that loads the artifact which the variable names, see beParent.
const parentKey = "QUOIN_TEST_PARENT"

// beParent is the second process of TestProcessDiesWithItsParent: it tells the numbers of the block's process and of one that
// this has started, and waits to be killed. On its input it gets the folder for engines.
func beParent(path string) {
	var dir string
	if _, err := fmt.Scan(&dir); err != nil {
		panic(err)
	}
	conn, err := New(Config{Dir: dir}).Load(context.Background(), engine.Artifact{Name: "probe", Path: path})
	if err != nil {
		panic(err)
	}
	result, err := conn.Call(context.Background(), engine.Call{Frame: []byte("pid")})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(result.Frame))
	select {}
}

// handle is a process's own descriptor, which no later process can take over.
type handle int

func hold(t *testing.T, pid int) handle {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatalf("process %d: %v", pid, err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	return handle(fd)
}

// ended reports whether the process ends within a minute.
func (h handle) ended(t *testing.T) bool {
	t.Helper()
	for {
		fds := []unix.PollFd{{Fd: int32(h), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, 60_000)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		return n == 1
	}
}

// running reports whether the process has not ended yet.
func (h handle) running(t *testing.T) bool {
	t.Helper()
	fds := []unix.PollFd{{Fd: int32(h), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, 0)
	if err != nil {
		t.Fatal(err)
	}
	return n == 0
}

func TestProcessDiesWithItsParent(t *testing.T) {
	dir := shortDir(t)
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentKey+"="+probe(t).Path)
	parent.Stdin, parent.Stderr = strings.NewReader(dir+"\n"), os.Stderr
	output, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatalf("the parent said %q: %v", line, err)
	}
	child := hold(t, number(t, strings.TrimSpace(line)))
	if !child.running(t) {
		t.Fatal("the block's process has ended already")
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // killed, as it was meant
	if !child.ended(t) {
		t.Error("the block's process outlived its killed parent")
	}
	// What the dead one left behind goes when the next one settles in; what lives stays.
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Fatalf("the killed parent left %v, %v", left, err)
	}
	one := load(t, newEngine(t, Config{Dir: dir}), probe(t))
	second := New(Config{Dir: dir})
	two := load(t, second, probe(t))
	if _, err := os.Stat(dir + "/" + left[0].Name()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what the killed parent left is still there: %v", err)
	}
	for _, c := range []*Conn{one, two} {
		if got := say(t, c, "echo x"); got != "x" {
			t.Errorf("got %q", got)
		}
	}
	if err := second.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// The kernel's death signal is sent when the thread that started a process ends, not only when the whole parent does.
func TestProcessOutlivesTheThreadThatLoadedIt(t *testing.T) {
	e := newEngine(t, Config{})
	artifact := probe(t)
	loaded, ended := make(chan engine.Conn, 1), make(chan int, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
		conn, err := e.Load(context.Background(), artifact)
		if err != nil {
			t.Error(err)
		}
		loaded <- conn
		ended <- unix.Gettid()
	}()
	c, ok := (<-loaded).(*Conn)
	if !ok {
		t.FailNow()
	}
	thread := <-ended
	if thread == os.Getpid() {
		t.Skip("the goroutine ran on the main thread, which does not end")
	}
	eventually(t, "the thread ends", func() bool {
		return errors.Is(unix.Tgkill(os.Getpid(), thread, 0), unix.ESRCH)
	}, func() string { return fmt.Sprint(thread) })
	if got := say(t, c, "echo x"); got != "x" || c.Status().Starts != 1 {
		t.Errorf("got %q after %d starts", got, c.Status().Starts)
	}
}

func TestGrandchildrenEndWithTheProcess(t *testing.T) {
	for _, how := range []string{"close", "exit", "kill"} {
		t.Run(how, func(t *testing.T) {
			c := start(t, Config{})
			grandchild := hold(t, number(t, say(t, c, "spawn")))
			switch how {
			case "close":
				if err := c.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
			case "exit":
				if _, err := c.Call(t.Context(), engine.Call{Frame: []byte("exit 0")}); err == nil {
					t.Fatal("the process did not exit")
				}
			case "kill":
				if err := unix.Kill(pidOf(t, c), unix.SIGKILL); err != nil {
					t.Fatal(err)
				}
			}
			if !grandchild.ended(t) {
				t.Error("the grandchild is still there")
			}
		})
	}
}

func TestRunawayGrandchildHangsNothing(t *testing.T) {
	c := start(t, Config{})
	pid := number(t, say(t, c, "spawn away"))
	grandchild := hold(t, pid)
	t.Cleanup(func() { _ = unix.PidfdSendSignal(int(grandchild), unix.SIGKILL, nil, 0) })
	if _, err := c.Call(t.Context(), engine.Call{Frame: []byte("exit 0")}); err == nil {
		t.Fatal("the process did not exit")
	}
	if got := say(t, c, "echo again"); got != "again" {
		t.Errorf("got %q", got)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if !grandchild.running(t) {
		t.Error("the grandchild, which left the group, has ended: this test tests nothing")
	}
}

func TestNoZombies(t *testing.T) {
	c := start(t, Config{Crashes: 100, Backoff: 1})
	for range 5 {
		pid := pidOf(t, c)
		if _, err := c.Call(t.Context(), engine.Call{Frame: []byte("exit 1")}); err == nil {
			t.Fatal("the process did not exit")
		}
		if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); err == nil {
			t.Errorf("process %d is still in the table", pid)
		}
	}
}
