package conform

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/markup"
	"github.com/quoin-lms/quoin/sdk/blocktest/story"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// act is something that a person can do with a content: an answer of a sample, or a handler with what the view offers.
type act struct {
	where string
	input wire.Input
	seed  *int
	// expect is "" for what no sample speaks of.
	expect wire.Expectation
	// evidence settles what is handed in, nil for nothing.
	evidence json.RawMessage
}

// stage is a fresh world in which one content is published.
type stage struct {
	*run
	world  *fakehost.World
	place  *fakehost.Place
	sample wire.Sample
}

// stage makes one; nil when the content does not publish, which is a finding already. Every sitting gets the seed: what
// vary needs may be recorded for the samples' seeds alone.
func (r *run) stage(s wire.Sample, seed *int) *stage {
	w := r.open()
	if w == nil {
		return nil
	}
	cast(w, "Ann Example")
	place := r.place(w, s)
	if place == nil {
		return nil
	}
	one := 1
	if place.Seed = seed; seed == nil {
		place.Seed = &one
	}
	return &stage{r, w, place, s}
}

// do does an act as somebody who may; ok is false where nobody of the cast may.
func (s *stage) do(a act) (posted *fakehost.Posted, ok bool, err error) {
	person, role := s.actor(a.input.Handler)
	if person == nil {
		return nil, false, nil
	}
	post := story.PostOf(a.input)
	post.As = role
	posted, err = s.world.Post(person, s.place, post)
	return posted, true, err
}

// actor is somebody who may call a handler: the learner for one that is not declared, so that the host refuses it.
func (s *stage) actor(handler string) (*fakehost.Person, wire.Role) {
	for _, h := range s.world.Description().Handlers {
		if h.Name == handler {
			return personFor(s.world, h.Roles, learner)
		}
	}
	return s.world.Person(learner), wire.RoleLearner
}

// Bounds of what one content is tried with, so that a block with many samples is still tested in seconds.
const (
	maxActs     = 60
	maxContents = 40
)

// acts lists what can be done: the sample's answers, then every handler with what the learner's view offers and with
// nothing.
func (s *stage) acts() []act {
	var acts []act
	for i, a := range s.sample.Answers {
		acts = append(acts, act{s.answerName(i), a.Input, a.Seed, a.Expect, a.Evidence})
	}
	offered := s.offered()
	for _, h := range s.world.Description().Handlers {
		where := fmt.Sprintf("sample %s, handler %s", s.sample.Name, h.Name)
		if len(offered) > 0 {
			acts = append(acts, act{where: where + " with what the view offers", input: wire.Input{Handler: h.Name, Form: offered}})
		}
		acts = append(acts, act{where: where + " with nothing", input: wire.Input{Handler: h.Name, Form: map[string][]string{}}})
	}
	return acts[:min(len(acts), maxActs)]
}

func (s *stage) answerName(i int) string {
	return fmt.Sprintf("sample %s, answer %d (%s)", s.sample.Name, i+1, s.sample.Answers[i].Expect)
}

// offered is a form as a learner could send it from the view: the first choice of each control, "1" in what is empty.
func (s *stage) offered() map[string][]string {
	form := map[string][]string{}
	for _, c := range s.controls() {
		if c.Name == "" || c.Tag == "button" || form[c.Name] != nil {
			continue
		}
		value := c.Value
		if value == "" {
			value = "1"
		}
		form[c.Name] = []string{value}
	}
	return form
}

// controls are those of the learner's view; none where it does not render, which is another promise's finding.
func (s *stage) controls() []markup.Control {
	shown, err := s.world.View(s.world.Person(learner), s.place, wire.ViewLearner, fakehost.Where{})
	if err != nil {
		return nil
	}
	return markup.Controls(shown.HTML)
}

// cast lists who looks at views, visitors included.
func (s *stage) people() []*fakehost.Person {
	return []*fakehost.Person{s.world.Person(""), s.world.Person(learner), s.world.Person(staffer), s.world.Person(author)}
}

// show shows every view to everybody who may see it.
func (s *stage) show(where fakehost.Where, seen func(view *wire.View, p *fakehost.Person, shown *fakehost.Shown, err error)) {
	d := s.world.Description()
	for i := range d.Views {
		view := &d.Views[i]
		for _, p := range s.people() {
			if !slices.ContainsFunc(fakehost.ViewRoles(view), p.May) {
				continue
			}
			shown, err := s.world.View(p, s.place, view.Name, where)
			seen(view, p, shown, err)
		}
	}
}

// each gives one stage for every content; what is done on it is lost afterwards.
func (r *run) each(do func(s *stage)) {
	w := r.open()
	if w == nil {
		return
	}
	contents := r.contents(w)
	for _, sample := range contents[:min(len(contents), maxContents)] {
		if s := r.stage(sample, nil); s != nil {
			do(s)
		}
	}
}

// eachAct gives a fresh stage for every act of every content.
func (r *run) eachAct(do func(s *stage, a act)) {
	r.each(func(first *stage) {
		for _, a := range first.acts() {
			if s := r.stage(first.sample, a.seed); s != nil {
				do(s, a)
			}
		}
	})
}

// personName is how a finding names somebody.
func personName(p *fakehost.Person) string {
	if p.ID == "" {
		return "a visitor"
	}
	return p.ID
}

// frameText is what a frame says, for searching: its segments as they stand.
func frameText(frame []byte) string {
	segments, err := wire.Segments(frame)
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, segment := range segments {
		b.Write(segment)
		b.WriteByte('\n')
	}
	return b.String()
}
