package installed

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
	"time"

	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/packages"
	"github.com/quoin-lms/quoin/runtime/registry"
)

// applied is what the registry was given of a block.
type applied struct {
	current string
	place   registry.Place
	// versions are those that can be found by their digest.
	versions map[string]*registry.Version
}

// retryAfter is how long until what could not be followed is tried again.
const retryAfter = 5 * time.Second

// follow gives the registry what changed. warm loads a version before it serves, so that nobody waits for it and one that
// cannot be loaded here does not take the place of one that works.
func (s *Set) follow(ctx context.Context, warm bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	doc, err := s.read(ctx)
	if err != nil {
		return err
	}
	if doc.Version == s.seen && (s.retry.IsZero() || s.config.Now().Before(s.retry)) {
		return nil
	}
	retry := time.Time{}
	seen := map[string]bool{}
	for i := range doc.Body.Blocks {
		b := &doc.Body.Blocks[i]
		seen[b.Name] = true
		delete(s.trouble, b.Name)
		err := s.followOne(ctx, &doc.Body, b, warm)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			s.trouble[b.Name] = err.Error()
			s.config.Log.Warn("an installed block cannot be served here", "block", b.Name, "error", err)
			retry = s.config.Now().Add(retryAfter)
		}
	}
	for name := range s.applied {
		if !seen[name] { // the store was put back to an earlier state
			s.drop(name)
		}
	}
	s.seen, s.retry = doc.Version, retry
	return nil
}

// drop takes a block from the registry, if this set had given it.
func (s *Set) drop(name string) {
	if _, given := s.applied[name]; given {
		s.config.Registry.Drop(name)
		delete(s.applied, name)
	}
}

// followOne gives the registry one block.
func (s *Set) followOne(ctx context.Context, d *document, b *Block, warm bool) error {
	if owner := s.config.Registry.Taken(b.Name); owner != "" {
		s.drop(b.Name)
		return fmt.Errorf("the name is that of %s, which is part of this program or a source folder of development; that one serves", owner)
	}
	if b.Removed != nil {
		s.drop(b.Name)
		return nil
	}
	was := s.applied[b.Name]
	next := applied{current: b.Current, place: b.place(d), versions: map[string]*registry.Version{}}
	var failed error
	for i := range b.Versions {
		v := &b.Versions[i]
		known, err := s.know(ctx, d, b, v, was.versions[v.Digest])
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("version %s: %w", v.Version, err))
		}
		if known != nil {
			next.versions[v.Digest] = known
		}
	}
	current := next.versions[b.Current]
	if was.versions == nil || was.current != next.current || !samePlace(was.place, next.place) {
		if err := s.put(ctx, b, current, next.place, warm, failed); err != nil {
			next.current = was.current // the one before serves on
			failed = err
		}
	}
	for digest := range was.versions {
		if next.versions[digest] == nil && digest != next.current {
			s.config.Registry.Forget(b.Name, digest)
		}
	}
	s.applied[b.Name] = next
	return failed
}

// know makes a version findable, unless its publisher's key is believed no more. The current one is put into the registry even
// then, switched off, so that pages can say why.
func (s *Set) know(ctx context.Context, d *document, b *Block, v *Version, known *registry.Version) (*registry.Version, error) {
	if d.revoked(v.Key) != nil && v.Digest != b.Current {
		return nil, nil
	}
	if known != nil {
		return known, nil
	}
	made, err := s.version(ctx, b.Name, v)
	if err != nil {
		return nil, err
	}
	if v.Digest != b.Current && d.revoked(v.Key) == nil {
		s.config.Registry.Know(made)
	}
	return made, nil
}

// put makes a version current.
func (s *Set) put(ctx context.Context, b *Block, v *registry.Version, place registry.Place, warm bool, failed error) error {
	if v == nil {
		err := fmt.Errorf("its current version cannot be had: %w", failed)
		s.config.Registry.Fail(b.Name, typesOf(b.Now()), err)
		return err
	}
	if warm && place.Off == "" {
		for _, t := range v.Manifest.Types {
			if _, err := v.Describe(ctx, t.Name); err != nil {
				if ctx.Err() == nil {
					s.config.Registry.Fail(b.Name, v.Manifest.Types, err)
				}
				return err
			}
		}
	}
	if err := s.config.Registry.Put(v, place); err != nil {
		s.config.Registry.Fail(b.Name, nil, err)
		return err
	}
	level := slog.LevelDebug // a process that starts serves everything that there is
	if warm {
		level = slog.LevelInfo
	}
	s.config.Log.Log(ctx, level, "an installed block is served", "block", b.Name, "version", v.Manifest.Version, "digest", v.Digest, "off", place.Off)
	return nil
}

func typesOf(v *Version) []manifest.Type {
	var list []manifest.Type
	if v != nil {
		for _, name := range v.Types {
			list = append(list, manifest.Type{Name: name})
		}
	}
	return list
}

// place says how a block stands.
func (b *Block) place(d *document) registry.Place {
	place := registry.Place{Off: b.Off}
	if b.Only {
		place.Courses = append([]string{}, b.Courses...)
	}
	if now := b.Now(); now != nil {
		if r := d.revoked(now.Key); r != nil {
			place.Off = "its publisher's key is believed no more: " + r.Reason
		}
	}
	return place
}

func samePlace(a, b registry.Place) bool {
	return a.Off == b.Off && (a.Courses == nil) == (b.Courses == nil) && slices.Equal(a.Courses, b.Courses)
}

// version makes a registry's version of an installed one, fetching and unpacking its archive where this machine has it not.
func (s *Set) version(ctx context.Context, name string, v *Version) (*registry.Version, error) {
	folder := s.folder(v.Digest)
	index, err := packages.ReadIndex(folder, v.Digest)
	if errors.Is(err, fs.ErrNotExist) {
		if err = s.fetch(ctx, v); err == nil {
			index, err = packages.ReadIndex(folder, v.Digest)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := index.Fits(); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(folder, manifest.FileName))
	if err != nil {
		return nil, fmt.Errorf("reading an installed block: %w", err)
	}
	if !index.Holds(manifest.FileName, text) {
		return nil, fmt.Errorf("%s in %s is not what was installed: the data folder was altered; remove that folder, and it is made again",
			manifest.FileName, folder)
	}
	m, err := manifest.Parse(text)
	if err != nil {
		return nil, err
	}
	if m.Name != name {
		return nil, fmt.Errorf("the package is called %s", m.Name)
	}
	code, _ := index.File(index.Artifact)
	if index.Platform != "" {
		s.allow(code.SHA256)
	}
	return s.config.Registry.Unpacked(registry.Unpacked{
		Manifest: m, Folder: folder, Artifact: index.Artifact, Code: code.SHA256, Digest: v.Digest,
	})
}

// folder is where a package lies on this machine.
func (s *Set) folder(digest string) string { return filepath.Join(s.config.Folder, digest) }

// fetch unpacks an archive of the site's files.
func (s *Set) fetch(ctx context.Context, v *Version) (err error) {
	opened, err := s.open(ctx, v.Archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	if opened.Digest != v.Digest {
		return fmt.Errorf("the archive %s holds the package %s, not %s", v.Archive, opened.Digest, v.Digest)
	}
	return opened.Unpack(s.folder(v.Digest))
}

// open reads an archive of the site's files.
func (s *Set) open(ctx context.Context, archive string) (*packages.Package, error) {
	data, err := s.config.Files.Read(ctx, archive, packages.MaxArchive)
	if errors.Is(err, files.ErrNotFound) {
		return nil, fmt.Errorf("its archive is not among the site's files: install it again from its publisher (%w)", err)
	}
	if err != nil {
		return nil, err
	}
	return openBytes(ctx, data, s.config.Temp)
}

// Trouble says why installed blocks could not be followed in this process, by name.
func (s *Set) Trouble() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.trouble)
}
