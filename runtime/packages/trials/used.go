package trials

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Used is what a block did in its trials that a manifest has to ask for.
type Used struct {
	Services []wire.Service
	Effects  []wire.EffectKind
}

// watcher looks at what goes through a connection. Safe for concurrent use: stories race.
type watcher struct {
	mu       sync.Mutex
	services map[wire.Service]bool
	effects  map[wire.EffectKind]bool
}

func newWatcher() *watcher {
	return &watcher{services: map[wire.Service]bool{}, effects: map[wire.EffectKind]bool{}}
}

// watch passes calls on and notes what they ask for and answer with.
func (w *watcher) watch(ctx context.Context, conn engine.Conn) fakehost.Serve {
	serve := Serve(ctx, conn)
	return func(host sdk.Host, frame []byte) []byte {
		reply := serve(watched{host, w}, frame)
		if request, _, err := wire.DecodeRequest(frame); err == nil {
			w.note(request.Op, reply)
		}
		return reply
	}
}

func (w *watcher) note(op wire.Op, frame []byte) {
	var effects []wire.Effect
	switch op { //nolint:exhaustive // the others have no effects
	case wire.OpHandle, wire.OpMount:
		var reply wire.HandleReply
		if wire.DecodeReply(frame, &reply) != nil {
			return // a refusal has no effects
		}
		effects = reply.Effects
	case wire.OpTask, wire.OpEvent:
		var reply wire.EffectsReply
		if wire.DecodeReply(frame, &reply) != nil {
			return
		}
		effects = reply.Effects
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range effects {
		w.effects[effects[i].Kind()] = true
	}
}

func (w *watcher) used() Used {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Used{slices.Sorted(maps.Keys(w.services)), slices.Sorted(maps.Keys(w.effects))}
}

// watched is a host whose services are noted.
type watched struct {
	sdk.Host
	watcher *watcher
}

// Service implements sdk.Host.
func (h watched) Service(frame []byte) []byte {
	if call, _, err := wire.DecodeService(frame); err == nil {
		h.watcher.mu.Lock()
		h.watcher.services[call.Service] = true
		h.watcher.mu.Unlock()
	}
	return h.Host.Service(frame)
}
