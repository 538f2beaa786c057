package story

import (
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
)

// SelfRaces plays a story once for each of its posts, and lets the person send that one twice at the same time, in two
// windows. What is stored afterwards must be what two posts one after the other leave: a learner who races himself gains
// nothing. except lists handlers that are left out, as does the command unraced before the post. The errors are *Failure.
func SelfRaces(s *Story, config Config, except ...string) []error {
	config.Update = false
	var failures []error
	for n := 0; ; n++ {
		ordered, post, err := playToPost(s, config, n, oneAfterTheOther)
		if err != nil || post == nil {
			return failures // the end; a story that does not play fails by itself
		}
		if slices.Contains(except, post.Handler) || ordered.freed[post.Handler] {
			continue
		}
		raced, _, err := playToPost(s, config, n, bothAtOnce)
		if err != nil {
			return failures
		}
		want, got := ordered.world.Snapshot(), raced.world.Snapshot()
		if want == got {
			continue
		}
		failures = append(failures, &Failure{
			Story: s.Name, Line: raced.last.line, Call: raced.world.Last().String(),
			Problem: fmt.Sprintf("posted twice at once, %s leaves something else than posted twice in order; what is stored is\n%s\n"+
				"A reply that commits on a document is not compared with the learner's own state: let what may happen once be a bounded "+
				"addition or an id on that document too", post.Handler, Difference(want, got)),
		})
	}
}

func oneAfterTheOther(p *Player, posts [2]fakehost.Post) {
	for _, post := range posts {
		_, _ = p.world.Post(p.person, p.place, post) // a refusal is an outcome like any other
	}
}

func bothAtOnce(p *Player, posts [2]fakehost.Post) {
	p.world.Race(
		fakehost.Racer{Person: p.person, Place: p.place, Post: posts[0]},
		fakehost.Racer{Person: p.person, Place: p.place, Post: posts[1]},
	)
}

// playToPost plays a story up to its n-th post and does that twice. post is nil when there is no such post.
func playToPost(s *Story, config Config, n int, twice func(*Player, [2]fakehost.Post)) (p *Player, post *fakehost.Post, err error) {
	if p, err = newPlayer(config); err != nil {
		return nil, nil, err
	}
	p.before = func(p *Player, here fakehost.Post) error {
		if n--; n >= 0 {
			return nil
		}
		post = &here
		first, second := here, here
		first.ID, second.ID = fmt.Sprintf("%032x", 1<<20), fmt.Sprintf("%032x", 1<<20+1)
		twice(p, [2]fakehost.Post{first, second})
		// What the posts set going belongs to what they leave; that a task fails here is the story's business.
		_ = p.world.Work()
		return errStop
	}
	err = p.play(s)
	if post != nil && errors.Is(err, errStop) {
		err = nil
	}
	return p, post, err
}
