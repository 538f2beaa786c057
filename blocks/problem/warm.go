package problem

import (
	"encoding/json"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// warm encodes and decodes every kind of value once, so that the tables which encoding/json builds at first use are in the
// image that each call starts from. The SDK does the same for the messages.
func warm() {
	for _, sample := range sampleSources() {
		prepared, _, err := compile(sample)
		if err != nil {
			continue
		}
		answers, _ := prepared.Secret.Solve()
		_ = again(prepared.Public)
		_ = again(prepared.Secret)
		_ = again(&answers)
		if verdict, err := verdictOf(prepared.Secret.Grade(answers)); err == nil {
			_, _ = resultOf(&verdict)
		}
	}
	_ = again(&detail{Failure: &capa.Failure{}, Parts: []partDetail{{Feedback: &capa.Feedback{}}}, Targeted: []capa.Explanation{{}}})
}

// judged is a problem with a script that draws and judges.
const judged = `<problem><script type="loncapa/python">a = 1</script><customresponse cfn="check" expect="$a"><textline/></customresponse></problem>`

// warmScripts draws and judges once, by a host that answers as the service does: what a script's call encodes and decodes costs a
// guest a millisecond the first time, several times what grading without a script takes.
func warmScripts(b sdk.Block) {
	prepared, _, err := compile(judged)
	if err != nil {
		return
	}
	said, _ := wire.EncodeReply(&wire.ScriptDone{Globals: json.RawMessage(`{"a":1,"cfn_return":{"ok":true,"msg":"m"}}`)}, nil)
	public, _ := json.Marshal(Public{Public: *prepared.Public})
	secret, _ := json.Marshal(prepared.Secret)
	seed := 1
	serve := func(op wire.Op, body, into any) {
		frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: op, Context: wire.Context{Seed: &seed}}, body)
		if err == nil {
			_ = wire.DecodeReply(b.Serve(answering(said), frame), into) // what comes of it is of no interest
		}
	}
	var drawn wire.Variant
	serve(wire.OpVary, &wire.VaryRequest{Public: wire.Blob{Data: public}, Secret: wire.Blob{Data: secret}}, &drawn)
	var verdict wire.Verdict
	serve(wire.OpGrade, &wire.GradeRequest{Secret: drawn.Secret, Submission: wire.Submission{Answers: json.RawMessage(`{"2_1":"1"}`)}}, &verdict)
	_ = again(&wire.ScriptDone{Failed: &wire.ScriptError{}})
}

// answering is a host that has one answer to every question.
type answering []byte

func (a answering) Service([]byte) []byte { return a }
func (answering) Log(int, string)         {}

// again encodes a value and decodes it into itself; what comes of it is of no interest.
func again[V any](value *V) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, value)
}
