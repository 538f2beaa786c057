package problem

import (
	"encoding/json"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// fiveTypes is the problem whose grading has a budget; `bench -only problems` measures it in the sandbox, and this is where a
// profiler sees what the guest does.
const fiveTypes = `<problem><multiplechoiceresponse><choicegroup><choice correct="false">a</choice><choice correct="true">b</choice></choicegroup></multiplechoiceresponse>
<choiceresponse><checkboxgroup><choice correct="true">a</choice><choice correct="false">b</choice><choice correct="true">c</choice></checkboxgroup></choiceresponse>
<optionresponse><optioninput options="('x','y','z')" correct="y"/></optionresponse>
<stringresponse answer="quoin" type="ci"><textline/></stringresponse>
<numericalresponse answer="9.81"><responseparam type="tolerance" default="1%"/><formulaequationinput/></numericalresponse></problem>`

func BenchmarkCalls(b *testing.B) {
	said, err := wire.EncodeReply(&wire.ScriptDone{Globals: json.RawMessage(`{"a":1,"cfn_return":{"ok":true,"msg":"m"}}`)}, nil)
	if err != nil {
		b.Fatal(err)
	}
	public, secret := preparedBlobs(b, fiveTypes)
	drawn := drawnBlob(b, said)
	answers := json.RawMessage(`{"2_1":"choice_1","3_1":["choice_0","choice_2"],"4_1":"y","5_1":"Quoin","6_1":"9.8"}`)
	for _, call := range []struct {
		name string
		op   wire.Op
		body any
	}{
		{"grade", wire.OpGrade, &wire.GradeRequest{Public: public, Secret: secret, Submission: wire.Submission{ID: "s", Attempt: 1, Answers: answers}}},
		{"script", wire.OpGrade, &wire.GradeRequest{Public: public, Secret: drawn, Submission: wire.Submission{ID: "s", Attempt: 1, Answers: json.RawMessage(`{"2_1":"1"}`)}}},
		{"render", wire.OpRender, &wire.RenderRequest{View: wire.ViewLearner, Public: public, Access: &wire.Access{}, Fields: wire.Fields{"student_answers": answers}}},
	} {
		b.Run(call.name, func(b *testing.B) {
			seed := 1
			frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: call.op, Context: wire.Context{Block: "problem", Seed: &seed, Random: "00112233445566778899aabbccddeeff"}}, call.body)
			if err != nil {
				b.Fatal(err)
			}
			block, host := Block(), answering(said)
			b.ReportAllocs()
			for b.Loop() {
				if err := wire.DecodeReply(block.Serve(host, frame), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func preparedBlobs(b *testing.B, source string) (public, secret wire.Blob) {
	b.Helper()
	prepared, _, err := compile(source)
	if err != nil {
		b.Fatal(err)
	}
	for value, blob := range map[any]*wire.Blob{&Public{Public: *prepared.Public}: &public, prepared.Secret: &secret} {
		if blob.Data, err = json.Marshal(value); err != nil {
			b.Fatal(err)
		}
	}
	return public, secret
}

// drawnBlob is the key of a variant that a script judges.
func drawnBlob(b *testing.B, said []byte) wire.Blob {
	b.Helper()
	public, secret := preparedBlobs(b, judged)
	seed := 1
	request := wire.Request{ABI: wire.ABI, Op: wire.OpVary, Context: wire.Context{Block: "problem", Seed: &seed}}
	frame, err := wire.EncodeRequest(request, &wire.VaryRequest{Public: public, Secret: secret})
	if err != nil {
		b.Fatal(err)
	}
	var drawn wire.Variant
	if err := wire.DecodeReply(Block().Serve(answering(said), frame), &drawn); err != nil {
		b.Fatal(err)
	}
	return drawn.Secret
}
