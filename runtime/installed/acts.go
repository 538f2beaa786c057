package installed

import (
	"context"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/packages"
)

// List gives every block of the set by name, those that were removed too.
func (s *Set) List(ctx context.Context) ([]Block, error) {
	doc, err := s.read(ctx)
	return doc.Body.Blocks, err
}

// Find gives one block, or ErrNotFound.
func (s *Set) Find(ctx context.Context, name string) (*Block, error) {
	doc, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	b := doc.Body.find(name)
	if b == nil {
		return nil, notInstalled(name)
	}
	return b, nil
}

// Revoked lists the keys that this site believes no more.
func (s *Set) Revoked(ctx context.Context) ([]Revoked, error) {
	doc, err := s.read(ctx)
	return doc.Body.Revoked, err
}

// alter changes one block.
func (s *Set) alter(ctx context.Context, name string, change func(d *document, b *Block) error) (Block, error) {
	var after Block
	err := s.change(ctx, func(d *document) error {
		b := d.find(name)
		if b == nil {
			return notInstalled(name)
		}
		err := change(d, b)
		after = *b
		return err
	})
	return after, err
}

// Rollback makes the version current again that was so before, or, where version is not "", the newest known one of that
// number. It was allowed once, so nothing is asked but whether it reads what newer versions have stored since; Consent.Broken
// takes it even so. A key that was revoked since is asked about, too.
func (s *Set) Rollback(ctx context.Context, name, version string, consent Consent) (Block, error) {
	return s.back(ctx, name, consent, func(b *Block) (*Version, error) { return b.before(version) })
}

// Use makes one of the known versions current, by its digest, as [Set.Rollback] does.
func (s *Set) Use(ctx context.Context, name, digest string, consent Consent) (Block, error) {
	return s.back(ctx, name, consent, func(b *Block) (*Version, error) {
		if to := b.Version(digest); to != nil {
			return to, nil
		}
		return nil, cannot("%s has no such version here", name)
	})
}

// before finds the version to go back to: the one before the current, or the newest of a number.
func (b *Block) before(version string) (*Version, error) {
	if version == "" {
		if to := b.Back(); to != nil {
			return to, nil
		}
		return nil, cannot("%s has no earlier version to go back to", b.Name)
	}
	for i := range slices.Backward(b.Versions) {
		if b.Versions[i].Version == version {
			return &b.Versions[i], nil
		}
	}
	return nil, cannot("%s has no version %s here; quoin block list tells which were installed", b.Name, version)
}

// back goes to a version that was chosen of a block's own.
func (s *Set) back(ctx context.Context, name string, consent Consent, choose func(b *Block) (*Version, error)) (Block, error) {
	if !consent.To(RuleMigrate) {
		b, err := s.Find(ctx, name)
		if err != nil {
			return Block{}, err
		}
		to, err := choose(b)
		if err == nil {
			err = s.readable(ctx, name, to)
		}
		if err != nil {
			return Block{}, err
		}
	}
	return s.alter(ctx, name, func(d *document, b *Block) error {
		to, err := choose(b)
		if err != nil {
			return err
		}
		return b.goBack(d, *to)
	})
}

// readable refuses a version that cannot read what learners stored since with a newer one. Of what cannot be asked here nothing
// is said: going back is what mends a block that does not load.
func (s *Set) readable(ctx context.Context, name string, v *Version) error {
	unreadable, err := s.unreadable(ctx, name, v)
	if err != nil {
		s.config.Log.WarnContext(ctx, "whether a version reads what is stored cannot be told", "block", name, "version", v.Version, "error", err)
		return ctx.Err()
	}
	if unreadable != nil {
		return Refusals{refusal(RuleMigrate, "stay with the newer version, or go back with --allow-broken: nothing is lost, and they get it back with the newer one",
			"version %s cannot read all that learners have stored since, and shows them a placeholder: %s", v.Version, unreadable)}
	}
	return nil
}

func (s *Set) unreadable(ctx context.Context, name string, v *Version) (*kernel.Unreadable, error) {
	version := s.config.Registry.Kept(name, v.Digest)
	if version == nil {
		made, err := s.version(ctx, name, v)
		if err != nil {
			return nil, err
		}
		version = made
		defer version.Release()
	}
	return s.config.Kernel.Unreadable(ctx, version)
}

// goBack turns to a version that was allowed before. What came after it is no way back any more.
func (b *Block) goBack(d *document, to Version) error {
	if r := d.revoked(to.Key); r != nil {
		return Refusals{refusal(RuleRevoked, "install a version that is signed by another key",
			"version %s is signed by the key %s, which is believed no more: %s", to.Version, to.Key, r.Reason)}
	}
	at := slices.Index(b.Earlier, to.Digest)
	if at < 0 { // forward again
		b.turn(to)
		return nil
	}
	b.Earlier = b.Earlier[:at]
	b.Current, b.Removed = to.Digest, nil
	return nil
}

// Remove takes a block away. Its content stays and shows a placeholder; answers that wait for it are graded when it is back.
func (s *Set) Remove(ctx context.Context, name string) (Block, error) {
	return s.alter(ctx, name, func(_ *document, b *Block) error {
		if b.Removed == nil {
			now := s.config.Now()
			b.Removed = &now
		}
		return nil
	})
}

// Restore puts a block back that was removed, as it stood.
func (s *Set) Restore(ctx context.Context, name string) (Block, error) {
	return s.alter(ctx, name, func(_ *document, b *Block) error {
		b.Removed = nil
		return nil
	})
}

// Enable switches a block on: for the whole site, or for some runs and those that have it already.
func (s *Set) Enable(ctx context.Context, name string, courses ...string) (Block, error) {
	if err := checkCourses(courses); err != nil {
		return Block{}, err
	}
	return s.alter(ctx, name, func(_ *document, b *Block) error {
		switch {
		case b.Removed != nil:
			return cannot("%s was removed: quoin block restore %s brings it back", name, name)
		case len(courses) == 0:
			b.Only, b.Courses = false, nil
		case !b.Only && b.Off == "":
			return cannot("%s is on for the whole site already: switch it off first", name)
		case !b.Only:
			b.Only, b.Courses = true, slices.Clone(courses)
		default:
			b.Courses = append(b.Courses, courses...)
		}
		b.Off = ""
		slices.Sort(b.Courses)
		b.Courses = slices.Compact(b.Courses)
		return nil
	})
}

// Disable switches a block off with a reason: everywhere, or for some of the runs that have it.
func (s *Set) Disable(ctx context.Context, name, why string, courses ...string) (Block, error) {
	if err := checkCourses(courses); err != nil {
		return Block{}, err
	}
	return s.alter(ctx, name, func(_ *document, b *Block) error {
		if len(courses) == 0 {
			if b.Off = clip(why); b.Off == "" {
				b.Off = "an administrator switched it off"
			}
			return nil
		}
		if !b.Only {
			return cannot("%s is on for the whole site: name the courses that shall have it with enable instead", name)
		}
		b.Courses = slices.DeleteFunc(b.Courses, func(c string) bool { return slices.Contains(courses, c) })
		return nil
	})
}

// Switch switches a block on where it was on before it was switched off.
func (s *Set) Switch(ctx context.Context, name string) (Block, error) {
	return s.alter(ctx, name, func(_ *document, b *Block) error {
		b.Off = ""
		return nil
	})
}

// Place says which runs have a block, whether it is on or off: nil is the whole site.
func (s *Set) Place(ctx context.Context, name string, courses []string) (Block, error) {
	if err := checkCourses(courses); err != nil {
		return Block{}, cannot("%v", err)
	}
	return s.alter(ctx, name, func(_ *document, b *Block) error {
		b.Only, b.Courses = courses != nil, slices.Clone(courses)
		return nil
	})
}

// clip bounds a reason, in one line.
func clip(text string) string {
	const most = 500
	return strings.ToValidUTF8(plain(text[:min(len(text), most)]), "")
}

func checkCourses(courses []string) error {
	for _, course := range courses {
		if _, err := key.ParseCourse(course); err != nil {
			return err
		}
	}
	return nil
}

// Revoke believes a publisher's key no more: versions that it signed are off everywhere within moments, and it signs nothing
// more, not even who comes after it.
func (s *Set) Revoke(ctx context.Context, publisher packages.Key, why, by string) error {
	if why = clip(why); why == "" {
		why = "an administrator revoked it"
	}
	return s.change(ctx, func(d *document) error {
		if d.revoked(publisher) == nil {
			d.Revoked = append(d.Revoked, Revoked{Key: publisher, Reason: why, By: by, At: s.config.Now()})
		}
		return nil
	})
}

// Believe takes a revocation back that was a mistake.
func (s *Set) Believe(ctx context.Context, publisher packages.Key) error {
	return s.change(ctx, func(d *document) error {
		before := len(d.Revoked)
		d.Revoked = slices.DeleteFunc(d.Revoked, func(r Revoked) bool { return r.Key.Same(publisher) })
		if len(d.Revoked) == before {
			return cannot("the key %s was not revoked", publisher)
		}
		return nil
	})
}
