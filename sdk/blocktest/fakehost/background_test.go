package fakehost_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestTasksRunRepeatAndGiveUp(t *testing.T) {
	var ran []string
	fail := 0
	p := &probe{}
	p.handle = func(c *sdk.Call, r *request) (*sdk.Reply, error) {
		switch r.Form["what"][0] {
		case "page":
			return sdk.OK().Schedule("send", "", 1), nil
		case "later":
			return sdk.OK().ScheduleAt("remind", "k", c.Now().Add(time.Hour), "first").ScheduleAt("remind", "k", c.Now().Add(2*time.Hour), "second"), nil
		case "cancel":
			return sdk.OK().Effect(wire.Effect{Schedule: &wire.Schedule{Task: "remind", Key: "k", Cancel: true}}), nil
		}
		return sdk.OK().Effect(wire.Effect{Schedule: &wire.Schedule{Task: "remind", Every: 3600}}), nil
	}
	p.task = func(_ *sdk.Call, _ *probeFields, task wire.TaskRequest) (*sdk.Reply, error) {
		ran = append(ran, task.Task+string(task.Payload))
		if fail > 0 {
			fail--
			return nil, errors.New("not today")
		}
		if string(task.Payload) == "1" {
			return sdk.OK().Again(2), nil
		}
		return sdk.OK(), nil
	}
	w := world(t, p, nil)
	do := func(what string) {
		t.Helper()
		if _, err := post(w, "ann", "do", "what", what); err != nil {
			t.Fatal(err)
		}
	}
	ranAfter := func(d time.Duration) string {
		ran = nil
		if err := w.Advance(d); err != nil && fail == 0 {
			t.Error(err)
		}
		return strings.Join(ran, " ")
	}
	do("page")
	if got := ranAfter(0); got != "send1 send2" {
		t.Errorf("paged work: %s", got)
	}
	do("later")
	if got := ranAfter(90*time.Minute) + ranAfter(time.Hour); got != `remind"second"` {
		t.Errorf("a later schedule replaces an earlier one: %s", got)
	}
	do("later")
	do("cancel")
	if got := ranAfter(3 * time.Hour); got != "" {
		t.Errorf("cancelled: %s", got)
	}
	do("page")
	fail = 1
	if err := w.Work(); err == nil || len(w.Tasks()) != 1 || w.Tasks()[0].Trouble == "" {
		t.Errorf("a failing task: %v, %+v", err, w.Tasks())
	}
	if got := ranAfter(time.Minute); got != "send1 send2" {
		t.Errorf("tried again: %s", got)
	}
	do("page")
	fail = 100
	for range 20 {
		_ = w.Advance(time.Hour) // it fails on purpose
	}
	if len(w.Tasks()) != 0 || fail != 92 {
		t.Errorf("after %d failures %d tasks are left", 100-fail, len(w.Tasks()))
	}
	fail = 0
	do("every")
	if got := ranAfter(0) + ranAfter(time.Hour); got != "remindnullremindnull" && got != "remindremind" {
		t.Errorf("repeated: %s", got)
	}
}

func TestATaskIsHandedItsSubmission(t *testing.T) {
	p := &probe{}
	p.handle = func(_ *sdk.Call, r *request) (*sdk.Reply, error) {
		return sdk.OK().Submit(r.Form["word"][0]).ScheduleSubmission("send", nil), nil
	}
	var got []string
	p.task = func(_ *sdk.Call, f *probeFields, task wire.TaskRequest) (*sdk.Reply, error) {
		got = append(got, string(task.Submission.Answers)+f.Target+f.Word)
		return sdk.OK().Settle(task.Submission.ID, "seen"), nil
	}
	p.grade = func(_ *sdk.Call, s sdk.Submission[probePublic, probeSecret]) (wire.Verdict, error) {
		if len(s.Evidence) == 0 {
			return wire.Verdict{Outcome: wire.OutcomePending}, nil
		}
		return wire.Verdict{Outcome: wire.OutcomeScored, Earned: 1, Possible: 1}, nil
	}
	w := world(t, p, nil)
	if err := w.Publish(w.Place("it"), settings("target", `"office"`, "word", `"hidden"`)); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"ann", "bob"} {
		if _, err := post(w, who, "do", "word", who); err != nil {
			t.Fatal(err)
		}
	}
	work(t, w)
	// The author's field is read, the secret one is not: its default stands there.
	if len(got) != 2 || got[0] == got[1] || !strings.Contains(strings.Join(got, " "), `"ann"officeyes`) {
		t.Errorf("got %v", got)
	}
	if earned, _, _ := w.Score("bob", w.Place("it")); earned != 1 {
		t.Errorf("earned %v", earned)
	}
}

func TestEventsReachSubscribers(t *testing.T) {
	var heard []string
	p := &probe{
		event: func(_ *sdk.Call, events []wire.Event) (*sdk.Reply, error) {
			for _, e := range events {
				heard = append(heard, e.Name)
			}
			return sdk.OK().Event("probe.done", nil), nil
		},
		handle: func(*sdk.Call, *request) (*sdk.Reply, error) { return sdk.OK().Event("probe.done", 1), nil },
	}
	w := world(t, p, nil)
	w.Emit(wire.Event{Name: "course.ended", Usage: w.Place("it").Usage})
	w.Emit(wire.Event{Name: "course.ended", Usage: "elsewhere"})
	w.Emit(wire.Event{Name: "course.started"})
	if _, err := post(w, "ann", "do"); err != nil {
		t.Fatal(err)
	}
	work(t, w)
	if fmt.Sprint(heard) != "[course.ended]" || len(w.Events) != 5 {
		t.Errorf("heard %v, %d events in the log", heard, len(w.Events))
	}
	w = world(t, p, func(c *fakehost.Config) { c.Permissions = fakehost.Permissions{} })
	w.Emit(wire.Event{Name: "course.ended", Usage: w.Place("it").Usage})
	work(t, w)
	if len(heard) != 1 {
		t.Error("a block without the permission heard an event")
	}
}

func TestMounts(t *testing.T) {
	var seen wire.MountRequest
	p := &probe{mount: func(c *sdk.Call, f *probeFields, r wire.MountRequest) (*sdk.Reply, error) {
		seen = r
		valid, err := c.Verify(wire.KeyVerify{Secret: f.Target, Algorithm: "hmac-sha256", Payload: r.Body, Signature: r.Headers["x-signature"][0]})
		if err != nil {
			return nil, err
		}
		if !valid.Valid {
			return nil, sdk.Forbid("bad signature")
		}
		return sdk.JSON(c.Context.Address).Insert("rooms", room{}), nil
	}}
	w := world(t, p, nil)
	it := w.Place("it")
	if err := w.Publish(it, settings("target", `"office-key"`, "word", `"hidden"`)); err != nil {
		t.Fatal(err)
	}
	w.SetSecret("office-key", fakehost.Secret{Value: []byte("s3cret")})
	body := []byte("bytes that are no text: \xff\x00")
	send := func(signature string) (*fakehost.Posted, error) {
		return w.Mount(w.Person(""), it, fakehost.Mounted{Mount: "hook", HTTP: wire.HTTP{
			Body: wire.Blob{Data: body}, Headers: map[string][]string{"x-signature": {signature}},
		}})
	}
	signature, err := w.Sign("office-key", "hmac-sha256", body)
	if err != nil {
		t.Fatal(err)
	}
	first, err := send(signature)
	if err != nil || !strings.HasPrefix(string(first.Body.Data), `"https://`) || string(seen.Body.Data) != string(body) {
		t.Fatalf("got %+v, %v", first, err)
	}
	if _, read := seen.Fields["word"]; read {
		t.Error("a mount read a secret field")
	}
	if again, err := send(signature); err != nil || !again.Repeated || len(w.Documents("rooms")) != 1 {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	raw, _ := base64.StdEncoding.DecodeString(signature)
	if other, err := send(hex.EncodeToString(raw)); err != nil || other.Repeated {
		t.Errorf("in hexadecimal: %+v, %v", other, err)
	}
	if _, err := send("bm9uc2Vuc2U="); code(err) != wire.CodeRefused {
		t.Errorf("a wrong signature: %v", err)
	}
	if _, err := w.Mount(w.Person("ann"), it, fakehost.Mounted{Mount: "hook", As: wire.RoleLearner}); code(err) != wire.CodeRefused {
		t.Errorf("a learner at a mount for outside: %v", err)
	}
	if _, err := w.Mount(w.Person(""), it, fakehost.Mounted{Mount: "hook", HTTP: wire.HTTP{Method: "GET", Headers: map[string][]string{"x-signature": {""}}}}); code(err) != wire.CodeRefused {
		t.Errorf("got %v", err)
	}
	closed := world(t, p, func(c *fakehost.Config) { c.Permissions = fakehost.Permissions{"keys": nil} })
	if _, err := closed.Mount(closed.Person(""), closed.Place("it"), fakehost.Mounted{Mount: "hook"}); code(err) != wire.CodeNotFound {
		t.Errorf("a mount without the permission: %v", err)
	}
}

// TestAReplyThatAsksToTryAgainIsNotRecorded: a task that fails by it asks again when it runs again, under the same key.
func TestAReplyThatAsksToTryAgainIsNotRecorded(t *testing.T) {
	p := &probe{handle: func(*sdk.Call, *request) (*sdk.Reply, error) { return sdk.OK().Schedule("send", "", nil), nil }}
	p.task = func(c *sdk.Call, _ *probeFields, _ wire.TaskRequest) (*sdk.Reply, error) {
		done, err := c.HTTP(wire.HTTPDo{Method: "POST", URL: "https://office.example/grade", Key: "send"})
		if err == nil && done.Status != 202 {
			err = wire.Errorf(wire.CodeUnavailable, wire.BlameOutside, "status %d", done.Status)
		}
		return sdk.OK(), err
	}
	w := world(t, p, nil)
	w.Answer("POST", "https://office.example/*", wire.HTTPDone{Status: 503})
	if _, err := post(w, "ann", "do"); err != nil {
		t.Fatal(err)
	}
	if err := w.Work(); !strings.Contains(fmt.Sprint(err), "status 503") {
		t.Errorf("got %v", err)
	}
	w.Answer("POST", "https://office.example/*", wire.HTTPDone{Status: 202})
	if err := w.Advance(time.Minute); err != nil || len(w.Asked) != 2 || w.Asked[1].Repeated || len(w.Tasks()) != 0 {
		t.Errorf("asked %+v, %d tasks, %v", w.Asked, len(w.Tasks()), err)
	}
}

func TestOutsideRequestsAreMadeOnce(t *testing.T) {
	do := wire.HTTPDo{
		Method: "POST", URL: "https://office.example/grade", Key: "send", Body: wire.Blob{Data: []byte("x")},
		Headers: map[string]string{"authorization": "Bearer {{secret:token}}"},
	}
	p := &probe{handle: func(*sdk.Call, *request) (*sdk.Reply, error) { return sdk.OK().Schedule("send", "", nil), nil }}
	var done wire.HTTPDone
	p.task = func(c *sdk.Call, _ *probeFields, _ wire.TaskRequest) (*sdk.Reply, error) {
		var err error
		done, err = c.HTTP(do)
		return sdk.OK(), err
	}
	w := world(t, p, func(c *fakehost.Config) {
		c.Permissions = fakehost.Permissions{"http": {"office.example"}, "schedule": nil}
	})
	w.SetSecret("token", fakehost.Secret{Value: []byte("t0ken"), Host: "office.example"})
	run := func() error {
		if _, err := post(w, "ann", "do"); err != nil {
			t.Fatal(err)
		}
		return w.Work()
	}
	w.Answer("POST", "https://office.example/*", wire.HTTPDone{Status: 202})
	w.Break(fakehost.Fault{Kind: fakehost.FaultConflict})
	w.Break(fakehost.Fault{Kind: fakehost.FaultConflict})
	if _, err := post(w, "ann", "do"); err != nil { // it takes both faults
		t.Fatal(err)
	}
	for range 5 {
		w.Break(fakehost.Fault{Kind: fakehost.FaultConflict})
	}
	if err := w.Work(); err != nil || done.Status != 202 || len(w.Asked) != 6 || w.Asked[0].Repeated || !w.Asked[5].Repeated {
		t.Errorf("five conflicts made %+v, %v", w.Asked, err)
	}
	if w.Asked[0].Headers["authorization"] != "Bearer t0ken" || do.Headers["authorization"] == "Bearer t0ken" {
		t.Errorf("headers %v", w.Asked[0].Headers)
	}
	w.Answer("POST", "https://office.example/*", wire.HTTPDone{})
	if err := run(); !strings.Contains(fmt.Sprint(err), "cannot be reached") {
		t.Errorf("down: %v", err)
	}
	for name, change := range map[string]func(){
		"not named by the manifest": func() { do.URL = "https://evil.example/" },
		"no https":                  func() { do.URL = "http://office.example/" },
		"without a key":             func() { do.Key = "" },
		"an unknown secret":         func() { do.Headers = map[string]string{"a": "{{secret:other}}"} },
		"another host's secret": func() {
			w.SetSecret("theirs", fakehost.Secret{Host: "other.example"})
			do.Headers = map[string]string{"a": "{{secret:theirs}}"}
		},
		"half a secret": func() { do.Headers = map[string]string{"a": "{{secret:token"} },
	} {
		kept, asked := do, len(w.Asked)
		change()
		if err := run(); err == nil || len(w.Asked) != asked {
			t.Errorf("%s: %v, %d requests", name, err, len(w.Asked)-asked)
		}
		do = kept
	}
}

func TestServicesKnowTheirAsker(t *testing.T) {
	var ask func(c *sdk.Call) error
	do := func(c *sdk.Call, _ *request) (*sdk.Reply, error) { return nil, ask(c) }
	w, it := doing(t, do)
	w.Add(fakehost.Person{ID: "ann", Name: "Ann", Groups: []string{"moderator"}})
	w.Add(fakehost.Person{ID: "bob", Name: "Bob"})
	w.Add(fakehost.Person{ID: "sue", Role: wire.RoleStaff})
	w.SetScore("bob", "elsewhere", wire.Score{Earned: 1, Possible: 2})
	w.CourseFile("data.csv", "text/csv", []byte("a,b"))
	part := w.Upload(w.Person("ann"), "essay", "e.txt", "text/plain", []byte("mine"))
	as := func(who string, role wire.Role, question func(c *sdk.Call) error) error {
		t.Helper()
		ask = question
		_, err := w.Post(w.Person(who), it, fakehost.Post{Handler: "do", As: role})
		return err
	}
	users := func(want string) func(c *sdk.Call) error {
		return func(c *sdk.Call) error {
			found, err := c.Users("ann", "bob", "nobody", "")
			if got := fmt.Sprintf("%d %s %s", len(found), found[0].Name, found[1].Name); got != want {
				t.Errorf("users %s, want %s", got, want)
			}
			return err
		}
	}
	for name, err := range map[string]error{
		"a learner sees names of others by username": as("ann", "", users("2 Ann ")),
		"staff see more": as("sue", wire.RoleStaff, users("2 Ann Bob")),
		"a course file": as("ann", "", func(c *sdk.Call) error {
			file, data, err := c.File(wire.FileRead{Path: "data.csv"})
			if string(data) != "a,b" || file.Size != 3 {
				t.Errorf("file %+v %q", file, data)
			}
			return err
		}),
		"a part of one's own answer": as("ann", "", func(c *sdk.Call) error {
			_, _, err := c.File(wire.FileRead{Hash: part.Hash})
			return err
		}),
		"one's own enrolment": as("ann", "", func(c *sdk.Call) error {
			found, err := c.Enrolments(wire.EnrolmentsFind{Learner: "ann"})
			if len(found.Enrolments) != 1 {
				t.Errorf("enrolments %+v", found)
			}
			return err
		}),
		"staff page through enrolments": as("sue", wire.RoleStaff, func(c *sdk.Call) error {
			first, err := c.Enrolments(wire.EnrolmentsFind{Limit: 2})
			rest, err2 := c.Enrolments(wire.EnrolmentsFind{Limit: 2, After: first.Next})
			if len(first.Enrolments) != 2 || len(rest.Enrolments) != 1 {
				t.Errorf("pages %+v %+v", first, rest)
			}
			return errors.Join(err, err2)
		}),
		"staff read scores": as("sue", wire.RoleStaff, func(c *sdk.Call) error {
			found, err := c.Scores([]string{"bob"}, []string{"elsewhere", "nowhere"})
			if found["bob"]["elsewhere"].Possible != 2 || len(found["bob"]) != 1 {
				t.Errorf("scores %v", found)
			}
			return err
		}),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, question := range map[string]func(c *sdk.Call) error{
		"another's scores":      func(c *sdk.Call) error { _, err := c.Scores([]string{"bob"}, nil); return err },
		"another's enrolment":   func(c *sdk.Call) error { _, err := c.Enrolments(wire.EnrolmentsFind{}); return err },
		"http in a handler":     func(c *sdk.Call) error { _, err := c.HTTP(wire.HTTPDo{}); return err },
		"a script in a handler": func(c *sdk.Call) error { _, err := c.Script(wire.ScriptRun{}); return err },
	} {
		if err := as("ann", "", question); code(err) != wire.CodeForbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := as("bob", "", func(c *sdk.Call) error { _, _, err := c.File(wire.FileRead{Hash: part.Hash}); return err }); code(err) != wire.CodeNotFound {
		t.Errorf("a part of another's answer: %v", err)
	}
	for fault, want := range map[fakehost.FaultKind]wire.Code{fakehost.FaultRefused: wire.CodeRefused, fakehost.FaultUnavailable: wire.CodeUnavailable} {
		w.Break(fakehost.Fault{Kind: fault, Service: wire.ServiceUsers})
		if err := as("ann", "", func(c *sdk.Call) error { _, err := c.Users("ann"); return err }); code(err) != want {
			t.Errorf("%s: %v", fault, err)
		}
	}
	none := world(t, &probe{handle: do}, func(c *fakehost.Config) { c.Permissions = fakehost.Permissions{} })
	ask = func(c *sdk.Call) error { _, err := c.Users("ann"); return err }
	if _, err := post(none, "ann", "do"); code(err) != wire.CodeForbidden || !strings.Contains(err.Error(), "block.json") {
		t.Errorf("without the permission: %v", err)
	}
}

func TestKeys(t *testing.T) {
	var ask func(c *sdk.Call) error
	w, _ := doing(t, func(c *sdk.Call, _ *request) (*sdk.Reply, error) { return nil, ask(c) })
	w.SetSecret("k", fakehost.Secret{Value: []byte("s3cret")})
	ask = func(c *sdk.Call) error {
		address, err := c.PublishKeys()
		if err != nil {
			return err
		}
		for _, algorithm := range []string{"HS256", "RS256"} {
			token, err := c.Sign(wire.KeySign{Secret: "k", Algorithm: algorithm, Claims: []byte(`{"sub":"ann"}`)})
			if err != nil {
				return err
			}
			verify := wire.KeyVerify{Secret: "k", KeySet: address, Algorithm: algorithm, Signature: token}
			if good, err := c.Verify(verify); err != nil || !good.Valid || string(good.Claims) != `{"sub":"ann"}` {
				t.Errorf("%s: %+v, %v", algorithm, good, err)
			}
			for _, forged := range []string{"", "a.b", "a.b.c", token + "x", strings.Replace(token, ".", ".A", 1), "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ."} {
				verify.Signature = forged
				if got, err := c.Verify(verify); err != nil || got.Valid {
					t.Errorf("%s: the forged token %q is taken: %v", algorithm, forged, err)
				}
			}
		}
		_, err = c.Sign(wire.KeySign{Secret: "other", Algorithm: "HS256"})
		return err
	}
	if _, err := post(w, "ann", "do"); code(err) != wire.CodeNotFound {
		t.Errorf("an unknown handle: %v", err)
	}
}

func TestScriptsAreReplayed(t *testing.T) {
	p := &probe{}
	var got wire.ScriptDone
	p.vary = func(c *sdk.Call) (err error) {
		got, err = c.Script(wire.ScriptRun{Language: "python", Code: "x = 1", Seed: c.Seed(), Globals: []byte(`{"b":2, "a":1}`)})
		return err
	}
	w := world(t, p, nil)
	recordings, err := fakehost.ParseRecordings([]byte(`[
		{"run": {"seed": 7}, "done": {"globals": {"x": 7}}},
		{"run": {"seed": 8, "code": "x = 1", "globals": {"a": 1, "b": 2}}, "done": {"failed": {"class": "NameError", "message": "no x", "line": 1}}}]`))
	if err != nil {
		t.Fatal(err)
	}
	w.Record(recordings...)
	it := w.Place("it")
	if err := w.Publish(it, settings("varies", "true")); err != nil {
		t.Fatal(err)
	}
	look := func(seed int) error {
		it.Seed = &seed
		_, err := w.View(w.Person("ann"), it, "", fakehost.Where{})
		return err
	}
	if err := look(7); err != nil || string(got.Globals) != `{"x":7}` {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := look(8); err != nil || got.Failed == nil || got.Failed.Class != "NameError" {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := look(9); code(err) != wire.CodeUnavailable || !strings.Contains(err.Error(), `"seed":9`) {
		t.Errorf("not recorded: %v", err)
	}
	if _, err := fakehost.ParseRecordings([]byte(`[{"run": {}, "gives": 1}]`)); err == nil {
		t.Error("a misspelt recording is taken")
	}
}

func TestAwait(t *testing.T) {
	p := &probe{
		handle: func(*sdk.Call, *request) (*sdk.Reply, error) { return sdk.OK().Await("send", 3), nil },
		task: func(_ *sdk.Call, _ *probeFields, task wire.TaskRequest) (*sdk.Reply, error) {
			return sdk.OK().Result("paid " + string(task.Payload)), nil
		},
	}
	w := world(t, p, nil)
	if posted, err := post(w, "ann", "do"); err != nil || string(posted.Result) != `"paid 3"` {
		t.Errorf("got %+v, %v", posted, err)
	}
}

func TestMessagesSearchAndEnrolments(t *testing.T) {
	w, _ := doing(t, func(c *sdk.Call, _ *request) (*sdk.Reply, error) {
		hits, err := c.Search("forces", 5)
		if err != nil {
			return nil, err
		}
		return sdk.JSON(len(hits)).Notify([]string{"bob", "cid"}, "New", "Look", "/1").Publish("posts", "1", "staff").Effect(
			wire.Effect{Index: &wire.IndexDoc{ID: "1", Title: "Forces", Text: "and motion"}},
			wire.Effect{Index: &wire.IndexDoc{ID: "2", Title: "Forces", Text: "for staff", To: []string{"staff"}}},
			wire.Effect{Enrol: &wire.Enrol{Learner: "dan", Mode: "verified", Active: true}},
			wire.Effect{Complete: &wire.Complete{Fraction: 0.5}},
		), nil
	})
	for i, want := range []string{"0", "1"} {
		if posted, err := post(w, "ann", "do"); err != nil || string(posted.Body.Data) != want {
			t.Errorf("search %d: %s, %v", i, posted.Body.Data, err)
		}
	}
	if len(w.Notices) != 4 || w.Notices[0].To != "bob" || len(w.Published) != 2 || w.Person("dan").Mode != "verified" || w.Completion("ann", w.Place("it")) != 0.5 {
		t.Errorf("got %+v %+v", w.Notices, w.Published)
	}
	for _, permission := range []string{"notify", "publish", "index", "enrol"} {
		all := fakehost.Permissions{"search": nil, "notify": nil, "publish": nil, "index": nil, "enrol": nil}
		delete(all, permission)
		closed := world(t, &probe{handle: func(*sdk.Call, *request) (*sdk.Reply, error) {
			return sdk.OK().Notify([]string{"bob"}, "a", "", "").Publish("p", "").Effect(
				wire.Effect{Index: &wire.IndexDoc{ID: "1"}}, wire.Effect{Enrol: &wire.Enrol{Learner: "d", Mode: "m"}}), nil
		}}, func(c *fakehost.Config) { c.Permissions = all })
		if _, err := post(closed, "ann", "do"); code(err) != wire.CodeForbidden || !strings.Contains(err.Error(), permission) {
			t.Errorf("without %s: %v", permission, err)
		}
	}
}

func TestReadPermissions(t *testing.T) {
	if p, types, err := fakehost.ReadPermissions(t.TempDir()); p != nil || types != nil || err != nil || !p.Has("users", "") {
		t.Errorf("no manifest: %v, %v, %v", p, types, err)
	}
	p, types, err := fakehost.ReadPermissions("testdata/manifest")
	if err != nil || fmt.Sprint(types) != "[one two]" || !p.Has("http", "a.example") || p.Has("http", "b.example") || p.Has("users", "") {
		t.Errorf("got %v, %v, %v", p, types, err)
	}
}
