// Package requests holds the request frames that engines are tested and measured with. They are for the block in
// enginetest/testdata/bench.
package requests

import (
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Block is the block type of the bench block.
const Block = "bench"

// Empty asks a handler that does nothing.
func Empty() []byte { return handle("empty", "") }

// Echo asks for n bytes back.
func Echo(n int) []byte { return handle("echo", strings.Repeat("x", n)) }

// Loop asks for a loop without an end.
func Loop() []byte { return handle("loop", "") }

const (
	public = `{"question":"Which lake is the largest?","choices":["Erie","Superior","Huron","Ontario"]}`
	secret = `{"right":"choice_1","feedback":{"choice_0":"Too small.","choice_1":"Yes."}}`
)

// Render asks for the view of a choice problem.
func Render() []byte {
	return Frame(wire.OpRender, wire.Context{Block: Block}, &wire.RenderRequest{
		View: wire.ViewLearner, Public: wire.Blob{Data: []byte(public)},
	})
}

// Grade asks for the verdict on the right answer to it.
func Grade() []byte {
	seed := 1
	return Frame(wire.OpGrade, wire.Context{Block: Block, Seed: &seed, Now: 1_772_366_400_000, Random: strings.Repeat("0f", 16)}, &wire.GradeRequest{
		Submission: wire.Submission{ID: strings.Repeat("0123456789abcdef", 2), Attempt: 1, At: 1_772_366_400_000, Answers: []byte(`"choice_1"`)},
		Public:     wire.Blob{Data: []byte(public)}, Secret: wire.Blob{Data: []byte(secret)},
	})
}

func handle(handler, body string) []byte {
	request := &wire.HandleRequest{Handler: handler}
	request.Method, request.ContentType, request.Body.Data = "POST", "text/plain", []byte(body)
	return Frame(wire.OpHandle, wire.Context{Block: Block, Role: wire.RoleLearner}, request)
}

// Frame lays a request into a frame. A message that does not encode is a defect of the caller.
func Frame(op wire.Op, c wire.Context, body any) []byte {
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: op, Context: c}, body)
	if err != nil {
		panic(err)
	}
	return frame
}
