package capa

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// reflected is a Secret that encoding/json reads by itself.
type reflected Secret

func bothWays(t *testing.T, data []byte) {
	t.Helper()
	var want reflected
	wrong := json.Unmarshal(data, &want)
	var got Secret
	if err := got.UnmarshalJSON(data); err != nil || wrong != nil || !reflect.DeepEqual(got, Secret(want)) {
		t.Errorf("%s\nis read as %+v, %v\nwant       %+v, %v", data, got, err, want, wrong)
	}
}

// plenty sets every field of a value to something that is not zero.
func plenty(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		plenty(v.Elem(), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			plenty(v.Field(i), depth+1)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			plenty(v.Index(i), depth+1)
		}
	case reflect.String:
		v.SetString("a\"\\/\n\t\x01<é\u2028😀>&")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(7 + depth))
	case reflect.Float64:
		v.SetFloat(-1.25e-7 * float64(depth))
	default:
		panic(v.Kind())
	}
}

// TestStoredKeys: every field of every key comes back, none is forgotten.
func TestStoredKeys(t *testing.T) {
	var full Secret
	plenty(reflect.ValueOf(&full).Elem(), 0)
	data, err := json.Marshal(&full)
	if err != nil {
		t.Fatal(err)
	}
	var got Secret
	if err := json.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, full) {
		t.Fatalf("%v\n got %+v\nwant %+v", err, got, full)
	}
	empty, err := json.Marshal(&Secret{Responses: []Response{{Choice: &choiceKey{Correct: []string{}}}, {Check: &checkKey{}}}})
	if err != nil {
		t.Fatal(err)
	}
	bothWays(t, empty)
	bothWays(t, data)
	for cut := range len(data) {
		if err := got.UnmarshalJSON(data[:cut]); err == nil {
			t.Errorf("the first %d bytes were read", cut)
		}
	}
}

func TestStoredKeysOfAnotherVersion(t *testing.T) {
	for _, data := range []string{
		`{"r":[{"t":"x","new":1}]}`, `{"r":[{"t":1}]}`, `{"r":{}}`, `[]`, `{"r":[] "s":[]}`, `{"r":[]}x`, `{"s":[{"n":1.5}]}`, `{"x":"\q"}`, `{"x":"\u12"}`, ``,
	} {
		var got Secret
		if err := got.UnmarshalJSON([]byte(data)); err == nil {
			t.Errorf("%s was read as %+v", data, got)
		}
	}
}

// FuzzStored: what encoding/json writes is read as it reads it, and nothing panics.
func FuzzStored(f *testing.F) {
	for _, source := range []string{secretive, `<problem><numericalresponse answer="[1,2)"><formulaequationinput/></numericalresponse></problem>`} {
		p, _, err := Compile(source)
		if err != nil {
			f.Fatal(err)
		}
		data, err := json.Marshal(p.Secret)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Add(`{"r":[{"t":"\ud83d\ude00 \ud800x\u003c","i":[{"i":"","p":-1e3}]}],"s":null}`)
	f.Fuzz(func(t *testing.T, data string) {
		if strings.Count(data, "\"") > 400 {
			return
		}
		var got Secret
		_ = got.UnmarshalJSON([]byte(data)) // it may be refused, and must not panic
		var value reflected
		if json.Unmarshal([]byte(data), &value) != nil {
			return
		}
		written, err := json.Marshal(&value)
		if err != nil {
			t.Fatal(err)
		}
		bothWays(t, written)
	})
}
