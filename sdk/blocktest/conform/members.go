package conform

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// members names every member of the description that the contract has not. Who reads JSON skips what he does not know, so that
// a misspelt "secret" would leave a key open to everybody.
func members(r *run, frame []byte) {
	segments, err := wire.Segments(frame)
	if err != nil || len(segments) < 2 {
		return // a reply that is none is told elsewhere
	}
	var body any
	if json.Unmarshal(segments[1], &body) != nil {
		return
	}
	for _, path := range unknown(body, reflect.TypeFor[wire.Description](), "") {
		r.fail("describe", "mend its spelling, or take it out", "", "%s is no member of the contract", path)
	}
}

var raw = reflect.TypeFor[json.RawMessage]()

// unknown lists by their paths the members that a type has no place for.
func unknown(value any, t reflect.Type, path string) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var found []string
	switch value := value.(type) {
	case []any:
		if t == raw || t.Kind() != reflect.Slice {
			return nil
		}
		for n, entry := range value {
			found = append(found, unknown(entry, t.Elem(), path+called(n, entry))...)
		}
	case map[string]any:
		if t.Kind() != reflect.Struct {
			return nil
		}
		known := map[string]reflect.Type{}
		for _, f := range reflect.VisibleFields(t) {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
				known[name] = f.Type
			}
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			at := strings.TrimPrefix(path+"."+name, ".")
			if known[name] == nil {
				found = append(found, at)
				continue
			}
			found = append(found, unknown(value[name], known[name], at)...)
		}
	}
	return found
}

// called names an entry of a list: by its own name where it has one.
func called(n int, entry any) string {
	if object, ok := entry.(map[string]any); ok {
		if name, ok := object["name"].(string); ok && name != "" {
			return fmt.Sprintf("[%.100q]", name)
		}
	}
	return fmt.Sprintf("[%d]", n)
}
