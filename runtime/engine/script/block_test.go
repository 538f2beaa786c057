package script_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/script"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// choice is a block as an author writes it.
const choice = `
import { block, content, html, invalid, ok, scored, serve, userState } from "@quoin/sdk";
const it = block({
  fields: {
    question: content.text({ default: "Why?" }),
    right: content.integer({ default: 0, secret: true }),
    choices: content.list({ default: ["a", "b"] }),
    chosen: userState.integer(),
  },
  outline: (_call, fields) => ({
    facts: { title: "Choice", max_score: 1, completion: "submit" },
    public: { question: fields.question, choices: fields.choices }, secret: { right: fields.right },
  }),
  views: { learner: {
    reads: { prepared: true, fields: ["chosen"], locale: true },
    render: (call, view) => html` + "`<p>${view.public.question} ${call.context.locale}</p>${view.public.choices.map((c, n) => html`<label>${n}${c}</label>`)}`" + `,
  } },
  handlers: {
    submit: { roles: ["learner"], grades: true, reads: { fields: ["chosen"] }, handle(call, request) {
      request.fields.chosen = Number(request.form?.c?.[0] ?? -1);
      call.log("answered");
      return ok().submit({ chosen: request.fields.chosen });
    } },
    people: { roles: ["learner"], reads: {}, handle(call, request) {
      return ok().json(call.users(...(request.form?.id ?? [])).map((u) => u.name ?? ""));
    } },
    refused: { roles: ["learner"], reads: {}, handle(call) { call.search("x"); } },
    bytes: { roles: ["learner"], reads: {}, handle(call, request) { return ok().body("text/plain", typeof request.body + request.body.length); } },
    loop: { roles: ["learner"], reads: {}, handle() { for (;;) {} } },
    forged: { roles: ["learner"], reads: {}, handle() { quoin.service("nonsense"); } },
    surrogate: { roles: ["learner"], reads: {}, handle() { return ok().say("\ud800"); } },
  },
  grade(_call, s) {
    if (s.answers.chosen < 0) return invalid("Choose one.");
    return scored(s.answers.chosen === s.secret.right ? 1 : 0, 1);
  },
});
globalThis.serve = serve(it);`

// bundle makes one script of a source and the SDK for TypeScript.
func bundle(t testing.TB, source string) []byte {
	t.Helper()
	sdk, err := filepath.Abs("../../../sdk/typescript/index.ts")
	if err != nil {
		t.Fatal(err)
	}
	built := api.Build(api.BuildOptions{
		Stdin:  &api.StdinOptions{Contents: source, Loader: api.LoaderTS, ResolveDir: filepath.Dir(sdk)},
		Bundle: true, Format: api.FormatIIFE, Target: api.ES2023, Alias: map[string]string{"@quoin/sdk": sdk}, MinifySyntax: true, MinifyWhitespace: true,
	})
	if len(built.Errors) > 0 {
		t.Fatal(built.Errors)
	}
	return built.OutputFiles[0].Contents
}

func loadBlock(t testing.TB, source string) engine.Conn {
	t.Helper()
	artifact(t, "globalThis.serve = r => r", engine.Limits{}) // skips where there is no interpreter
	made, err := script.Block("choice", "1", bundle(t, source), engine.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := newEngine(t).Load(t.Context(), made)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// ask asks the block and reads its reply into into.
func ask(t testing.TB, conn engine.Conn, op wire.Op, body, into any, service func(context.Context, []byte) []byte) (engine.Result, []string, error) {
	t.Helper()
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: op, Context: wire.Context{Block: "choice", Locale: "ar"}}, body)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	result, err := conn.Call(t.Context(), engine.Call{Frame: frame, Service: service, Log: func(_ int, line string) { lines = append(lines, line) }})
	if err == nil {
		err = wire.DecodeReply(result.Frame, into)
	}
	return result, lines, err
}

func blob(text string) wire.Blob { return wire.Blob{Data: []byte(text)} }

// A block in TypeScript answers the contract's frames as one in Go does.
func TestBlock(t *testing.T) {
	conn := loadBlock(t, choice)
	var description wire.Description
	if _, _, err := ask(t, conn, wire.OpDescribe, &wire.DescribeRequest{}, &description, nil); err != nil {
		t.Fatal(err)
	}
	if description.SDK != "typescript 1" || len(description.Fields) != 4 || !description.Fields[1].Secret || len(description.Handlers) != 7 {
		t.Errorf("it describes itself as %+v", description)
	}
	var outline wire.Outline
	if _, _, err := ask(t, conn, wire.OpOutline, &wire.OutlineRequest{Fields: wire.Fields{"question": json.RawMessage(`"<b>é𝄞"`)}}, &outline, nil); err != nil {
		t.Fatal(err)
	}
	if string(outline.Secret.Data) != `{"right":0}` || strings.Contains(string(outline.Public.Data), "right") || len(outline.AnswerHash) != 32 {
		t.Errorf("the outline is %+v", outline)
	}
	var fragment wire.Fragment
	if _, _, err := ask(t, conn, wire.OpRender, &wire.RenderRequest{View: "learner", Public: outline.Public}, &fragment, nil); err != nil {
		t.Fatal(err)
	}
	if want := "<p>&lt;b&gt;é𝄞 ar</p><label>0a</label><label>1b</label>"; string(fragment.HTML.Data) != want {
		t.Errorf("it shows %s, want %s", fragment.HTML.Data, want)
	}
	var reply wire.HandleReply
	_, lines, err := ask(t, conn, wire.OpHandle, &wire.HandleRequest{Handler: "submit", HTTP: wire.HTTP{Method: "POST", Form: map[string][]string{"c": {"1"}}}}, &reply, nil)
	if err != nil || len(reply.Effects) != 2 || string(reply.Effects[0].Set.Value) != "1" || string(reply.Effects[1].Submit.Answers) != `{"chosen":1}` {
		t.Errorf("it answers %+v, %v", reply, err)
	}
	if len(lines) != 1 || lines[0] != "answered" {
		t.Errorf("it logs %q", lines)
	}
	for chosen, want := range map[string]float64{"0": 1, "1": 0} {
		var verdict wire.Verdict
		_, _, err := ask(t, conn, wire.OpGrade, &wire.GradeRequest{Submission: wire.Submission{Answers: json.RawMessage(`{"chosen":` + chosen + `}`)}, Secret: blob(`{"right":0}`)}, &verdict, nil)
		if err != nil || verdict.Earned != want || verdict.Outcome != wire.OutcomeScored {
			t.Errorf("%s scores %+v, %v", chosen, verdict, err)
		}
	}
}

// What a block asks of services goes out and comes back as frames; what it sends that is no text arrives as bytes.
func TestBlockAsksServices(t *testing.T) {
	conn := loadBlock(t, choice)
	users := func(_ context.Context, frame []byte) []byte {
		call, message, err := wire.DecodeService(frame)
		var get wire.UsersGet
		if err == nil {
			err = message.Body(&get)
		}
		if err != nil || call.Service != wire.ServiceUsers || call.Method != "get" { //nolint:usestdlibvars // a service's method, not one of HTTP
			t.Errorf("it asks %+v, %v", call, err)
		}
		var found wire.UsersFound
		for _, id := range get.IDs {
			found.Users = append(found.Users, wire.User{ID: id, Name: "Zoë " + id})
		}
		reply, err := wire.EncodeReply(found, nil)
		if err != nil {
			t.Error(err)
		}
		return reply
	}
	var reply wire.HandleReply
	in := &wire.HandleRequest{Handler: "people", HTTP: wire.HTTP{Method: "GET", Form: map[string][]string{"id": {"a", "b"}}}}
	if _, _, err := ask(t, conn, wire.OpHandle, in, &reply, users); err != nil || string(reply.Body.Data) != `["Zoë a","Zoë b"]` {
		t.Errorf("it answers %q, %v", reply.Body.Data, err)
	}
	in = &wire.HandleRequest{Handler: "bytes", HTTP: wire.HTTP{Method: "POST", Body: wire.Blob{Data: []byte{0xff, 0, 1}}}}
	reply = wire.HandleReply{}
	if _, _, err := ask(t, conn, wire.OpHandle, in, &reply, nil); err != nil || string(reply.Body.Data) != "object3" {
		t.Errorf("bytes arrive as %q, %v", reply.Body.Data, err)
	}
}

// What goes wrong in a script is an error of the contract that says whose fault it is, and the next call is as good as new.
func TestBlockFails(t *testing.T) {
	conn := loadBlock(t, choice)
	for handler, want := range map[string]struct {
		code wire.Code
		text string
	}{
		"refused": {wire.CodeForbidden, "asking search.query"}, "loop": {wire.CodeFuel, "steps"}, "forged": {wire.CodeTrap, "no frame"},
		"surrogate": {"", ""}, "toString": {wire.CodeNotFound, "no handler"}, "submit": {"", ""},
	} {
		var reply wire.HandleReply
		_, _, err := ask(t, conn, wire.OpHandle, &wire.HandleRequest{Handler: handler}, &reply, nil)
		var failure *wire.Error
		if want.code == "" {
			if err != nil {
				t.Errorf("%s: %v", handler, err)
			}
			continue
		}
		if !errors.As(err, &failure) || failure.Code != want.code || !strings.Contains(failure.Message, want.text) {
			t.Errorf("%s: %v, want %s with %q", handler, err, want.code, want.text)
		}
	}
	var verdict wire.Verdict
	if _, _, err := ask(t, conn, wire.OpGrade, &wire.GradeRequest{}, &verdict, nil); err == nil || !strings.Contains(err.Error(), "TypeError") {
		t.Errorf("an exception of the author's is told as %v", err)
	}
}

// careless is a block whose author has no types, or took them away: each function gives what the contract has no place for.
const careless = `
import { block, html, ok, scored, serve } from "@quoin/sdk";
const gives = {
  async: { roles: ["learner"], reads: {}, async handle() { return ok(); } },
  text: { roles: ["learner"], reads: {}, handle: () => "yes" },
  effects: { roles: ["learner"], reads: {}, handle: () => ({ effects: [{ steal: 1 }] }) },
  nothing: { roles: ["learner"], reads: {}, handle() {} },
};
const it = block({
  fields: {},
  outline: () => ({ facts: { max_score: 1, completion: "submit" } }),
  views: {
    learner: { render: () => ({ nonsense: 1 }) },
    text: { render: () => "<p>" },
    markup: { render: () => ({ html: "<p>" }) },
    async: { render: async () => html` + "`<p>`" + ` },
  },
  handlers: gives,
  grade: (_call, { answers }) => answers === "async" ? Promise.resolve() : answers === "text" ? "ten" : scored(answers === "none" ? undefined : NaN, 1),
});
globalThis.serve = serve(it);`

// What a function gives that nobody reads is an error, and not a learner's zero, an empty view or a press without effect.
func TestBlockGivesNonsense(t *testing.T) {
	conn := loadBlock(t, careless)
	told := func(what string, err error, code wire.Code, text string) {
		t.Helper()
		var failure *wire.Error
		if !errors.As(err, &failure) || failure.Code != code || failure.Blame != wire.BlameBlock || !strings.Contains(failure.Message, text) {
			t.Errorf("%s: %v, want %s with %q", what, err, code, text)
		}
	}
	for name, want := range map[string]string{"async": "take async and await out", "text": `gives "yes"`, "effects": "what ok() and json() begin"} {
		var reply wire.HandleReply
		_, _, err := ask(t, conn, wire.OpHandle, &wire.HandleRequest{Handler: name}, &reply, nil)
		told("the handler "+name, err, wire.CodeBadReply, want)
	}
	var reply wire.HandleReply
	if _, _, err := ask(t, conn, wire.OpHandle, &wire.HandleRequest{Handler: "nothing"}, &reply, nil); err != nil {
		t.Errorf("a handler that gives nothing: %v", err)
	}
	for name, want := range map[string]string{"learner": `the member "nonsense"`, "text": "no object", "markup": "the tag html did not make", "async": "async and await"} {
		var fragment wire.Fragment
		_, _, err := ask(t, conn, wire.OpRender, &wire.RenderRequest{View: name}, &fragment, nil)
		told("the view "+name, err, wire.CodeBadReply, want)
	}
	for answer, want := range map[string]string{"async": "async and await", "text": `grade gives "ten"`} {
		var verdict wire.Verdict
		_, _, err := ask(t, conn, wire.OpGrade, &wire.GradeRequest{Submission: wire.Submission{Answers: json.RawMessage(`"` + answer + `"`)}}, &verdict, nil)
		told("grade "+answer, err, wire.CodeBadReply, want)
	}
	for answer, want := range map[string]string{"none": "earned is undefined", "nan": "earned is NaN"} {
		var verdict wire.Verdict
		_, _, err := ask(t, conn, wire.OpGrade, &wire.GradeRequest{Submission: wire.Submission{Answers: json.RawMessage(`"` + answer + `"`)}}, &verdict, nil)
		told("grade "+answer, err, wire.CodeTrap, want)
	}
}

func BenchmarkBlockGrades(b *testing.B) {
	conn := loadBlock(b, choice)
	request := &wire.GradeRequest{Submission: wire.Submission{Answers: json.RawMessage(`{"chosen":0}`)}, Secret: blob(`{"right":0}`)}
	for b.Loop() {
		var verdict wire.Verdict
		if _, _, err := ask(b, conn, wire.OpGrade, request, &verdict, nil); err != nil {
			b.Fatal(err)
		}
	}
}
