package queue

import (
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// A job's trace travels with it, and comes back with a job that runs again.
func TestTraceTravels(t *testing.T) {
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	sent, err := newTask(ports.Job{ID: "a", Kind: "k", Lane: ports.LaneInteractive, Trace: parent}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		payload, err := sent.encode()
		if err != nil {
			t.Fatal(err)
		}
		if sent, err = decodeTask(payload); err != nil || sent.job().Trace != parent {
			t.Fatalf("%+v, %v", sent, err)
		}
	}
}
