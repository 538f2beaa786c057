package process

import (
	"context"
	"errors"
	"io"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/process/door"
)

// server is the go-plugin plugin of this process.
type server struct {
	plugin.NetRPCUnsupportedPlugin
	block sdk.Block
	// ready is called when the first stream opens, which proves that go-plugin serves.
	ready func()
}

// GRPCServer implements plugin.GRPCPlugin.
func (s *server) GRPCServer(_ *plugin.GRPCBroker, registrar *grpc.Server) error {
	registrar.RegisterService(&grpc.ServiceDesc{
		ServiceName: door.Service,
		HandlerType: (*any)(nil),
		Streams: []grpc.StreamDesc{{
			StreamName: door.Stream, ServerStreams: true, ClientStreams: true,
			Handler: func(_ any, stream grpc.ServerStream) error { return s.calls(stream) },
		}},
	}, s)
	return nil
}

// GRPCClient implements plugin.GRPCPlugin for a host's sake; this package is the other end.
func (s *server) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("a block's process is no host")
}

// calls serves one stream: one call at a time, each in a goroutine of its own, so that cancellations are seen.
func (s *server) calls(stream grpc.ServerStream) error {
	s.ready()
	if err := stream.SendMsg(&door.Message{Kind: door.Ready}); err != nil {
		return err
	}
	var running *call
	defer func() {
		if running != nil { // the stream must not end under a goroutine that writes to it
			running.cancel()
			<-running.done
		}
	}()
	for {
		var m door.Message
		if err := stream.RecvMsg(&m); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		switch m.Kind {
		case door.Call:
			if running != nil && !running.finished() {
				return status.Error(codes.FailedPrecondition, "a call began before the last one ended")
			}
			running = begin(s.block, stream, m)
		case door.ServiceReply:
			if running != nil {
				running.deliver(m)
			}
		case door.Cancel:
			if running != nil && running.number == m.Call {
				running.cancel()
			}
		default:
			return status.Errorf(codes.InvalidArgument, "a host does not send messages of kind %d", m.Kind)
		}
	}
}

// Compile-time guards.
var _ plugin.GRPCPlugin = (*server)(nil)
