package queue

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

//go:embed room.lua
var roomSource string

//go:embed admit.lua
var admitSource string

//go:embed feed.lua
var feedSource string

//go:embed beat.lua
var beatSource string

// roomScripts are the steps of a waiting room.
type roomScripts struct{ admit, feed, beat *redis.Script }

func newRoomScripts(shared string) roomScripts {
	return roomScripts{
		admit: redis.NewScript(shared + admitSource), feed: redis.NewScript(shared + feedSource), beat: redis.NewScript(shared + beatSource),
	}
}

// redisRoom is a waiting room that all processes share.
type redisRoom struct {
	scripts roomScripts
	// keys holds the prefix of its keys, with the hash tag of asynq's queue.
	keys []string
	// callers runs what somebody waits for, consumers what the workers do.
	callers, consumers *redis.Client
}

func newRedisRoom(queue string, callers, consumers *redis.Client) *redisRoom {
	return &redisRoom{scripts: newRoomScripts(roomSource), keys: []string{"quoin:{" + queue + "}:"}, callers: callers, consumers: consumers}
}

func (r *redisRoom) admit(ctx context.Context, t task, payload []byte, limit int) (admission, error) {
	code, err := r.scripts.admit.Run(ctx, r.callers, r.keys, t.ID, t.Course, t.entry(), payload, t.At, limit).Int64()
	if err != nil {
		return 0, fmt.Errorf("admitting: %w", err)
	}
	return admission(code), nil
}

func (r *redisRoom) feed(ctx context.Context, n int, finished ...string) ([]string, error) {
	payloads, err := r.scripts.feed.Run(ctx, r.consumers, r.keys, withStrings([]any{n}, finished)...).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("feeding: %w", err)
	}
	return payloads, nil
}

func (r *redisRoom) beat(ctx context.Context, worker string, slots, ahead int, entries []string) error {
	args := withStrings([]any{worker, slots, ahead}, entries)
	if err := r.scripts.beat.Run(ctx, r.consumers, r.keys, args...).Err(); err != nil {
		return fmt.Errorf("beating: %w", err)
	}
	return nil
}

func (r *redisRoom) sizes(ctx context.Context) (sizes, error) {
	prefix := r.keys[0]
	pipe := r.callers.Pipeline()
	jobs, due, held := pipe.HLen(ctx, prefix+"jobs"), pipe.ZCard(ctx, prefix+"due"), pipe.ZCard(ctx, prefix+"held")
	pool := pipe.Get(ctx, prefix+"pool")
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return sizes{}, fmt.Errorf("measuring: %w", err)
	}
	s := sizes{delayed: int(due.Val()), held: int(held.Val())}
	s.waiting = int(jobs.Val()) - s.delayed
	if slots, _, found := strings.Cut(pool.Val(), " "); found {
		n, err := strconv.Atoi(slots)
		if err != nil {
			return sizes{}, fmt.Errorf("measuring: %w", err)
		}
		s.slots = n
	}
	return s, nil
}

func withStrings(args []any, more []string) []any {
	for _, s := range more {
		args = append(args, s)
	}
	return args
}
