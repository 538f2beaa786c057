package host

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/quoin-lms/quoin/host/fieldform"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// addSizes adds to the edits of a component the sizes of the pictures that they name, for fields that are declared to hold them: no
// author writes those down.
func (r *request) addSizes(usage key.Usage, fields []fieldform.Field, edits map[string]authoring.FieldEdit) error {
	sizes := map[string]json.RawMessage{}
	for i := range fields {
		from, side, _ := strings.Cut(fields[i].From, ".")
		edit, edited := edits[from]
		if _, typed := edits[fields[i].Name]; side != "width" && side != "height" || !edited || typed {
			continue
		}
		size, err := r.sizeOf(edit.Value, side)
		if err != nil {
			return err
		}
		if size != nil {
			sizes[fields[i].Name] = size
		}
	}
	if len(sizes) == 0 {
		return nil
	}
	content, err := r.authoring().Unit(r.ctx(), r.course, usage)
	if err != nil {
		return err
	}
	for name, size := range sizes {
		edits[name] = authoring.FieldEdit{Base: orNull(content.Fields[name]), Value: size}
	}
	return nil
}

// sizeOf is a side of the picture of the course that a value names, nil where it names none.
func (r *request) sizeOf(value json.RawMessage, side string) (json.RawMessage, error) {
	var name string
	_ = json.Unmarshal(value, &name) // what is no text names no file
	name = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(name), "/"), "static/")
	asset, err := r.site().Courses.Asset(r.ctx(), r.course, name)
	if err != nil && !errors.Is(err, course.ErrNotFound) {
		return nil, err
	}
	if asset.Width == 0 || asset.Height == 0 { // so it is for a file that is not there
		return nil, nil
	}
	size := map[string]int{"width": asset.Width, "height": asset.Height}[side]
	return json.Marshal(size)
}
