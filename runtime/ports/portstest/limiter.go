package portstest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// ErrInvalidRate is about a rate that no limiter keeps.
var ErrInvalidRate = errors.New("invalid rate")

// Limiter keeps allowances in memory, for ever. Its zero value is ready, and it is safe for use by many goroutines.
type Limiter struct {
	// Now is the clock; nil is time.Now. Set it before first use.
	Now func() time.Time

	mu sync.Mutex
	// full is when a key's allowance will be complete again.
	full    map[string]time.Time
	failure error
}

var _ ports.Limiter = (*Limiter)(nil)

// Allow implements ports.Limiter by the generic cell rate algorithm, in steps of a microsecond.
func (l *Limiter) Allow(ctx context.Context, key string, rate ports.Rate) (ok bool, wait time.Duration, err error) {
	if err := ctx.Err(); err != nil {
		return false, 0, fmt.Errorf("limiting: %w", err)
	}
	if rate.Events < 1 || rate.Period.Microseconds() < int64(rate.Events) || rate.Period > 366*24*time.Hour {
		return false, 0, fmt.Errorf("limiting: %w: %d in %s", ErrInvalidRate, rate.Events, rate.Period)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failure != nil {
		return false, 0, fmt.Errorf("limiting: %w", l.failure)
	}
	now := time.Now()
	if l.Now != nil {
		now = l.Now()
	}
	full := l.full[key]
	if full.Before(now) {
		full = now
	}
	if latest := now.Add(rate.Period); full.After(latest) {
		full = latest
	}
	gap := (rate.Period / time.Duration(rate.Events)).Truncate(time.Microsecond)
	if wait := full.Add(gap - rate.Period).Sub(now); wait > 0 {
		return false, wait, nil
	}
	if l.full == nil {
		l.full = map[string]time.Time{}
	}
	l.full[key] = full.Add(gap)
	return true, 0, nil
}

// Fail makes Allow return err, typically ports.ErrUnavailable, until it is called with nil.
func (l *Limiter) Fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failure = err
}
