package registry

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Names inside a package.
const (
	// CodeFile is a package's module, gzipped.
	CodeFile = "block.wasm.gz"
	// maxCode bounds a module in bytes.
	maxCode = 64 << 20
)

// readShipped takes the packages that are part of the binary.
func (r *Registry) readShipped() error {
	if r.config.Shipped == nil {
		return nil
	}
	entries, err := fs.ReadDir(r.config.Shipped, ".")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		files, err := fs.Sub(r.config.Shipped, entry.Name())
		if err != nil {
			return err
		}
		v, err := r.packaged(files, true)
		if v != nil {
			r.reserve(v.Manifest.Name, v.Manifest.Types)
		}
		if err == nil {
			err = r.Install(v)
		}
		switch {
		case err != nil && v != nil:
			r.fail(v.Manifest.Name, v.Manifest.Types, err)
		case err != nil:
			r.fail(entry.Name(), nil, err)
		}
	}
	return nil
}

// packaged makes a version of a package's files. The digest stands beside the code, so that starting needs not unpack it.
// Where only the manifest could be read, the version with the error holds that alone.
func (r *Registry) packaged(files fs.FS, builtIn bool) (*Version, error) {
	data, err := fs.ReadFile(files, manifest.FileName)
	if err != nil {
		return nil, fmt.Errorf("reading manifest: %w", err)
	}
	m, err := manifest.Parse(data)
	if err != nil {
		return nil, err
	}
	v := &Version{Manifest: m, BuiltIn: builtIn, Files: files, engine: r.config.Engines[m.Engine], now: r.config.Now}
	digest, err := fs.ReadFile(files, CodeFile+".sha256")
	if err != nil {
		return v, fmt.Errorf("reading the code's digest: %w", err)
	}
	if v.Digest = strings.TrimSpace(string(digest)); v.engine == nil || m.Engine != "wasm" {
		return v, wire.Errorf(wire.CodeBroken, wire.BlameHost, "engine %q is not available for packages on this server", m.Engine)
	}
	v.code = func() ([]byte, error) {
		code, err := inflate(files, CodeFile, maxCode)
		if err != nil {
			return nil, err
		}
		if digestOf(code) != v.Digest {
			return nil, errors.New("the code does not match its digest: the package is damaged")
		}
		return code, r.keepShipped(v, code)
	}
	return v, nil
}

// keepShipped keeps a package that was loaded, so that a later binary can still serve sittings pinned to it.
func (r *Registry) keepShipped(v *Version, code []byte) error {
	if r.config.Keep == "" {
		return nil
	}
	dir := filepath.Join(r.config.Keep, v.Digest)
	if _, err := os.Stat(filepath.Join(dir, CodeFile)); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("keeping %s: %w", v.Manifest.Name, err)
	}
	text, err := fs.ReadFile(v.Files, manifest.FileName)
	if err != nil {
		return fmt.Errorf("keeping %s: %w", v.Manifest.Name, err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err = w.Write(code)
	if err = errors.Join(err, w.Close()); err != nil {
		return fmt.Errorf("keeping %s: %w", v.Manifest.Name, err)
	}
	return errors.Join(
		writeFile(filepath.Join(dir, manifest.FileName), text),
		writeFile(filepath.Join(dir, CodeFile+".sha256"), []byte(v.Digest)),
		writeFile(filepath.Join(dir, CodeFile), packed.Bytes()),
	)
}

// readKept makes the kept versions findable by their digest. They are never current.
func (r *Registry) readKept() error {
	if r.config.Keep == "" {
		return nil
	}
	entries, err := os.ReadDir(r.config.Keep)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		v, err := r.packaged(os.DirFS(filepath.Join(r.config.Keep, entry.Name())), true)
		if err != nil || v.Digest != entry.Name() {
			r.config.Log.Warn("a kept block cannot be read; sittings pinned to it move to the current version",
				"digest", entry.Name(), "error", err)
			continue
		}
		if r.Kept(v.Manifest.Name, v.Digest) == nil {
			r.know(v)
		}
	}
	return nil
}

// folder is a source folder that is watched.
type folder struct {
	path string
	// stamp tells one state of the sources from another.
	stamp uint64
}

func (r *Registry) readFolders(ctx context.Context) error {
	if err := r.discover(); err != nil {
		return err
	}
	r.Reload(ctx)
	return nil
}

// discover finds the source folders that are not watched yet: a block that somebody adds is served without a restart.
func (r *Registry) discover() error {
	for _, path := range r.config.Folders {
		if isBlock(path) {
			r.watch(path)
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if below := filepath.Join(path, entry.Name()); isBlock(below) {
				r.watch(below)
			}
		}
	}
	return nil
}

func isBlock(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, manifest.FileName))
	return err == nil
}

func (r *Registry) watch(path string) {
	if !slices.ContainsFunc(r.watched, func(f *folder) bool { return f.path == path }) {
		r.watched = append(r.watched, &folder{path: path})
	}
}

// Reload rebuilds the source folders that are new or changed since they were last looked at and swaps them in. It reports how
// many were swapped.
func (r *Registry) Reload(ctx context.Context) int {
	if err := r.discover(); err != nil { // what is watched already stays
		r.config.Log.Debug("a folder of blocks cannot be read", "error", err)
	}
	swapped := 0
	for _, f := range r.watched {
		stamp := stampOf(f.path)
		if stamp == f.stamp { // a folder that cannot be read stays so until something changes
			continue
		}
		f.stamp = stamp
		if err := r.take(ctx, f.path); err != nil {
			if ctx.Err() != nil {
				return swapped
			}
			r.notify()
			continue
		}
		r.config.Log.Info("a block was built and is served", "folder", f.path)
		swapped++
		r.notify()
	}
	return swapped
}

func (r *Registry) notify() {
	for _, f := range r.changed {
		f()
	}
}

// take builds a folder and makes it current. What goes wrong is recorded at the package.
func (r *Registry) take(ctx context.Context, path string) error {
	name := filepath.Base(path)
	data, err := os.ReadFile(filepath.Join(path, manifest.FileName))
	if err != nil {
		r.fail(name, nil, err)
		return err
	}
	m, err := manifest.Parse(data)
	if err != nil {
		r.fail(name, nil, fmt.Errorf("%s: %w", filepath.Join(path, manifest.FileName), err))
		return err
	}
	if r.config.Builder == nil {
		err := wire.Errorf(wire.CodeRefused, wire.BlameHost, "this server does not build blocks")
		r.fail(m.Name, m.Types, err)
		return err
	}
	v, err := r.built(ctx, path, m)
	if err == nil {
		_, err = v.Describe(ctx, m.Types[0].Name)
	}
	if err == nil {
		err = r.Install(v)
	}
	if err == nil {
		r.mu.Lock()
		r.reserve(m.Name, m.Types)
		r.mu.Unlock()
	}
	if err != nil {
		r.fail(m.Name, m.Types, err)
		if v != nil {
			v.retire()
		}
	}
	return err
}

// built builds a folder's code and the scripts among its assets.
func (r *Registry) built(ctx context.Context, path string, m manifest.Manifest) (*Version, error) {
	artifact, err := r.config.Builder.Build(ctx, path, m)
	if err != nil {
		return nil, err
	}
	scripts, err := build.Browser(path, m)
	if err != nil {
		return nil, err
	}
	v, err := r.version(m, bundled{os.DirFS(path), scripts}, !r.config.Framed, artifact)
	if err == nil {
		v.artifact, v.Digest = artifact.Digest, withScripts(artifact.Digest, scripts)
	}
	return v, err
}

// stampOf digests the names, sizes and times of a folder's files and of what it may share with its neighbours (../internal).
// What cannot be read takes part by its error.
func stampOf(folder string) uint64 {
	h := fnv.New64a()
	if err := stampInto(h, folder); err != nil {
		fmt.Fprintln(h, err)
	}
	shared := filepath.Join(filepath.Dir(folder), "internal")
	if _, err := os.Stat(shared); err == nil {
		if err := stampInto(h, shared); err != nil {
			fmt.Fprintln(h, err)
		}
	}
	return h.Sum64()
}

func stampInto(h io.Writer, root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "node_modules") {
			return fs.SkipDir
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if !entry.IsDir() {
			fmt.Fprintln(h, path, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
}

// Compile-time guard: sdk.Host and engine.Host stay alike.
var _ engine.Host = interface {
	Service(frame []byte) []byte
	Log(level int, line string)
}(nil)
