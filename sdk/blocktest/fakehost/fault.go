package fakehost

import "github.com/quoin-lms/quoin/sdk/wire"

// FaultKind names something that goes wrong on purpose.
type FaultKind string

// The faults.
const (
	// FaultConflict lets the next commit find that somebody else was faster.
	FaultConflict FaultKind = "conflict"
	// FaultDeadline ends the next call at its deadline.
	FaultDeadline FaultKind = "deadline"
	// FaultRefused lets the next question to a service be refused, FaultUnavailable fail for now.
	FaultRefused     FaultKind = "refused"
	FaultUnavailable FaultKind = "unavailable"
)

// Fault is something that goes wrong on purpose, once.
type Fault struct {
	Kind FaultKind
	// Service is whom it hits, "" for any.
	Service wire.Service
}

// Break adds faults; each happens once, in order, as soon as its kind can.
func (w *World) Break(faults ...Fault) { w.faults = append(w.faults, faults...) }

// Mend takes back the faults that did not happen yet.
func (w *World) Mend() { w.faults = nil }

// takeFault reports whether a fault of this kind waits, and takes it.
func (w *World) takeFault(kind FaultKind, service wire.Service) bool {
	for i, f := range w.faults {
		if f.Kind == kind && (f.Service == "" || f.Service == service) {
			w.faults = append(w.faults[:i:i], w.faults[i+1:]...)
			return true
		}
	}
	return false
}
