package question

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// authored gives the author's fields that a struct sets: those with another value than zero.
func authored[F any](fields *F) (wire.Fields, error) {
	out := wire.Fields{}
	err := collect(reflect.ValueOf(fields).Elem(), out)
	return out, err
}

func collect(value reflect.Value, out wire.Fields) error {
	for i := range value.NumField() {
		field := value.Type().Field(i)
		tag, tagged := field.Tag.Lookup("quoin")
		if !tagged {
			if field.Anonymous && field.Type.Kind() == reflect.Struct {
				if err := collect(value.Field(i), out); err != nil {
					return err
				}
			}
			continue
		}
		parts := strings.Split(tag, ",")
		if !wire.Scope(parts[1]).Authored() || value.Field(i).IsZero() {
			continue
		}
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value.Field(i).Interface()); err != nil {
			return fmt.Errorf("encoding the sample's field %s: %w", parts[0], err)
		}
		out[parts[0]] = bytes.TrimSpace(b.Bytes())
	}
	return nil
}
