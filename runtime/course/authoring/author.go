package authoring

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Author is who does something, and what he may do beyond changing the course at hand, which the caller has checked.
type Author struct {
	ID string // of a user
	// Runs says that the author runs the course: keys that were typed into components, and whether publishing needs a review,
	// are changed by nobody else.
	Runs bool
	// Reads tells whether the author may read another course or library; nil reads none. It is asked where content is opened,
	// not before: which library a block names may change in between.
	Reads func(other key.Course) (bool, error)
}

// mayRead is nil for a course that the author may read; to everybody else it does not exist.
func (who *Author) mayRead(other key.Course) error {
	if who.Reads != nil {
		if may, err := who.Reads(other); err != nil || may {
			return err
		}
	}
	return fmt.Errorf("%w: %s", ErrNotFound, other)
}

// NeedsReview is the course's setting that somebody else approves what is published.
const NeedsReview = course.NeedsReview

// keysOf are the fields of a type that hold keys.
func (a *Authoring) keysOf(ctx context.Context, blockType string) []string {
	if course.Structural(blockType) {
		return nil
	}
	var keys []string
	declared, _ := a.config.Blocks.Declared(ctx, blockType) // of a type that is not installed nobody knows
	for i := range declared {
		if declared[i].Type == wire.TypeKey {
			keys = append(keys, declared[i].Name)
		}
	}
	return keys
}

// reserved are the fields of a type that those change who run the course.
func (a *Authoring) reserved(ctx context.Context, blockType string) []string {
	if blockType == "course" {
		return []string{NeedsReview}
	}
	return a.keysOf(ctx, blockType)
}

func notYours(field string) *Invalid {
	return invalid(CodeField, field, "%s is changed by those who run the course", field)
}

// guard leaves reserved fields of a block as they were where the author does not run the course; field names one that he would have
// changed, "" for none.
func (a *Authoring) guard(ctx context.Context, who *Author, usage key.Usage, before, after *course.Revision) (field string) {
	if who.Runs || before == nil {
		return ""
	}
	for _, name := range a.reserved(ctx, usage.Type) {
		was := valueOr(before.Fields, name)
		if same(was, valueOr(after.Fields, name)) {
			continue
		}
		field = name
		after.Fields = copied(after.Fields)
		assign(after.Fields, name, was)
	}
	return field
}

// withoutKeys takes out keys from content that goes to another course: there they would be read by those who run that one.
func (a *Authoring) withoutKeys(ctx context.Context, blockType string, content *course.Revision) {
	for _, name := range a.keysOf(ctx, blockType) {
		delete(content.Fields, name)
	}
}

// shelves are the libraries that an operation of an author has opened.
type shelves struct {
	who   *Author
	known map[key.Course]*shelved
}

func shelvesFor(who *Author) *shelves { return &shelves{who, map[key.Course]*shelved{}} }

// open reads what a library has published, once.
func (s *shelves) open(ctx context.Context, a *Authoring, library key.Course) (*shelved, error) {
	if there := s.known[library]; there != nil {
		return there, nil
	}
	if !library.Library() {
		return nil, fmt.Errorf("%w: %s is no library", ErrNotFound, library)
	}
	if err := s.who.mayRead(library); err != nil {
		return nil, err
	}
	there, err := a.shelved(ctx, library)
	if err == nil {
		s.known[library] = there
	}
	return there, err
}
