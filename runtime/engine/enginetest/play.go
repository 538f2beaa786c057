package enginetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Step is one call of a play.
type Step struct {
	// Name says what was asked: the type, the operation and what it was asked about.
	Name string
	// Request and Reply are frames; Services are the frames of what the block asked meanwhile.
	Request, Reply []byte
	Services       [][]byte
	// Fuel is what the call used, 0 where that is not counted.
	Fuel int64
	// Failure is the block's or the engine's error, nil when there was none.
	Failure *wire.Error
}

// Play asks a loaded block for everything that can be asked without a site: it describes itself, gives its samples, outlines
// each, renders every view of it and grades each of its answers. Whatever differs between two plays of one block differs in
// the block or in the engine: clock, randomness and services are the same in all.
func Play(t testing.TB, conn engine.Conn, m manifest.Manifest) []Step {
	t.Helper()
	p := &play{t: t, conn: conn}
	for _, blockType := range m.Types {
		p.block = blockType.Name
		p.everything()
	}
	return p.steps
}

type play struct {
	t     testing.TB
	conn  engine.Conn
	block string
	steps []Step
}

// playTime is the clock of every call.
var playTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// ask makes one call and decodes the reply, which may be a failure that the block means.
func (p *play) ask(op wire.Op, about string, seed int, body, into any) bool {
	p.t.Helper()
	step := Step{Name: fmt.Sprintf("%s: %s %s", p.block, op, about)}
	var err error
	step.Request, err = wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: op, Context: wire.Context{
		Block: p.block, Run: "course-v1:Test+One+now", Usage: "block-v1:Test+One+now+type@" + p.block + "+block@it",
		Role: wire.RoleLearner, Subject: "00000000000000000000000000000001", Seed: &seed, Now: playTime.UnixMilli(),
		Random: "000102030405060708090a0b0c0d0e0f", Locale: "en", Zone: "UTC",
	}}, body)
	if err != nil {
		p.t.Fatalf("%s: %v", step.Name, err)
	}
	call := engine.Call{Frame: step.Request, Now: playTime, Random: [16]byte{0, 1, 2, 3}, Long: true}
	call.Service = func(_ context.Context, frame []byte) []byte {
		step.Services = append(step.Services, slices.Clone(frame))
		return engine.NoServices()
	}
	result, err := p.conn.Call(p.t.Context(), call)
	step.Reply, step.Fuel = result.Frame, result.Fuel
	if err == nil {
		err = wire.DecodeReply(result.Frame, into)
	}
	if err != nil && !errors.As(err, &step.Failure) {
		p.t.Errorf("%s: %v", step.Name, err)
	}
	p.steps = append(p.steps, step)
	return err == nil
}

func (p *play) everything() {
	p.t.Helper()
	var d wire.Description
	if !p.ask(wire.OpDescribe, "", 1, wire.DescribeRequest{}, &d) {
		p.t.Errorf("%s does not describe itself: %v", p.block, p.steps[len(p.steps)-1].Failure)
		return
	}
	samples := []wire.Sample{{Name: "nothing", Fields: wire.Fields{}}}
	if slices.Contains(d.Ops, wire.OpSample) {
		var reply wire.SampleReply
		if p.ask(wire.OpSample, "", 1, wire.SampleRequest{}, &reply) {
			samples = append(samples, reply.Samples...)
		}
	}
	for _, sample := range samples {
		p.sample(&d, sample)
	}
}

func (p *play) sample(d *wire.Description, s wire.Sample) {
	p.t.Helper()
	var o wire.Outline
	if slices.Contains(d.Ops, wire.OpOutline) {
		if !p.ask(wire.OpOutline, s.Name, 1, &wire.OutlineRequest{Fields: s.Fields, Children: children(s)}, &o) {
			return
		}
	}
	values := wire.Variant{Public: wire.Blob{Data: o.Public.Data}, Secret: wire.Blob{Data: o.Secret.Data}}
	if o.Facts.Varies {
		// There is no interpreter here: a block that needs one refuses, and its prepared values must do.
		var v wire.Variant
		if p.ask(wire.OpVary, s.Name, 1, &wire.VaryRequest{Public: values.Public, Secret: values.Secret}, &v) {
			values = v
		}
	}
	for _, view := range d.Views {
		request := &wire.RenderRequest{View: view.Name, Public: wire.Blob{Data: values.Public.Data}, Fields: fields(d, s, view.Reads)}
		if view.Reads.Access {
			request.Access = open()
		}
		if view.Name == wire.ViewGrade {
			request.Submission = &wire.Submission{ID: "0123456789abcdef0123456789abcdef", Attempt: 1, At: playTime.UnixMilli(), Answers: []byte("{}")}
		}
		var fragment wire.Fragment
		p.ask(wire.OpRender, s.Name+", view "+view.Name, 1, request, &fragment)
	}
	for n, answer := range s.Answers {
		p.answer(d, s, fmt.Sprintf("%s, answer %d", s.Name, n+1), answer, values)
	}
	if slices.Contains(d.Ops, wire.OpSolve) {
		var solution wire.Solution
		p.ask(wire.OpSolve, s.Name, 1, &wire.SolveRequest{Public: values.Public, Secret: values.Secret}, &solution)
	}
}

// answer hands an answer in and grades what becomes of it.
func (p *play) answer(d *wire.Description, s wire.Sample, about string, a wire.SampleAnswer, values wire.Variant) {
	p.t.Helper()
	seed := 1
	if a.Seed != nil {
		seed = *a.Seed
	}
	request := &wire.HandleRequest{Handler: a.Input.Handler, Access: open(), Public: wire.Blob{Data: values.Public.Data}}
	request.Method, request.Form = "POST", a.Input.Form
	if len(a.Input.JSON) > 0 {
		request.ContentType, request.Body.Data = "application/json", a.Input.JSON
	}
	for _, handler := range d.Handlers {
		if handler.Name == a.Input.Handler {
			request.Fields = fields(d, s, handler.Reads)
		}
	}
	var reply wire.HandleReply
	if !p.ask(wire.OpHandle, about, seed, request, &reply) {
		return
	}
	for _, effect := range reply.Effects {
		if effect.Submit == nil {
			continue
		}
		var verdict wire.Verdict
		var evidence []wire.Evidence
		if a.Evidence != nil {
			evidence = []wire.Evidence{{At: playTime.UnixMilli(), From: "grader", Data: a.Evidence}}
		}
		p.ask(wire.OpGrade, about, seed, &wire.GradeRequest{
			Evidence: evidence,
			Submission: wire.Submission{
				ID: "0123456789abcdef0123456789abcdef", Attempt: 1, At: playTime.UnixMilli(), Answers: effect.Submit.Answers,
			},
			Public: values.Public, Secret: values.Secret,
		}, &verdict)
	}
}

func children(s wire.Sample) []wire.Child {
	var list []wire.Child
	for n, child := range s.Children {
		list = append(list, wire.Child{ID: fmt.Sprintf("child%d", n+1), Type: child.Type, Facts: wire.Facts{Title: child.Title}})
	}
	return list
}

// fields gives the defaults of what a view or handler reads, and what the sample sets.
func fields(d *wire.Description, s wire.Sample, reads wire.Reads) wire.Fields {
	values := wire.Fields{}
	for _, field := range d.Fields {
		if !slices.Contains(reads.Fields, field.Name) {
			continue
		}
		if value, set := s.Fields[field.Name]; set {
			values[field.Name] = value
		} else if len(field.Default) > 0 {
			values[field.Name] = field.Default
		}
	}
	return values
}

// open is a policy that allows everything.
func open() *wire.Access {
	yes := wire.Gate{Open: true}
	return &wire.Access{Submit: yes, Save: yes, Reset: yes, Answer: yes, Correctness: yes}
}
