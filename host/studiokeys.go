package host

import (
	"github.com/quoin-lms/quoin/sdk/wire"
)

// A key that an author types into a component is like the keys of a course: those who run the course see and change it, the rest of
// the team and the history do not show it (security R12, as exports have it).

// hiddenKey stands for the value of a key.
const hiddenKey = "•••"

// seesKeys reports whether the person sees keys that were typed into components.
func (r *request) seesKeys() bool { return maySwitchApps(r.person) }

// hidesField reports whether a field is a key that the person does not see.
func (r *request) hidesField(field *wire.Field) bool {
	return field.Type == wire.TypeKey && !r.seesKeys()
}

// hiddenOf are the names of a type's fields that the person does not see.
func (r *request) hiddenOf(blockType string) map[string]bool {
	hidden := map[string]bool{}
	if r.seesKeys() {
		return hidden
	}
	version, err := r.kernel().Registry().LookupIn(blockType, r.course.String())
	if err != nil {
		return hidden // of a type that is not installed nobody knows which fields are keys; its form has none of its own
	}
	description, err := version.Describe(r.ctx(), blockType)
	if err != nil {
		return hidden
	}
	for i := range description.Fields {
		if r.hidesField(&description.Fields[i]) {
			hidden[description.Fields[i].Name] = true
		}
	}
	return hidden
}

// keyNames are the names of all fields that hold keys, of whatever type: a difference names no type. They are asked for once in a
// request.
func (r *request) keyNames() map[string]bool {
	if r.keys != nil {
		return r.keys
	}
	names := map[string]bool{}
	r.keys = names
	for _, status := range r.kernel().Blocks() {
		if status.Version == nil {
			continue
		}
		for _, t := range typesOf(&status.Version.Manifest) {
			description, err := status.Version.Describe(r.ctx(), t.Name)
			if err != nil {
				continue // what cannot be described has no form, and nothing typed into it
			}
			for i := range description.Fields {
				if description.Fields[i].Type == wire.TypeKey {
					names[description.Fields[i].Name] = true
				}
			}
		}
	}
	return names
}

// hideKey is what a difference shows of a key's value: whether there is one.
func hideKey(value string) string {
	if value == "" || value == "null" {
		return value
	}
	return `"` + hiddenKey + `"`
}
