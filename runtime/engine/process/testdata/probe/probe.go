//go:build unix

// Package probe is a block for the tests of the process engine. A request frame is a word and its argument; what the word
// asks for is done, and the reply frame says what came of it. The engine carries bytes, so these need not be wire's.
package probe

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func init() {
	// Output before main must not be taken for the handshake.
	fmt.Print("initialising, without the end of a line: 1|99|unix|")
}

// Block is what the generated main serves.
func Block() sdk.Block { return probe{} }

type probe struct{}

// hoard keeps what was allocated alive.
var hoard [][]byte

// Serve implements sdk.Block.
func (probe) Serve(host sdk.Host, frame []byte) []byte {
	word, argument, _ := bytes.Cut(frame, []byte(" "))
	if answer, ok := words[string(word)]; ok {
		return answer(host, string(argument))
	}
	return []byte("unknown word " + string(word))
}

var words = map[string]func(host sdk.Host, argument string) []byte{
	"echo":    func(_ sdk.Host, argument string) []byte { return []byte(argument) },
	"pid":     func(sdk.Host, string) []byte { return strconv.AppendInt(nil, int64(os.Getpid()), 10) },
	"service": func(host sdk.Host, argument string) []byte { return host.Service([]byte(argument)) },
	"ask":     ask,
	"log":     logLines,
	"panic":   func(_ sdk.Host, argument string) []byte { panic(argument) },
	"goexit":  func(sdk.Host, string) []byte { runtime.Goexit(); return nil },
	"crash":   func(_ sdk.Host, argument string) []byte { go panic(argument); select {} },
	"exit":    func(_ sdk.Host, argument string) []byte { return exit(argument) },
	"spin":    func(sdk.Host, string) []byte { return spin() },
	"sleep":   sleep,
	"size":    size,
	"hog":     hog,
	"print":   print,
	"env":     func(sdk.Host, string) []byte { return list(os.Environ()) },
	"where":   func(sdk.Host, string) []byte { dir, _ := os.Getwd(); return []byte(dir) },
	"who":     func(sdk.Host, string) []byte { return []byte(fmt.Sprint(os.Getuid(), " ", os.Getgid())) },
	"read":    func(_ sdk.Host, argument string) []byte { return outcome(os.ReadFile(argument)) },
	"list":    listFolder,
	"write": func(_ sdk.Host, argument string) []byte {
		return outcome(nil, os.WriteFile(argument, []byte("x"), 0o600))
	},
	"remove":  func(_ sdk.Host, argument string) []byte { return outcome(nil, os.Remove(argument)) },
	"signal":  signal,
	"connect": connect,
	"spawn":   spawn,
}

// ask asks a service the number of times that the argument says, unless the call is given up, and gives the last reply.
func ask(host sdk.Host, argument string) []byte {
	n, _ := strconv.Atoi(argument)
	var reply []byte
	for range n {
		reply = host.Service([]byte("again"))
		if errors.Is(wire.DecodeReply(reply, nil), &wire.Error{Code: wire.CodeDeadline}) {
			break
		}
	}
	return reply
}

// logLines writes lines of a hundred bytes.
func logLines(host sdk.Host, argument string) []byte {
	n, _ := strconv.Atoi(argument)
	for i := range n {
		host.Log(sdk.LevelWarn, fmt.Sprintf("%-100d", i))
	}
	return []byte("done")
}

func exit(argument string) []byte {
	code, _ := strconv.Atoi(argument)
	fmt.Fprintln(os.Stderr, "the probe leaves with", code)
	os.Exit(code)
	return nil
}

func spin() []byte {
	for n := 0; ; n++ {
		if n < 0 {
			return nil
		}
	}
}

func sleep(_ sdk.Host, argument string) []byte {
	d, _ := time.ParseDuration(argument)
	time.Sleep(d)
	return []byte("slept")
}

func size(_ sdk.Host, argument string) []byte {
	n, _ := strconv.Atoi(argument)
	return bytes.Repeat([]byte("x"), n)
}

// hog takes as many megabytes as the argument says, uses them, and waits.
func hog(_ sdk.Host, argument string) []byte {
	n, _ := strconv.Atoi(argument)
	for range n {
		hoard = append(hoard, bytes.Repeat([]byte{1}, 1<<20))
	}
	select {}
}

func print(_ sdk.Host, argument string) []byte {
	fmt.Println(argument, "on os.Stdout")
	fmt.Fprintln(os.Stderr, argument, "on os.Stderr")
	_, _ = syscall.Write(1, []byte(argument+" on descriptor 1\n"))
	println(argument, "by println")
	return []byte("printed")
}

func list(items []string) []byte {
	items = slices.Clone(items)
	slices.Sort(items)
	return []byte(strings.Join(items, "\n"))
}

func listFolder(_ sdk.Host, argument string) []byte {
	entries, err := os.ReadDir(argument)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return outcome(list(names), err)
}

func signal(_ sdk.Host, argument string) []byte {
	pid, _ := strconv.Atoi(argument)
	return outcome(nil, syscall.Kill(pid, 0))
}

func connect(_ sdk.Host, argument string) []byte {
	conn, err := net.Dial("unix", argument)
	if err == nil {
		_ = conn.Close()
	}
	return outcome(nil, err)
}

// spawn starts a grandchild that keeps this process's output open and never ends; with the argument "away" it leaves this
// process's group. The reply is its number.
func spawn(_ sdk.Host, argument string) []byte {
	cmd := exec.Command("/bin/sleep", "1000000")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: argument == "away"}
	if err := cmd.Start(); err != nil {
		return outcome(nil, err)
	}
	go func() { _ = cmd.Wait() }()
	return strconv.AppendInt(nil, int64(cmd.Process.Pid), 10)
}

func outcome(data []byte, err error) []byte {
	switch {
	case err == nil:
		return append([]byte("ok "), data...)
	case errors.Is(err, os.ErrPermission):
		return []byte("denied")
	default:
		return []byte("error " + err.Error())
	}
}
