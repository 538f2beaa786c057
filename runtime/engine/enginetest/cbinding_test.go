package enginetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// cBinding loads the block in testdata/cbinding, compiled with the binding for C.
func cBinding(t *testing.T) engine.Conn {
	t.Helper()
	_ = cGuest(t) // skips where there is no compiler
	m := manifest.Manifest{Name: "binding", Source: "c", Engine: "wasm"}
	artifact, err := (&build.Builder{Cache: t.TempDir()}).Build(t.Context(), filepath.Join("testdata", "cbinding"), m)
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(artifact.Path)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := openWasm(t, wasm.Config{}).Load(t.Context(), engine.Artifact{Name: "binding", Code: code})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// read is what the block in C reads, with two blobs.
type read struct {
	Values []any     `json:"values"`
	Text   string    `json:"text"`
	Public wire.Blob `json:"public,omitzero"`
	Absent wire.Blob `json:"absent,omitzero"`
}

func (r *read) Blobs() []*wire.Blob { return []*wire.Blob{&r.Public, &r.Absent} }

// wrote is what it writes.
type wrote struct {
	Count  int
	Values []any
	Markup string
	Public wire.Blob
	Absent wire.Blob
	Digest string
}

func (w *wrote) Blobs() []*wire.Blob { return []*wire.Blob{&w.Public, &w.Absent} }

func callC(t *testing.T, conn engine.Conn, op wire.Op, body, into any, service func([]byte) []byte, log func(string)) error {
	t.Helper()
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: op}, body)
	if err != nil {
		t.Fatal(err)
	}
	result, err := conn.Call(t.Context(), engine.Call{
		Frame: frame, Log: func(_ int, line string) { log(line) }, Service: func(_ context.Context, frame []byte) []byte { return service(frame) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return wire.DecodeReply(result.Frame, into)
}

// What the binding for C reads of JSON is what Go wrote, and the reverse.
func TestTheBindingForC(t *testing.T) {
	conn := cBinding(t)
	body := &read{
		Values: []any{
			"", "plain", "tab\tand \"quotes\" \\ / \x01\x1f", "ä€😀\u2028<&>", "أهلًا", strings.Repeat("long ", 50_000), 0.0, 1.0, -1.0, 42.5, -0.000001, 123456789012.0,
			1e-3, 1.5e12, true,
			map[string]any{"b": []any{"a", map[string]any{"a": "wrong"}}, "a": "right"},
			[]any{[]any{"x", "]"}, 7.0},
			json.RawMessage(`"\ud83d\ude00 \u00e9 \b\f\/ \ud83d"`),
		},
		Text: `<b title="x">&'`, Public: wire.Blob{Data: []byte("blob \x00 bytes")},
	}
	var got wrote
	if err := callC(t, conn, wire.OpOutline, body, &got, nil, nil); err != nil {
		t.Fatal(err)
	}
	want := append(append([]any{}, body.Values[:15]...), "right", 7.0, "😀 é \b\f/ \ufffd")
	if fmt.Sprint(got.Values) != fmt.Sprint(want) || got.Count != len(want) {
		t.Errorf("got %.2000v, %d", got.Values, got.Count)
	}
	if got.Markup != html.EscapeString(body.Text) || string(got.Public.Data) != "blob \x00 bytes" || got.Absent.Data != nil || len(got.Digest) != 16 {
		t.Errorf("got %q, %q, %q, %q", got.Markup, got.Public.Data, got.Absent.Data, got.Digest)
	}
}

// A service's answer is passed on, and so is its refusal; an operation that is not there is refused.
func TestTheBindingForCAsksServices(t *testing.T) {
	conn := cBinding(t)
	var asked, logged []string
	answer := func(frame []byte) []byte {
		call, message, err := wire.DecodeService(frame)
		if err != nil {
			t.Fatal(err)
		}
		var get wire.DocumentGet
		if err := message.Body(&get); err != nil {
			t.Fatal(err)
		}
		asked = append(asked, fmt.Sprint(call.Service, ".", call.Method, " ", get))
		var failure *wire.Error
		if get.ID == "forbidden" {
			failure = wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "ask for \"documents\"")
		}
		reply, err := wire.EncodeReply(wire.DocumentFound{Document: &wire.Document{ID: get.ID, Body: json.RawMessage(`{"x":1}`)}}, failure)
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	log := func(line string) { logged = append(logged, line) }
	var found wire.DocumentFound
	if err := callC(t, conn, wire.OpCheck, wire.DocumentGet{Collection: "notes", ID: "a"}, &found, answer, log); err != nil || string(found.Document.Body) != `{"x":1}` {
		t.Errorf("got %+v, %v", found, err)
	}
	err := callC(t, conn, wire.OpCheck, wire.DocumentGet{Collection: "notes", ID: "forbidden"}, &found, answer, log)
	var failure *wire.Error
	if !errors.As(err, &failure) || failure.Code != wire.CodeForbidden || failure.Blame != wire.BlameBlock || failure.Message != `ask for "documents"` {
		t.Errorf("got %+v", failure)
	}
	if len(asked) != 2 || asked[0] != "documents.get {notes a}" || len(logged) != 2 || logged[0] != "asking" {
		t.Errorf("asked %q, logged %q", asked, logged)
	}
	if err := callC(t, conn, wire.OpSolve, wire.SolveRequest{}, nil, nil, nil); !errors.As(err, &failure) || failure.Code != wire.CodeRefused || failure.Message != "not \"today\"\n" {
		t.Errorf("got %v", err)
	}
	if err := callC(t, conn, wire.OpRender, wire.RenderRequest{}, nil, nil, nil); !errors.As(err, &failure) || failure.Code != wire.CodeUnsupported {
		t.Errorf("got %v", err)
	}
}
