package queue

import (
	"context"
	"net"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// embedded is a Redis inside the process. Its clients reach it through pipes in memory: nothing listens, so no other process
// of the machine, a trusted block's among them, can talk to it.
type embedded struct {
	server  *miniredis.Miniredis
	stop    chan struct{}
	stopped chan struct{}
}

func newEmbedded() *embedded {
	e := &embedded{server: miniredis.NewMiniRedis(), stop: make(chan struct{}), stopped: make(chan struct{})}
	go e.tick()
	return e
}

func (e *embedded) options() *redis.Options {
	return &redis.Options{
		Addr:   "inside the process",
		Dialer: dialer(func(context.Context, string, string) (net.Conn, error) { return e.server.Dial() }),
	}
}

// tick lets keys expire: miniredis's own time to live stands still, and its ClockTTL walks all keys on every command.
func (e *embedded) tick() {
	defer close(e.stopped)
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-e.stop:
			return
		case <-ticker.C:
			now := time.Now()
			e.server.FastForward(now.Sub(last))
			last = now
		}
	}
}

func (e *embedded) close() {
	close(e.stop)
	<-e.stopped
	e.server.Close()
}
