package sdk_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

type fields struct {
	Note  note         `quoin:"note,user_state"`
	Stars int          `quoin:"stars,user_state" default:"3"`
	Opt   sdk.Opt[int] `quoin:"opt,user_state"`
}

type note struct {
	Text string `json:"text"`
	New  bool   `json:"new"`
}

// tester does in each call what its test set.
type tester struct {
	handle func(c *sdk.Call, r *sdk.Request[fields, sdk.None]) (*sdk.Reply, error)
}

func (t *tester) Handle(c *sdk.Call, r *sdk.Request[fields, sdk.None]) (*sdk.Reply, error) {
	return t.handle(c, r)
}

func (*tester) Render(_ *sdk.Call, v sdk.View[fields, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: v.Name + v.Path + v.Query["page"][0]}, nil
}

func (*tester) Task(*sdk.Call, *fields, wire.TaskRequest) (*sdk.Reply, error) { return nil, nil }

func (*tester) Mount(*sdk.Call, *fields, wire.MountRequest) (*sdk.Reply, error) { return nil, nil }

// host answers every service request with one frame.
type host struct{ reply []byte }

func (h host) Service([]byte) []byte { return h.reply }

func (host) Log(int, string) {}

func ask(t *testing.T, impl *tester, h sdk.Host, op wire.Op, body, into any) error {
	t.Helper()
	reads := wire.Reads{Fields: []string{"note", "stars", "opt"}}
	block := sdk.New[fields, sdk.None, sdk.None](impl, sdk.Spec{
		Views: []wire.View{{Name: wire.ViewLearner}}, Tasks: []string{"send"},
		Handlers: []wire.Handler{{Name: "do", Reads: reads}}, Mounts: []wire.Handler{{Name: "hook"}},
	})
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: op, Context: wire.Context{Random: "00112233445566778899aabbccddeeff"}}, body)
	if err != nil {
		t.Fatal(err)
	}
	return wire.DecodeReply(block.Serve(h, frame), into)
}

func handle(t *testing.T, fields wire.Fields, do func(c *sdk.Call, r *sdk.Request[fields, sdk.None]) (*sdk.Reply, error)) (wire.HandleReply, error) {
	t.Helper()
	var reply wire.HandleReply
	err := ask(t, &tester{do}, host{}, wire.OpHandle, &wire.HandleRequest{Handler: "do", Fields: fields}, &reply)
	return reply, err
}

func TestFieldChangesBecomeEffects(t *testing.T) {
	nothing := func(*sdk.Call, *sdk.Request[fields, sdk.None]) (*sdk.Reply, error) { return nil, nil }
	for name, stored := range map[string]wire.Fields{
		"unset":                   nil,
		"stored by this SDK":      {"note": []byte(`{"text":"a","new":false}`), "stars": []byte("3")},
		"stored before a member":  {"note": []byte(`{"text":"a"}`)},
		"stored in other bytes":   {"note": []byte(`{ "new": false, "text": "\u0061" }`)},
		"null where that matters": {"opt": []byte("null")},
	} {
		if reply, err := handle(t, stored, nothing); err != nil || len(reply.Effects) != 0 {
			t.Errorf("%s: a handler that changes nothing answers %+v, %v", name, reply.Effects, err)
		}
	}
	reply, err := handle(t, wire.Fields{"note": []byte(`{"text":"a"}`)}, func(_ *sdk.Call, r *sdk.Request[fields, sdk.None]) (*sdk.Reply, error) {
		r.Fields.Note.Text, r.Fields.Stars = "b", r.Fields.Stars+1
		return nil, nil
	})
	if err != nil || len(reply.Effects) != 2 || string(reply.Effects[0].Set.Value) != `{"text":"b","new":false}` || string(reply.Effects[1].Set.Value) != "4" {
		t.Errorf("got %+v, %v", reply.Effects, err)
	}
}

func TestUndeclaredNamesAreRefused(t *testing.T) {
	quiet := &tester{}
	var view wire.Fragment
	if err := ask(t, quiet, host{}, wire.OpRender, &wire.RenderRequest{View: wire.ViewLearner, Path: "/x", Query: map[string][]string{"page": {"2"}}}, &view); err != nil || string(view.HTML.Data) != "learner/x2" {
		t.Errorf("a declared view: %q, %v", view.HTML.Data, err)
	}
	for op, body := range map[wire.Op]any{
		wire.OpRender: &wire.RenderRequest{View: "secret"}, wire.OpHandle: &wire.HandleRequest{Handler: "cheat"},
		wire.OpTask: &wire.TaskRequest{Task: "other"}, wire.OpMount: &wire.MountRequest{Mount: "elsewhere"},
	} {
		if err := ask(t, quiet, host{}, op, body, nil); !errors.Is(err, &wire.Error{Code: wire.CodeNotFound}) {
			t.Errorf("%s of an undeclared name: %v", op, err)
		}
	}
}

func TestTakesOnOneDocument(t *testing.T) {
	reply, err := handle(t, nil, func(*sdk.Call, *sdk.Request[fields, sdk.None]) (*sdk.Reply, error) {
		return sdk.OK().
			Take("rooms", "main", "left", -1, 0, 9).Otherwise("The room is full.").
			TakeKey("rooms", "main", "who", "ann", 1, 0, 1).Otherwise("You have a seat."), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if failure := wire.CheckEffects(wire.OpHandle, wire.RoleLearner, reply.Effects, reply.Commit); failure != nil {
		t.Error(failure)
	}
	if reply.Effects[0].Add.Refusal != "The room is full." || reply.Effects[1].Add.Refusal != "You have a seat." || reply.Effects[1].Add.Key != "ann" {
		t.Errorf("got %+v %+v", reply.Effects[0].Add, reply.Effects[1].Add)
	}
}

func TestMistakesInAReply(t *testing.T) {
	for name, reply := range map[string]*sdk.Reply{
		"otherwise before an effect":          sdk.OK().Otherwise("no"),
		"otherwise behind what cannot refuse": sdk.OK().Publish("posts", "").Otherwise("no"),
		"a value that is no JSON":             sdk.JSON(math.NaN()),
	} {
		_, err := handle(t, nil, func(*sdk.Call, *sdk.Request[fields, sdk.None]) (*sdk.Reply, error) { return reply, nil })
		if !errors.Is(err, &wire.Error{Code: wire.CodeInternal}) {
			t.Errorf("%s: %v, want an error of the block", name, err)
		}
	}
}

func TestFindDecodesDocuments(t *testing.T) {
	frame, err := wire.EncodeReply(wire.DocumentsFound{
		Documents: []wire.Document{{ID: "1", Version: 4, Body: json.RawMessage(`{"text":"a"}`)}}, Next: "more",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	impl := &tester{func(c *sdk.Call, _ *sdk.Request[fields, sdk.None]) (*sdk.Reply, error) {
		docs, next, err := sdk.Find[note](c, wire.DocumentFind{Collection: "notes", Equal: sdk.Keys("a", 1, true), From: sdk.Key("b")})
		if err != nil || len(docs) != 1 || docs[0].ID != "1" || docs[0].Version != 4 || docs[0].Body.Text != "a" || next != "more" {
			t.Errorf("got %+v, %q, %v", docs, next, err)
		}
		if a, b := c.NewID(), c.NewID(); a == b || len(a) != 32 {
			t.Errorf("ids %q and %q", a, b)
		}
		return nil, nil
	}}
	if err := ask(t, impl, host{frame}, wire.OpHandle, &wire.HandleRequest{Handler: "do"}, nil); err != nil {
		t.Fatal(err)
	}
}
