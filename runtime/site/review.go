package site

import (
	"slices"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/review"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

// reviewed shows the installed blocks to who looks through courses.
type reviewed struct{ *kernel.Kernel }

// Serving implements review.Blocks.
func (r reviewed) Serving(blockType string, run key.Course) (review.Served, error) {
	version, err := r.Registry().LookupIn(blockType, run.String())
	if err != nil {
		return review.Served{}, err
	}
	loaded, _ := version.Loaded() // why it failed to load is told when it is asked
	return review.Served{
		Digest: version.Digest, Ready: loaded,
		Files: slices.ContainsFunc(version.Manifest.Permissions, func(p manifest.Permission) bool { return p.Name == "files" }),
	}, nil
}

// Installed implements review.Blocks.
func (r reviewed) Installed(blockType string) bool {
	_, err := r.Registry().Lookup(blockType)
	return err == nil
}
