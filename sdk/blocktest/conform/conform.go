// Package conform holds what every block must do, whatever it does: the promises of the contract that can be tested without
// knowing the block. It needs the block's samples (operation sample) to show it contents and answers; the more they show,
// the more is tested.
package conform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/story"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Subject is the block that is tested.
type Subject struct {
	// Serve asks the block: natively or through any engine.
	Serve fakehost.Serve
	// Type is the block type, for packages that carry several.
	Type string
	// Permissions is what block.json asks for; nil allows everything.
	Permissions fakehost.Permissions
	// Setup is played in every world before anything else, nil is nothing: recordings, secrets, outside answers.
	Setup *story.Story
	// Assets are the package's files that views may name; nil says that they are not known.
	Assets []string
	// Script runs authors' programs; nil answers from the recordings of Setup.
	Script func(wire.ScriptRun) (wire.ScriptDone, error)
}

// Finding is something that the block does and should not, or the reverse.
type Finding struct {
	// Level is error for what breaks a promise, warning for what probably is not as meant.
	Level wire.Level
	// Where is the sample, view, handler or operation.
	Where string
	// Message says what is wrong, Mend how to mend it.
	Message, Mend string
	// Call is the call that shows it, "" without one.
	Call string
}

// String is how a finding stands in a test's output.
func (f Finding) String() string {
	text := f.Where + ": " + f.Message
	if f.Mend != "" {
		text += "\n  mend: " + f.Mend
	}
	if f.Call != "" {
		text += "\n  call: " + f.Call
	}
	return text
}

// Check is one promise.
type Check struct {
	Name string
	// Says is the promise in a sentence.
	Says string
	run  func(*run)
}

// Checks lists all promises, in the order in which a failure should be looked at.
func Checks() []Check {
	return []Check{
		{"describe", "the block describes itself, equally on every call and without contradictions", describe},
		{"samples", "sample contents publish, their answers score as they say, and reports name them", samples},
		{"views", "every view renders for everybody who may see it, within the rules of fragments", views},
		{"names", "views, handlers, tasks, mounts and operations that are not declared are refused", names},
		{"function", "equal requests give equal bytes, in any order: the block keeps nothing between calls", function},
		{"secrets", "no secret reaches a learner before the host reveals it", secrets},
		{"strange", "strange and hostile input is refused or served, and never shown as markup", strange},
		{"faults", "conflicts and services that fail change nothing that they should not", faults},
		{"race", "one learner who does things twice at once gains nothing", race},
	}
}

// Run tests one promise in fresh worlds.
func Run(s Subject, c Check) []Finding {
	r := &run{subject: s}
	c.run(r)
	return r.findings
}

// run is the testing of one promise.
type run struct {
	subject  Subject
	findings []Finding
	// description is what the block says of itself, once a world was opened.
	description wire.Description
	// outside says that requests come from outside just now, and that nobody signed them.
	outside bool
	// observe is told of every call of the worlds that open makes.
	observe func(*fakehost.Call)
}

func (r *run) add(level wire.Level, where, mend, call, format string, args ...any) {
	f := Finding{Level: level, Where: where, Message: fmt.Sprintf(format, args...), Mend: mend, Call: call}
	for _, other := range r.findings {
		if other.Where == f.Where && other.Message == f.Message {
			return
		}
	}
	r.findings = append(r.findings, f)
}

func (r *run) fail(where, mend, call, format string, args ...any) {
	r.add(wire.LevelError, where, mend, call, format, args...)
}

// open makes a world with what all stories share; nil when the block does not even describe itself.
func (r *run) open() *fakehost.World {
	observed := false
	config := fakehost.Config{Serve: r.subject.Serve, Type: r.subject.Type, Permissions: r.subject.Permissions, Script: r.subject.Script}
	config.Observe = func(c *fakehost.Call) {
		if observed {
			r.watch(c)
		}
	}
	open := func() (*fakehost.World, error) { return fakehost.Open(config) }
	empty := &story.Story{Name: "nothing", Archive: &story.Archive{}}
	world, err := story.Play(empty, story.Config{Open: open, Setup: r.subject.Setup})
	if err != nil {
		r.fail("opening", "", "", "%v", err)
		return nil
	}
	observed = true
	r.description = world.Description()
	return world
}

// watch holds every call against what no call may do.
func (r *run) watch(c *fakehost.Call) {
	if c.Failure != nil {
		switch c.Failure.Code {
		case wire.CodeTrap:
			r.fail(string(c.Op), "check what comes from outside before it is used", c.String(), "the block panicked: %s", c.Failure.Message)
		case wire.CodeInternal:
			r.fail(string(c.Op), "refuse what a person got wrong by sdk.Refuse, and pass on the errors of services with %w", c.String(),
				"an error without a code: callers are shown a defect of the block: %s", c.Failure.Message)
		case wire.CodeBadReply, wire.CodeTooLarge, wire.CodeFuel, wire.CodeMemory:
			r.fail(string(c.Op), "", c.String(), "%s", c.Failure)
		default: // a refusal is an answer
		}
	}
	for _, s := range c.Services {
		if s.Failure != nil && s.Failure.Code == wire.CodeForbidden {
			r.fail(string(c.Op), "ask elsewhere, or ask for the permission in block.json", c.String(), "it asked %s and was refused: %s", s.Service, s.Failure.Message)
		}
	}
	if r.observe != nil {
		r.observe(c)
	}
}

// refusal holds a failure of the host against what no reply may hold; other failures are answers.
func (r *run) refusal(where string, w *fakehost.World, err error) {
	if failure := asWire(err); failure != nil && failure.Blame == wire.BlameBlock && failure.Code != wire.CodeTrap && failure.Code != wire.CodeInternal {
		r.fail(where, "", w.Last().String(), "the host voids the reply: %s", failure)
	}
}

// people of every world, by what they may do.
const (
	learner = "ann"
	staffer = "sue"
	author  = "uma"
)

// cast makes the people known.
func cast(w *fakehost.World, name string) {
	w.Add(fakehost.Person{ID: learner, Name: name, Username: name, Groups: []string{"cohort"}})
	w.Add(fakehost.Person{ID: "bob", Name: name, Username: name})
	w.Add(fakehost.Person{ID: staffer, Role: wire.RoleStaff, Name: name, Username: name})
	w.Add(fakehost.Person{ID: author, Role: wire.RoleAdmin})
}

// personFor gives somebody who may act in one of the roles, and that role.
func personFor(w *fakehost.World, roles []wire.Role, preferred string) (*fakehost.Person, wire.Role) {
	for _, role := range []wire.Role{wire.RoleLearner, wire.RoleStaff, wire.RoleAuthor, wire.RoleAdmin, wire.RoleVisitor} {
		if !slices.Contains(roles, role) {
			continue
		}
		switch role {
		case wire.RoleLearner:
			return w.Person(preferred), role
		case wire.RoleStaff:
			return w.Person(staffer), role
		case wire.RoleVisitor:
			return w.Person(""), role
		default:
			return w.Person(author), role
		}
	}
	return nil, ""
}

// contents are what a block is tested with: its samples, or its defaults when it has none.
func (r *run) contents(w *fakehost.World) []wire.Sample {
	all, err := w.Samples()
	if err != nil {
		r.fail("sample", "", w.Last().String(), "%v", err)
	}
	if len(all) == 0 {
		return []wire.Sample{{Name: "defaults", Fields: wire.Fields{}}}
	}
	return all
}

// place publishes a sample at a place of its own; nil when the block refuses it.
func (r *run) place(w *fakehost.World, s wire.Sample) *fakehost.Place {
	place := w.Place(strings.Map(plain, s.Name))
	for i, child := range s.Children {
		kind := child.Type
		if kind == "" {
			kind = "block"
		}
		place.Children = append(place.Children, wire.Child{ID: fmt.Sprintf("child%d", i+1), Type: kind, Facts: wire.Facts{Title: child.Title}})
	}
	fields := s.Fields
	if fields == nil {
		fields = wire.Fields{}
	}
	if err := w.Publish(place, fields); err != nil {
		r.fail("sample "+s.Name, "a sample is content that authors could have written", w.Last().String(), "it does not publish: %v", err)
		return nil
	}
	return place
}

// plain keeps what may stand in a block id.
func plain(c rune) rune {
	if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
		return c
	}
	return '_'
}
