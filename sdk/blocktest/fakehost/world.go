package fakehost

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Serve answers one request frame with one reply frame: a native block's method, or any engine's call. A failure of the
// engine is an error reply, as the block's own would be. It is called by one goroutine at a time.
type Serve func(host sdk.Host, frame []byte) []byte

// Config says which block a World hosts. Serve is needed.
type Config struct {
	Serve Serve
	// Type is the block type, for packages that carry several; "" is "block".
	Type string
	// Permissions is what block.json asks for, by name, with the values that narrow it; nil allows everything.
	Permissions Permissions
	// Start is when the clock starts; zero is Monday, 2 March 2026, 09:00 UTC.
	Start time.Time
	// Script runs authors' programs; nil answers from recordings, see World.Record.
	Script func(wire.ScriptRun) (wire.ScriptDone, error)
	// Outside answers outside requests that World.Answer says nothing of; nil says that the host cannot be reached.
	Outside func(wire.HTTPDo) (wire.HTTPDone, error)
	// Observe is told of every call after it ran; nil is allowed.
	Observe func(*Call)
}

// Names of the one course run that a World has.
const (
	Run  = "course-v1:Test+Blocks+now"
	keys = "block-v1:Test+Blocks+now+type@"
)

// World is a host with one course run. It is not safe for concurrent use: see Race for what happens at the same time.
type World struct {
	config      Config
	description wire.Description
	now         time.Time
	// counter feeds ids and generators.
	counter int

	people      map[string]*Person
	places      map[string]*Place
	personal    map[personalKey]wire.Fields
	collections map[string]*collection
	submissions []*Submission
	tasks       map[taskKey]*Task
	requests    map[string]remembered
	scores      map[string]map[string]wire.Score
	files       map[string]stored
	parts       map[string]stored
	secrets     map[string]Secret
	keySets     map[string]publicKey
	signer      *signer
	recordings  []Recording
	answers     []answer
	repeated    map[string]wire.HTTPDone
	spent       map[string]bool
	faults      []Fault

	// What happened, for assertions.
	Events    []wire.Event
	Notices   []Notice
	Published []Published
	Indexed   map[string]wire.IndexDoc
	Asked     []Asked
	Logged    []string
	delivered int
	// last are the newest calls, for messages.
	last []*Call
}

// personalKey names preferences or user_info of a learner.
type personalKey struct {
	learner string
	scope   wire.Scope
}

// Open makes an empty World and asks the block to describe itself.
func Open(config Config) (*World, error) {
	if config.Type == "" {
		config.Type = "block"
	}
	if config.Start.IsZero() {
		config.Start = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	}
	w := &World{
		config: config, now: config.Start, people: map[string]*Person{}, places: map[string]*Place{},
		personal: map[personalKey]wire.Fields{}, collections: map[string]*collection{}, tasks: map[taskKey]*Task{},
		requests: map[string]remembered{}, scores: map[string]map[string]wire.Score{}, files: map[string]stored{},
		parts: map[string]stored{}, secrets: map[string]Secret{}, keySets: map[string]publicKey{},
		repeated: map[string]wire.HTTPDone{}, spent: map[string]bool{}, Indexed: map[string]wire.IndexDoc{},
	}
	if err := w.ask(question{op: wire.OpDescribe, body: wire.DescribeRequest{}}, &w.description); err != nil {
		return nil, fmt.Errorf("asking the block to describe itself: %w", err)
	}
	for _, declared := range w.description.Collections {
		w.collections[declared.Name] = &collection{declared: declared, docs: map[string]*document{}}
	}
	return w, nil
}

// Description is what the block says of itself.
func (w *World) Description() wire.Description { return w.description }

// Implements reports whether the block declares an operation.
func (w *World) Implements(op wire.Op) bool { return slices.Contains(w.description.Ops, op) }

// Now is the world's clock.
func (w *World) Now() time.Time { return w.now }

// SetNow sets the clock, forwards or backwards.
func (w *World) SetNow(now time.Time) { w.now = now.UTC() }

// Advance turns the clock and does what falls due.
func (w *World) Advance(d time.Duration) error {
	w.now = w.now.Add(d)
	return w.Work()
}

// fresh makes a new id.
func (w *World) fresh(kind string) string {
	w.counter++
	return digest(kind, fmt.Sprint(w.counter))
}

// digest makes an id of 32 hexadecimal digits from parts.
func digest(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Person is somebody of the course run, a visitor when ID is "".
type Person struct {
	// ID is the pseudonym that blocks see.
	ID string
	// Role is the highest that the person may act in; "" is learner (visitor without an ID).
	Role wire.Role
	// Groups are course roles, cohorts and content groups by name.
	Groups                []string
	Username, Name        string
	Locale, Zone          string
	Mode                  string
	Since                 int64
	ReadOnly, NotEnrolled bool
}

// May reports whether the person may act in a role. Staff act as learners in a learner's view.
func (p *Person) May(role wire.Role) bool {
	rank := map[wire.Role]int{wire.RoleVisitor: 1, wire.RoleLearner: 2, wire.RoleStaff: 3, wire.RoleAuthor: 4, wire.RoleAdmin: 5}
	return rank[role] > 0 && rank[role] <= rank[p.role()]
}

func (p *Person) role() wire.Role {
	switch {
	case p.Role != "":
		return p.Role
	case p.ID == "":
		return wire.RoleVisitor
	}
	return wire.RoleLearner
}

// acting is what the person acts as in a learner's view.
func (p *Person) acting() wire.Role {
	if p.ID == "" || p.NotEnrolled && !p.May(wire.RoleStaff) {
		return wire.RoleVisitor
	}
	return wire.RoleLearner
}

// Add makes a person known, or replaces what is known of the person.
func (w *World) Add(p Person) *Person {
	if p.Username == "" {
		p.Username = p.ID
	}
	if p.Locale == "" {
		p.Locale = "en"
	}
	if p.Zone == "" {
		p.Zone = "UTC"
	}
	if p.Mode == "" {
		p.Mode = "audit"
	}
	if p.Since == 0 {
		p.Since = w.config.Start.UnixMilli()
	}
	known := w.people[p.ID]
	if known == nil {
		known = &Person{}
		w.people[p.ID] = known
	}
	*known = p
	return known
}

// Person returns the person of this pseudonym, as a learner when nobody said who it is; "" is a visitor.
func (w *World) Person(id string) *Person {
	if p, ok := w.people[id]; ok {
		return p
	}
	return w.Add(Person{ID: id})
}

// People lists the pseudonyms of everybody who is known, in order, visitors excepted.
func (w *World) People() []string {
	ids := slices.Sorted(maps.Keys(w.people))
	return slices.DeleteFunc(ids, func(id string) bool { return id == "" })
}

// Place is one use of the block in the course.
type Place struct {
	// ID is the block id, Usage the key made of it.
	ID, Usage string
	// Settings are the platform's, resolved: graded, due, max_attempts, ...
	Settings wire.Fields
	Children []wire.Child
	// Seed is what every sitting from now on gets, nil for what the seed rule gives.
	Seed *int

	content  wire.Fields
	prepared *Prepared
	// broken says why the newest content was not taken; earlier content still serves.
	broken error
	shared wire.Fields
	states map[string]*state
}

// Place returns the block's place of this id, making it when it is new. A new place has no content: see Publish.
func (w *World) Place(id string) *Place {
	p, ok := w.places[id]
	if !ok {
		p = &Place{ID: id, Usage: w.usage(id), Settings: wire.Fields{}, shared: wire.Fields{}, states: map[string]*state{}}
		w.places[id] = p
	}
	return p
}

func (w *World) usage(id string) string { return keys + w.config.Type + "+block@" + id }

func (w *World) byUsage(usage string) *Place {
	for _, place := range w.places {
		if place.Usage == usage {
			return place
		}
	}
	return nil
}

// address is the absolute address below which a usage's mounts are reached.
func (w *World) address(place *Place) string {
	return "https://quoin.example/b/" + strings.NewReplacer(":", "-", "@", "-", "+", "-").Replace(place.Usage)
}

// field finds a declared field.
func (w *World) field(name string) *wire.Field {
	i := slices.IndexFunc(w.description.Fields, func(f wire.Field) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &w.description.Fields[i]
}
