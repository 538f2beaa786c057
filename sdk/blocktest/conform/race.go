package conform

import (
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/story"
)

// race lets one person do everything twice at the same time, in two windows. What is stored afterwards must be what doing it
// twice in order leaves.
func race(r *run) {
	r.eachAct(func(s *stage, a act) {
		person, role := s.actor(a.input.Handler)
		if person == nil {
			return
		}
		post := story.PostOf(a.input)
		post.As = role
		first, second := post, post
		first.ID, second.ID = "00000000000000000000000000000001", "00000000000000000000000000000002"
		for _, p := range []fakehost.Post{first, second} {
			_, _ = s.world.Post(person, s.place, p) // a refusal is an outcome like any other
		}
		inOrder := s.settled()
		raced := r.stage(s.sample, a.seed)
		if raced == nil {
			return
		}
		person, _ = raced.actor(a.input.Handler)
		raced.world.Race(fakehost.Racer{Person: person, Place: raced.place, Post: first}, fakehost.Racer{Person: person, Place: raced.place, Post: second})
		if got := raced.settled(); got != inOrder {
			r.fail(a.where, "a reply that commits on a document is not compared with the learner's own state: let what may happen once be a "+
				"bounded addition or an id on that document too", raced.world.Last().String(),
				"posted twice at once it leaves something else than posted twice in order\n%s", story.Difference(inOrder, got))
		}
	})
}
