package site

import (
	"slices"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

// reviewed shows the installed blocks to who looks through courses.
type reviewed struct{ *kernel.Kernel }

// Serving implements review.Blocks.
func (r reviewed) Serving(blockType string, run key.Course) (digest string, files bool, err error) {
	version, err := r.Registry().LookupIn(blockType, run.String())
	if err != nil {
		return "", false, err
	}
	files = slices.ContainsFunc(version.Manifest.Permissions, func(p manifest.Permission) bool { return p.Name == "files" })
	return version.Digest, files, nil
}

// Installed implements review.Blocks.
func (r reviewed) Installed(blockType string) bool {
	_, err := r.Registry().Lookup(blockType)
	return err == nil
}
