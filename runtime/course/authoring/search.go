package authoring

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Limits of a search.
const (
	// MaxWords bounds what is looked for, in bytes.
	MaxWords = 200
	// MaxWith bounds what stands in its place, in bytes.
	MaxWith = 2000
	// MaxFound bounds the fields that a search lists, and those that one replacement changes.
	MaxFound = 500
	excerpts = 3
	around   = 60 // bytes before and after what was found
)

// Looking is what is looked for in the texts of a course: titles, texts and markup that authors write, in the order of the course.
// What a block keeps as an object of no declared shape is not looked into.
type Looking struct {
	Words string
	// With is what stands in its place after a replacement.
	With string
	// Case says that the case of letters counts, Whole that only whole words do.
	Case, Whole bool
	// Tags looks into the tags of markup as well, and takes Words and With as markup; else both are text.
	Tags bool
	// Keep writes the first letter of With large or small as the place that it takes has it. It counts where Case does not, and
	// where Words and With begin alike.
	Keep bool
}

// Occurrence is a field in which it was found.
type Occurrence struct {
	Usage, Unit key.Usage
	Title       string
	Field       string
	// Value names what the field held: a replacement changes nothing else.
	Value string
	Count int
	// Excerpts are the first of the places.
	Excerpts []Excerpt
	// Unsound says that a replacement would leave markup that cannot be read, so that none is made.
	Unsound bool
}

// Excerpt is one place in a text.
type Excerpt struct{ Before, Found, After, With string }

// Picked names a field that is to be changed.
type Picked struct {
	Usage        key.Usage
	Field, Value string
}

// nameOf names a value, so that a replacement finds it as it was.
func nameOf(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:8])
}

// titleField is what every block has, and all that is looked into of containers.
var titleField = wire.Field{Name: "display_name", Scope: wire.ScopeSettings, Type: wire.TypeString}

// searchable are the fields of a type that are looked into.
func (a *Authoring) searchable(ctx context.Context, blockType string) []wire.Field {
	fields := []wire.Field{titleField}
	if course.Structural(blockType) {
		return fields
	}
	declared, _ := a.config.Blocks.Declared(ctx, blockType) // a type that is not installed has its title alone
	for i := range declared {
		f := &declared[i]
		if f.Scope.Authored() && f.Name != titleField.Name && (textual(f.Type, f.Values) || f.Type == wire.TypeList && len(f.Items) > 0) {
			fields = append(fields, *f)
		}
	}
	return fields
}

// Search looks for words in a course as its team has it. It lists the first [MaxFound] fields, and tells whether there are more.
func (a *Authoring) Search(ctx context.Context, run key.Course, l Looking) (found []Occurrence, more bool, err error) {
	s, err := l.seeker()
	if err != nil {
		return nil, false, err
	}
	whole, err := a.Whole(ctx, run)
	if err != nil {
		return nil, false, err
	}
	contents, err := a.wholeContents(ctx, whole)
	if err != nil {
		return nil, false, err
	}
	fields := map[string][]wire.Field{}
	for _, part := range whole.Parts {
		if _, known := fields[part.Usage.Type]; !known {
			fields[part.Usage.Type] = a.searchable(ctx, part.Usage.Type)
		}
		content := contents[part.Hash]
		if content == nil {
			return nil, false, fmt.Errorf("revision %s is missing from the store", part.Hash)
		}
		for i := range fields[part.Usage.Type] {
			field := &fields[part.Usage.Type][i]
			value, set := content.Fields[field.Name]
			if !set {
				continue
			}
			var o outcome
			if _, err := s.value(field, value, &o); err != nil {
				return nil, false, err
			}
			if o.count == 0 {
				continue
			}
			if len(found) >= MaxFound {
				return found, true, nil
			}
			one := Occurrence{Usage: part.Usage, Title: part.Title, Field: field.Name, Value: nameOf(value), Count: o.count, Excerpts: o.excerpts, Unsound: o.unsound}
			if part.Unit != nil {
				one.Unit = part.Unit.Usage
			}
			found = append(found, one)
		}
	}
	return found, false, nil
}

// wholeContents reads every content of a working copy.
func (a *Authoring) wholeContents(ctx context.Context, whole *Whole) (map[string]*course.Revision, error) {
	var hashes []string
	for _, part := range whole.Parts {
		if whole.Made[part.Hash] == nil {
			hashes = append(hashes, part.Hash)
		}
	}
	contents, err := a.courses.RevisionsByHash(ctx, hashes)
	if err != nil {
		return nil, err
	}
	maps.Copy(contents, whole.Made)
	return contents, nil
}

// Replaced is what a replacement did.
type Replaced struct {
	Op Op
	// Places counts what was replaced, Blocks the blocks in which it was; Left are the picked fields that were left alone.
	Places, Blocks, Left int
}

// Replace replaces in the picked fields, as one change that can be taken back. A field that holds something else than when it was
// picked, or whose markup would not be sound, is left.
func (a *Authoring) Replace(ctx context.Context, who Author, run key.Course, l Looking, picked ...Picked) (done Replaced, err error) {
	s, err := l.seeker()
	if err != nil {
		return done, err
	}
	if len(picked) == 0 || len(picked) > MaxFound {
		return done, invalid(CodeTooLarge, "", "%d fields at once; between 1 and %d are allowed", len(picked), MaxFound)
	}
	if err := a.finish(ctx, run, abandoned); err != nil {
		return done, err
	}
	c := a.plan(run, who, KindReplace)
	c.entry.Note = l.Words + " → " + l.With
	blocks, taken := map[key.Usage]bool{}, map[Picked]bool{}
	for _, p := range picked {
		if taken[p] { // each is work, however often it is picked
			continue
		}
		taken[p] = true
		if p.Usage.Course != run {
			return done, fmt.Errorf("%w: %s", ErrNotFound, p.Usage)
		}
		revision, err := c.edit(ctx, p.Usage)
		if err != nil {
			return done, err
		}
		fields := a.searchable(ctx, p.Usage.Type)
		at := slices.IndexFunc(fields, func(f wire.Field) bool { return f.Name == p.Field })
		value, set := revision.Fields[p.Field]
		if at < 0 || !set || nameOf(value) != p.Value {
			done.Left++
			continue
		}
		var o outcome
		changed, err := s.value(&fields[at], value, &o)
		if err != nil {
			return done, err
		}
		if o.unsound || o.count == 0 {
			done.Left++
			continue
		}
		if revision.Fields == nil {
			revision.Fields = store.Map[string]{}
		}
		revision.Fields[p.Field] = changed
		done.Places += o.count
		blocks[p.Usage] = true
		if !slices.Contains(c.entry.Fields, p.Field) {
			c.entry.Fields = append(c.entry.Fields, p.Field)
		}
	}
	slices.Sort(c.entry.Fields)
	done.Blocks = len(blocks)
	done.Op, err = c.do(ctx)
	return done, err
}
