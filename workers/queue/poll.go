package queue

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// pollSaver answers asynq's question for the next job without asking, while it is known that there is none. It is for the
// queue inside the process, where all jobs come by [Queue.hand]: there each question, a hundred a second, sets up a Lua
// machine and leaves 180 KB of garbage. asynq goes on asking at its pace, so nothing is slower for it.
//
// It knows the question by its keys. Should asynq ask otherwise one day, all questions go through, as if it were not there; a
// test says so.
type pollSaver struct {
	// pending and active are asynq's keys of one lane.
	pending, active string
	// given counts jobs given to asynq; empty is what it was before asynq last found nothing, and asked when that was.
	given, empty atomic.Uint64
	asked        atomic.Int64
	// saved counts questions that were not asked.
	saved atomic.Uint64
}

// lookAnyway bounds how long jobs wait that asynq itself puts back.
const lookAnyway = time.Second

func newPollSaver(queue string) *pollSaver {
	p := &pollSaver{pending: "asynq:{" + queue + "}:pending", active: "asynq:{" + queue + "}:active"}
	p.given.Store(1)
	return p
}

// gave says that asynq has been given a job.
func (p *pollSaver) gave() { p.given.Add(1) }

// asks says whether cmd is the question for the next job.
func (p *pollSaver) asks(cmd redis.Cmder) bool {
	args := cmd.Args()
	if len(args) < 6 || cmd.Name() != "evalsha" {
		return false
	}
	first, _ := args[3].(string)
	third, _ := args[5].(string)
	return first == p.pending && third == p.active
}

// DialHook implements redis.Hook.
func (*pollSaver) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

// ProcessPipelineHook implements redis.Hook.
func (*pollSaver) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// ProcessHook implements redis.Hook.
func (p *pollSaver) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if !p.asks(cmd) {
			return next(ctx, cmd)
		}
		given, now := p.given.Load(), time.Now()
		if given == p.empty.Load() && now.UnixNano()-p.asked.Load() < int64(lookAnyway) {
			p.saved.Add(1)
			return redis.Nil
		}
		err := next(ctx, cmd)
		if err == redis.Nil { //nolint:errorlint // it comes as it is, a hundred times a second
			p.asked.Store(now.UnixNano())
			p.empty.Store(given)
		}
		return err
	}
}
