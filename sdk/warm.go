package sdk

import (
	"github.com/quoin-lms/quoin/sdk/wire"
)

// silent is the host of calls that nobody asked for.
type silent struct{}

func (silent) Service([]byte) []byte {
	return failure(wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "no services while the module initialises"))
}

func (silent) Log(int, string) {}

// warm encodes and decodes each message of the hot operations once; what the author's code makes of empty values is of no
// interest.
func (b *block[F, P, S]) warm() {
	public, _ := blob(*new(P))
	secret, _ := blob(*new(S))
	if len(public.Data) == 0 {
		public.Data = []byte("{}")
	}
	if len(secret.Data) == 0 {
		secret.Data = []byte("{}")
	}
	view, handler := "", ""
	if len(b.spec.Views) > 0 {
		view = b.spec.Views[0].Name
	}
	if len(b.spec.Handlers) > 0 {
		handler = b.spec.Handlers[0].Name
	}
	verdict := &wire.Verdict{Parts: make([]wire.Part, 1)}
	_, _ = wire.EncodeReply(verdict, nil)
	_, _ = wire.EncodeReply(&wire.Fragment{}, nil)
	_, _ = wire.EncodeReply(&wire.HandleReply{}, nil)
	// A list and no map: two images of one module should be the same.
	for _, call := range []struct {
		op   wire.Op
		body any
	}{
		{wire.OpDescribe, wire.DescribeRequest{}},
		{wire.OpRender, &wire.RenderRequest{
			View: view, Public: public, Newest: verdict, Counted: verdict, Access: &wire.Access{}, Children: make([]wire.Place, 1),
		}},
		{wire.OpHandle, &wire.HandleRequest{
			Handler: handler, Public: public, Access: &wire.Access{}, HTTP: wire.HTTP{Form: map[string][]string{"": nil}},
		}},
		{wire.OpGrade, &wire.GradeRequest{
			Public: public, Secret: secret, Previous: verdict, Submission: wire.Submission{Answers: []byte("{}")},
		}},
	} {
		seed := 1
		frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: call.op, Context: wire.Context{Seed: &seed}}, call.body)
		if err == nil {
			b.Serve(silent{}, frame)
		}
	}
}

func (t Types) warm() {
	for _, b := range t {
		if w, ok := b.(interface{ warm() }); ok {
			w.warm()
		}
	}
}
