package site

import (
	"context"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// Offered reports whether authors of a course may put a type into it. One that is not installed at all is refused by its own words.
func (s *Site) Offered(ctx context.Context, run key.Course, blockType string) (bool, error) {
	version, err := s.Registry.LookupIn(blockType, run.String())
	if err != nil || course.Structural(blockType) {
		_, err := s.Registry.Lookup(blockType)
		return err != nil || course.Structural(blockType), nil //nolint:nilerr // see above
	}
	unoffered, err := s.Kernel.Unoffered(ctx, run)
	return !slices.Contains(unoffered, version.Manifest.Name), err
}
