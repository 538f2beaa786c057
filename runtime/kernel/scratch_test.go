package kernel_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// outside is everything beyond the store that effects reach; it notes what came.
type outside struct{ got []string }

func (o *outside) Append(_ context.Context, list ...wire.Event) error {
	for _, e := range list {
		o.got = append(o.got, "event "+e.Name+" of "+e.Actor)
	}
	return nil
}

func (o *outside) Enrol(_ context.Context, run, learner, _ string, _ bool, _ string) error {
	o.got = append(o.got, "enrolment of "+learner+" in "+run)
	return nil
}

func (o *outside) Publish(_ context.Context, m ports.Message) error {
	o.got = append(o.got, "message "+m.Topic)
	return nil
}

func (o *outside) Subscribe(context.Context, ...string) (<-chan ports.Message, error) {
	return nil, nil
}

// keptFiles keeps what belongs to the stand-in alone.
type keptFiles struct{}

func (keptFiles) Keep(_ context.Context, learner, _, _, name, contentType string, _ []byte) (wire.File, error) {
	if learner != standIn {
		return wire.File{}, fmt.Errorf("a file of %q was kept", learner)
	}
	return wire.File{Name: name, Type: contentType}, nil
}

func (keptFiles) Owned(context.Context, string, string, []string) error        { return nil }
func (keptFiles) Bind(context.Context, string, string, string, []string) error { return nil }

const standIn = "preview-of-bob"

// previewKeeps are the collections that a preview may write, in documents that are named or owned by its stand-in; blocks' own
// collections and their mail come to them.
var previewKeeps = []string{
	"states", "summaries", "mail_summaries", "personal", "completions", "submissions", "deliveries", "evidence", "verdicts", "scores",
}

// foreign lists what the store holds now and did not before, or otherwise, and that is not the stand-in's alone.
func (w *world) foreign(before map[string]int64) []string {
	w.t.Helper()
	var found []string
	for _, spec := range append(kernel.Specs(), state.DocumentsSpecs("probe", wire.Collection{Name: "c"})...) {
		err := store.Of[map[string]any](w.store, spec).Each(w.t.Context(), store.Query{}, func(doc store.Doc[map[string]any]) error {
			id := spec.Name + "/" + doc.ID
			mine := strings.Contains(doc.ID, standIn) || doc.Body["learner"] == standIn
			kept := slices.Contains(previewKeeps, spec.Name) || strings.HasPrefix(strings.TrimPrefix(spec.Name, "mail_"), "d_probe")
			if spec.Name == "requests" { // a mount's own record, by which it is not done twice
				return nil
			}
			if before[id] != doc.Version && (!mine || !kept) {
				found = append(found, id)
			}
			return nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return found
}

// What is done in an author's preview, by whatever effect and in whatever role, stays with the preview (security R15): learners'
// pages, the log, the bus, enrolments, tasks, notices, search and the lists of staff are as before.
func TestAPreviewReachesNobodyElse(t *testing.T) {
	o := &outside{}
	w, p := probeWorld(t, func(c *kernel.Config) { c.Events, c.Enroller, c.Bus, c.Files = o, o, o, keptFiles{} })
	block := w.block("probe", "p")
	bob := func() *access.Person {
		a := w.learner(standIn)
		a.Scratch, a.Roles = standIn, []string{access.RoleStaff}
		return a
	}
	count := 0
	do := func(person *access.Person, op wire.Op, role wire.Role, reply *wire.HandleReply) (*kernel.Response, error) {
		count++
		p.says = func(r wire.Request) any {
			if r.Op == wire.OpGrade {
				return &wire.Verdict{Outcome: wire.OutcomePending}
			}
			return reply
		}
		id := fmt.Sprintf("%032x", count)
		w.pass(time.Second)
		if op == wire.OpMount {
			return w.kernel.Mount(t.Context(), person, w.published(), block, kernel.MountCall{
				Path: "hook", As: role, HTTP: wire.HTTP{Method: "POST"}, ID: id, BodyHash: id,
			})
		}
		return w.kernel.Handle(t.Context(), person, w.published(), block, kernel.Request{
			Handler: "do", As: role, HTTP: wire.HTTP{Method: "POST"}, ID: id, BodyHash: id, Sitting: w.sittingNow(person, block),
		})
	}
	// ann has a document and an answer that waits for a grader.
	d := &wire.DocumentRef{Collection: "c", ID: "d"}
	insert := &wire.HandleReply{Commit: d, Effects: []wire.Effect{{Insert: &wire.InsertDoc{Collection: "c", ID: "d", Body: json.RawMessage(`{"n":1}`)}}}}
	if _, err := do(w.learner("ann"), wire.OpHandle, wire.RoleLearner, insert); err != nil {
		t.Fatal(err)
	}
	submit := &wire.HandleReply{Effects: []wire.Effect{{Submit: &wire.Submit{Answers: json.RawMessage(`1`)}}}}
	handed, err := do(w.learner("ann"), wire.OpHandle, wire.RoleLearner, submit)
	if err != nil {
		t.Fatal(err)
	}
	w.work()
	w.kernel.Wait()
	before := w.written()
	waiting, _, err := w.kernel.Scorer().ByHand(t.Context(), w.run.String(), 10)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%d answers wait for a grader: %v", len(waiting), err)
	}
	o.got = nil

	effects := exampleEffects()
	effects[wire.EffectSettle] = wire.Effect{Settle: &wire.Settle{Submission: handed.Submission, Data: json.RawMessage(`1`)}}
	effects[wire.EffectIndex] = wire.Effect{Index: &wire.IndexDoc{ID: "i", Title: "unreleased"}}
	effects[wire.EffectAppend] = wire.Effect{Append: &wire.AppendField{Field: "said", Value: json.RawMessage(`"unreleased"`)}}
	effects[wire.EffectInsert] = wire.Effect{Insert: &wire.InsertDoc{Collection: "c", Body: json.RawMessage(`{"n":1}`)}}
	effects[wire.EffectReplace] = wire.Effect{Replace: &wire.ReplaceDoc{Collection: "c", ID: "d", Version: 1, Body: json.RawMessage(`{"n":2}`)}}
	tried := map[wire.EffectKind]bool{}
	for _, op := range []wire.Op{wire.OpHandle, wire.OpMount} {
		for _, role := range wire.Roles() {
			for _, kind := range wire.EffectKinds() {
				if !wire.Allowed(op, role, kind) || role == wire.RoleHost || op == wire.OpHandle && !bob().May(role) {
					continue
				}
				reply := &wire.HandleReply{Effects: []wire.Effect{effects[kind]}}
				if kind == wire.EffectReplace {
					reply.Commit = d
					// The preview's own documents begin empty: ann's is not there to be replaced, and the name is free.
					if _, err := do(bob(), wire.OpHandle, wire.RoleLearner, insert); err != nil && !tried[kind] {
						t.Fatalf("inserting a document of the preview: %v", err)
					}
				}
				if _, err := do(bob(), op, role, reply); err != nil && !tried[kind] {
					t.Errorf("%s as %s: %s: %v", op, role, kind, err)
				}
				tried[kind] = true
				w.work()
				w.kernel.Wait()
				if found := w.foreign(before); len(found) > 0 {
					t.Fatalf("%s as %s: %s wrote %q", op, role, kind, found)
				}
			}
		}
	}
	if len(tried) != len(wire.EffectKinds()) {
		t.Errorf("only %d of %d kinds of effects were tried", len(tried), len(wire.EffectKinds()))
	}
	for _, got := range o.got {
		if got != "message learner:"+standIn { // the preview's own page learns of its verdict
			t.Errorf("outside the preview: %s", got)
		}
	}
	if waiting, _, err = w.kernel.Scorer().ByHand(t.Context(), w.run.String(), 10); err != nil || len(waiting) != 1 || waiting[0].Learner != "ann" {
		t.Errorf("graders see %v, %v", waiting, err)
	}
	if n, err := w.kernel.Scorer().Answered(t.Context(), block.Usage); err != nil || n != 1 {
		t.Errorf("%d learners have answered, %v", n, err)
	}
}

// A preview looks right to its author: what everybody changes together is what was changed in the preview.
func TestAPreviewShowsWhatWasDoneInIt(t *testing.T) {
	w, p := probeWorld(t, nil)
	block := w.block("probe", "p")
	bob := func() *access.Person {
		a := w.learner(standIn)
		a.Scratch = standIn
		return a
	}
	// Each reads what the probe was asked to render: its request, in full.
	shared := func(person *access.Person) (string, string) {
		html, how := w.view(person, block, "all", "", nil)
		text, err := hex.DecodeString(html)
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(string(text), `"liked":`)
		value, _, _ := strings.Cut(after, "}")
		return value, how
	}
	like := func(person *access.Person, by int64) {
		t.Helper()
		p.says = func(wire.Request) any {
			return &wire.HandleReply{Effects: []wire.Effect{{Increment: &wire.IncrementField{Field: "liked", Key: "k", By: by}}}}
		}
		if _, err := w.post(person, block, "do", "", nil); err != nil {
			t.Fatal(err)
		}
	}
	like(w.learner("ann"), 3)
	if value, _ := shared(bob()); value != "" {
		t.Errorf("a preview begins with learners' %s", value)
	}
	like(bob(), 40)
	if value, _ := shared(bob()); value != `{"k":40` {
		t.Errorf("the preview shows %q after its author liked something", value)
	}
	if value, _ := shared(w.learner("ann")); value != `{"k":3` {
		t.Errorf("learners see %q", value)
	}
	// What a crash left of a preview is finished where it belongs.
	if _, err := w.kernel.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}
