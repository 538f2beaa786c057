package workbench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// talker is an engine whose guest answers every call alike, after it has asked a service and logged a line.
type talker struct {
	reply any
	err   error
}

func (talker) Name() string                { return "talker" }
func (talker) Close(context.Context) error { return nil }
func (e talker) Load(context.Context, engine.Artifact) (engine.Conn, error) {
	return engine.Func(func(ctx context.Context, call engine.Call) (engine.Result, error) {
		if call.Service != nil {
			ask, err := wire.EncodeService(wire.ServiceCall{Service: wire.ServiceUsers, Method: "get"}, wire.UsersGet{IDs: []string{"x"}})
			if err != nil {
				return engine.Result{}, err
			}
			call.Service(ctx, ask)
		}
		if call.Log != nil {
			call.Log(0, "a line")
		}
		frame, err := wire.EncodeReply(e.reply, nil)
		if err != nil {
			return engine.Result{}, err
		}
		return engine.Result{Frame: frame, Fuel: 7, Memory: 9, Elapsed: 3 * time.Millisecond}, e.err
	}), nil
}

// call makes one call of a handler about a learner, and returns what was recorded of it.
func call(t *testing.T, r *Recorder, e engine.Engine, learner string, op wire.Op, body any) (*Call, error) {
	t.Helper()
	conn, err := r.Wrap(e).Load(t.Context(), engine.Artifact{Name: "quiz", Digest: "0123456789abcdef"})
	if err != nil {
		t.Fatal(err)
	}
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: op, Context: wire.Context{Block: "quiz"}}, body)
	if err != nil {
		t.Fatal(err)
	}
	_, failed := conn.Call(engine.WithAbout(t.Context(), engine.About{Usage: "here", Subject: learner}), engine.Call{
		Frame: frame, Log: func(int, string) {},
		Service: func(context.Context, []byte) []byte {
			reply, err := wire.EncodeReply(wire.UsersFound{Users: []wire.User{{ID: "x", Username: "xavier"}}}, nil)
			if err != nil {
				t.Error(err)
			}
			return reply
		},
	})
	calls := r.Calls(0, learner)
	if len(calls) == 0 {
		return nil, failed
	}
	return calls[len(calls)-1], failed
}

func handling() *wire.HandleRequest {
	return &wire.HandleRequest{
		Handler: "send", HTTP: wire.HTTP{Method: "POST", Form: map[string][]string{"data": {"2"}}}, Public: wire.Blob{Data: []byte(`{"n":2}`)},
		Fields: wire.Fields{"secret": json.RawMessage("2")},
	}
}

func TestRecorded(t *testing.T) {
	r := NewRecorder(&Breaker{})
	if c, _ := call(t, r, talker{}, "ann", wire.OpHandle, handling()); c != nil {
		t.Fatal("a package that is not developed here is recorded")
	}
	r.Watch("quiz")
	var heard []int64
	r.OnCall(func(c *Call) { heard = append(heard, c.ID) })
	reply := &wire.HandleReply{Message: "thanks", Effects: []wire.Effect{{Set: &wire.SetField{Field: "a", Value: json.RawMessage("1")}}, {Submit: &wire.Submit{}}}}
	c, err := call(t, r, talker{reply: reply}, "ann", wire.OpHandle, handling())
	if err != nil {
		t.Fatal(err)
	}
	// The prepared value stands in its place; a number that a learner typed or a field holds stays one.
	for _, part := range []string{`"public":{"n":2}`, `"form":{"data":["2"]}`, `"fields":{"secret":2}`} {
		if !strings.Contains(string(c.Request), part) {
			t.Errorf("%s is not in %s", part, c.Request)
		}
	}
	if c.Op != wire.OpHandle || c.Name != "send" || c.Block != "quiz" || c.Usage != "here" || c.Learner != "ann" || c.Artifact != "0123456789ab" ||
		c.Fuel != 7 || c.Memory != 9 || c.Elapsed != 3 || c.Error != nil || len(c.Effects) != 2 || c.Effects[1] != wire.EffectSubmit {
		t.Errorf("%+v", c)
	}
	if len(c.Services) != 1 || c.Services[0].Service != wire.ServiceUsers || !strings.Contains(string(c.Services[0].Reply), "xavier") || len(c.Log) != 1 || c.Log[0].Text != "a line" {
		t.Errorf("services %+v, log %+v", c.Services, c.Log)
	}
	failure := wire.Errorf(wire.CodeTrap, wire.BlameBlock, "it fell over")
	if c, err = call(t, r, talker{err: failure}, "bob", wire.OpHandle, handling()); err == nil || c.Error == nil || c.Error.Code != wire.CodeTrap || c.Reply != nil {
		t.Errorf("%v, %+v", err, c)
	}
	if _, err := call(t, r, talker{}, "bob", wire.OpDescribe, wire.DescribeRequest{}); err != nil || len(r.Calls(0, "bob")) != 1 {
		t.Errorf("describe is recorded, %v", err)
	}
	if len(heard) != 2 || heard[0] >= heard[1] || len(r.Calls(heard[0], "ann", "bob")) != 1 {
		t.Errorf("heard %v", heard)
	}
	for range 2 * kept {
		if _, err := call(t, r, talker{reply: reply}, "cy", wire.OpHandle, handling()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(r.Calls(0, "cy")); n != kept || len(r.Calls(0, "ann")) != 1 {
		t.Errorf("%d calls are kept of one learner, and %d of another", n, len(r.Calls(0, "ann")))
	}
}

func TestLargeMessagesAreCut(t *testing.T) {
	r := NewRecorder(&Breaker{})
	r.Watch("quiz")
	big := handling()
	big.Public = wire.Blob{Data: []byte(strings.Repeat("x", shown+1))}
	big.Fields = wire.Fields{"long": json.RawMessage(`"` + strings.Repeat("é", shown) + `"`)}
	c, err := call(t, r, talker{reply: &wire.HandleReply{}}, "ann", wire.OpHandle, big)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Request) > shown || !json.Valid(c.Request) || !strings.Contains(string(c.Request), `"bytes":`) {
		t.Errorf("%d bytes are kept: %.200s", len(c.Request), c.Request)
	}
}

func TestFaultsHappenAsOftenAsSaid(t *testing.T) {
	breaker := &Breaker{}
	r := NewRecorder(breaker)
	r.Watch("quiz")
	told := 0
	breaker.OnChange(func() { told++ })
	for _, wrong := range []struct {
		fault Fault
		often Often
	}{{"weather", Once}, {FaultSlow, "often"}} {
		if breaker.Set(wrong.fault, wrong.often) == nil {
			t.Errorf("%v is taken", wrong)
		}
	}
	run := func(op wire.Op) (*Call, error) {
		return call(t, r, talker{reply: &wire.HandleReply{}}, "ann", op, handling())
	}
	for _, c := range []struct {
		fault Fault
		code  wire.Code
	}{{FaultDeadline, wire.CodeDeadline}, {FaultFuel, wire.CodeFuel}} {
		if err := breaker.Set(c.fault, Once); err != nil {
			t.Fatal(err)
		}
		if _, err := run(wire.OpOutline); err != nil {
			t.Errorf("publishing met %s", c.fault)
		}
		got, err := run(wire.OpHandle)
		if err == nil || got.Error.Code != c.code || len(got.Faults) != 1 || got.Faults[0] != c.fault {
			t.Errorf("%s: %v, %+v", c.fault, err, got)
		}
		if got, err = run(wire.OpHandle); err != nil || len(got.Faults) > 0 {
			t.Errorf("%s happened twice: %v", c.fault, err)
		}
	}
	if told != 4 {
		t.Errorf("told %d times, want at each setting and each time it happened", told)
	}
	if err := breaker.Set(FaultRefused, Always); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got, err := run(wire.OpHandle); err != nil || got.Services[0].Error == nil || got.Services[0].Error.Code != wire.CodeForbidden {
			t.Errorf("%v, %+v", err, got.Services)
		}
	}
	if breaker.State()[FaultRefused] != Always || breaker.State()[FaultFuel] != Never {
		t.Errorf("%v", breaker.State())
	}
}

func TestSlug(t *testing.T) {
	for text, want := range map[string]string{"Two Words": "two-words", "é/..": "", "a_b-1": "a_b-1"} {
		if got := slug(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := slug("quiz", KindNew, ""); got != "quiz-new" {
		t.Error(got)
	}
}

// Words of a story come back as they were, whatever a learner typed.
func TestQuotedWords(t *testing.T) {
	for text, want := range map[string]string{"a=b": "a=b", "a=b c": `"a=b c"`, `a="x"`: `"a=\"x\""`, "a=@f": `"a=@f"`, "a=": "a="} {
		if got, err := quotedWord(text); err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
	if _, err := quotedWord("a=${b}"); err == nil {
		t.Error("a word names what was kept")
	}
}

// Saving all day fills no disk: the newest files of compiled code stay, of every folder.
func TestPrune(t *testing.T) {
	cache := t.TempDir()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, folder := range []string{"build", "wasm/deep"} {
		if err := os.MkdirAll(filepath.Join(cache, folder), 0o700); err != nil {
			t.Fatal(err)
		}
		for n := range builtKept + 5 {
			name := filepath.Join(cache, folder, fmt.Sprint(n))
			if err := os.WriteFile(name, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(name, start, start.Add(time.Duration(n)*time.Second)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := prune(cache); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"build", "wasm/deep"} {
		entries, err := os.ReadDir(filepath.Join(cache, folder))
		if err != nil || len(entries) != builtKept {
			t.Errorf("%s: %d files, %v", folder, len(entries), err)
		}
		if _, err := os.Stat(filepath.Join(cache, folder, "4")); err == nil {
			t.Errorf("%s: an old one stays", folder)
		}
		if _, err := os.Stat(filepath.Join(cache, folder, "5")); err != nil {
			t.Errorf("%s: %v", folder, err)
		}
	}
}
