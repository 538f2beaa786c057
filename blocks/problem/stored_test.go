package problem

import (
	"encoding/json"
	"reflect"
	"testing"
)

// plenty sets every field of a value to something that is not zero.
func plenty(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		plenty(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			plenty(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			plenty(v.Index(i))
		}
	case reflect.String:
		v.SetString("a\"<é")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(1.5)
	default:
		panic(v.Kind())
	}
}

// TestStoredPublic: every field of the prepared value comes back, none is forgotten.
func TestStoredPublic(t *testing.T) {
	var full, got Public
	plenty(reflect.ValueOf(&full).Elem())
	for _, want := range []Public{full, {}, {Broken: true}} {
		data, err := json.Marshal(&want)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nis read as %+v, %v", data, got, err)
		}
	}
	for _, data := range []string{`{"m":"1"}`, `{"new":1}`, `{"b":[{"new":1}]}`, `{"i":[{"c":[{"new":1}]}]}`, `[]`} {
		if err := got.UnmarshalJSON([]byte(data)); err == nil {
			t.Errorf("%s was read", data)
		}
	}
}
