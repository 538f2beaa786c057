package questions_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// host answers no service and keeps no log.
type host struct{ t *testing.T }

func (h host) Service([]byte) []byte { h.t.Error("a question asked a service"); return nil }
func (host) Log(int, string)         {}

// ask makes one call; false when the block refuses, and what it says then is in said.
func ask(t *testing.T, blockType string, op wire.Op, seed int, body, into any) (said string, ok bool) {
	t.Helper()
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: op, Context: wire.Context{Block: blockType, Seed: &seed, Locale: "en", Now: 1}}, body)
	if err != nil {
		t.Fatal(err)
	}
	reply := questions.Block().Serve(host{t}, frame)
	return string(reply), wire.DecodeReply(reply, into) == nil
}

// blank is one in a running text: the text is shown, what stands between the brackets is not.
var blank = regexp.MustCompile(`\[\[.*?\]\]`)

// plant marks every text of a content that a learner may not see before he has answered: secret members of rows, feedback and
// explanations. Numbers and truths are the conformance's.
func plant(d *wire.Description, fields wire.Fields) (planted wire.Fields, marks []string) {
	planted = wire.Fields{}
	mark := func() string {
		marks = append(marks, fmt.Sprintf("canary%dq", 100+len(marks)))
		return marks[len(marks)-1]
	}
	for _, f := range d.Fields {
		value, set := fields[f.Name]
		if set {
			planted[f.Name] = value
		}
		if text := ""; f.Type == wire.TypeHTML && f.Secret && json.Unmarshal(value, &text) == nil && strings.Contains(text, "[[") {
			planted[f.Name], _ = json.Marshal(blank.ReplaceAllStringFunc(text, func(string) string { return "[[" + mark() + "]]" }))
		} else if f.Type == wire.TypeHTML && f.Secret {
			planted[f.Name], _ = json.Marshal(mark())
		}
		var rows []map[string]any
		if !set || len(f.Items) < 2 || json.Unmarshal(value, &rows) != nil {
			continue
		}
		for _, row := range rows {
			for _, item := range f.Items {
				if item.Secret && item.Type == wire.TypeHTML {
					row[item.Name] = mark()
				}
			}
		}
		planted[f.Name], _ = json.Marshal(rows)
	}
	return planted, marks
}

// Nothing that a learner may not see yet is in the public value, in facts, in any view or in what any handler answers, for any
// type and sample, whatever he sends.
func TestNothingLeaksBeforeAVerdict(t *testing.T) {
	for blockType := range questions.Block().(sdk.Types) {
		var d wire.Description
		var samples wire.SampleReply
		ask(t, blockType, wire.OpDescribe, 1, wire.DescribeRequest{}, &d)
		if _, ok := ask(t, blockType, wire.OpSample, 1, wire.SampleRequest{}, &samples); !ok || len(samples.Samples) == 0 {
			t.Errorf("%s has no samples", blockType)
		}
		for _, sample := range samples.Samples {
			t.Run(blockType+"/"+sample.Name, func(t *testing.T) { silent(t, blockType, &d, sample) })
		}
	}
}

func silent(t *testing.T, blockType string, d *wire.Description, sample wire.Sample) {
	fields, marks := plant(d, sample.Fields)
	if len(marks) < 3 {
		t.Fatalf("only %d texts are marked", len(marks))
	}
	var o wire.Outline
	if said, ok := ask(t, blockType, wire.OpOutline, 1, &wire.OutlineRequest{Fields: fields}, &o); !ok {
		t.Fatal(said)
	}
	for _, mark := range marks {
		if !strings.Contains(string(o.Secret.Data), mark) {
			t.Errorf("%s is not even in the secret value: the test marks what nothing reads", mark)
		}
	}
	facts, err := json.Marshal(o.Facts)
	if err != nil {
		t.Fatal(err)
	}
	lacks(t, "the facts", string(facts), marks)
	for _, seed := range []int{1, 7} {
		public, secret := o.Public, o.Secret
		if o.Facts.Varies {
			var v wire.Variant
			if said, ok := ask(t, blockType, wire.OpVary, seed, &wire.VaryRequest{Public: public, Secret: secret}, &v); !ok {
				t.Fatal(said)
			}
			public = v.Public
		}
		lacks(t, "the public value", string(public.Data), marks)
		open := &wire.Access{Submit: wire.Gate{Open: true}, Save: wire.Gate{Open: true}}
		for _, newest := range []*wire.Verdict{nil, {Outcome: wire.OutcomeSubmitted}} {
			for _, view := range d.Views {
				var shown wire.Fragment
				said, ok := ask(t, blockType, wire.OpRender, seed, &wire.RenderRequest{View: view.Name, Public: wire.Blob{Data: public.Data}, Access: open, Newest: newest}, &shown)
				if !ok {
					t.Fatal(said)
				}
				lacks(t, "the view "+view.Name, said+string(shown.HTML.Data), marks)
			}
		}
		for _, handler := range d.Handlers {
			forms := []map[string][]string{nil, {"answer": {"no such thing"}}}
			for _, answer := range sample.Answers {
				forms = append(forms, answer.Input.Form)
			}
			for _, form := range forms {
				request := &wire.HandleRequest{Handler: handler.Name, Public: wire.Blob{Data: public.Data}, Access: open}
				request.Form = form
				var reply wire.HandleReply
				said, _ := ask(t, blockType, wire.OpHandle, seed, request, &reply)
				lacks(t, "the reply of "+handler.Name, said, marks)
			}
		}
	}
}

func lacks(t *testing.T, what, text string, marks []string) {
	t.Helper()
	for _, mark := range marks {
		if strings.Contains(text, mark) {
			t.Errorf("%s is in %s: %s", mark, what, text)
		}
	}
}
