package code

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// prints is a host on which every program prints a word, and what it was given, and fails.
type prints struct{ t *testing.T }

func (prints) Log(int, string) {}

func (p prints) Service(frame []byte) []byte {
	_, m, err := wire.DecodeService(frame)
	var run wire.ScriptRun
	if err == nil {
		err = m.Body(&run)
	}
	if err != nil {
		p.t.Error(err)
	}
	reply, err := wire.EncodeReply(wire.ScriptDone{
		Stdout: "printed of " + run.Stdin, Failed: &wire.ScriptError{Class: "ValueError", Message: "failed at " + run.Stdin, Line: 3},
	}, nil)
	if err != nil {
		p.t.Error(err)
	}
	return reply
}

// asked makes one call of the block.
func asked(t *testing.T, op wire.Op, body, into any) {
	t.Helper()
	seed := 1
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: op, Context: wire.Context{Block: "code", Seed: &seed, Locale: "en", Now: 1}}, body)
	if err != nil {
		t.Fatal(err)
	}
	if err := wire.DecodeReply(Block().Serve(prints{t}, frame), into); err != nil {
		t.Fatal(err)
	}
}

// A verdict goes to the learner's browser, so it holds of a hidden test what became of it alone: not what went in, what came out, what
// was expected, nor what the error says, which the program can make of what went in.
func TestVerdictsTellNothingOfHiddenTests(t *testing.T) {
	fields := wire.Fields{}
	for name, rows := range map[string]any{
		"tests":        []Test{{ID: "seen", Input: "what is seen", Expected: "expected and seen"}},
		"hidden_tests": []Hidden{{ID: "unseen", Input: "canary in", Expected: "canary out"}},
	} {
		encoded, err := json.Marshal(rows)
		if err != nil {
			t.Fatal(err)
		}
		fields[name] = encoded
	}
	var outline wire.Outline
	asked(t, wire.OpOutline, &wire.OutlineRequest{Fields: fields}, &outline)
	answers, err := json.Marshal(map[string][]string{input: {"print(1)"}})
	if err != nil {
		t.Fatal(err)
	}
	var verdict wire.Verdict
	asked(t, wire.OpGrade, &wire.GradeRequest{Submission: wire.Submission{ID: "s", Answers: answers}, Public: outline.Public, Secret: outline.Secret}, &verdict)
	said, err := json.Marshal(verdict)
	if err != nil {
		t.Fatal(err)
	}
	text := string(said)
	for _, seen := range []string{"expected and seen", "printed of what is seen", "failed at what is seen", "unseen"} {
		if !strings.Contains(text, seen) {
			t.Errorf("%q is missing in %s", seen, text)
		}
	}
	if strings.Contains(text, "canary") {
		t.Errorf("a hidden test shows in %s", text)
	}
}
