package installed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/packages"
	"github.com/quoin-lms/quoin/runtime/registry"
)

// Review is what there is to know of a package before anything of it runs.
type Review struct {
	// Archive is the file that was reviewed, Digest the package in it.
	Archive, Digest string
	Index           packages.Index
	Manifest        manifest.Manifest
	// Size is the archive's in bytes, Unpacked what it holds.
	Size, Unpacked int64
	// Publisher signed it, "" for nobody. First says that the site has not seen this name yet, so that the key is taken at its
	// word; Rotated that the publisher had another key before.
	Publisher      packages.Key
	First, Rotated bool
	// Trust says who stands behind it, seen from here.
	Trust Trust
	// Before is the installed version, nil when there is none.
	Before *Version
	// Changes are what it asks for and what it does not ask for any more, by the manifests.
	Changes []Change
	// Refused are the rules that it breaks for good, Needs those that whoever installs may agree to.
	Refused, Needs []*packages.Refusal
}

// Trust says how a package's publisher stands to its name on this site.
type Trust string

// The kinds of trust.
const (
	TrustNobody  Trust = "nobody"  // nobody signed it
	TrustFirst   Trust = "first"   // the site takes the key at its word
	TrustSame    Trust = "same"    // the name is this key's
	TrustRotated Trust = "rotated" // the key that the name belonged to vouches for it
	TrustOther   Trust = "other"   // the name is another key's
	TrustRevoked Trust = "revoked" // the key is believed no more
)

// Same reports whether the package is what is installed already.
func (r *Review) Same() bool { return r.Before != nil && r.Before.Digest == r.Digest }

// Add keeps an archive among the site's files, for a day unless it is installed, and gives its name there. Nothing of it runs,
// and what is no package of a block is refused.
func (s *Set) Add(ctx context.Context, from io.Reader) (archive string, err error) {
	data, err := io.ReadAll(io.LimitReader(from, packages.MaxArchive+1))
	if err != nil {
		return "", fmt.Errorf("taking a package: %w", err)
	}
	if len(data) > packages.MaxArchive {
		return "", refusal(packages.RuleArchive, "leave out what learners' browsers do not need", "the archive has more than %d bytes", packages.MaxArchive)
	}
	p, err := openBytes(ctx, data, s.config.Temp)
	if err != nil {
		return "", err
	}
	if err := p.Close(); err != nil {
		return "", fmt.Errorf("taking a package: %w", err)
	}
	blob, err := s.config.Files.Put(ctx, bytes.NewReader(data), packages.MaxArchive)
	if err != nil {
		return "", fmt.Errorf("taking a package: %w", err)
	}
	return blob.Hash, nil
}

func openBytes(ctx context.Context, data []byte, temp string) (*packages.Package, error) {
	return packages.Open(ctx, bytes.NewReader(data), int64(len(data)), temp)
}

// Review reads an archive that was added, and holds it to the rules. Nothing of it runs. An archive that is none, or whose
// signature is not of these bytes, is a *packages.Refusal; what else is wrong is in the review.
func (s *Set) Review(ctx context.Context, archive string) (*Review, error) {
	doc, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.open(ctx, archive)
	if err != nil {
		return nil, err
	}
	r, err := s.review(&doc.Body, archive, p)
	return r, errors.Join(err, p.Close())
}

func (s *Set) review(d *document, archive string, p *packages.Package) (*Review, error) {
	signed, err := p.Publisher()
	if err != nil {
		return nil, err
	}
	r := &Review{
		Archive: archive, Digest: p.Digest, Index: p.Index, Manifest: p.Manifest, Size: p.Size, Unpacked: p.Unpacked, Publisher: signed.Key,
	}
	b := d.find(p.Index.Name)
	r.names(s.config.Registry, d, p)
	r.owner(d, b, signed)
	if b != nil {
		r.versions(b, p)
	} else {
		r.First = true
	}
	if err := p.Index.Fits(); err != nil {
		r.refuse(err)
	}
	if p.Index.Engine != "wasm" {
		r.need(refusal(RuleProcess, "trust its publisher as the server itself, and install it on the server with --allow-process",
			"it runs as a process, outside of the sandbox: it can read all this server can"))
	}
	return r, nil
}

func (r *Review) need(refusal *packages.Refusal) { r.Needs = append(r.Needs, refusal) }

func (r *Review) refuse(err error) {
	var refusal *packages.Refusal
	if errors.As(err, &refusal) {
		r.Refused = append(r.Refused, refusal)
	}
}

// names refuses a name or type that is somebody else's, or looks like it.
func (r *Review) names(known *registry.Registry, d *document, p *packages.Package) {
	words := []string{p.Index.Name}
	for _, t := range p.Manifest.Types {
		if t.Name != p.Index.Name {
			words = append(words, t.Name)
		}
	}
	for _, word := range words {
		if course.Structural(word) {
			r.Refused = append(r.Refused, refusal(RuleReserved, "ask its publisher to choose another name",
				"%s is a part of every course, which no block serves", word))
			continue
		}
		if owner := known.Taken(word); owner != "" {
			r.Refused = append(r.Refused, refusal(RuleReserved, "ask its publisher to choose another name",
				"%s is, or looks like, a name of %s, which is part of this site", word, owner))
			continue
		}
		for i := range d.Blocks {
			b := &d.Blocks[i]
			if b.Name == p.Index.Name {
				continue
			}
			if like := b.like(word); like != "" {
				r.Refused = append(r.Refused, refusal(RuleReserved, "ask its publisher to choose another name",
					"%s is, or looks like, %s of the installed block %s", word, like, b.Name))
			}
		}
	}
}

// like gives the name or type of a block that a word may be taken for. The types of earlier versions count: content and
// answers of those are there, a roll-back serves them again, and another publisher's code must not get at them.
func (b *Block) like(word string) string {
	names := []string{b.Name}
	for i := range b.Versions {
		names = append(names, b.Versions[i].Types...)
	}
	for _, name := range names {
		if registry.Skeleton(name) == registry.Skeleton(word) {
			return name
		}
	}
	return ""
}

// owner compares who signed with whose the name is.
func (r *Review) owner(d *document, b *Block, signed *packages.Signed) {
	if revoked := d.revoked(signed.Key); revoked != nil {
		r.Trust = TrustRevoked
		r.Refused = append(r.Refused, refusal(RuleRevoked, "ask its publisher for a package signed by another key",
			"the key %s is believed no more: %s", signed.Key, revoked.Reason))
		return
	}
	switch {
	case b != nil && b.Key != "" && signed.Key == "":
		r.Trust = TrustNobody
		r.Refused = append(r.Refused, refusal(RuleOwner, "get it signed by its publisher",
			"%s belongs to the key %s, and nobody signed this package", b.Name, b.Key))
	case signed.Key == "":
		r.Trust = TrustNobody
		r.need(refusal(RuleUnsigned, "get it signed by its publisher, or install it with --allow-unsigned", "nobody signed it: it may come from anybody"))
	case b == nil || b.Key == "":
		r.Trust = TrustFirst
	case b.Key.Same(signed.Key):
		r.Trust = TrustSame
	case signed.ComesFrom(b.Key, func(k packages.Key) bool { return d.revoked(k) != nil }):
		r.Trust, r.Rotated = TrustRotated, true
	default:
		r.Trust = TrustOther
		r.Refused = append(r.Refused, refusal(RuleOwner,
			"if its publisher has a new key, the package must say so with the old one: quoin block keys rotate, then sign with --rotations",
			"%s belongs to the key %s, and this package is signed by %s", b.Name, b.Key, signed.Key))
	}
}

// versions compares the package with what is installed and with what was.
func (r *Review) versions(b *Block, p *packages.Package) {
	for i := range b.Versions {
		v := &b.Versions[i]
		if v.Version == p.Index.Version && v.Digest != p.Digest {
			r.need(refusal(RuleReused, "ask its publisher to give each build a version of its own, or install it with --allow-reused",
				"version %s is known here with other content: %s", v.Version, v.Digest))
			break
		}
	}
	now := b.Now()
	if now == nil {
		return
	}
	before := *now
	r.Before = &before
	if compareVersions(p.Index.Version, now.Version) < 0 {
		r.need(refusal(RuleDowngrade, "roll back with quoin block rollback, or install it with --allow-downgrade",
			"version %s is older than %s, which is installed", p.Index.Version, now.Version))
	}
	r.Changes = compareManifests(now, &p.Manifest)
	r.Needs = append(r.Needs, wider(r.Changes)...)
}

// wider asks for consent to what a block may do besides.
func wider(list []Change) []*packages.Refusal {
	var out []*packages.Refusal
	for _, c := range list {
		if c.Wider {
			out = append(out, refusal(RuleWider, "if the block shall have it, install it with --allow-widening", "more than before: %s", c))
		}
	}
	return out
}
