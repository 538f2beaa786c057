package host

import (
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
)

// fieldTitle is what authors call a field of a type, in the reader's language: as its block declares it, else the host's own word.
func (r *request) fieldTitle(blockType, field string) string {
	if !course.Structural(blockType) {
		version, err := r.kernel().Registry().LookupIn(blockType, r.course.String())
		if err == nil {
			description, err := version.Describe(r.ctx(), blockType)
			if err == nil {
				for _, declared := range version.InLanguage(blockType, r.words.Language, description.Fields) {
					if declared.Name == field && declared.Title != "" {
						return declared.Title
					}
				}
			}
		}
	}
	if name := r.fieldName(field); name != field {
		return name
	}
	return strings.ReplaceAll(field, "_", " ")
}
