package story

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Config says on what a story is played. Open is needed.
type Config struct {
	// Open makes an empty world around the block.
	Open func() (*fakehost.World, error)
	// Setup is played before the story, nil is nothing: recordings, secrets and people that all stories share.
	Setup *Story
	// Update lets golden write its files instead of comparing them: into Story.Archive.
	Update bool
}

// Failure is a line of a story that did not hold.
type Failure struct {
	Story string
	Line  Line
	// Problem says what was expected and what was there, Call is the newest call of the block.
	Problem, Call string
}

// Error implements error.
func (f *Failure) Error() string {
	text := fmt.Sprintf("%s:%d: %s\n  %s", f.Story, f.Line.Number, f.Line.Text, strings.ReplaceAll(f.Problem, "\n", "\n  "))
	if f.Call != "" {
		text += "\nthe newest call: " + f.Call
	}
	return text
}

// Player plays one story.
type Player struct {
	config  Config
	archive *Archive
	world   *fakehost.World
	place   *fakehost.Place
	person  *fakehost.Person
	role    wire.Role
	kept    map[string]string
	// sent is the last post, for again; requests counts them.
	sent     *fakehost.Post
	requests int
	last     outcome
	// freed are handlers that may leave something else when they race.
	freed map[string]bool
	// before is told of every post that is about to happen; an error ends the story. It serves races.
	before func(p *Player, post fakehost.Post) error
}

// outcome is what the newest action came to.
type outcome struct {
	line Line
	// err is its failure; explained says that an error line spoke of it.
	err       error
	explained bool
	shown     string
	posted    *fakehost.Posted
	raced     []fakehost.Raced
	verdict   *wire.Verdict
	findings  []wire.Finding
	rows      []wire.ReportRow
}

// Play plays a story to its end. The error is a *Failure that names the line, or says that there is no world to play on. The
// world is returned even then.
func Play(s *Story, config Config) (*fakehost.World, error) {
	p, err := newPlayer(config)
	if err != nil {
		return nil, err
	}
	return p.world, p.play(s)
}

func newPlayer(config Config) (*Player, error) {
	world, err := config.Open()
	if err != nil {
		return nil, err
	}
	p := &Player{config: config, world: world, role: wire.RoleLearner, kept: map[string]string{}, freed: map[string]bool{}}
	p.place, p.person = world.Place("it"), world.Person("ann")
	if config.Setup != nil {
		if err := p.play(config.Setup); err != nil {
			return nil, fmt.Errorf("playing what all stories share: %w", err)
		}
	}
	return p, nil
}

func (p *Player) play(s *Story) error {
	p.archive = s.Archive
	for _, line := range s.Lines {
		if err := p.step(s, line); err != nil {
			return err
		}
	}
	return p.unexplained(s)
}

// step does one line.
func (p *Player) step(s *Story, line Line) error {
	c := commands[line.Command]
	if line.Command != "error" && c.kind != setup {
		if err := p.unexplained(s); err != nil {
			return err
		}
	}
	a, err := c.split(line.Text)
	if err == nil {
		if c.kind == action {
			p.last = outcome{line: line}
		}
		err = p.do(c, a)
	}
	switch {
	case errors.Is(err, errStop):
		return err
	case c.kind == action && !isUsage(err):
		p.last.err = err
		return nil
	case err == nil:
		return nil
	}
	return p.failure(s, line, err.Error())
}

func (p *Player) do(c *command, a args) error {
	for i := range a.words {
		var err error
		if a.words[i], err = p.expand(a.words[i]); err != nil {
			return err
		}
	}
	var err error
	if a.tail, err = p.expand(a.tail); err != nil {
		return err
	}
	return c.run(p, a)
}

// unexplained fails a story that goes on behind a call which failed.
func (p *Player) unexplained(s *Story) error {
	if p.last.err == nil || p.last.explained {
		return nil
	}
	return p.failure(s, p.last.line, "it failed: "+p.last.err.Error()+"\nif that is right, let a line `error CODE` follow")
}

func (p *Player) failure(s *Story, line Line, problem string) error {
	return &Failure{Story: s.Name, Line: line, Problem: problem, Call: p.world.Last().String()}
}

// usageError is a mistake in the story itself: it fails there and is no outcome of the action.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func isUsage(err error) bool {
	var u usageError
	return errors.As(err, &u)
}

// errStop ends a story early, for races.
var errStop = errors.New("stop here")

var variable = regexp.MustCompile(`\$\{([a-zA-Z0-9_]+)\}`)

// expand replaces ${name} by what was kept.
func (p *Player) expand(text string) (string, error) {
	var err error
	out := variable.ReplaceAllStringFunc(text, func(match string) string {
		name := match[2 : len(match)-1]
		value, ok := p.kept[name]
		if !ok && err == nil {
			err = usage("nothing was kept under the name %q", name)
		}
		return value
	})
	return out, err
}

// data is a tail's content: a file's when it is @NAME, else itself.
func (p *Player) data(tail string) ([]byte, error) {
	name, isFile := strings.CutPrefix(tail, "@")
	if !isFile {
		return []byte(tail), nil
	}
	data, ok := p.archive.File(name)
	if !ok {
		return nil, usage("this story has no file %q", name)
	}
	return data, nil
}
