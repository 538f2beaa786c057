package events

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

var declared = []wire.EventType{
	{Name: "play_video", Browser: true, Schema: []wire.EventField{
		{Name: "text", Type: wire.TypeString, Max: 5},
		{Name: "whole", Type: wire.TypeInteger},
		{Name: "real", Type: wire.TypeNumber},
		{Name: "truth", Type: wire.TypeBoolean},
		{Name: "when", Type: wire.TypeTime},
		{Name: "list", Type: wire.TypeList, Max: 3},
		{Name: "object", Type: wire.TypeObject, Max: 20},
		{Name: "any", Type: wire.TypeAny, Max: 2000},
		{Name: "long", Type: wire.TypeText},
		{Name: "secs", Type: wire.TypeDuration},
		{Name: "text", Type: wire.TypeAny},
	}},
	{Name: "server_only", Schema: []wire.EventField{{Name: "a", Type: wire.TypeAny}}},
	{Name: "bare", Browser: true},
}

func TestClean(t *testing.T) {
	for data, want := range map[string]string{
		``:                                     ``,
		`{}`:                                   ``,
		`null`:                                 ``,
		`{"evil":1,"__proto__":{}}`:            ``,
		`{"real":1.5,"text":"abc","evil":"x"}`: `{"text":"abc","real":1.5}`,
		`{"text":"abcdefg"}`:                   `{"text":"abcde"}`,
		`{"text":"abcdé"}`:                     `{"text":"abcd"}`,
		`{"text":5}`:                           ``,
		`{"text":null,"truth":null,"real":null,"list":null}`: ``,
		`{"whole":3}`:                                 `{"whole":3}`,
		`{"whole":3.0}`:                               `{"whole":3}`,
		`{"whole":3.5}`:                               ``,
		`{"whole":1e300}`:                             ``,
		`{"real":1e400}`:                              ``,
		`{"real":"1"}`:                                ``,
		`{"truth":true,"secs":2.5}`:                   `{"truth":true,"secs":2.5}`,
		`{"when":"2026-03-01T12:00:00Z"}`:             `{"when":"2026-03-01T12:00:00Z"}`,
		`{"list":["a",1,{"b":2},[3],true,null,"c"]}`:  `{"list":["a",1,true]}`,
		`{"cut":"2026-03-01T12:00:00Z","when":"now"}`: ``,
		`{"list":{}}`:                                 ``,
		`{"object":{"a": 1}}`:                         `{"object":{"a":1}}`,
		`{"object":[1]}`:                              ``,
		`{"object":{"a":"aaaaaaaaaaaaaaaaaaaaaa"}}`:   ``,
		`{"any":` + strings.Repeat("[", 30) + strings.Repeat("]", 30) + `}`: ``,
		`{"any":"[[[[[[[[[[[[[[[[[[[[[[[[[[\"["}`:                           `{"any":"[[[[[[[[[[[[[[[[[[[[[[[[[[\"["}`,
		`{"long":"` + strings.Repeat("x", 300) + `"}`:                       `{"long":"` + strings.Repeat("x", 256) + `"}`,
		`{"text":"\ud800\u0000<"}`:                                          `{"text":"` + "\ufffd" + `\u0000\u003c"}`,
		`{"text":"a","text":"b"}`:                                           `{"text":"b"}`,
	} {
		got, err := Clean(declared, Sent{Name: "play_video", Data: json.RawMessage(data)})
		if err != nil || string(got) != want {
			t.Errorf("%s gives %s, %v, want %s", data, got, err, want)
		}
	}
	for _, data := range []string{`[]`, `"x"`, `1`, `{"a":`} {
		if _, err := Clean(declared, Sent{Name: "play_video", Data: json.RawMessage(data)}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", data, err)
		}
	}
	for _, name := range []string{"server_only", "unknown", "", "PLAY_VIDEO"} {
		if _, err := Clean(declared, Sent{Name: name}); !errors.Is(err, ErrUndeclared) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if got, err := Clean(declared, Sent{Name: "bare", Data: json.RawMessage(`{"a":1}`)}); err != nil || got != nil {
		t.Errorf("without a schema: %s, %v", got, err)
	}
}

func TestDecode(t *testing.T) {
	batch, err := Decode([]byte(` [{"name":"play_video","data":{"a":1},"actor":"somebody else","time":1}, {"name":"bare"}] `))
	if err != nil || len(batch) != 2 || batch[0].Name != "play_video" || string(batch[0].Data) != `{"a":1}` || batch[1].Data != nil {
		t.Errorf("%+v, %v", batch, err)
	}
	for _, body := range []string{
		``, `{}`, `null`, `[`, `[{"name":"a"}`, `[{"name":"a"}] x`, `[{"name":"a"}][]`, `[{}]`, `[1]`, `[{"name":"a b"}]`, `[{"name":1}]`, `[null]`,
		`[` + strings.Repeat(`{"name":"a"},`, MaxBatch) + `{"name":"a"}]`, strings.Repeat("[", 100_000), strings.Repeat(" ", MaxBatchBytes+1),
		`[{"name":"` + strings.Repeat("a", maxName+1) + `"}]`,
	} {
		if batch, err := Decode([]byte(body)); !errors.Is(err, ErrInvalid) {
			t.Errorf("%.40q: %v, %v", body, batch, err)
		}
	}
	if batch, err := Decode([]byte(`[]`)); err != nil || len(batch) != 0 {
		t.Errorf("an empty batch: %v, %v", batch, err)
	}
}

func FuzzBrowser(f *testing.F) {
	f.Add([]byte(`[{"name":"play_video","data":{"text":"abc","list":[1,"a",true],"any":{"b":[{}]}}}]`))
	f.Add([]byte(`[{"name":"play_video","data":{"whole":9007199254740993,"real":1e308,"when":"2026-03-01T12:00:00Z"}}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		batch, err := Decode(body)
		if err != nil {
			return
		}
		if len(batch) > MaxBatch {
			t.Fatalf("%d events", len(batch))
		}
		for _, sent := range batch {
			data, err := Clean(declared, sent)
			if err != nil {
				continue
			}
			if data == nil {
				continue
			}
			var object map[string]any
			if err := json.Unmarshal(data, &object); err != nil || len(data) > MaxData {
				t.Fatalf("%s: %v", data, err)
			}
			for name := range object {
				switch name {
				case "text", "whole", "real", "truth", "when", "list", "object", "any", "long", "secs", "cut":
				default:
					t.Fatalf("undeclared field %q in %s", name, data)
				}
			}
			again, err := Clean(declared, Sent{Name: sent.Name, Data: data})
			if err != nil || string(again) != string(data) {
				t.Fatalf("%s becomes %s, %v", data, again, err)
			}
			l := New(Config{})
			if _, err := l.document(&wire.Event{Name: sent.Name, Data: data}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
