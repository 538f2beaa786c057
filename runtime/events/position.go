package events

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"io"
	"sync"
	"time"
)

// Position is a place in the log. Positions sort as texts, by time; "" is before all. They may be stored and handed to
// another process.
type Position string

// positions are written in an alphabet that sorts as its values do.
var positions = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

const (
	timeBytes     = 6
	sequenceBytes = 2
	processBytes  = 8
)

// At is the first place of an instant, at millisecond precision.
func At(t time.Time) Position {
	var b [timeBytes + sequenceBytes + processBytes]byte
	putTime(b[:], max(t.UnixMilli(), 0))
	return Position(positions.EncodeToString(b[:]))
}

// Time is the instant of a place, zero for "" and what is none.
func (p Position) Time() time.Time {
	b, err := positions.DecodeString(string(p))
	if err != nil || len(b) != timeBytes+sequenceBytes+processBytes {
		return time.Time{}
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b) >> (8 * sequenceBytes))).UTC()
}

func putTime(b []byte, milliseconds int64) {
	binary.BigEndian.PutUint64(b, uint64(milliseconds)<<(8*sequenceBytes))
}

// clock gives places: milliseconds, a number within the millisecond, and the process. It never goes back, whatever the
// system's clock does, and runs ahead of it when more than 65 536 places are wanted in a millisecond.
type clock struct {
	now func() time.Time

	mu       sync.Mutex
	last     int64
	sequence uint16
	process  [processBytes]byte
}

func newClock(now func() time.Time) *clock {
	c := &clock{now: now}
	io.ReadFull(rand.Reader, c.process[:]) //nolint:errcheck // crypto/rand never fails
	return c
}

func (c *clock) next() Position {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch now := c.now().UnixMilli(); {
	case now > c.last:
		c.last, c.sequence = now, 0
	case c.sequence == 1<<16-1:
		c.last, c.sequence = c.last+1, 0
	default:
		c.sequence++
	}
	var b [timeBytes + sequenceBytes + processBytes]byte
	putTime(b[:], c.last)
	binary.BigEndian.PutUint16(b[timeBytes:], c.sequence)
	copy(b[timeBytes+sequenceBytes:], c.process[:])
	return Position(positions.EncodeToString(b[:]))
}
