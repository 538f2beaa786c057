package fakehost

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// state is one learner's document of one place: what his calls commit on.
type state struct {
	// version counts writes; 0 says that nothing is stored.
	version  int
	schema   int
	fields   wire.Fields
	sitting  *sitting
	tries    []try
	sequence int
	recent   []remembered
	choice   []string
	drawn    bool
	drawnBy  string
	// completion is 0 to 1.
	completion float64
}

// sitting is one run of a learner at a block that grades.
type sitting struct {
	id       string
	number   int
	seed     int
	prepared *Prepared
	over     bool
}

// try is one submission that counts against the maximum.
type try struct {
	submission, sitting string
	at                  time.Time
}

// remembered is a reply that was given, for the same request again.
type remembered struct {
	request, body string
	posted        *Posted
}

// recentKept is how many replies a learner's state remembers.
const recentKept = 32

// state returns a learner's document, to be changed by commits alone.
func (p *Place) state(learner string) *state {
	s, ok := p.states[learner]
	if !ok {
		s = &state{fields: wire.Fields{}}
		p.states[learner] = s
	}
	return s
}

// clone copies the document, for a call that reads it now and commits later.
func (s *state) clone() state {
	c := *s
	c.fields, c.tries, c.recent, c.choice = maps.Clone(s.fields), slices.Clone(s.tries), slices.Clone(s.recent), slices.Clone(s.choice)
	if s.sitting != nil {
		copied := *s.sitting
		c.sitting = &copied
	}
	return c
}

func (s *state) open() bool { return s.sitting != nil && !s.sitting.over }

// number is the open sitting's, or the next one's.
func (s *state) number() int {
	switch {
	case s.sitting == nil:
		return 1
	case !s.sitting.over:
		return s.sitting.number
	}
	return s.sitting.number + 1
}

func (s *state) find(request string) (remembered, bool) {
	i := slices.IndexFunc(s.recent, func(r remembered) bool { return r.request == request })
	if request == "" || i < 0 {
		return remembered{}, false
	}
	return s.recent[i], true
}

func (s *state) remember(r remembered) {
	if r.request == "" {
		return
	}
	s.recent = append(s.recent, r)
	s.recent = s.recent[max(0, len(s.recent)-recentKept):]
}

// giveBack takes a try out that could not be graded.
func (s *state) giveBack(submission string) {
	s.tries = slices.DeleteFunc(s.tries, func(t try) bool { return t.submission == submission })
	s.version++
}

// seat is one person at one place, with the values that the sitting pins.
type seat struct {
	world    *World
	person   *Person
	place    *Place
	state    state
	prepared *Prepared
	seed     int
}

// sit finds out what the person gets: the pinned content while a sitting is open, else the newest.
func (w *World) sit(p *Person, place *Place) (*seat, error) {
	s := &seat{world: w, person: p, place: place, state: state{fields: wire.Fields{}}, prepared: place.prepared}
	if p.ID != "" {
		s.state = place.state(p.ID).clone()
	}
	if s.prepared == nil {
		if place.broken != nil {
			return nil, place.broken
		}
		if err := w.Publish(place, wire.Fields{}); err != nil {
			return nil, err
		}
		s.prepared = place.prepared
	}
	if open := s.state.sitting; s.state.open() {
		if open.prepared.AnswerHash != s.prepared.AnswerHash {
			s.prepared = open.prepared
		}
		s.seed = open.seed
		return s, nil
	}
	s.seed = w.seed(p, place, s.sittingID())
	return s, nil
}

func (s *seat) grades() bool { return s.prepared.Grades() }

// sittingID names the open sitting, or the one that comes next: showing a page stores nothing.
func (s *seat) sittingID() string {
	return digest("sitting", s.person.ID, s.place.Usage, strconv.Itoa(s.state.number()))
}

// seed deals out a learner's variant by the place's seed rule.
func (w *World) seed(p *Person, place *Place, sitting string) int {
	if place.Seed != nil {
		return *place.Seed
	}
	number := func(most int, parts ...string) int {
		n, err := strconv.ParseUint(digest(parts...)[:12], 16, 64)
		if err != nil {
			return 1 // digest makes hexadecimal digits alone
		}
		return int(n % uint64(most))
	}
	switch w.policy(place).rerandomize {
	case "per_student":
		return number(20, "seed", p.ID, place.Usage)
	case "onreset", "always":
		return number(1000, "seed", p.ID, place.Usage, sitting)
	}
	return 1
}

// stored gives a declared field's value from the scope that it lives in.
func (s *seat) stored(field *wire.Field) (json.RawMessage, bool) {
	var fields wire.Fields
	switch field.Scope {
	case wire.ScopeUserState:
		fields = s.state.fields
	case wire.ScopeSummary:
		fields = s.place.shared
	case wire.ScopePrefs, wire.ScopeUserInfo:
		fields = s.world.personal[personalKey{s.person.ID, field.Scope}]
	default: // authored fields reach views through prepared values alone, see authored
	}
	value, ok := fields[field.Name]
	return value, ok
}

// fields gathers declared fields; authors' views get authored ones too.
func (s *seat) fields(names []string, authored bool) (wire.Fields, error) {
	if len(names) == 0 {
		return nil, nil
	}
	out := wire.Fields{}
	for _, name := range names {
		field := s.world.field(name)
		if field == nil {
			return nil, wire.Errorf(wire.CodeBadReply, wire.BlameBlock, "the block reads the field %q, which it does not declare", name)
		}
		value, ok := s.stored(field)
		if field.Scope.Authored() {
			value, ok = s.place.content[name]
			ok = ok && authored && !field.Secret && field.Type != wire.TypeKey
		}
		if ok {
			out[name] = value
		}
	}
	return s.migrated(out)
}

// migrated gives stored fields of an older schema in the shape that the block reads now. Nothing is stored by it.
func (s *seat) migrated(fields wire.Fields) (wire.Fields, error) {
	w, from := s.world, s.state.schema
	if from == 0 || from == w.description.Schema || len(fields) == 0 || !w.Implements(wire.OpMigrate) {
		return fields, nil
	}
	out, old := wire.Fields{}, wire.Fields{}
	for name, value := range fields {
		if field := w.field(name); field != nil && field.Scope == wire.ScopeUserState {
			old[name] = value
		} else {
			out[name] = value
		}
	}
	if len(old) == 0 {
		return out, nil
	}
	var reply wire.MigrateReply
	request := wire.MigrateRequest{From: from, Scope: wire.ScopeUserState, Fields: old}
	if err := w.ask(question{op: wire.OpMigrate, body: request}, &reply); err != nil {
		return nil, err
	}
	maps.Copy(out, reply.Fields)
	return out, nil
}

// settings gives the declared inherited settings.
func (s *seat) settings(names []string) wire.Fields {
	if len(names) == 0 {
		return nil
	}
	out := wire.Fields{}
	for _, name := range names {
		if value, ok := s.place.Settings[name]; ok {
			out[name] = value
		}
	}
	return out
}

// context fills in what was declared to be read, and nothing else.
func (s *seat) context(reads *wire.Reads, role wire.Role) wire.Context {
	var c wire.Context
	if reads.User {
		c.Subject = s.person.ID
	}
	if reads.Seed && (s.prepared.Facts.Varies || s.prepared.Facts.Shuffles) {
		seed := s.seed
		c.Seed = &seed
	}
	if reads.Clock {
		c.Now = s.world.now.UnixMilli()
	}
	if reads.Locale {
		c.Locale, c.Zone = s.person.Locale, s.person.Zone
	}
	if reads.Role {
		c.Role, c.Groups = role, slices.Sorted(slices.Values(s.person.Groups))
	}
	if reads.Usage {
		c.Run, c.Usage, c.Address = Run, s.place.Usage, s.world.address(s.place)
	}
	return c
}
