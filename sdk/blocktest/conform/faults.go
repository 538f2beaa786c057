package conform

import (
	"slices"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/story"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// faults does every act again with conflicts at its commit and with services that fail, and compares what is stored.
func faults(r *run) {
	r.eachAct(func(s *stage, a act) {
		services, after, ok := s.undisturbed(a)
		if !ok {
			return
		}
		conflicts := fakehost.Fault{Kind: fakehost.FaultConflict}
		if got, _, err := s.disturbed(a, conflicts, conflicts); err == nil && got != after {
			s.fail(a.where, "let a call that runs again begin from what it is given", "",
				"after two conflicts something else is stored than without\n%s", story.Difference(after, got))
		}
		for _, service := range services {
			for _, kind := range []fakehost.FaultKind{fakehost.FaultUnavailable, fakehost.FaultRefused} {
				got, before, err := s.disturbed(a, fakehost.Fault{Kind: kind, Service: service})
				switch {
				case err != nil && got != before:
					s.fail(a.where, "", "", "the service %s fails, the call fails, and yet something changed\n%s", service, story.Difference(before, got))
				case err == nil && got != after:
					s.fail(a.where, "pass the error of a service on: return nil, err", "",
						"the service %s fails, and it goes on without: something else is stored than when it answers\n%s", service, story.Difference(after, got))
				}
			}
		}
	})
}

// undisturbed does an act and lists the services that its handler asked, and what is stored afterwards. ok is false where it
// is refused.
func (s *stage) undisturbed(a act) (services []wire.Service, after string, ok bool) {
	s.arrive()
	s.observe = func(c *fakehost.Call) {
		for _, asked := range c.Services {
			if c.Op == wire.OpHandle && !slices.Contains(services, asked.Service) {
				services = append(services, asked.Service)
			}
		}
	}
	_, ok, err := s.do(a)
	s.observe = nil
	return services, s.settled(), ok && err == nil
}

// arrive lets everybody come before something is compared, since coming alone makes a place's state of a person.
func (s *stage) arrive() {
	for _, p := range s.people() {
		if _, err := s.world.Sitting(p, s.place); err != nil {
			s.fail("sample "+s.sample.Name, "", s.world.Last().String(), "%v", err)
		}
	}
}

// settled is what is stored when everything that was due is done.
func (s *stage) settled() string {
	_ = s.world.Work() // what fails here is stored as failed, and so compared
	return s.world.Snapshot()
}

// disturbed does an act in a fresh world in which something goes wrong.
func (s *stage) disturbed(a act, faults ...fakehost.Fault) (got, before string, err error) {
	fresh := s.stage(s.sample, a.seed)
	if fresh == nil {
		return "", "", nil
	}
	fresh.arrive()
	before = fresh.world.Snapshot()
	fresh.world.Break(faults...)
	_, _, err = fresh.do(a)
	fresh.world.Mend()
	return fresh.settled(), before, err
}
