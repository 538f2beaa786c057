package conform

import (
	"bytes"
	"slices"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// maxReplayed bounds how many calls are asked again.
const maxReplayed = 1500

// function asks everything again, last call first and then in order, and compares the bytes: a call that remembers another
// one, reads a clock of its own or walks a map answers otherwise.
func function(r *run) {
	var calls []*fakehost.Call
	r.observe = func(c *fakehost.Call) {
		if c.Reply != nil && len(calls) < maxReplayed {
			calls = append(calls, c)
		}
	}
	r.eachAct(func(s *stage, a act) {
		s.show(fakehost.Where{}, func(*wire.View, *fakehost.Person, *fakehost.Shown, error) {})
		if _, ok, err := s.do(a); !ok || err != nil {
			return
		}
		if err := s.world.Work(); err != nil {
			return // the promise samples speaks of it
		}
		s.show(fakehost.Where{}, func(*wire.View, *fakehost.Person, *fakehost.Shown, error) {})
	})
	r.observe = nil
	backwards := slices.Clone(calls)
	slices.Reverse(backwards)
	for _, c := range append(backwards, calls...) {
		r.again(c)
	}
}

// again asks one call once more and compares.
func (r *run) again(c *fakehost.Call) {
	const mend = "keep nothing in variables between calls; take time from c.Now and chance from c.Rand; sort what comes from a map"
	recorded := &recordedHost{services: c.Services}
	reply := r.subject.Serve(recorded, slices.Clone(c.Request))
	switch {
	case recorded.strayed:
		r.fail(string(c.Op), mend, c.String(), "asked again with the same bytes, it asks services something else")
	case !bytes.Equal(reply, c.Reply):
		r.fail(string(c.Op), mend, c.String()+"\n  again "+frameText(reply), "asked again with the same bytes, it answers otherwise")
	}
}

// recordedHost answers services as they answered before.
type recordedHost struct {
	services []fakehost.ServiceCall
	// strayed says that something else was asked.
	strayed bool
}

// Log implements sdk.Host.
func (*recordedHost) Log(int, string) {}

// Service implements sdk.Host.
func (h *recordedHost) Service(frame []byte) []byte {
	if len(h.services) == 0 || !bytes.Equal(h.services[0].Request, frame) {
		h.strayed = true
		reply, err := wire.EncodeReply(nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "this was not asked before"))
		if err != nil {
			return nil // the block then fails to decode it, which shows as well
		}
		return reply
	}
	reply := h.services[0].Reply
	h.services = h.services[1:]
	return slices.Clone(reply)
}
