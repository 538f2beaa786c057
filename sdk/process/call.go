package process

import (
	"sync"

	"google.golang.org/grpc"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/process/door"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// call is one running call, and the sdk.Host that its code gets. The code may use it from several goroutines; after the call
// has ended it does nothing.
type call struct {
	number    uint32
	replies   chan []byte
	cancelled chan struct{}
	done      chan struct{}
	cancel    func()

	asking sync.Mutex // held from a service request to its reply

	sending sync.Mutex // guards what follows
	stream  grpc.ServerStream
	waiting bool
	ended   bool
}

// begin runs block on a request in a new goroutine.
func begin(block sdk.Block, stream grpc.ServerStream, request door.Message) *call {
	c := &call{
		number: request.Call, stream: stream,
		replies: make(chan []byte, 1), cancelled: make(chan struct{}), done: make(chan struct{}),
	}
	c.cancel = sync.OnceFunc(func() { close(c.cancelled) })
	go c.run(block, request.Body)
	return c
}

// run ends with a reply whatever the block's code does: return, panic, or end the goroutine.
func (c *call) run(block sdk.Block, frame []byte) {
	reply := failure(wire.CodeTrap, "the block ended the goroutine of its call")
	defer func() {
		if cause := recover(); cause != nil {
			reply = failure(wire.CodeTrap, "the block panicked: %v", cause)
		}
		c.end(reply)
		close(c.done)
	}()
	reply = block.Serve(c, frame)
}

func (c *call) end(reply []byte) {
	c.cancel()
	m := door.Message{Kind: door.Reply, Call: c.number, Body: reply}
	if len(reply) > wire.MaxFrame {
		m.Kind, m.Body = door.TooLarge, door.PackSize(len(reply))
	}
	c.sending.Lock()
	defer c.sending.Unlock()
	c.ended = true
	_ = c.stream.SendMsg(&m) // a broken stream is seen by its reader
}

func (c *call) finished() bool {
	c.sending.Lock()
	defer c.sending.Unlock()
	return c.ended
}

// deliver hands a service's reply to who waits for it. One that nobody waits for came after its call was cancelled.
func (c *call) deliver(m door.Message) {
	c.sending.Lock()
	defer c.sending.Unlock()
	if c.waiting && m.Call == c.number {
		c.waiting = false
		c.replies <- m.Body // has room: one request waits at a time
	}
}

// send writes a message unless the call has ended.
func (c *call) send(m *door.Message) bool {
	c.sending.Lock()
	defer c.sending.Unlock()
	if c.ended {
		return false
	}
	c.waiting = c.waiting || m.Kind == door.ServiceRequest
	return c.stream.SendMsg(m) == nil
}

// Service implements sdk.Host. Calls from several goroutines wait for each other.
func (c *call) Service(frame []byte) []byte {
	if len(frame) > wire.MaxFrame {
		return failure(wire.CodeTooLarge, "the service request has %d bytes, the limit is %d", len(frame), wire.MaxFrame)
	}
	c.asking.Lock()
	defer c.asking.Unlock()
	select {
	case <-c.cancelled:
		return abandoned()
	default:
	}
	if !c.send(&door.Message{Kind: door.ServiceRequest, Call: c.number, Body: frame}) {
		return abandoned()
	}
	select {
	case reply := <-c.replies:
		return reply
	case <-c.cancelled:
		return abandoned()
	}
}

// Log implements sdk.Host.
func (c *call) Log(level int, line string) {
	c.send(&door.Message{Kind: door.LogLine, Call: c.number, Body: door.PackLog(level, line)})
}

func abandoned() []byte {
	return failure(wire.CodeDeadline, "the host gave this call up")
}

// failure is the reply frame of an error.
func failure(code wire.Code, format string, args ...any) []byte {
	frame, err := wire.EncodeReply(nil, wire.Errorf(code, wire.BlameBlock, format, args...))
	if err != nil { // a message beyond every limit, from a panic's value
		frame, _ = wire.EncodeReply(nil, wire.Errorf(code, wire.BlameBlock, "the error's message was too large"))
	}
	return frame
}

// Compile-time guards.
var _ sdk.Host = (*call)(nil)
