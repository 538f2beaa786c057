package registry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Config says where blocks come from. The zero value knows none.
type Config struct {
	// Engines by name; a package of another engine is broken.
	Engines map[string]engine.Engine
	// Shipped holds the packages of this binary, one folder each; nil is none.
	Shipped fs.FS
	// Folders are source folders, for development: each is one block, or holds blocks one level down. A folder wins over a
	// shipped package of the same name.
	Folders []string
	// Framed lets the blocks of Folders be shown as those are that a site installs, in frames of their own, and not in the page.
	Framed bool
	// Keep is where the code of shipped packages is kept, so that pins outlive an upgrade of the binary; "" keeps none.
	Keep string
	// Builder compiles folders; nil refuses them.
	Builder *build.Builder
	// Idle unloads blocks that nobody used for so long; 0 is 10 minutes.
	Idle time.Duration
	// Poll is how often source folders are looked at; 0 is half a second.
	Poll time.Duration
	Log  *slog.Logger
	// Now is the clock; nil is the system's.
	Now func() time.Time
}

// Registry knows the blocks. Safe for concurrent use.
type Registry struct {
	config Config

	mu       sync.RWMutex
	packages map[string]*pack      // by package name
	types    map[string]string     // block type -> package name
	digests  map[string][]*Version // every version that is known, old ones too; packages may hold equal code
	reserved map[string]string     // skeleton of a name or type -> the package of this binary or of a source folder
	watched  []*folder
	changed  []func()
}

// pack is one package with its current version.
type pack struct {
	name    string
	current *Version
	// broken says why there is no current version, or why the newest build did not replace it.
	broken error
	// off says that an admin switched it off, and why.
	off string
	// courses are the only runs that have it; nil is every run.
	courses []string
}

// Open reads the shipped packages and builds the source folders. A package that cannot be read or built is broken and does
// not hold up the others; Open fails only when a place cannot be read at all.
func Open(ctx context.Context, config Config) (*Registry, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Idle == 0 {
		config.Idle = 10 * time.Minute
	}
	if config.Poll == 0 {
		config.Poll = 500 * time.Millisecond
	}
	r := &Registry{config: config, packages: map[string]*pack{}, types: map[string]string{}, digests: map[string][]*Version{}, reserved: map[string]string{}}
	if err := r.readShipped(); err != nil {
		return nil, fmt.Errorf("reading shipped blocks: %w", err)
	}
	if err := r.readKept(); err != nil {
		return nil, fmt.Errorf("reading kept blocks: %w", err)
	}
	if err := r.readFolders(ctx); err != nil {
		return nil, fmt.Errorf("reading block folders: %w", err)
	}
	return r, nil
}

// Run watches source folders and unloads idle blocks until ctx ends.
func (r *Registry) Run(ctx context.Context) {
	ticker := time.NewTicker(r.config.Poll)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			r.Reload(ctx)
			r.unloadIdle()
		}
	}
}

func (r *Registry) unloadIdle() {
	since := r.config.Now().Add(-r.config.Idle)
	r.mu.RLock()
	versions := slices.Concat(slices.Collect(maps.Values(r.digests))...)
	r.mu.RUnlock()
	for _, version := range versions { // a version that is being loaded answers late, and must hold up nobody else
		version.idle(since)
	}
}

// Lookup returns the current version that serves a block type. The error is a *wire.Error: CodeMissing when no package has
// the type, CodeBroken with the reason when its package is off.
func (r *Registry) Lookup(blockType string) (*Version, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	name, ok := r.types[blockType]
	if !ok {
		return nil, wire.Errorf(wire.CodeMissing, wire.BlameHost, "no installed block has the type %q", blockType)
	}
	p := r.packages[name]
	switch {
	case p.off != "":
		return nil, wire.Errorf(wire.CodeBroken, wire.BlameHost, "block %s was switched off: %s", name, p.off)
	case p.current == nil:
		return nil, broken(name, p.broken)
	}
	return p.current, nil
}

// Pinned returns the version that serves the type and whose code has this digest; nil when this process does not have it or
// its package was switched off.
func (r *Registry) Pinned(blockType, digest string) *Version {
	return r.known(digest, func(m *manifest.Manifest) bool {
		return slices.ContainsFunc(m.Types, func(t manifest.Type) bool { return t.Name == blockType })
	})
}

// Kept is Pinned by the package's name.
func (r *Registry) Kept(pack, digest string) *Version {
	return r.known(digest, func(m *manifest.Manifest) bool { return m.Name == pack })
}

func (r *Registry) known(digest string, fits func(*manifest.Manifest) bool) *Version {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, v := range r.digests[digest] {
		if p := r.packages[v.Manifest.Name]; fits(&v.Manifest) && (p == nil || p.off == "") {
			return v
		}
	}
	return nil
}

// know makes a version findable by its digest, in place of the same package's older one. r.mu is held, or nobody else knows r.
func (r *Registry) know(v *Version) {
	others := slices.DeleteFunc(slices.Clone(r.digests[v.Digest]), func(o *Version) bool { return o.Manifest.Name == v.Manifest.Name })
	r.digests[v.Digest] = append(others, v)
}

// Status is what pages say of one package.
type Status struct {
	Name string
	// Version is the current one, nil when there is none.
	Version *Version
	// Off says that an admin switched it off, and why. Broken says why it has no current version or why its newest source
	// was not taken.
	Off, Broken string
	// Loaded says that its code is in memory.
	Loaded bool
}

// List tells the state of every package, by name.
func (r *Registry) List() []Status {
	r.mu.RLock()
	list := make([]Status, 0, len(r.packages))
	for _, name := range slices.Sorted(maps.Keys(r.packages)) {
		p := r.packages[name]
		status := Status{Name: name, Version: p.current, Off: p.off}
		if p.broken != nil {
			status.Broken = p.broken.Error()
		}
		list = append(list, status)
	}
	r.mu.RUnlock()
	for i := range list { // a version that is being loaded answers late, and must hold up nobody else
		if list[i].Version == nil {
			continue
		}
		loaded, failed := list[i].Version.Loaded()
		if list[i].Loaded = loaded; failed != nil && list[i].Broken == "" {
			list[i].Broken = failed.Error()
		}
	}
	return list
}

// Types lists the block types that can be looked up.
func (r *Registry) Types() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Sorted(maps.Keys(r.types))
}

// SwitchOff turns a package off with a reason, or on again with "". Calls that run finish; no version of it is called any
// more, pinned ones included.
func (r *Registry) SwitchOff(name, why string) error {
	if err := r.switchOff(name, why); err != nil {
		return err
	}
	r.notify()
	return nil
}

func (r *Registry) switchOff(name, why string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.packages[name]
	if !ok {
		return wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "no package is called %q", name)
	}
	p.off = why
	return nil
}

// OnChange calls f after a package changed its current version or state. It is set up before Run.
func (r *Registry) OnChange(f func()) { r.changed = append(r.changed, f) }

// Install makes a version current for its package and types. A type that another package serves is refused.
func (r *Registry) Install(v *Version) error { return r.install(v, nil) }

// install makes a version current, in a place or where the package stood before.
func (r *Registry) install(v *Version, place *Place) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := v.Manifest.Name
	for _, t := range v.Manifest.Types {
		if owner, taken := r.types[t.Name]; taken && owner != name {
			return wire.Errorf(wire.CodeConflict, wire.BlameOutside, "block type %q is served by package %s already", t.Name, owner)
		}
	}
	old := r.packages[name]
	if old != nil && place != nil {
		old.off, old.courses = place.Off, place.Courses
	}
	if old != nil && old.current != nil && old.current.Digest == v.Digest && old.current.Manifest.Version == v.Manifest.Version {
		old.broken = nil
		old.current.words.Clear() // in a folder, they change without the code
		return nil
	}
	p := &pack{name: name, current: v}
	if place != nil {
		p.off, p.courses = place.Off, place.Courses
	}
	if old != nil {
		p.off, p.courses = old.off, old.courses
		for blockType, owner := range r.types {
			if owner == name {
				delete(r.types, blockType)
			}
		}
		if old.current != nil {
			old.current.retire()
		}
	}
	r.packages[name] = p
	r.know(v)
	for _, t := range v.Manifest.Types {
		r.types[t.Name] = name
	}
	return nil
}

// fail records why a package could not be taken; what was current stays so.
func (r *Registry) fail(name string, types []manifest.Type, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.packages[name]
	if p == nil {
		p = &pack{name: name}
		r.packages[name] = p
		for _, t := range types {
			if _, taken := r.types[t.Name]; !taken {
				r.types[t.Name] = name
			}
		}
	}
	p.broken = err
	r.config.Log.Warn("a block is broken", "block", name, "error", err)
}

// Native makes a version of a block that is compiled into this process, for tests and debuggers.
func Native(m manifest.Manifest, e engine.Engine, files fs.FS, serve func(host engine.Host, frame []byte) []byte) *Version {
	return &Version{
		Manifest: m, Digest: "native-" + m.Name + "-" + m.Version, BuiltIn: true, Files: files, engine: e, serve: serve, now: time.Now,
	}
}

// Wasm makes a version of a module's bytes.
func (r *Registry) Wasm(m manifest.Manifest, files fs.FS, builtIn bool, code []byte) *Version {
	return &Version{
		Manifest: m, Digest: digestOf(code), BuiltIn: builtIn, Files: files, engine: r.config.Engines["wasm"], now: r.config.Now,
		code: func() ([]byte, error) { return code, nil },
	}
}

// version makes a version of an artifact file.
func (r *Registry) version(m manifest.Manifest, files fs.FS, builtIn bool, artifact build.Artifact) (*Version, error) {
	e, ok := r.config.Engines[m.Engine]
	if !ok {
		return nil, wire.Errorf(wire.CodeBroken, wire.BlameHost, "engine %q is not available on this server", m.Engine)
	}
	v := &Version{Manifest: m, Digest: artifact.Digest, BuiltIn: builtIn, Files: files, engine: e, path: artifact.Path, now: r.config.Now}
	switch {
	case m.Engine == "wasm" && m.Source == "file": // nothing of ours is written into an author's folder
		code, err := readArtifact(m, artifact)
		if err != nil {
			return nil, err
		}
		v.code = func() ([]byte, error) { return code, nil }
	case m.Engine == "wasm":
		kept, err := r.keep(m, artifact)
		if err != nil {
			return nil, err
		}
		v.code = func() ([]byte, error) { return os.ReadFile(kept) }
	}
	return v, nil
}

// readArtifact reads a built module, which must still be the one that was built.
func readArtifact(m manifest.Manifest, artifact build.Artifact) ([]byte, error) {
	data, err := os.ReadFile(artifact.Path)
	if err != nil {
		return nil, fmt.Errorf("reading the code of %s: %w", m.Name, err)
	}
	if digestOf(data) != artifact.Digest {
		return nil, wire.Errorf(wire.CodeConflict, wire.BlameHost, "the artifact of %s changed while it was read", m.Name)
	}
	return data, nil
}

// keep copies a built module aside: the builder overwrites its output, and calls of the old version may load it again.
func (r *Registry) keep(m manifest.Manifest, artifact build.Artifact) (string, error) {
	dir := filepath.Dir(artifact.Path)
	kept := filepath.Join(dir, m.Name+"-"+artifact.Digest[:16]+filepath.Ext(artifact.Path))
	if _, err := os.Stat(kept); err == nil {
		return kept, nil
	}
	data, err := readArtifact(m, artifact)
	if err != nil {
		return "", err
	}
	return kept, writeFile(kept, data)
}

// writeFile writes a file whole or not at all.
func writeFile(path string, data []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(data)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return nil
}
