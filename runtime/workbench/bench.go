package workbench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/packages/inspect"
	"github.com/quoin-lms/quoin/runtime/packages/trials"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Course is the run that the scenarios stand in.
var Course = key.Course{Org: "workbench", Number: "blocks", Run: "scratch"}

// Poll is how often the developed folders are looked at.
const Poll = 50 * time.Millisecond

// Config is what a workbench works with; all of it is needed.
type Config struct {
	Site *site.Site
	// Folders are the blocks' own folders, see kernel.BlockFolders.
	Folders  []string
	Recorder *Recorder
	Breaker  *Breaker
	Log      *slog.Logger
}

// Bench is an open workbench. Safe for concurrent use.
type Bench struct {
	config   Config
	packages []Package
	people   []*Persona

	mu        sync.Mutex
	scenarios []*Scenario
	// edited are the fields that an author has saved, by scenario; own the scenarios that were typed in.
	edited map[string]wire.Fields
	own    []*Scenario
	// since are the numbers of the calls before which a learner began anew, by learner and usage; undo the acts that took away.
	since map[string]int64
	// built are the digests that the course was published with, stories a stamp of the stories' folders.
	built   map[string]string
	broken  map[string]string
	stories uint64
	// publishing is held while the course changes.
	publishing sync.Mutex

	listeners listeners
}

// Package is one developed package.
type Package struct {
	Folder  string   `json:"folder"`
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Version string   `json:"version"`
	Source  string   `json:"source"`
	Locales []string `json:"locales,omitempty"`
}

// Names tells what the packages of some folders are called, before a site is opened with them. A manifest that cannot be read
// is told later, when the folder is built; until then its package is called as its folder.
func Names(folders []string) []string {
	var names []string
	for _, folder := range folders {
		names = append(names, packageOf(folder).Name)
	}
	return names
}

// Processes are those of the packages that run outside the sandbox.
func Processes(folders []string) []string {
	var names []string
	for _, folder := range folders {
		if m, err := readManifest(folder); err == nil && m.Engine == "process" {
			names = append(names, m.Name)
		}
	}
	return names
}

func readManifest(folder string) (manifest.Manifest, error) {
	data, err := os.ReadFile(filepath.Join(folder, manifest.FileName))
	if err != nil {
		return manifest.Manifest{}, err
	}
	return manifest.Parse(data)
}

func packageOf(folder string) Package {
	m, err := readManifest(folder)
	if err != nil {
		return Package{Folder: folder, Name: filepath.Base(folder), Title: filepath.Base(folder)}
	}
	return Package{Folder: folder, Name: m.Name, Title: m.Title, Version: m.Version, Source: m.Source, Locales: m.Locales}
}

// Open makes the people and publishes the scenarios of the blocks as they are now. [Bench.Run] follows the folders.
func Open(ctx context.Context, config Config) (*Bench, error) {
	b := &Bench{config: config, edited: map[string]wire.Fields{}, since: map[string]int64{}, built: map[string]string{}, broken: map[string]string{}}
	for _, folder := range config.Folders {
		b.packages = append(b.packages, packageOf(folder))
	}
	b.listeners.heard = map[int]chan Event{}
	config.Recorder.OnCall(func(call *Call) { b.tell("call", b.Shown(call)) })
	config.Breaker.OnChange(func() { b.tell("faults", config.Breaker.State()) })
	if err := b.republish(ctx); err != nil {
		return nil, fmt.Errorf("opening the workbench: %w", err)
	}
	if err := b.openPeople(ctx); err != nil {
		return nil, fmt.Errorf("opening the workbench: %w", err)
	}
	b.look()
	b.stories = b.storiesStamp()
	return b, nil
}

// Run publishes the scenarios again whenever a block or its stories have changed, until ctx ends. The site's own Run builds.
func (b *Bench) Run(ctx context.Context) {
	changed := make(chan struct{}, 1)
	b.config.Site.Registry.OnChange(func() {
		select {
		case changed <- struct{}{}:
		default: // it is told already
		}
	})
	go b.config.Site.Run(ctx)
	ticker := time.NewTicker(5 * Poll)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
			b.follow(ctx)
		case <-ticker.C:
			b.followStories(ctx)
		}
	}
}

// follow takes what the registry has now.
func (b *Bench) follow(ctx context.Context) {
	built := b.look()
	if len(built) > 0 {
		if err := b.republish(ctx); err != nil {
			b.config.Log.Warn("the scenarios could not be published", "error", err)
			b.tell("broken", map[string]string{"": err.Error()})
			return
		}
	}
	b.tell("broken", b.Broken())
	if len(built) > 0 {
		b.tell("built", built)
		b.prune()
	}
}

// trialsCache keeps compiled code for looking folders over and for playing stories.
func (b *Bench) trialsCache() string { return filepath.Join(b.config.Site.Data(), "cache", "trials") }

// builtKept is how many files of compiled code stay on disk in each folder. Every save makes some, of several megabytes where
// the block is written in Go, and only the newest version is served: sittings follow the folder here.
const builtKept = 24

// prune removes compiled code of versions that were long ago.
func (b *Bench) prune() {
	if err := prune(filepath.Join(b.config.Site.Data(), "cache")); err != nil { // somebody builds there this moment; the next save prunes
		b.config.Log.Debug("compiled code of old versions could not be removed", "error", err)
	}
}

// prune keeps the newest files of every folder below one.
func prune(cache string) error {
	files := map[string][]fs.FileInfo{}
	err := filepath.WalkDir(cache, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			files[filepath.Dir(path)] = append(files[filepath.Dir(path)], info)
		}
		return err
	})
	for folder, list := range files {
		slices.SortFunc(list, func(x, y fs.FileInfo) int { return y.ModTime().Compare(x.ModTime()) })
		for _, old := range list[min(len(list), builtKept):] {
			err = errors.Join(err, os.Remove(filepath.Join(folder, old.Name())))
		}
	}
	return err
}

func (b *Bench) followStories(ctx context.Context) {
	stamp := b.storiesStamp()
	b.mu.Lock()
	same := stamp == b.stories
	b.stories = stamp
	b.mu.Unlock()
	if same {
		return
	}
	if err := b.republish(ctx); err != nil {
		b.config.Log.Warn("the scenarios could not be published", "error", err)
		return
	}
	b.tell("scenarios", nil)
}

// look reads which versions are current and what is broken; it names the packages that have another version than before.
func (b *Bench) look() (built []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = map[string]string{}
	for i := range b.packages {
		name := b.packages[i].Name
		for _, status := range b.config.Site.Registry.List() {
			if status.Name != name {
				continue
			}
			if status.Broken != "" {
				b.broken[name] = status.Broken
			}
			if status.Version != nil && b.built[name] != status.Version.Digest+status.Version.Manifest.Version {
				b.built[name] = status.Version.Digest + status.Version.Manifest.Version
				b.packages[i] = packageOf(b.packages[i].Folder)
				built = append(built, name)
			}
		}
	}
	return built
}

// Broken says, by package, why its newest source is not served.
func (b *Bench) Broken() map[string]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	broken := map[string]string{}
	for name, why := range b.broken {
		broken[name] = why
	}
	return broken
}

// Packages lists what is developed here.
func (b *Bench) Packages() []Package {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Package(nil), b.packages...)
}

// Findings looks a package's folder over, as `quoin block check` does.
func (b *Bench) Findings(ctx context.Context, name string) (*inspect.Report, error) {
	for _, p := range b.Packages() {
		if p.Name == name {
			return inspect.Folder(ctx, inspect.Config{Cache: b.trialsCache()}, p.Folder)
		}
	}
	return nil, fmt.Errorf("no package here is called %q", name)
}

// current is the version that serves a package now, nil when there is none.
func (b *Bench) current(name string) *registry.Version {
	for _, status := range b.config.Site.Registry.List() {
		if status.Name == name {
			return status.Version
		}
	}
	return nil
}

// storiesStamp tells one state of the files of stories and samples from another.
func (b *Bench) storiesStamp() uint64 {
	var stamp uint64
	for _, folder := range b.config.Folders {
		for _, pattern := range []string{"*.txtar", "*/*.txtar"} {
			names, err := filepath.Glob(filepath.Join(folder, filepath.FromSlash(trials.StoriesFolder), pattern))
			if err != nil {
				continue // the pattern is a constant
			}
			for _, name := range names {
				if info, err := os.Stat(name); err == nil {
					stamp = stamped(stamp, name, info)
				}
			}
		}
		// What cannot be read is told when it is published.
		_ = eachStatic(folder, func(name string, info fs.FileInfo, _ func() ([]byte, error)) error {
			stamp = stamped(stamp, name, info)
			return nil
		})
	}
	return stamp
}

func stamped(stamp uint64, name string, info fs.FileInfo) uint64 {
	return stamp*31 + uint64(info.ModTime().UnixNano()) + uint64(info.Size()) + uint64(len(name))
}

// errUnknown is wrapped where somebody names what is not there.
var errUnknown = errors.New("there is none of that name")

// Unknown reports whether the error says that something named is not there.
func Unknown(err error) bool { return errors.Is(err, errUnknown) }

// slug makes a block id of a name.
func slug(parts ...string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(strings.Join(parts, "-")) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
			out.WriteRune(r)
		default:
			out.WriteByte('-')
		}
	}
	return strings.TrimRight(out.String(), "-")
}
