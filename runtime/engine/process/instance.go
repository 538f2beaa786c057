package process

import (
	"context"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// watchEvery is how often a process's memory is looked at.
const watchEvery = 100 * time.Millisecond

// farewell is how long an idle process has to end by itself when its input closes.
const farewell = time.Second

// instance is one running process and the streams to it. It never comes back: a Conn starts another.
type instance struct {
	child  *child
	output *tail
	dir    string
	client *grpc.ClientConn
	// slots bounds the calls, long those of them that may be long.
	slots, long chan struct{}
	memory      atomic.Int64

	// serving is set once the process is a Conn's; the Conn's lock guards it.
	serving bool

	mu   sync.Mutex
	idle []*lane
	// live counts calls that somebody waits for.
	live int
	// retired is closed when the process is to get no further calls, drained when in addition nobody waits any more.
	retired, drained chan struct{}
	cause            *wire.Error

	// failure says how the process ended, expected whether it was told to; both are set before gone is closed.
	failure  *wire.Error
	expected bool
	gone     chan struct{}
}

func newInstance(c *child, output *tail, dir string, calls int) *instance {
	return &instance{
		child: c, output: output, dir: dir,
		slots: make(chan struct{}, calls), long: make(chan struct{}, max(1, calls/2)),
		retired: make(chan struct{}), drained: make(chan struct{}), gone: make(chan struct{}),
	}
}

// pid is the process's number.
func (i *instance) pid() int { return i.child.cmd.Process.Pid }

// enter counts a call of which somebody waits for the reply; false when the process gets no further calls.
func (i *instance) enter() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if isClosed(i.retired) || isClosed(i.gone) {
		return false
	}
	i.live++
	return true
}

// leave is the counterpart of enter.
func (i *instance) leave() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.live--
	i.settle()
}

// retire lets the process finish the calls that somebody waits for, and then ends it with the cause.
func (i *instance) retire(cause *wire.Error, grace time.Duration) {
	i.mu.Lock()
	if isClosed(i.retired) {
		i.mu.Unlock()
		return
	}
	close(i.retired)
	i.settle()
	i.mu.Unlock()
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-i.drained:
	case <-timer.C:
	case <-i.gone:
	}
	i.end(cause)
}

func (i *instance) settle() {
	if i.live == 0 && isClosed(i.retired) && !isClosed(i.drained) {
		close(i.drained)
	}
}

// end kills the process; the cause is what its calls get. The first cause counts.
func (i *instance) end(cause *wire.Error) {
	i.mu.Lock()
	if i.cause == nil {
		i.cause = cause
	}
	i.mu.Unlock()
	i.child.kill()
}

// dismiss lets an idle process end by itself, and ends it when it does not or ctx does.
func (i *instance) dismiss(ctx context.Context) {
	i.mu.Lock()
	if i.cause == nil {
		i.cause = stopping()
	}
	i.mu.Unlock()
	_ = i.child.stdin.Close() // the process sees its end
	timer := time.NewTimer(farewell)
	defer timer.Stop()
	select {
	case <-i.gone:
	case <-timer.C:
	case <-ctx.Done():
	}
	i.child.kill()
}

// await cleans up behind the process when it has ended; it returns after that.
func (i *instance) await(name string) {
	<-i.child.done
	i.mu.Lock()
	i.failure = i.cause
	i.mu.Unlock()
	i.expected = i.failure != nil && i.failure.Code == wire.CodeStopping
	if i.failure == nil {
		i.failure = wire.Errorf(wire.CodeTrap, wire.BlameBlock, "the process of %s ended by itself: %v%s",
			name, i.child.cmd.ProcessState, lastWords(i.output))
	}
	close(i.gone)
	if i.client != nil {
		_ = i.client.Close() // there is nobody at the other end
	}
	_ = os.RemoveAll(i.dir) // what another user's processes still hold goes with the engine's folder
}

// watch ends a process that takes more memory than its limit.
func (i *instance) watch(limit int64) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-i.gone:
			return
		case <-ticker.C:
		}
		size := resident(i.pid())
		i.memory.Store(size)
		if size > limit {
			i.end(wire.Errorf(wire.CodeMemory, wire.BlameBlock, "the process took %d MB of memory, the limit is %d MB",
				size>>20, limit>>20))
			return
		}
	}
}

// crash waits for the end of a process whose stream broke, and makes sure of it.
func (i *instance) crash(ctx context.Context, cause error) *wire.Error {
	timer := time.NewTimer(farewell)
	defer timer.Stop()
	select {
	case <-i.gone:
		return i.failure
	case <-timer.C:
		i.end(wire.Errorf(wire.CodeTrap, wire.BlameBlock, "the process broke its connection: %v", cause))
	case <-ctx.Done():
	}
	select {
	case <-i.gone:
		return i.failure
	case <-ctx.Done():
		return overdue(ctx)
	}
}

// maxWords bounds how much of a process's output an error quotes, in bytes.
const maxWords = 2 << 10

// crashed finds where the Go runtime begins to tell why it ends a program; what follows is stacks.
var crashed = regexp.MustCompile(`(?m)^(panic|fatal error|runtime): `)

func lastWords(output *tail) string {
	words := output.String()
	if words == "" {
		return ", without a word"
	}
	if at := crashed.FindStringIndex(words); at != nil {
		words = words[at[0]:]
		words = words[:min(len(words), maxWords)]
	}
	return "; its last words: " + strings.ToValidUTF8(words[max(0, len(words)-maxWords):], "?")
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
