package capa

import (
	"encoding/json"
	"reflect"
	"testing"
)

// others is what encoding/json makes of answers.
func others(data []byte) (Answers, error) {
	var a map[string]Answer
	err := json.Unmarshal(data, &a)
	return a, err
}

func likeOthers(t *testing.T, data []byte) {
	t.Helper()
	var got Answers
	err := got.UnmarshalJSON(data)
	want, wrong := others(data)
	if (err == nil) != (wrong == nil) || err == nil && !reflect.DeepEqual(got, want) {
		t.Errorf("answers %q\nare read as %+v, %v\nwant        %+v, %v", data, got, err, want, wrong)
	}
	value, err := parseValue(data)
	plain, wrong := decodeValue(data)
	if (err == nil) != (wrong == nil) || err == nil && !reflect.DeepEqual(value, plain) {
		t.Errorf("%q\nis read as %#v, %v\nwant       %#v, %v", data, value, err, plain, wrong)
	}
}

var foreign = []string{
	`{"2_1":"a","3_1":["x","y"],"4_1":{"p":"q"},"5_1":[],"6_1":{}}`, `{"2_1":"\u00e9\ud83d\ude00\n<"}`, `{"2_1":null,"3_1":[null],"4_1":{"p":1}}`,
	`{"a":"\ud83d"}`, `{"a":"\ud83d\u0041"}`, "{\"a\":\"\xff\"}", "{\"a\":\"\x01\"}", "{\"a\":\"\x01\\n\"}", "{\"a\":\"\xff\\n\"}", `{"a":"b",}`, `{"a":["b",]}`, `{"a" "b"}`,
	`{}`, `null`, ` { } `, `[]`, ``, `{"a":"b"} x`, `{"a":"b","a":["c"]}`, `{"n":[1,-0,2.50,1e5,01,1.,-,+1,.5,1-2]}`, `{"n":[1,-0,2.50,1E+5,true,false,null]}`,
	`{"f":{"$float":"nan1"},"g":{"$float":"inf"}}`, `tru`, `nul`, `"`, `{"a`, `{"a":"\`, `{"a":"\u12`, `[[[[]]]]`, `{"a":{"b":{"c":[{}]}}}`,
}

// What learners and programs send is read as encoding/json reads it, whatever it is.
func TestForeign(t *testing.T) {
	for _, text := range foreign {
		likeOthers(t, []byte(text))
	}
	for text, want := range map[string]bool{foreign[0]: true, foreign[1]: true, foreign[3]: false} {
		if s := (&Stored{data: []byte(text), foreign: true}); (s.value(0) != nil && s.whole()) != want {
			t.Errorf("%s: read without encoding/json: %t", text, !want)
		}
	}
}

func FuzzForeign(f *testing.F) {
	for _, text := range foreign {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) { likeOthers(t, data) })
}

// Variables are written as encoding/json writes them, with sorted names.
func TestGlobals(t *testing.T) {
	text := "é<b>\"\\\n\u2028\xff"
	more := map[string]any{
		"b": text, "a": &text, "none": (*string)(nil), "c": []string{"plain", text}, "d": []any{nil, "x", 1, map[string]any{"k<": false}}, "e": int64(-7),
		"f": map[string]any{}, "g": []string{}, "h": []string(nil), "i": []any(nil), "j": map[string]any(nil),
	}
	want, err := json.Marshal(more)
	if err != nil {
		t.Fatal(err)
	}
	if got := globals("", more); string(got) != string(want) {
		t.Errorf("written\n%s\ninstead of\n%s", got, want)
	}
	if got := globals(`{"z":[1, 2],"b":1}`, map[string]any{"b": "new"}); string(got) != `{"b":"new","z":[1, 2]}` {
		t.Errorf("put together as %s", got)
	}
}
