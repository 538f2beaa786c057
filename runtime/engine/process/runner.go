package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/hashicorp/go-plugin/runner"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// attachment is the child as go-plugin sees it. go-plugin reads the handshake and asks for the address; everything else that
// it would like to do with a process is answered so that it has nothing left to wait for.
type attachment struct {
	child   *child
	plan    *plan
	sockets string
	output  func(line []byte)
	// line is what go-plugin reads as standard output.
	line  *io.PipeReader
	write *io.PipeWriter
	// abi is the number in the handshake, once it was printed.
	abi atomic.Pointer[int]
}

func attach(c *child, p *plan, sockets string, output func(line []byte)) *attachment {
	a := &attachment{child: c, plan: p, sockets: sockets, output: output}
	a.line, a.write = io.Pipe()
	return a
}

// Start implements runner.Runner.
func (a *attachment) Start(context.Context) error {
	err := a.child.start(a.plan,
		func(stdout *os.File) {
			relay(stdout, a.output, func(abi int, line []byte) {
				a.abi.Store(&abi)
				_, _ = a.write.Write(line) // go-plugin reads until the end
			})
			_ = a.write.Close()
		},
		func(stderr *os.File) { relay(stderr, a.output, nil) })
	if err != nil {
		_ = a.write.Close()
	}
	return err
}

// PluginToHost implements runner.AddrTranslator. The process chooses its address, so it is held to the folder it was given:
// elsewhere stand sockets that are not meant for it to point at.
func (a *attachment) PluginToHost(network, address string) (hostNetwork, hostAddress string, err error) {
	if network != "unix" || filepath.Dir(filepath.Clean(address)) != filepath.Clean(a.sockets) {
		return "", "", fmt.Errorf("it serves on %s %s, not on a socket in the folder that it was given", network, address)
	}
	return network, address, nil
}

// HostToPlugin implements runner.AddrTranslator. There are no connections the other way.
func (a *attachment) HostToPlugin(string, string) (pluginNetwork, pluginAddress string, err error) {
	return "", "", errors.New("a block's process gets no address of the host")
}

// Wait implements runner.AttachedRunner.
func (a *attachment) Wait(context.Context) error {
	<-a.child.done
	return nil
}

// Kill implements runner.AttachedRunner.
func (a *attachment) Kill(context.Context) error {
	a.child.kill()
	return nil
}

// ID implements runner.AttachedRunner.
func (a *attachment) ID() string {
	if a.child.cmd.Process == nil {
		return ""
	}
	return strconv.Itoa(a.child.cmd.Process.Pid)
}

// Stdout implements runner.Runner.
func (a *attachment) Stdout() io.ReadCloser { return a.line }

// Stderr implements runner.Runner. The real one is read beside go-plugin.
func (a *attachment) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Name implements runner.Runner.
func (a *attachment) Name() string { return a.child.cmd.Args[0] }

// Diagnose implements runner.Runner.
func (a *attachment) Diagnose(context.Context) string { return "" }

// dial connects to the address that go-plugin was told, and makes sure that this process is at the other end.
func (a *attachment) dial(ctx context.Context, address net.Addr) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, address.Network(), address.String())
	if err != nil {
		return nil, err
	}
	if err := samePeer(conn, a.child.cmd.Process.Pid); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// mismatch is the refusal of another ABI, nil if none was named.
func (a *attachment) mismatch() *wire.Error {
	abi := a.abi.Load()
	if abi == nil || *abi == wire.ABI {
		return nil
	}
	return wire.WrongABI(*abi)
}

// Compile-time guards.
var _ runner.Runner = (*attachment)(nil)
