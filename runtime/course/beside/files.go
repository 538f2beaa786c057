package beside

import (
	"context"
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// maxName bounds a file's name in bytes, maxAlt a picture's words in characters.
const (
	maxName = 200
	maxAlt  = 2000
)

// CheckName reports whether a file may be called so: as a path below /static/ that any system can write.
func CheckName(name string) error {
	bad := func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune(`\:*?"<>|`, r) }
	switch {
	case name == "", len(name) > maxName, !utf8.ValidString(name), path.Clean("/"+name) != "/"+name, strings.ContainsFunc(name, bad),
		strings.HasPrefix(path.Base(name), "."), strings.HasSuffix(name, "."), strings.TrimSpace(name) != name:
		return fmt.Errorf("%w: %q", ErrName, name)
	}
	return nil
}

// PutFile stores what a file is now, new or in place of what was there. What people said of the file before, its words and its
// lock, stays unless asset says it.
func (b *Beside) PutFile(ctx context.Context, op Op, asset course.Asset) (bool, error) {
	return b.putFile(ctx, op, asset, false)
}

// AddFile stores a new file, and is ErrExists where there is one of its name, also one that came at the same moment.
func (b *Beside) AddFile(ctx context.Context, op Op, asset course.Asset) (bool, error) {
	return b.putFile(ctx, op, asset, true)
}

func (b *Beside) putFile(ctx context.Context, op Op, asset course.Asset, alone bool) (bool, error) {
	if op.Did != "import" { // an archive's names were looked at when it was opened
		if err := CheckName(asset.Name); err != nil {
			return false, err
		}
	}
	changed, err := b.change(ctx, op, b.file(op.Course, asset.Name), func(now State) (State, error) {
		after := asset
		after.Course = op.Course.String()
		if alone && now.Asset != nil {
			return now, ErrExists
		}
		if now.Asset != nil {
			if after.Alt == "" {
				after.Alt = now.Asset.Alt
			}
			if op.Did != "import" { // an archive says itself what is locked
				after.Locked = now.Asset.Locked
			}
			if after.Hash == now.Asset.Hash && len(after.Smaller) == 0 {
				after.Smaller, after.Width, after.Height = now.Asset.Smaller, now.Asset.Width, now.Asset.Height
			}
		}
		return State{Asset: &after}, nil
	})
	if err != nil {
		return false, fmt.Errorf("storing file %q of %s: %w", asset.Name, op.Course, err)
	}
	return changed, nil
}

// Describe says of a file whether it is locked and what its picture's words are; nil leaves it.
func (b *Beside) Describe(ctx context.Context, op Op, name string, locked *bool, alt *string) (bool, error) {
	changed, err := b.change(ctx, op, b.file(op.Course, name), func(now State) (State, error) {
		if now.Asset == nil {
			return now, ErrNotFound
		}
		after := *now.Asset
		if locked != nil {
			after.Locked = *locked
		}
		if alt != nil {
			after.Alt = strings.TrimSpace(*alt)
			if utf8.RuneCountInString(after.Alt) > maxAlt {
				return now, fmt.Errorf("%w: its words are longer than %d characters", ErrName, maxAlt)
			}
		}
		return State{Asset: &after}, nil
	})
	if err != nil {
		return false, fmt.Errorf("describing file %q of %s: %w", name, op.Course, err)
	}
	return changed, nil
}

// DeleteFile takes a file away; Undo brings it back.
func (b *Beside) DeleteFile(ctx context.Context, op Op, name string) error {
	_, err := b.change(ctx, op, b.file(op.Course, name), func(now State) (State, error) {
		if now.Asset == nil {
			return now, ErrNotFound
		}
		return State{}, nil
	})
	if err != nil {
		return fmt.Errorf("deleting file %q of %s: %w", name, op.Course, err)
	}
	return nil
}

// RenameFile gives a file another name. Links to the old one lead to the new one as long as no other file is called so.
func (b *Beside) RenameFile(ctx context.Context, run key.Course, by, name, to string) (Op, error) {
	op := b.Begin(run, by, "rename")
	op.Note = to
	if err := CheckName(to); err != nil {
		return op, err
	}
	if name == to {
		return op, nil
	}
	found, _, _, err := b.file(run, name).read(ctx)
	if err == nil && found.none() {
		err = ErrNotFound
	}
	if err != nil {
		return op, fmt.Errorf("renaming file %q of %s: %w", name, run, err)
	}
	// The new name first: in between the file is there twice, never not at all.
	_, err = b.change(ctx, op, b.file(run, to), func(now State) (State, error) {
		if now.Asset != nil {
			return now, ErrExists
		}
		after := *found.Asset
		after.Name = to
		return State{Asset: &after}, nil
	})
	if err == nil {
		_, err = b.change(ctx, op, b.file(run, name), func(State) (State, error) { return State{}, nil })
	}
	if err != nil {
		return op, fmt.Errorf("renaming file %q of %s: %w", name, run, err)
	}
	return op, nil
}

// PutPage stores what a page is now.
func (b *Beside) PutPage(ctx context.Context, op Op, page course.Page) (bool, error) {
	return b.EditPage(ctx, op, page.Kind, page.Slug, func(*course.Page) (*course.Page, error) { return &page, nil })
}

// EditPage lets edit make what a page shall be of what it is now, nil for none in either place. It may run several times, and must
// not alter what it gets.
func (b *Beside) EditPage(ctx context.Context, op Op, kind, slug string, edit func(now *course.Page) (*course.Page, error)) (bool, error) {
	changed, err := b.change(ctx, op, b.page(op.Course, kind, slug), func(now State) (State, error) {
		wanted, err := edit(now.Page)
		if err != nil || wanted == nil {
			return State{}, err
		}
		after := *wanted
		after.Course, after.Kind, after.Slug = op.Course.String(), kind, slug
		return State{Page: &after}, nil
	})
	if err != nil {
		return false, fmt.Errorf("storing page %s/%s of %s: %w", kind, slug, op.Course, err)
	}
	return changed, nil
}

// DeletePage takes a page away; Undo brings it back.
func (b *Beside) DeletePage(ctx context.Context, op Op, kind, slug string) error {
	_, err := b.change(ctx, op, b.page(op.Course, kind, slug), func(State) (State, error) { return State{}, nil })
	if err != nil {
		return fmt.Errorf("deleting page %s/%s of %s: %w", kind, slug, op.Course, err)
	}
	return nil
}
