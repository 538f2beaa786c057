package sdk

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Call is one running call: its context, its clock, its generator, the services. It must not outlive the call.
type Call struct {
	Context wire.Context
	// Op is the operation that runs.
	Op        wire.Op
	host      Host
	catalogue *Catalogue
	random    *rand.Rand
}

// Now is the call's clock: the server's arrival time, equal however often the call runs. It is 1970 where the view or
// handler did not declare to read the clock.
func (c *Call) Now() time.Time { return time.UnixMilli(c.Context.Now).UTC() }

// Seed chooses the learner's variant; 1 where none was given.
func (c *Call) Seed() int {
	if c.Context.Seed == nil {
		return 1
	}
	return *c.Context.Seed
}

// Rand is the call's generator. Package math/rand's own functions repeat themselves in every call, because a guest starts
// each call from the same memory: use this one.
func (c *Call) Rand() *rand.Rand {
	if c.random == nil {
		var seed [16]byte
		if raw, err := hex.DecodeString(c.Context.Random); err == nil {
			copy(seed[:], raw)
		}
		c.random = rand.New(rand.NewPCG(binary.LittleEndian.Uint64(seed[:8]), binary.LittleEndian.Uint64(seed[8:])))
	}
	return c.random
}

// NewID makes a random 128-bit id of 32 hexadecimal digits, for a document that other things of the same reply shall name.
func (c *Call) NewID() string {
	return fmt.Sprintf("%016x%016x", c.Rand().Uint64(), c.Rand().Uint64())
}

// Log levels, those of log/slog.
const (
	LevelDebug = -4
	LevelInfo  = 0
	LevelWarn  = 4
	LevelError = 8
)

// Logf writes a line to the block's log, which its developer and the site's admin read. It must hold no answers.
func (c *Call) Logf(level int, format string, args ...any) {
	c.host.Log(level, fmt.Sprintf(format, args...))
}

// T translates a message into the call's locale; see [Catalogue].
func (c *Call) T(key string, args ...any) string {
	return c.catalogue.text(c.Context.Locale, key, args...)
}

// Refuse makes the error by which a block turns an input down; the message is shown to who sent it.
func Refuse(format string, args ...any) error {
	return wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, format, args...)
}

// NotFound makes the error for a view, handler or thing that does not exist.
func NotFound(format string, args ...any) error {
	return wire.Errorf(wire.CodeNotFound, wire.BlameOutside, format, args...)
}

// Forbid makes the error for a caller who may not do this.
func Forbid(format string, args ...any) error {
	return wire.Errorf(wire.CodeRefused, wire.BlameOutside, format, args...)
}

// ask sends one service request and reads its reply into into.
func (c *Call) ask(service wire.Service, method string, body, into any) error {
	frame, err := wire.EncodeService(wire.ServiceCall{Service: service, Method: method}, body)
	if err != nil {
		return fmt.Errorf("asking %s.%s: %w", service, method, err)
	}
	if err := wire.DecodeReply(c.host.Service(frame), into); err != nil {
		return fmt.Errorf("asking %s.%s: %w", service, method, err)
	}
	return nil
}
