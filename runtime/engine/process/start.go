package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/quoin-lms/quoin/sdk/process/door"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// HTTP/2 flow-control windows in bytes, of a stream and of the connection.
const (
	streamWindow     = 1 << 20
	connectionWindow = 8 << 20
)

// instance gives the running process, or waits for one to be started. It is the only place that starts any after Load.
func (c *Conn) instance(ctx context.Context) (*instance, *wire.Error) {
	for {
		c.mu.Lock()
		switch {
		case c.current != nil && !isClosed(c.current.retired) && !isClosed(c.current.gone):
			defer c.mu.Unlock()
			return c.current, nil
		case c.closing:
			defer c.mu.Unlock()
			return nil, stopping()
		case c.broken != nil:
			defer c.mu.Unlock()
			return nil, c.broken
		case c.current != nil && isClosed(c.current.gone):
			c.lost(c.current)
			c.mu.Unlock()
			continue
		}
		if deadline, ok := ctx.Deadline(); ok && deadline.Before(c.restarts.next) {
			defer c.mu.Unlock()
			return nil, c.delayed()
		}
		if c.starting == nil {
			c.starting = make(chan struct{})
			c.work.Go(c.startAgain)
		}
		starting := c.starting
		c.mu.Unlock()
		select {
		case <-starting:
		case <-c.stop:
			return nil, stopping()
		case <-ctx.Done():
			c.mu.Lock()
			defer c.mu.Unlock()
			return nil, c.delayed()
		}
	}
}

// delayed is the error of a call that came while no process runs. c.mu is held.
func (c *Conn) delayed() *wire.Error {
	return wire.Errorf(wire.CodeUnavailable, wire.BlameBlock, "the process of %s is being restarted: %s", c.artifact.Name, c.status.Reason)
}

// lost notes that the current process has ended. c.mu is held.
func (c *Conn) lost(i *instance) {
	if c.current != i {
		return
	}
	c.current = nil
	if !i.expected {
		c.failed(i.failure)
	}
}

// first starts the first process. It is not tried again: that is for the caller of Load to decide.
func (c *Conn) first(ctx context.Context) *wire.Error {
	defer c.work.Done()
	i, failed := c.start(ctx)
	if failed != nil {
		return failed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.adopt(i)
	return nil
}

// startAgain starts a process when its time has come.
func (c *Conn) startAgain() {
	c.mu.Lock()
	delay := time.Until(c.restarts.next)
	c.mu.Unlock()
	timer := time.NewTimer(delay)
	defer timer.Stop()
	var i *instance
	var failed *wire.Error
	select {
	case <-timer.C:
		i, failed = c.start(context.Background())
	case <-c.stop:
		failed = stopping()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if failed == nil {
		c.adopt(i)
	} else if failed.Code != wire.CodeStopping {
		c.failed(failed)
	}
	close(c.starting)
	c.starting = nil
}

// adopt makes a started process the current one. c.mu is held.
func (c *Conn) adopt(i *instance) {
	c.current = i
	i.serving = true
	c.status.Starts++
	c.config.Logger.Info("block process started", "block", c.artifact.Name, "version", c.artifact.Version, "pid", i.pid())
}

// start starts a process and waits until it serves, at most until ctx or Close.
func (c *Conn) start(ctx context.Context) (*instance, *wire.Error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.StartTimeout)
	defer cancel()
	dir, err := privateDir(c.dir, "p", c.user)
	if err != nil {
		return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "making a folder for the process of %s: %v", c.artifact.Name, err)
	}
	output := new(tail)
	child := newChild(c.code, c.artifact.Name, dir, nil)
	i := newInstance(child, output, dir, c.config.Calls)
	c.mu.Lock()
	c.alive[i] = struct{}{}
	closing := c.closing
	c.mu.Unlock()
	if closing {
		child.kill() // before it starts
	}
	stopKilling := context.AfterFunc(ctx, child.kill)
	defer stopKilling()
	attachment, failed := c.serve(ctx, i)
	if failed == nil {
		c.watchOver(i)
		return i, nil
	}
	child.kill()
	if attachment != nil {
		<-child.done
	}
	c.discard(i)
	return nil, c.whyNot(ctx, i, attachment, failed)
}

// discard cleans up behind a process that never served.
func (c *Conn) discard(i *instance) {
	if i.client != nil {
		_ = i.client.Close()
	}
	_ = os.RemoveAll(i.dir) // the Conn's folder goes later
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.alive, i)
	close(i.gone)
}

// watchOver follows a serving process to its end.
func (c *Conn) watchOver(i *instance) {
	c.work.Go(func() {
		i.await(c.artifact.Name)
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.alive, i)
		c.lost(i)
	})
	c.work.Go(func() { i.watch(c.memory()) })
}

func (c *Conn) memory() int64 { return either(c.artifact.Limits.Memory, defaultMemory) }

// whyNot tells why a process did not come to serve.
func (c *Conn) whyNot(ctx context.Context, i *instance, a *attachment, failed error) *wire.Error {
	name := c.artifact.Name
	switch state := i.child.cmd.ProcessState; {
	case isClosed(c.stop):
		return stopping()
	case a != nil && a.mismatch() != nil:
		return a.mismatch()
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return wire.Errorf(wire.CodeTrap, wire.BlameBlock, "the process of %s did not serve within %v%s", name, c.config.StartTimeout, lastWords(i.output))
	case ctx.Err() != nil:
		return overdue(ctx)
	case state != nil && state.Exited():
		return wire.Errorf(wire.CodeTrap, wire.BlameBlock, "the process of %s ended before it served: %v%s", name, state, lastWords(i.output))
	default:
		return wire.Errorf(wire.CodeTrap, wire.BlameBlock, "the process of %s did not start: %v%s", name, failed, lastWords(i.output))
	}
}

// serve starts the process through go-plugin and opens the first stream to it.
func (c *Conn) serve(ctx context.Context, i *instance) (*attachment, error) {
	var a *attachment
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: plugin.HandshakeConfig{
			ProtocolVersion: wire.ABI, MagicCookieKey: door.CookieKey, MagicCookieValue: door.CookieValue,
		},
		VersionedPlugins: map[int]plugin.PluginSet{wire.ABI: {}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		SkipHostEnv:      true,
		StartTimeout:     c.config.StartTimeout,
		Logger:           hclog.NewNullLogger(),
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: i.dir},
		RunnerFunc: func(_ hclog.Logger, cmd *exec.Cmd, sockets string) (runner.Runner, error) {
			if err := give(sockets, c.user); err != nil {
				return nil, err
			}
			i.child.cmd.Env = slices.Concat(cmd.Env, c.environment(i.dir))
			a = attach(i.child, c.plan(i.dir), sockets, c.printed(i.output))
			return a, nil
		},
	})
	address, err := client.Start()
	if err != nil {
		return a, err
	}
	i.client, err = connect(a, address)
	if err != nil {
		return a, err
	}
	l, err := i.open()
	if err != nil {
		return a, err
	}
	if err := l.hello(ctx); err != nil {
		l.cancel()
		return a, err
	}
	i.put(l)
	return a, nil
}

func connect(a *attachment, address net.Addr) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///block",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return a.dial(ctx, address) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()), // a private socket whose other end was checked
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(door.Codec{}),
			grpc.MaxCallRecvMsgSize(door.MaxMessage), grpc.MaxCallSendMsgSize(door.MaxMessage)),
		grpc.WithStaticStreamWindowSize(streamWindow),
		grpc.WithStaticConnWindowSize(connectionWindow),
		grpc.WithDisableServiceConfig(),
		grpc.WithDisableRetry(),
		grpc.WithIdleTimeout(0),
	)
}

// environment is all that a process finds in its environment beside go-plugin's own variables.
func (c *Conn) environment(private string) []string {
	return []string{
		"HOME=" + private, "TMPDIR=" + private, "LANG=C.UTF-8", "TZ=UTC",
		door.FolderKey + "=" + c.folder,
		"GOMEMLIMIT=" + strconv.FormatInt(c.memory()/10*9, 10),
	}
}

func (c *Conn) plan(private string) *plan {
	return &plan{
		user: c.user, memory: c.memory(), private: private,
		readable: append([]string{c.folder, filepath.Dir(c.code)}, c.config.Readable...), system: systemPaths(),
	}
}

// printed takes what a process prints: kept for the case that it crashes, logged for developers.
func (c *Conn) printed(output *tail) func(line []byte) {
	return func(line []byte) {
		_, _ = output.Write(line) // never fails
		c.config.Logger.Debug("block process printed", "block", c.artifact.Name, "line", fmt.Sprintf("%.1000s", line))
	}
}
