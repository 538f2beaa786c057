// Package suite lists what is tried of one block: block.json against what the block says of itself, the promises of the
// contract (package conform), the block's own samples, and its stories, each also with every post sent twice at once.
//
// It runs without package testing: blocktest makes subtests of the trials, `quoin block test` asks the block through the
// engines.
package suite

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/quoin-lms/quoin/sdk/blocktest/conform"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/story"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Config says what is tried. Serve is needed.
type Config struct {
	Serve fakehost.Serve
	// Dir is the block's folder, "" the working folder.
	Dir string
	// NotRaced lists handlers that may leave something else when one person posts twice at once than when he posts twice in
	// order, such as those that draw a lot. The line `unraced HANDLER` of a story or of setup.txtar says the same.
	NotRaced []string
	// Script runs authors' programs; nil answers from the recordings of setup.txtar and of stories.
	Script func(wire.ScriptRun) (wire.ScriptDone, error)
	// Update lets golden lines write their files.
	Update bool
}

// Trial is one thing that is tried.
type Trial struct {
	// Name is "manifest", a promise's such as "samples", or "story/FILE"; "TYPE/" stands before it where a package carries
	// several types.
	Name string
	// Says is what must hold, in a sentence.
	Says string
	// Run tries it in fresh worlds. Failures break something, notes are worth reading. Trials of one Config must not run at the
	// same time, since Serve is called by one goroutine.
	Run func() (failures, notes []string)
}

// Trials lists what is tried of every type of the package, in the order in which a failure should be looked at. The error
// says why the folder cannot be tried at all.
func Trials(c Config) ([]Trial, error) {
	if c.Dir == "" {
		c.Dir = "."
	}
	m, err := readManifest(c.Dir)
	if err != nil {
		return nil, err
	}
	setup, err := readStory(filepath.Join(c.Dir, "testdata", "setup.txtar"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var all []Trial
	for i, t := range m.Types {
		s := &subject{Config: c, manifest: m, kind: t, setup: setup}
		folders := []string{filepath.Join(c.Dir, "testdata", "stories", t.Name)}
		prefix := ""
		if len(m.Types) > 1 {
			prefix = t.Name + "/"
		}
		if i == 0 {
			folders = append(folders, filepath.Join(c.Dir, "testdata", "stories"))
		}
		all = append(all, Trial{prefix + "manifest", "block.json and the code say the same", s.agree})
		all = append(all, s.promises(prefix)...)
		stories, err := s.stories(prefix, folders)
		if err != nil {
			return nil, err
		}
		all = append(all, stories...)
	}
	return all, nil
}

// subject is one block type with what stands beside it.
type subject struct {
	Config
	manifest *blockManifest
	kind     blockType
	setup    *story.Story
}

func (s *subject) promises(prefix string) []Trial {
	var all []Trial
	for _, check := range conform.Checks() {
		all = append(all, Trial{prefix + check.Name, check.Says, func() (failures, notes []string) {
			findings := conform.Run(conform.Subject{
				Serve: s.Serve, Type: s.kind.Name, Permissions: s.manifest.permissions(), Setup: s.setup, Assets: s.manifest.assets, Script: s.Script,
			}, check)
			for _, f := range findings {
				if f.Level == wire.LevelError {
					failures = append(failures, f.String())
				} else {
					notes = append(notes, f.String())
				}
			}
			return failures, notes
		}})
	}
	return all
}

// stories makes a trial of every story of the folders.
func (s *subject) stories(prefix string, folders []string) ([]Trial, error) {
	var all []Trial
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			name := prefix + "story/" + strings.TrimSuffix(filepath.Base(file), ".txtar")
			all = append(all, Trial{name, "what happens is what the story says", func() (failures, notes []string) { return s.play(file), nil }})
		}
	}
	return all, nil
}

// play plays one story, and races the learner with himself in it.
func (s *subject) play(file string) (failures []string) {
	told, err := readStory(file)
	if err != nil {
		return []string{err.Error()}
	}
	before := told.Archive.Format()
	config := story.Config{Open: s.open, Setup: s.setup, Update: s.Update}
	if _, err := story.Play(told, config); err != nil {
		return []string{err.Error()}
	}
	if after := told.Archive.Format(); s.Update && !bytes.Equal(before, after) {
		if err := os.WriteFile(file, after, 0o644); err != nil { //nolint:gosec // a source file, for everybody to read
			failures = append(failures, err.Error())
		}
	}
	for _, err := range story.SelfRaces(told, config, s.NotRaced...) {
		failures = append(failures, err.Error())
	}
	return failures
}

func (s *subject) open() (*fakehost.World, error) {
	return fakehost.Open(fakehost.Config{Serve: s.Serve, Type: s.kind.Name, Permissions: s.manifest.permissions(), Script: s.Script})
}

func readStory(file string) (*story.Story, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading story: %w", err)
	}
	return story.Parse(file, data)
}
