package process

import (
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/process/door"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// byHand is what somebody sees who starts a block's process from a shell.
const byHand = `This program is a block of Quoin: a server starts it and talks to it through a private socket.
It does nothing when it is run by hand.

  quoin block test    runs the block's own tests in its source folder
  quoin serve         serves a site with the blocks that are installed

`

// windows are the HTTP/2 flow-control windows in bytes, of a stream and of the connection: a usual frame needs no round trip
// for more room.
const (
	streamWindow     = 1 << 20
	connectionWindow = 8 << 20
)

// Serve answers calls until the host ends the process; it does not return. Run by hand it says what the program is, and exits
// with status 1.
func Serve(b sdk.Block) {
	if os.Getenv(door.CookieKey) != door.CookieValue {
		fmt.Fprint(os.Stderr, byHand)
		os.Exit(1)
	}
	restore, err := divertOutput()
	if err != nil {
		fmt.Fprintf(os.Stderr, "serving block: %v\n", err)
		os.Exit(1)
	}
	go endWithHost(os.Stdin)
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: plugin.HandshakeConfig{
			ProtocolVersion: wire.ABI, MagicCookieKey: door.CookieKey, MagicCookieValue: door.CookieValue,
		},
		Plugins:    plugin.PluginSet{door.Plugin: &server{block: b, ready: sync.OnceFunc(restore)}},
		GRPCServer: newServer,
		Logger:     hclog.NewNullLogger(),
	})
	os.Exit(0)
}

func newServer(options []grpc.ServerOption) *grpc.Server {
	return grpc.NewServer(append(options,
		grpc.ForceServerCodecV2(door.Codec{}),
		grpc.MaxRecvMsgSize(door.MaxMessage),
		grpc.MaxSendMsgSize(door.MaxMessage),
		grpc.StaticStreamWindowSize(streamWindow),
		grpc.StaticConnWindowSize(connectionWindow),
	)...)
}

// endWithHost ends this process when the host's end of standard input closes, which it does when the host dies.
func endWithHost(input io.Reader) {
	_, _ = io.Copy(io.Discard, input) // an unreadable input means the same as its end
	os.Exit(0)
}
