package running

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Server is a running server.
type Server struct {
	cmd  *exec.Cmd
	Base string
	log  bytes.Buffer
	// Ready is how long it took until /readyz answered.
	Ready time.Duration
}

// startLimit bounds how long a server may take to be ready, and to end.
const startLimit = 2 * time.Minute

// StartQuoin starts `quoin serve` on a free port and waits until it is ready.
func StartQuoin(ctx context.Context, binary, data string, flags ...string) (*Server, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	c := &Server{Base: "http://" + address}
	args := append([]string{"serve", "--data", data, "--listen", address, "--log-level", "warn", "--proxies", "127.0.0.1"}, flags...)
	c.cmd = exec.CommandContext(ctx, binary, args...)
	c.cmd.Stderr = &c.log
	start := time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", binary, err)
	}
	for time.Since(start) < startLimit {
		if c.answers(ctx) {
			c.Ready = time.Since(start)
			return c, nil
		}
		if err := Pause(ctx, 5*time.Millisecond); err != nil {
			return nil, errors.Join(err, c.Stop())
		}
	}
	err = c.Stop()
	return nil, errors.Join(fmt.Errorf("quoin serve was not ready within %s: %s", startLimit, c.log.String()), err)
}

// Import runs `quoin course import` as a process of its own.
func Import(ctx context.Context, binary, data, course string) (time.Duration, error) {
	start := time.Now()
	out, err := exec.CommandContext(ctx, binary, "course", "import", course, "--data", data).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("importing %s: %w: %s", course, err, out)
	}
	return time.Since(start), nil
}

func (c *Server) answers(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Base+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

// Stop asks the server to end and waits for it.
func (c *Server) Stop() error {
	http.DefaultClient.CloseIdleConnections()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	late := time.AfterFunc(startLimit, func() { _ = c.cmd.Process.Kill() }) // it has ended otherwise
	defer late.Stop()
	if err := c.cmd.Wait(); err != nil {
		return fmt.Errorf("quoin serve ended badly: %w: %s", err, c.log.String())
	}
	return nil
}

// Resident is the server's memory in MB.
func (c *Server) Resident() (float64, error) {
	data, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(c.cmd.Process.Pid), "status"))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb * 1024 / 1e6, err
		}
	}
	return 0, errors.New("the system does not tell the resident memory")
}

// freeAddress is an address of this machine that nobody listened at a moment ago.
func freeAddress(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// Pause waits, or returns early with the error of a context that ended.
func Pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// StartRedis starts a redis-server of our own with the durability of a production site; "" when there is none on this machine.
func StartRedis(ctx context.Context, dir string) (url string, stop func() error, err error) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return "", func() error { return nil }, nil //nolint:nilerr // a machine without it measures the embedded queue alone
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return "", nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, program, "--bind", "127.0.0.1", "--port", port, "--dir", dir, "--appendonly", "yes", "--save", "")
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() error {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		return cmd.Wait()
	}
	for start := time.Now(); time.Since(start) < startLimit; {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			return "redis://" + address + "/0", stop, conn.Close()
		}
		if err := Pause(ctx, 10*time.Millisecond); err != nil {
			return "", nil, errors.Join(err, stop())
		}
	}
	return "", nil, errors.Join(errors.New("redis-server does not answer"), stop())
}
