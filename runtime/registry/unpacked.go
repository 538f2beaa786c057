package registry

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Unpacked says where an installed package lies on this machine.
type Unpacked struct {
	Manifest manifest.Manifest
	// Folder holds the package's files, Artifact is the one that the engine loads, and Code its SHA-256 in hexadecimal.
	Folder, Artifact, Code string
	// Digest names the package. It is what sittings pin and receipts say, so that another package with equal code is another
	// version.
	Digest string
}

// Unpacked makes a version of an installed package. It is never built in: its views are framed. Nothing is loaded.
func (r *Registry) Unpacked(u Unpacked) (*Version, error) {
	e, ok := r.config.Engines[u.Manifest.Engine]
	if !ok {
		return nil, wire.Errorf(wire.CodeBroken, wire.BlameHost, "engine %q is not available on this server", u.Manifest.Engine)
	}
	path := filepath.Join(u.Folder, filepath.FromSlash(u.Artifact))
	v := &Version{Manifest: u.Manifest, Digest: u.Digest, artifact: u.Code, Files: os.DirFS(u.Folder), engine: e, now: r.config.Now}
	if u.Manifest.Engine != "wasm" {
		v.path = path
		return v, nil
	}
	v.code = func() ([]byte, error) {
		code, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if digestOf(code) != u.Code {
			return nil, fmt.Errorf("%s is not what was installed: the data folder was altered", path)
		}
		return code, nil
	}
	return v, nil
}

// Place says how a package stands on the site. The zero value is on everywhere.
type Place struct {
	// Off says why it is off, "" while it is on.
	Off string
	// Courses are the only runs that have it, by key; nil is every run.
	Courses []string
}

// Put makes an installed version current, in its place, in one step: one that is off is never on in between. A type that
// another package serves is refused.
func (r *Registry) Put(v *Version, place Place) error {
	if err := r.install(v, &place); err != nil {
		return err
	}
	r.notify()
	return nil
}

// Know makes a version findable for the sittings and submissions that are pinned to it; it is not current.
func (r *Registry) Know(v *Version) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.know(v)
}

// Forget makes one version of a package unfindable, pinned or not. It must not be current.
func (r *Registry) Forget(name, digest string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(func(v *Version) bool { return v.Manifest.Name == name && v.Digest == digest })
}

// Drop takes a package away with all its versions: its types are missing from then on. Calls that run finish.
func (r *Registry) Drop(name string) {
	r.mu.Lock()
	delete(r.packages, name)
	maps.DeleteFunc(r.types, func(_, owner string) bool { return owner == name })
	r.forget(func(v *Version) bool { return v.Manifest.Name == name })
	r.mu.Unlock()
	r.notify()
}

// forget removes versions from those that are found by digest. r.mu is held.
func (r *Registry) forget(which func(*Version) bool) {
	for digest, versions := range r.digests {
		left := slices.Clone(versions)
		left = slices.DeleteFunc(left, which)
		for _, v := range versions {
			if which(v) {
				v.retire()
			}
		}
		if r.digests[digest] = left; len(left) == 0 {
			delete(r.digests, digest)
		}
	}
}

// Fail records that a package cannot be served here, and why; what was current stays so.
func (r *Registry) Fail(name string, types []manifest.Type, why error) {
	r.fail(name, types, why)
	r.notify()
}

// LookupIn is [Registry.Lookup] for a run, which may not have the package: CodeMissing then.
func (r *Registry) LookupIn(blockType, run string) (*Version, error) {
	v, err := r.Lookup(blockType)
	if err != nil {
		return nil, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if p := r.packages[v.Manifest.Name]; p != nil && p.courses != nil && !slices.Contains(p.courses, run) {
		return nil, wire.Errorf(wire.CodeMissing, wire.BlameHost, "block %s is not switched on for this course", v.Manifest.Name)
	}
	return v, nil
}

// Taken says whose name or block type another word is too like, or "" when the word is free: the binary's own and those of
// source folders cannot be taken, and not by what only looks the same.
func (r *Registry) Taken(word string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.reserved[Skeleton(word)]
}

// reserve keeps a package's name and types for who has them first.
func (r *Registry) reserve(name string, types []manifest.Type) {
	words := []string{name}
	for _, t := range types {
		words = append(words, t.Name)
	}
	for _, word := range words {
		if like := Skeleton(word); r.reserved[like] == "" {
			r.reserved[like] = name
		}
	}
}

// alike maps letters to what they may be read as.
var alike = strings.NewReplacer("0", "o", "1", "l", "i", "l", "j", "l", "2", "z", "5", "s", "8", "b", "rn", "m", "vv", "w", "-", "", "_", "")

// Skeleton gives the same word for names that the eye may take for one another. Names hold lower-case ASCII, digits, hyphens
// and underscores; whatever else a word holds is folded by case.
func Skeleton(word string) string { return alike.Replace(strings.ToLower(word)) }

// Release unloads a version that nobody serves, such as one that was only tried, once its running calls are over.
func (v *Version) Release() { v.retire() }
