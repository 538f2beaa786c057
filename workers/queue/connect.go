package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"time"

	"github.com/redis/go-redis/v9"
)

// How long a caller of Enqueue, Publish and Allow waits at most for Redis, behind whom a page is waiting, and inside the process.
const (
	patience         = 500 * time.Millisecond
	embeddedPatience = 10 * time.Second
)

// go-redis has one logger for the whole process, written to standard error and read without a lock, so it is set before any
// client exists.
func init() { redis.SetLogger(redisLogger{}) }

// redisLogger passes on what go-redis reports: lost connections, which the calls that suffer from them report too.
type redisLogger struct{}

// Printf implements go-redis's logger.
func (redisLogger) Printf(ctx context.Context, format string, args ...any) {
	slog.DebugContext(ctx, "redis client: "+fmt.Sprintf(format, args...))
}

// parseRedisURL reads where Redis is. Its errors never show the URL, which may hold a password.
func parseRedisURL(raw string) (*redis.Options, error) {
	const want = "want redis://[user:password@]host[:port][/db], rediss:// or unix:///path/to.sock"
	if _, err := url.Parse(raw); err != nil {
		return nil, errors.New("RedisURL is not a URL (in a password, write / ? # @ and % as %2F %3F %23 %40 %25): " + want)
	}
	options, err := redis.ParseURL(raw)
	if err != nil {
		return nil, fmt.Errorf("RedisURL: %w: %s", err, want)
	}
	return options, nil
}

// place names a Redis for people, without its password.
func place(options *redis.Options) string {
	if options.Network == "unix" {
		return "unix:" + options.Addr
	}
	return fmt.Sprintf("%s, database %d", options.Addr, options.DB)
}

type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// callers is the client behind Enqueue, Publish and Allow: it gives up with its caller's context.
func callers(base *redis.Options, patience time.Duration) *redis.Client {
	options := *base
	options.ContextTimeoutEnabled = true
	options.DisableIdentity = true
	options.DialTimeout = patience
	options.ReadTimeout, options.WriteTimeout = patience, patience
	options.MaxRetries = 1
	return redis.NewClient(&options)
}

// consumers is the client behind the workers. asynq asks again at once when a command failed, so the pauses here are all that
// keeps a worker from spinning while Redis is away.
func consumers(base *redis.Options, slots int) *redis.Client {
	options := *base
	options.ContextTimeoutEnabled = true
	options.DisableIdentity = true
	options.DialTimeout = time.Second
	options.ReadTimeout, options.WriteTimeout = 3*time.Second, 3*time.Second
	options.MaxRetries = 3
	options.MinRetryBackoff, options.MaxRetryBackoff = 50*time.Millisecond, 500*time.Millisecond
	// A slot needs a connection for moments only; both lanes' own loops need a few.
	options.PoolSize = max(10, slots/2+8)
	return redis.NewClient(&options)
}
