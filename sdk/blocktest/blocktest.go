package blocktest

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest/conform"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/blocktest/story"
	"github.com/quoin-lms/quoin/sdk/wire"
)

var update = flag.Bool("update", false, "write the files that golden lines of stories name anew")

// Config says what is tested. Block or Serve is needed.
type Config struct {
	Block sdk.Block
	// Serve asks the block through an engine instead of natively.
	Serve fakehost.Serve
	// Dir is the block's folder, "" the test's own.
	Dir string
	// NotRaced lists handlers that may leave something else when one person posts twice at once than when he posts twice in
	// order, such as those that draw a lot.
	NotRaced []string
	// Script runs authors' programs; nil answers from the recordings of setup.txtar and of stories.
	Script func(wire.ScriptRun) (wire.ScriptDone, error)
	// Update lets golden lines write their files.
	Update bool
}

// Conformance tests everything about a block: block.json against what the block says of itself, the promises of the
// contract (package conform), the block's own samples, and its stories, each also with every post sent twice at once.
func Conformance(t *testing.T, block sdk.Block) {
	t.Helper()
	Run(t, Config{Block: block})
}

// Run is Conformance for blocks that need more to be said.
func Run(t *testing.T, c Config) {
	t.Helper()
	c.Update = c.Update || *update
	trials, err := c.trials()
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range trials {
		t.Run(trial.name, func(t *testing.T) {
			failures, notes := trial.run()
			for _, note := range notes {
				t.Log(note)
			}
			for _, failure := range failures {
				t.Error(failure)
			}
		})
	}
}

// trial is one subtest.
type trial struct {
	name string
	run  func() (failures, notes []string)
}

// trials lists what is tested of every type of the package.
func (c Config) trials() ([]trial, error) {
	if c.Dir == "" {
		c.Dir = "."
	}
	if c.Serve == nil {
		c.Serve = c.Block.Serve
	}
	m, err := readManifest(c.Dir)
	if err != nil {
		return nil, err
	}
	setup, err := readStory(filepath.Join(c.Dir, "testdata", "setup.txtar"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var all []trial
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
		all = append(all, trial{prefix + "manifest", s.agree})
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

func (s *subject) promises(prefix string) []trial {
	var all []trial
	for _, check := range conform.Checks() {
		all = append(all, trial{prefix + check.Name, func() (failures, notes []string) {
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
func (s *subject) stories(prefix string, folders []string) ([]trial, error) {
	var all []trial
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			name := prefix + "story/" + strings.TrimSuffix(filepath.Base(file), ".txtar")
			all = append(all, trial{name, func() (failures, notes []string) { return s.play(file), nil }})
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
	config := story.Config{Open: s.open, Setup: s.setup, Update: s.Update}
	if _, err := story.Play(told, config); err != nil {
		return []string{err.Error()}
	}
	if s.Update {
		if err := os.WriteFile(file, told.Archive.Format(), 0o644); err != nil { //nolint:gosec // a source file, for everybody to read
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
