package installed

import (
	"context"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/key"
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
// number. It was allowed once, so nothing is asked; a key that was revoked since is.
func (s *Set) Rollback(ctx context.Context, name, version string) (Block, error) {
	return s.alter(ctx, name, func(d *document, b *Block) error {
		to := b.Back()
		if version != "" {
			to = nil
			for i := range b.Versions {
				if b.Versions[i].Version == version {
					to = &b.Versions[i]
				}
			}
			if to == nil {
				return cannot("%s has no version %s here; quoin block list tells which were installed", name, version)
			}
		}
		if to == nil {
			return cannot("%s has no earlier version to go back to", name)
		}
		return b.goBack(d, *to)
	})
}

// Use makes one of the known versions current, by its digest.
func (s *Set) Use(ctx context.Context, name, digest string) (Block, error) {
	return s.alter(ctx, name, func(d *document, b *Block) error {
		to := b.Version(digest)
		if to == nil {
			return cannot("%s has no such version here", name)
		}
		return b.goBack(d, *to)
	})
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
