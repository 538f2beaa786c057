package kernel_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// probe shows the very bytes that it was asked to render, and answers handlers and mounts with what the test tells it.
type probe struct {
	says func(request wire.Request) any
	// mark tells one build from another.
	mark string
}

var everyRole = wire.Roles()

func (p *probe) description() wire.Description {
	reads := wire.Reads{
		User: true, Seed: true, Clock: true, Locale: true, Role: true, Usage: true, Verdict: true, Access: true, Prepared: true,
		Fields: []string{"mine", "liked", "theme"}, Settings: []string{"due"}, Path: true, Query: []string{"q"},
	}
	return wire.Description{
		Kind: wire.KindComponent, Schema: 1, Ops: []wire.Op{wire.OpOutline, wire.OpRender, wire.OpHandle, wire.OpMount, wire.OpGrade},
		Fields: []wire.Field{
			{Name: "mine", Scope: wire.ScopeUserState, Type: wire.TypeString},
			{Name: "theme", Scope: wire.ScopePrefs, Type: wire.TypeString},
			{Name: "liked", Scope: wire.ScopeSummary, Shared: "sum"},
			{Name: "said", Scope: wire.ScopeSummary, Shared: "list"},
			{Name: "word", Scope: wire.ScopeContent, Type: wire.TypeString},
		},
		Views:       []wire.View{{Name: wire.ViewLearner}, {Name: "all", Roles: everyRole, Reads: reads}, {Name: "twin", Roles: everyRole, Reads: reads}},
		Handlers:    []wire.Handler{{Name: "do", Roles: everyRole, Grades: true}},
		Mounts:      []wire.Handler{{Name: "hook", Roles: everyRole, Reads: wire.Reads{User: true, Fields: []string{"mine"}}}},
		Collections: []wire.Collection{{Name: "c"}}, Events: []wire.EventType{{Name: "e"}}, Tasks: []string{"t"},
	}
}

func (p *probe) Serve(_ sdk.Host, frame []byte) []byte {
	request, message, err := wire.DecodeRequest(frame)
	var body any
	switch {
	case err != nil:
	case request.Op == wire.OpDescribe:
		body = p.description()
	case request.Op == wire.OpOutline:
		var asked wire.OutlineRequest
		one := 1.0
		err = message.Body(&asked)
		body = &wire.Outline{
			Facts: wire.Facts{MaxScore: &one, Shuffles: true}, AnswerHash: "same",
			Public: wire.Blob{Data: asked.Fields["word"]}, Secret: wire.Blob{Data: []byte("a-canary")},
		}
	case request.Op == wire.OpRender:
		body = &wire.Fragment{HTML: wire.Blob{Data: []byte(p.mark + hex.EncodeToString(frame))}}
	default:
		body = p.says(request)
	}
	var failure *wire.Error
	if err != nil {
		failure = wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "%v", err)
	}
	reply, err := wire.EncodeReply(body, failure)
	if err != nil {
		return []byte("no frame: " + err.Error()) // numbers that JSON cannot carry end here, as from a guest
	}
	return reply
}

func probeWorld(t *testing.T, tune func(*kernel.Config)) (*world, *probe) {
	t.Helper()
	p := &probe{}
	w := newWorld(t, openStore(t), nil)
	w.install("probe", "1.0.0", p)
	w.tune = tune
	w.reopen()
	w.publish(place{"probe", "p", map[string]any{"word": "one"}}, place{"probe", "twin", map[string]any{"word": "one"}})
	return w, p
}

// view renders one view and tells how the render was come by.
func (w *world) view(p *access.Person, block *course.Block, view, path string, query map[string][]string) (html, how string) {
	w.t.Helper()
	before := w.kernel.Stats()
	visit, err := w.kernel.Visit(w.t.Context(), p, w.published(), block)
	if err != nil {
		w.t.Fatal(err)
	}
	shown, err := visit.RenderAt(w.t.Context(), block, view, path, query)
	if err != nil {
		w.t.Fatal(err)
	}
	if shown.Failure != nil {
		w.t.Fatal(shown.Failure)
	}
	after := w.kernel.Stats()
	switch {
	case after.RenderHits > before.RenderHits:
		return shown.HTML, "hit"
	case after.RenderMisses > before.RenderMisses:
		return shown.HTML, "miss"
	}
	return shown.HTML, "skipped"
}

// Whatever the guest can see takes part in the key: change one thing, and nothing is shared (security R6). What a view did
// not declare changes nothing.
func TestRendersShareNothingThatDiffers(t *testing.T) {
	w, p := probeWorld(t, nil)
	block := w.block("probe", "p")
	p.says = func(wire.Request) any { return &wire.HandleReply{} }
	base := func() *access.Person { return w.learner("ann") }
	show := func(person *access.Person, block *course.Block, view string) (string, string) {
		return w.view(person, block, view, "/", map[string][]string{"q": {"1"}})
	}
	do := func(effects ...wire.Effect) {
		t.Helper()
		p.says = func(wire.Request) any { return &wire.HandleReply{Effects: effects} }
		if _, err := w.send(base(), block, w.sittingNow(base(), block), "do", fmt.Sprint("r", w.clock().UnixNano(), len(effects), effects), nil); err != nil {
			t.Fatal(err)
		}
		w.kernel.Wait()
	}
	set := func(field string) wire.Effect {
		return wire.Effect{Set: &wire.SetField{Field: field, Value: json.RawMessage(`"x"`)}}
	}
	seen := map[string]string{}
	first, _ := show(base(), block, "all")
	seen[first] = "base"
	steps := []struct {
		name string
		do   func() (html, how string)
	}{
		{"another learner", func() (string, string) { return show(w.learner("bob"), block, "all") }},
		{"language", func() (string, string) { a := base(); a.Locale = "ar"; return show(a, block, "all") }},
		{"time zone", func() (string, string) { a := base(); a.Zone = "Asia/Tokyo"; return show(a, block, "all") }},
		{"group", func() (string, string) {
			a := base()
			a.Groups = map[string]int{"50": 1}
			return show(a, block, "all")
		}},
		{"course role", func() (string, string) {
			a := base()
			a.Roles = []string{access.RoleBeta}
			return show(a, block, "all")
		}},
		{"visitor's role", func() (string, string) {
			return show(&access.Person{Run: w.run, Roles: []string{access.RoleStaff}}, block, "all")
		}},
		{"view", func() (string, string) { return show(base(), block, "twin") }},
		{"usage", func() (string, string) { return show(base(), w.block("probe", "twin"), "all") }},
		{"path", func() (string, string) { return w.view(base(), block, "all", "/a", map[string][]string{"q": {"1"}}) }},
		{"query", func() (string, string) { return w.view(base(), block, "all", "/", map[string][]string{"q": {"2"}}) }},
		{"clock", func() (string, string) { w.pass(time.Second); return show(base(), block, "all") }},
		{"state", func() (string, string) { do(set("mine")); return show(base(), block, "all") }},
		{"preference", func() (string, string) { do(set("theme")); return show(base(), block, "all") }},
		{"shared field", func() (string, string) {
			do(wire.Effect{Increment: &wire.IncrementField{Field: "liked", Key: "k", By: 1}})
			return show(base(), block, "all")
		}},
		{"tries", func() (string, string) {
			do(wire.Effect{Submit: &wire.Submit{Answers: json.RawMessage(`1`)}})
			return show(base(), block, "all")
		}},
		{"verdict", func() (string, string) {
			p.says = func(wire.Request) any { return &wire.Verdict{Outcome: wire.OutcomeScored, Earned: 1, Possible: 1} }
			w.work()
			return show(base(), block, "all")
		}},
		{"setting", func() (string, string) {
			w.publish(place{"probe", "p", map[string]any{"word": "one", "due": "2026-06-01T00:00:00Z"}}, place{"probe", "twin", nil})
			block = w.block("probe", "p")
			return show(base(), block, "all")
		}},
		{"content", func() (string, string) {
			w.publish(place{"probe", "p", map[string]any{"word": "two", "due": "2026-06-01T00:00:00Z"}}, place{"probe", "twin", nil})
			block = w.block("probe", "p")
			return show(base(), block, "all")
		}},
	}
	for _, step := range steps {
		html, how := step.do()
		if other, twice := seen[html]; twice || how != "miss" {
			t.Errorf("%s: a %s, the same as for %s", step.name, how, other)
		}
		seen[html] = step.name
	}
	if again, how := show(base(), block, "all"); how != "hit" || seen[again] == "" {
		t.Errorf("the same look again is a %s", how)
	}
	for html := range seen {
		if strings.Contains(html, hex.EncodeToString([]byte("a-canary"))) {
			t.Error("a render was given the secret value")
		}
	}

	// A view that declares nothing is one for everybody.
	plain, _ := show(w.learner("l0"), block, wire.ViewLearner)
	for i, change := range []func(a *access.Person){
		func(*access.Person) {}, func(a *access.Person) { a.Locale = "ar" }, func(a *access.Person) { a.Groups = map[string]int{"50": 1} },
		func(a *access.Person) { a.Roles = []string{access.RoleBeta} }, func(*access.Person) { w.pass(time.Hour) },
	} {
		a := w.learner(fmt.Sprint("l", i+1))
		change(a)
		if html, how := w.view(a, block, wire.ViewLearner, fmt.Sprint("/", i), nil); how != "hit" || html != plain {
			t.Errorf("change %d shows through to a view that declared nothing: a %s", i, how)
		}
	}
	// A new build of the block shares nothing with the old one.
	w.install("probe", "2.0.0", &probe{mark: "new ", says: p.says})
	if html, how := show(w.learner("l0"), block, wire.ViewLearner); how != "miss" || html != "new "+plain {
		t.Errorf("another artifact: a %s", how)
	}
}

// sittingNow is the sitting that a form made now would name.
func (w *world) sittingNow(p *access.Person, block *course.Block) string {
	w.t.Helper()
	return w.show(p, block).Sitting
}

func TestRenderingWithoutMemory(t *testing.T) {
	w, _ := probeWorld(t, func(c *kernel.Config) { c.NoRenderCache = true })
	for range 3 {
		if _, how := w.view(w.learner("ann"), w.block("probe", "p"), wire.ViewLearner, "", nil); how != "skipped" {
			t.Errorf("a %s though nothing is remembered", how)
		}
	}
	calls := int64(0)
	for _, count := range w.kernel.Stats().Calls {
		if count.Op == wire.OpRender {
			calls += count.Calls
		}
	}
	if calls != 3 {
		t.Errorf("%d calls for three renders", calls)
	}
}

// exampleEffects has one well-formed effect of each kind.
func exampleEffects() map[wire.EffectKind]wire.Effect {
	one := json.RawMessage("1")
	out := map[wire.EffectKind]wire.Effect{}
	for _, e := range []wire.Effect{
		{Set: &wire.SetField{Field: "mine", Value: one}},
		{Unset: &wire.UnsetField{Field: "mine"}},
		{Increment: &wire.IncrementField{Field: "liked", Key: "k", By: 1}},
		{Append: &wire.AppendField{Field: "liked", Value: one}},
		{Submit: &wire.Submit{Answers: one}},
		{Settle: &wire.Settle{Submission: "s", Data: one}},
		{Score: &wire.SetScore{Learner: "ann", Earned: 1, Possible: 1, Reason: "by hand"}},
		{Complete: &wire.Complete{Fraction: 1}},
		{File: &wire.KeepFile{Name: "a.txt", Type: "text/plain", Data: wire.Blob{Data: []byte("a")}}},
		{Insert: &wire.InsertDoc{Collection: "c", Body: one}},
		{Replace: &wire.ReplaceDoc{Collection: "c", ID: "d", Version: 1, Body: one}},
		{Add: &wire.AddDoc{Collection: "c", ID: "d", Field: "n", By: 1}},
		{Delete: &wire.DeleteDoc{Collection: "c", ID: "d"}},
		{Event: &wire.EmitEvent{Name: "e"}},
		{Notify: &wire.Notify{To: []string{"ann"}, Title: "t"}},
		{Publish: &wire.Publish{Topic: "t"}},
		{Schedule: &wire.Schedule{Task: "t"}},
		{Enrol: &wire.Enrol{Learner: "l", Mode: "audit", Active: true}},
		{Index: &wire.IndexDoc{ID: "i"}},
		{Redraw: &wire.Redraw{}},
		{Sitting: &wire.Sitting{Open: true}},
	} {
		out[e.Kind()] = e
	}
	return out
}

// written is everything that the kernel's collections hold, by id.
func (w *world) written() map[string]int64 {
	w.t.Helper()
	out := map[string]int64{}
	for _, spec := range append(kernel.Specs(), state.DocumentsSpecs("probe", wire.Collection{Name: "c"})...) {
		err := store.Of[map[string]any](w.store, spec).Each(w.t.Context(), store.Query{}, func(doc store.Doc[map[string]any]) error {
			out[spec.Name+"/"+doc.ID] = doc.Version
			return nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return out
}

// Operation by role by effect: what the table of the contract forbids voids the whole reply, the allowed effect beside it
// included, and leaves no document behind (security R8).
func TestEveryForbiddenEffectVoidsTheReply(t *testing.T) {
	w, p := probeWorld(t, nil)
	block := w.block("probe", "p")
	boss := func() *access.Person {
		a := w.learner("ann")
		a.Admin, a.Roles = true, []string{access.RoleStaff}
		return a
	}
	sitting := w.sittingNow(boss(), block)
	call := func(op wire.Op, role wire.Role, id string) error {
		if op == wire.OpMount {
			_, err := w.kernel.Mount(t.Context(), boss(), w.published(), block, kernel.MountCall{
				Path: "hook", As: role, HTTP: wire.HTTP{Method: "POST"}, ID: id, BodyHash: id,
			})
			return err
		}
		_, err := w.kernel.Handle(t.Context(), boss(), w.published(), block, kernel.Request{
			Handler: "do", As: role, HTTP: wire.HTTP{Method: "POST"}, ID: id, BodyHash: id, Sitting: sitting,
		})
		return err
	}
	forbidden := 0
	before := w.written()
	for _, op := range []wire.Op{wire.OpHandle, wire.OpMount} {
		for _, role := range wire.Roles() {
			for _, kind := range wire.EffectKinds() {
				if wire.Allowed(op, role, kind) {
					continue
				}
				forbidden++
				beside := wire.Effect{Event: &wire.EmitEvent{Name: "e"}}
				if wire.Allowed(op, role, wire.EffectInsert) {
					beside = wire.Effect{Insert: &wire.InsertDoc{Collection: "c", Body: json.RawMessage(`1`)}}
				}
				reply := &wire.HandleReply{Effects: []wire.Effect{beside, exampleEffects()[kind]}}
				if kind == wire.EffectReplace {
					reply.Commit = &wire.DocumentRef{Collection: "c", ID: "d"}
				}
				p.says = func(wire.Request) any { return reply }
				err := call(op, role, fmt.Sprint(op, role, kind))
				host := role == wire.RoleHost || op == wire.OpHandle && role == wire.RoleOutside // nobody comes in these roles
				if want := wire.CodeForbidden; code(err) != want && (!host || code(err) != wire.CodeRefused) {
					t.Errorf("%s as %s with %s: %v, want %s", op, role, kind, err, want)
				}
			}
		}
	}
	w.kernel.Wait()
	for id, version := range w.written() {
		if before[id] != version {
			t.Errorf("%s was written by a void reply", id)
		}
	}
	if forbidden < 50 {
		t.Errorf("only %d forbidden combinations", forbidden)
	}
	// What is allowed comes through, so that the sweep above says something.
	p.says = func(wire.Request) any {
		return &wire.HandleReply{Effects: []wire.Effect{exampleEffects()[wire.EffectInsert], exampleEffects()[wire.EffectNotify]}}
	}
	if err := call(wire.OpMount, wire.RoleOutside, "good"); err != nil {
		t.Error(err)
	}
	if after := w.written(); len(after) < len(before)+2 {
		t.Error("an allowed reply wrote nothing")
	}
}

// Numbers that would spoil a gradebook change nothing; what is above the maximum counts as the maximum.
func TestNumbersThatAreNone(t *testing.T) {
	w, p := probeWorld(t, nil)
	block := w.block("probe", "p")
	raw := func(format string, args ...any) any { return json.RawMessage(fmt.Sprintf(format, args...)) }
	staff := w.learner("boss")
	staff.Roles = []string{access.RoleStaff}
	for _, number := range []string{"NaN", "1e999", "-1e999", "2", "null,\"earned\":1e400"} {
		p.says = func(wire.Request) any {
			return raw(`{"effects": [{"score": {"learner": "ann", "possible": 1, "reason": "r", "earned": %s}}]}`, number)
		}
		_, err := w.kernel.Handle(t.Context(), staff, w.published(), block, kernel.Request{
			Handler: "do", As: wire.RoleStaff, HTTP: wire.HTTP{Method: "POST"}, ID: number, BodyHash: "b", Sitting: w.sittingNow(staff, block),
		})
		if code(err) != wire.CodeBadReply {
			t.Errorf("score %s: %v", number, err)
		}
		if score := w.score("ann", block); score != nil {
			t.Fatalf("score %s counts as %v", number, *score)
		}
	}
	for i, c := range []struct {
		verdict string
		want    *float64
	}{
		{`{"outcome": "scored", "earned": NaN, "possible": 1}`, nil},
		{`{"outcome": "scored", "earned": 1e999, "possible": 1}`, nil},
		{`{"outcome": "scored", "earned": 1, "possible": -1}`, nil},
		{`{"outcome": "submitted"}`, nil},
		{`{"outcome": "scored", "earned": 5, "possible": 1}`, number(1)},
		{`{"outcome": "scored", "earned": -5, "possible": 1}`, number(0)},
	} {
		learner := w.learner(fmt.Sprint("l", i))
		p.says = func(r wire.Request) any {
			if r.Op == wire.OpGrade {
				return raw("%s", c.verdict)
			}
			return &wire.HandleReply{Effects: []wire.Effect{{Submit: &wire.Submit{Answers: json.RawMessage(`1`)}}}}
		}
		if _, err := w.post(learner, block, "do", "", nil); err != nil {
			t.Fatal(err)
		}
		w.tryWork(t.Context())
		got := w.score(learner.Learner, block)
		if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("%s counts as %v, want %v", c.verdict, got, c.want)
		}
	}
}

func number(x float64) *float64 { return &x }

// An Idempotency-Key is its caller's own, and a request of nobody's carries nobody's rights, whatever cookie came with it.
func TestMountsRememberByCaller(t *testing.T) {
	w, p := probeWorld(t, nil)
	block := w.block("probe", "p")
	runs := 0
	p.says = func(r wire.Request) any {
		runs++
		return &wire.HandleReply{
			Message: "reply to " + r.Context.Subject,
			Effects: []wire.Effect{{Insert: &wire.InsertDoc{Collection: "c", Body: json.RawMessage(`{"n": 1}`)}}},
		}
	}
	call := func(who string, block *course.Block, as wire.Role, method, key, body string) (*kernel.Response, error) {
		return w.kernel.Mount(t.Context(), w.learner(who), w.published(), block, kernel.MountCall{
			Path: "/hook/x", As: as, HTTP: wire.HTTP{Method: method}, ID: key, BodyHash: body,
		})
	}
	first, err := call("ann", block, wire.RoleLearner, "POST", "key", "body")
	if err != nil || first.Message != "reply to ann" || first.Repeated {
		t.Fatalf("got %+v, %v", first, err)
	}
	again, err := call("ann", block, wire.RoleLearner, "POST", "key", "body")
	if err != nil || !again.Repeated || again.Message != first.Message || runs != 1 {
		t.Errorf("repeated: %+v, %v after %d runs", again, err, runs)
	}
	if _, err := call("ann", block, wire.RoleLearner, "POST", "key", "other body"); code(err) != wire.CodeConflict {
		t.Errorf("another body under the key: %v", err)
	}
	if bob, err := call("bob", block, wire.RoleLearner, "POST", "key", "body"); err != nil || bob.Message != "reply to bob" {
		t.Errorf("somebody else's request of the same key got %+v, %v", bob, err)
	}
	if twin, err := call("ann", w.block("probe", "twin"), wire.RoleLearner, "POST", "key", "body"); err != nil || twin.Repeated {
		t.Errorf("another usage's request of the same key got %+v, %v", twin, err)
	}
	outside, err := call("ann", block, wire.RoleOutside, "POST", "key", "body")
	if err != nil || outside.Message != "reply to " {
		t.Errorf("an outside call with a learner's cookie got %+v, %v", outside, err)
	}
	before := runs
	if _, err := call("ann", block, wire.RoleLearner, "GET", "key", "body"); code(err) != wire.CodeForbidden || runs != before+1 {
		t.Errorf("a GET that would change something, under a key that is remembered: %v", err)
	}
}
