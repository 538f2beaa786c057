package engine

import "github.com/quoin-lms/quoin/sdk/wire"

// Defaults of [Limits].
const (
	DefaultMemory   = 64 << 20
	DefaultFuel     = 1_000_000_000
	DefaultServices = 1000
	DefaultLogs     = 16 << 10
)

// OrDefaults fills in what is 0.
func (l Limits) OrDefaults() Limits {
	if l.Memory == 0 {
		l.Memory = DefaultMemory
	}
	if l.Fuel == 0 {
		l.Fuel = DefaultFuel
	}
	if l.Reply == 0 {
		l.Reply = wire.MaxFrame
	}
	if l.Services == 0 {
		l.Services = DefaultServices
	}
	if l.Logs == 0 {
		l.Logs = DefaultLogs
	}
	return l
}

// NoServices is the reply frame to a service request in a call that has none.
func NoServices() []byte {
	frame, err := wire.EncodeReply(nil, wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "this call has no services"))
	if err != nil {
		panic(err) // a constant that does not encode is a defect of package wire
	}
	return frame
}
