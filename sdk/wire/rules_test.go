package wire

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

// effectOf makes a valid effect of a kind that is not refusable where that is possible.
func effectOf(t *testing.T, kind EffectKind) Effect {
	t.Helper()
	one := json.RawMessage("1")
	all := []Effect{
		{Set: &SetField{Field: "f", Value: one}},
		{Unset: &UnsetField{Field: "f"}},
		{Increment: &IncrementField{Field: "f", By: 1}},
		{Append: &AppendField{Field: "f", Value: one}},
		{Submit: &Submit{Answers: one}},
		{Settle: &Settle{Submission: "s", Data: one}},
		{Score: &SetScore{Learner: "l", Earned: 1, Possible: 1, Reason: "regraded by hand"}},
		{Complete: &Complete{Fraction: 1}},
		{File: &KeepFile{Name: "a.txt", Type: "text/plain", Data: Blob{Data: []byte("a")}}},
		{Insert: &InsertDoc{Collection: "c", Body: one}},
		{Replace: &ReplaceDoc{Collection: "c", ID: "d", Version: 1, Body: one}},
		{Add: &AddDoc{Collection: "c", ID: "d", Field: "n", By: 1}},
		{Delete: &DeleteDoc{Collection: "c", ID: "d"}},
		{Event: &EmitEvent{Name: "e"}},
		{Notify: &Notify{To: []string{"l"}, Title: "t"}},
		{Publish: &Publish{Topic: "t"}},
		{Schedule: &Schedule{Task: "t"}},
		{Enrol: &Enrol{Learner: "l", Mode: "audit", Active: true}},
		{Index: &IndexDoc{ID: "i"}},
		{Redraw: &Redraw{}},
		{Sitting: &Sitting{Open: true}},
	}
	for _, effect := range all {
		if effect.Kind() == kind {
			return effect
		}
	}
	t.Fatalf("no example of effect %q: add one", kind)
	return Effect{}
}

// TestEffectRules walks operation × role × effect: what the table allows passes, everything else voids the reply.
func TestEffectRules(t *testing.T) {
	commit := &DocumentRef{"c", "d"}
	allowedCount := 0
	for _, op := range Ops() {
		for _, role := range Roles() {
			for _, kind := range EffectKinds() {
				effect := effectOf(t, kind)
				var on *DocumentRef
				if effect.Replace != nil {
					on = commit
				}
				failure := CheckEffects(op, role, []Effect{effectOf(t, EffectEvent), effect}, on)
				both := Allowed(op, role, kind) && Allowed(op, role, EffectEvent)
				if both {
					allowedCount++
				}
				if both != (failure == nil) {
					t.Errorf("%s, %s, %s: table says %v, check says %v", op, role, kind, both, failure)
				}
				if failure != nil && failure.Code != CodeForbidden {
					t.Errorf("%s, %s, %s: code %s, want %s", op, role, kind, failure.Code, CodeForbidden)
				}
			}
		}
	}
	if allowedCount == 0 {
		t.Error("the table allows nothing")
	}
	for _, op := range []Op{OpDescribe, OpOutline, OpVary, OpRender, OpReveal, OpGrade, OpChoose, OpCheck, OpSolve, OpReport, OpMigrate, OpSample} {
		for _, role := range Roles() {
			for _, kind := range EffectKinds() {
				if Allowed(op, role, kind) {
					t.Errorf("%s may %s for %s: this operation changes nothing", op, kind, role)
				}
			}
		}
	}
}

func TestEffectRefusals(t *testing.T) {
	one := json.RawMessage("1")
	bound := int64(0)
	doc := &DocumentRef{"c", "d"}
	tests := []struct {
		name    string
		effects []Effect
		commit  *DocumentRef
		code    Code // "" is allowed
	}{
		{"no member", []Effect{{}}, nil, CodeBadReply},
		{"two members", []Effect{{Event: &EmitEvent{Name: "e"}, Redraw: &Redraw{}}}, nil, CodeBadReply},
		{"not a number", []Effect{{Score: &SetScore{Learner: "l", Earned: math.NaN(), Possible: 1, Reason: "r"}}}, nil, CodeBadReply},
		{"infinite", []Effect{{Score: &SetScore{Learner: "l", Earned: 1, Possible: math.Inf(1), Reason: "r"}}}, nil, CodeBadReply},
		{"above the maximum", []Effect{{Score: &SetScore{Learner: "l", Earned: 2, Possible: 1, Reason: "r"}}}, nil, CodeBadReply},
		{"score without a reason", []Effect{{Score: &SetScore{Learner: "l", Earned: 1, Possible: 1}}}, nil, CodeBadReply},
		{"complete is not a number", []Effect{{Complete: &Complete{Fraction: math.NaN()}}}, nil, CodeBadReply},
		{"complete above one", []Effect{{Complete: &Complete{Fraction: 1.1}}}, nil, CodeBadReply},
		{"set without JSON", []Effect{{Set: &SetField{Field: "f", Value: json.RawMessage("{")}}}, nil, CodeBadReply},
		{"unbounded addition needs no commit document", []Effect{{Add: &AddDoc{Collection: "c", ID: "d", Field: "n", By: 1}}}, nil, ""},
		{"bounded addition elsewhere", []Effect{{Add: &AddDoc{Collection: "c", ID: "d", Field: "n", By: -1, Min: &bound}}}, nil, CodeBadReply},
		{"bounded addition on the commit document", []Effect{{Add: &AddDoc{Collection: "c", ID: "d", Field: "n", By: -1, Min: &bound}}}, doc, ""},
		{"insert-if-absent on another document", []Effect{{Insert: &InsertDoc{Collection: "c", ID: "x", Body: one}}}, doc, CodeBadReply},
		{"insert without an id commutes", []Effect{{Insert: &InsertDoc{Collection: "c", Body: one}}, {Insert: &InsertDoc{Collection: "c", Body: one}}}, nil, ""},
		{"submit beside another refusable", []Effect{{Submit: &Submit{Answers: one}}, {Replace: &ReplaceDoc{Collection: "c", ID: "d", Body: one}}}, doc, CodeBadReply},
		{"submit on a document", []Effect{{Submit: &Submit{Answers: one}}}, doc, CodeBadReply},
		{"several bounded additions to the commit document", []Effect{
			{Add: &AddDoc{Collection: "c", ID: "d", Field: "n", By: -1, Min: &bound}},
			{Add: &AddDoc{Collection: "c", ID: "d", Field: "who", Key: "ann", By: 1, Max: &bound}},
		}, doc, ""},
		{"bounded additions to two documents", []Effect{
			{Add: &AddDoc{Collection: "c", ID: "d", Field: "n", By: -1, Min: &bound}},
			{Add: &AddDoc{Collection: "c", ID: "e", Field: "n", By: -1, Min: &bound}},
		}, doc, CodeBadReply},
		{"a bounded addition beside replace", []Effect{
			{Add: &AddDoc{Collection: "c", ID: "d", Field: "n", By: -1, Min: &bound}},
			{Replace: &ReplaceDoc{Collection: "c", ID: "d", Body: one}},
		}, doc, CodeBadReply},
		{"a task for the submission", []Effect{{Schedule: &Schedule{Task: "t", Submission: true}}, {Submit: &Submit{Answers: one}}}, nil, ""},
		{"a task for a submission that is none", []Effect{{Schedule: &Schedule{Task: "t", Submission: true}}}, nil, CodeBadReply},
		{"two submits", []Effect{{Submit: &Submit{Answers: one}}, {Submit: &Submit{Answers: one}}}, nil, CodeBadReply},
		{"too many", make([]Effect, MaxEffects+1), nil, CodeTooLarge},
		{"a mail to everybody", []Effect{{Notify: &Notify{To: make([]string, MaxRecipients+1), Title: "t"}}}, nil, CodeBadReply},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			failure := CheckEffects(OpHandle, RoleStaff, test.effects, test.commit)
			switch {
			case failure == nil && test.code != "":
				t.Errorf("allowed, want %s", test.code)
			case failure != nil && failure.Code != test.code:
				t.Errorf("%v, want code %q", failure, test.code)
			}
		})
	}
}

// TestEffectMembers goes red when a member is added to Effect and not to its table of kinds.
func TestEffectMembers(t *testing.T) {
	if got, want := len(EffectKinds()), reflect.TypeFor[Effect]().NumField(); got != want {
		t.Errorf("%d kinds for %d members of Effect", got, want)
	}
	for i := range reflect.TypeFor[Effect]().NumField() {
		field := reflect.TypeFor[Effect]().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		var effect Effect
		reflect.ValueOf(&effect).Elem().Field(i).Set(reflect.New(field.Type.Elem()))
		if string(effect.Kind()) != name {
			t.Errorf("member %s has kind %q and JSON name %q", field.Name, effect.Kind(), name)
		}
	}
}

func TestWritable(t *testing.T) {
	for _, role := range Roles() {
		for _, scope := range []Scope{ScopeContent, ScopeSettings} {
			if Writable(role, scope) != (role == RoleAuthor) {
				t.Errorf("%s writes %s: %v", role, scope, Writable(role, scope))
			}
		}
		if Writable(role, ScopeSummary) {
			t.Errorf("%s sets a shared field: only increment and append may", role)
		}
		for _, scope := range []Scope{ScopeUserState, ScopePrefs, ScopeUserInfo} {
			if Writable(role, scope) != (role == RoleLearner || role == RoleStaff) {
				t.Errorf("%s writes %s: %v", role, scope, Writable(role, scope))
			}
		}
	}
}

func TestServicesPerOperation(t *testing.T) {
	for _, op := range Ops() {
		for _, service := range Services() {
			got := Available(op, service)
			if got && service == ServiceHTTP && op != OpTask && op != OpGrade {
				t.Errorf("http in %s: only task and grade may ask outside", op)
			}
			if got && service == ServiceKeys && op != OpMount && op != OpHandle && op != OpTask {
				t.Errorf("keys in %s", op)
			}
			if got && (op == OpOutline || op == OpDescribe || op == OpReveal || op == OpChoose) {
				t.Errorf("%s asks %s: it must depend on its request alone", op, service)
			}
		}
	}
}

func TestErrorsTravelByCode(t *testing.T) {
	frame, err := EncodeReply(nil, Errorf(CodeConflict, BlameHost, "somebody was faster"))
	if err != nil {
		t.Fatal(err)
	}
	err = DecodeReply(frame, &Verdict{})
	if !errors.Is(err, &Error{Code: CodeConflict}) || errors.Is(err, &Error{Code: CodeTrap}) {
		t.Errorf("got %v", err)
	}
}

// What a block puts into the search has bounds: the index of a run is held in memory.
func TestIndexHasBounds(t *testing.T) {
	line, people := strings.Repeat("x", MaxIndexLine+1), make([]string, MaxRecipients+1)
	good := IndexDoc{ID: line[1:], Title: line[1:], Path: line[1:], Text: strings.Repeat("x", MaxIndexText), To: people[1:]}
	if failure := CheckEffects(OpHandle, RoleLearner, []Effect{{Index: &good}}, nil); failure != nil {
		t.Error(failure)
	}
	for _, bad := range []IndexDoc{{ID: line}, {Title: line}, {Path: line}, {Text: good.Text + "x"}, {To: people}, {To: []string{line}}} {
		if CheckEffects(OpHandle, RoleLearner, []Effect{{Index: &bad}}, nil) == nil {
			t.Errorf("%.20v passes", bad)
		}
	}
}
