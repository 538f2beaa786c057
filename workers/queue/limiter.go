package queue

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/quoin-lms/quoin/runtime/ports"
)

//go:embed allow.lua
var allowSource string

var allowScript = redis.NewScript(allowSource)

// ErrInvalidRate is about a rate that no limiter keeps.
var ErrInvalidRate = errors.New("invalid rate")

const maxPeriod = 366 * 24 * time.Hour

// Allow implements ports.Limiter by the generic cell rate algorithm: an unused allowance is rate.Events at once, and then one
// each Period/Events, so any period sees fewer than twice Events. The allowance belongs to the key; where the rate changes,
// what was taken before counts at most a full period. Time is Redis's. Without Redis it returns ErrUnavailable and the caller
// decides.
func (q *Queue) Allow(ctx context.Context, key string, rate ports.Rate) (ok bool, wait time.Duration, err error) {
	period := rate.Period.Microseconds()
	if rate.Events < 1 || period < int64(rate.Events) || rate.Period > maxPeriod {
		return false, 0, fmt.Errorf("limiting: %w: %d in %s: want at least one, at most one a microsecond, in at most %s",
			ErrInvalidRate, rate.Events, rate.Period, maxPeriod)
	}
	// Keys are made of what strangers send, addresses among it: a digest bounds their length and keeps them out of Redis.
	digest := sha256.Sum256([]byte(key))
	name := "quoin:limit:" + q.config.Prefix + ":" + hex.EncodeToString(digest[:16])
	var micros int64
	err = q.call(ctx, func(ctx context.Context) error {
		micros, err = allowScript.Run(ctx, q.callers, []string{name}, period/int64(rate.Events), period).Int64()
		return err
	})
	if err != nil {
		return false, 0, fmt.Errorf("limiting: %w", err)
	}
	return micros == 0, time.Duration(micros) * time.Microsecond, nil
}
