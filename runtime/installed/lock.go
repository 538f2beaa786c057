package installed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/packages"
)

// Lock is the site's set as a file: to be read, kept with a site's configuration, and applied to another site or to this one
// again.
type Lock struct {
	Format  int           `json:"format"`
	Blocks  []LockedBlock `json:"blocks"`
	Revoked []LockedKey   `json:"revoked,omitempty"`
}

// lockFormat is the number of the file's layout.
const lockFormat = 1

// LockedBlock is one block of a lock file. What is there beside name, digest and where it is on tells the reader what was
// allowed; the digest says the same to the site.
type LockedBlock struct {
	Name      string       `json:"name"`
	Publisher packages.Key `json:"publisher,omitempty"`
	LockedVersion
	// Courses are the only runs that have it; null is the whole site.
	Courses []string `json:"courses"`
	Off     string   `json:"off,omitempty"`
	// Previous are the versions that it can go back to, the newest first.
	Previous []LockedVersion `json:"previous,omitempty"`
}

// LockedVersion is one version in a lock file.
type LockedVersion struct {
	Version string `json:"version"`
	// Digest names the package, Archive is the archive's SHA-256.
	Digest      string       `json:"digest"`
	Archive     string       `json:"archive"`
	Engine      string       `json:"engine"`
	ABI         int          `json:"abi"`
	Budgets     Budgets      `json:"budgets"`
	Permissions []Permission `json:"permissions,omitempty"`
	SignedBy    packages.Key `json:"signed_by,omitempty"`
	AllowedBy   string       `json:"allowed_by,omitempty"`
	AllowedAt   time.Time    `json:"allowed_at"`
}

// LockedKey is a key that is believed no more.
type LockedKey struct {
	Key    packages.Key `json:"key"`
	Reason string       `json:"reason"`
}

// Lock gives the set as it stands. Who allowed something is named by who; nil leaves user ids as they are.
func (s *Set) Lock(ctx context.Context, who func(user string) string) (*Lock, error) {
	doc, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	if who == nil {
		who = func(user string) string { return user }
	}
	l := &Lock{Format: lockFormat, Blocks: []LockedBlock{}}
	for i := range doc.Body.Blocks {
		b := &doc.Body.Blocks[i]
		now := b.Now()
		if b.Removed != nil || now == nil {
			continue
		}
		locked := LockedBlock{Name: b.Name, Publisher: b.Key, LockedVersion: lockedVersion(now, who), Off: b.Off}
		if b.Only {
			locked.Courses = append([]string{}, b.Courses...)
		}
		for at := len(b.Earlier) - 1; at >= 0; at-- {
			if v := b.Version(b.Earlier[at]); v != nil {
				locked.Previous = append(locked.Previous, lockedVersion(v, who))
			}
		}
		l.Blocks = append(l.Blocks, locked)
	}
	for _, r := range doc.Body.Revoked {
		l.Revoked = append(l.Revoked, LockedKey{r.Key, r.Reason})
	}
	return l, nil
}

func lockedVersion(v *Version, who func(string) string) LockedVersion {
	l := LockedVersion{
		Version: v.Version, Digest: v.Digest, Archive: v.Archive, Engine: v.Engine, ABI: v.ABI, Budgets: v.Budgets, Permissions: v.Permissions,
		SignedBy: v.Key, AllowedAt: v.At,
	}
	if v.By != "" {
		l.AllowedBy = who(v.By)
	}
	return l
}

// Encode writes the lock file.
func (l *Lock) Encode() ([]byte, error) {
	data, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the lock file: %w", err)
	}
	return append(data, '\n'), nil
}

// MaxLock bounds a lock file in bytes.
const MaxLock = 4 << 20

// ParseLock reads a lock file strictly.
func ParseLock(data []byte) (*Lock, error) {
	if len(data) > MaxLock {
		return nil, fmt.Errorf("reading the lock file: %d bytes, the limit is %d", len(data), MaxLock)
	}
	l := &Lock{}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(l); err != nil {
		return nil, fmt.Errorf("reading the lock file: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("reading the lock file: something follows the object")
	}
	if l.Format != lockFormat {
		return nil, fmt.Errorf("reading the lock file: it has format %d, this program reads %d", l.Format, lockFormat)
	}
	seen := map[string]bool{}
	for i := range l.Blocks {
		b := &l.Blocks[i]
		if b.Name == "" || b.Digest == "" || seen[b.Name] {
			return nil, fmt.Errorf("reading the lock file: blocks[%d] (%q) has no name or digest, or stands twice", i, b.Name)
		}
		seen[b.Name] = true
		if err := checkCourses(b.Courses); err != nil {
			return nil, fmt.Errorf("reading the lock file: block %s: %w", b.Name, err)
		}
	}
	return l, nil
}

// Step is one thing that applying a lock file would do.
type Step struct {
	// Do is install, use, place, remove or revoke.
	Do string
	// Name is the block's, or the key that is revoked.
	Name string
	// What tells it in a line.
	What  string
	block *LockedBlock
	key   *LockedKey
}

// Plan tells what applying a lock file would do, in order.
func (s *Set) Plan(ctx context.Context, l *Lock) ([]Step, error) {
	doc, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	d := &doc.Body
	var steps []Step
	for i := range l.Revoked {
		if d.revoked(l.Revoked[i].Key) == nil {
			steps = append(steps, Step{Do: "revoke", Name: string(l.Revoked[i].Key), What: "believe the key no more: " + l.Revoked[i].Reason, key: &l.Revoked[i]})
		}
	}
	for i := range l.Blocks {
		want := &l.Blocks[i]
		b := d.find(want.Name)
		switch {
		case b == nil || b.Version(want.Digest) == nil:
			steps = append(steps, Step{Do: "install", Name: want.Name, What: "install version " + want.Version, block: want})
		case b.Current != want.Digest || b.Removed != nil:
			steps = append(steps, Step{Do: "use", Name: want.Name, What: "make version " + want.Version + " current", block: want})
		}
		if b == nil || b.Off != want.Off || b.Only != (want.Courses != nil) || !slices.Equal(b.Courses, want.Courses) {
			if b != nil || want.Off != "" || want.Courses != nil {
				steps = append(steps, Step{Do: "place", Name: want.Name, What: "switch it on and off as the file says", block: want})
			}
		}
	}
	for i := range d.Blocks {
		b := &d.Blocks[i]
		if b.Removed == nil && !slices.ContainsFunc(l.Blocks, func(w LockedBlock) bool { return w.Name == b.Name }) {
			steps = append(steps, Step{Do: "remove", Name: b.Name, What: "remove it"})
		}
	}
	return steps, nil
}

// Apply does the steps of a plan. Packages that the site does not know come from find, by their digest. The file was decided
// on, so what needs consent has it, processes excepted; names, keys and signatures are held to the rules all the same. It ends
// at the first step that fails; applying again goes on from there.
func (s *Set) Apply(ctx context.Context, steps []Step, find func(digest string) (io.ReadCloser, error), process bool) error {
	for i := range steps {
		if err := s.applyStep(ctx, &steps[i], find, process); err != nil {
			return fmt.Errorf("%s: %w", steps[i].Name, err)
		}
	}
	return nil
}

func (s *Set) applyStep(ctx context.Context, step *Step, find func(digest string) (io.ReadCloser, error), process bool) error {
	switch step.Do {
	case "revoke":
		return s.Revoke(ctx, step.key.Key, step.key.Reason, "")
	case "remove":
		_, err := s.Remove(ctx, step.Name)
		return err
	case "use":
		_, err := s.Use(ctx, step.Name, step.block.Digest, Consent{Broken: true}) // the file says which, and was agreed to
		return err
	case "install":
		return s.installLocked(ctx, step.block, find, process)
	}
	_, err := s.alter(ctx, step.Name, func(_ *document, b *Block) error {
		b.Off, b.Only, b.Courses = clip(step.block.Off), step.block.Courses != nil, slices.Clone(step.block.Courses)
		return nil
	})
	return err
}

func (s *Set) installLocked(ctx context.Context, b *LockedBlock, find func(digest string) (io.ReadCloser, error), process bool) (err error) {
	from, err := find(b.Digest)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	archive, err := s.Add(ctx, from)
	if err != nil {
		return err
	}
	_, err = s.Install(ctx, Order{
		Archive: archive, Digest: b.Digest,
		Consent: Consent{Unsigned: true, Downgrade: true, Reused: true, Wider: true, Broken: true, Process: process},
	})
	return err
}
