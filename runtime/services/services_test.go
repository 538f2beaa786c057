package services_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

var (
	here  = key.Course{Org: "Test", Number: "One", Run: "now"}
	notes = wire.Collection{Name: "notes", Learners: "who", Indexes: []wire.Index{
		{Name: "rank", Fields: []string{"rank"}}, {Name: "tag", Fields: []string{"tags"}, Multi: true},
	}}
)

// outside is everything that services read from: it notes what it was asked.
type outside struct {
	run    string
	asked  wire.EnrolmentsFind
	reads  []string
	scores map[string]map[string]wire.Score
}

func (o *outside) Users(_ context.Context, run string, ids []string) ([]wire.User, error) {
	o.run = run
	users := make([]wire.User, len(ids))
	for i, id := range ids {
		users[i] = wire.User{ID: id, Username: "name-" + id, Locale: "ar"}
	}
	return users, nil
}

func (o *outside) Enrolments(_ context.Context, run string, find wire.EnrolmentsFind) (wire.EnrolmentsFound, error) {
	o.run, o.asked = run, find
	return wire.EnrolmentsFound{}, nil
}

func (o *outside) Points(_ context.Context, run string, _, _ []string) (map[string]map[string]wire.Score, error) {
	o.run = run
	return o.scores, nil
}

func (o *outside) CourseFile(_ context.Context, run, name string, _ int64) (wire.File, []byte, error) {
	o.reads = append(o.reads, run+" "+name)
	return wire.File{Name: name}, []byte("content"), nil
}

func (o *outside) Part(_ context.Context, learner, usage, hash string, _ int64) (wire.File, []byte, error) {
	o.reads = append(o.reads, learner+" "+usage+" "+hash)
	return wire.File{Hash: hash}, nil, nil
}

func (o *outside) table(s store.Store) services.Table {
	return services.Table{
		wire.ServiceUsers: services.Users(o), wire.ServiceEnrolments: services.Enrolments(o), wire.ServiceScores: services.Scores(o),
		wire.ServiceFiles: services.Files(o), wire.ServiceChildren: services.Children,
		wire.ServiceDocuments: services.Documents(func(pack string, declared wire.Collection) state.Documents {
			return state.OpenDocuments(s, pack, declared)
		}),
	}
}

// call is a learner's handler call of a block that asks for every permission.
func call(t *testing.T, role wire.Role, permissions ...wire.Service) *services.Call {
	t.Helper()
	m := manifest.Manifest{Name: "board"}
	for _, p := range permissions {
		m.Permissions = append(m.Permissions, manifest.Permission{Name: string(p), Reason: "r"})
	}
	return &services.Call{
		Op: wire.OpHandle, Role: role, Manifest: &m, Description: &wire.Description{Collections: []wire.Collection{notes}}, Type: "board",
		Owner: here.String(), Published: &course.Published{Key: here}, Block: &course.Block{Usage: here.Usage("board", "b")}, Subject: "ann",
	}
}

// ask sends one question through the table, as a guest does.
func ask[R any](t *testing.T, table services.Table, c *services.Call, service wire.Service, method string, body any) (R, *wire.Error) {
	t.Helper()
	frame, err := wire.EncodeService(wire.ServiceCall{Service: service, Method: method}, body)
	if err != nil {
		t.Fatal(err)
	}
	var reply R
	err = wire.DecodeReply(table.Serve(t.Context(), c, frame), &reply)
	var failure *wire.Error
	if err != nil && !errors.As(err, &failure) {
		t.Fatal(err)
	}
	return reply, failure
}

func code(failure *wire.Error) wire.Code {
	if failure == nil {
		return ""
	}
	return failure.Code
}

func TestWhatMayBeAsked(t *testing.T) {
	table := (&outside{}).table(nil)
	for _, c := range []struct {
		name        string
		op          wire.Op
		permissions []wire.Service
		service     wire.Service
		method      string
		want        wire.Code
	}{
		{"granted", wire.OpHandle, []wire.Service{wire.ServiceUsers}, wire.ServiceUsers, "get", ""},
		{"not granted", wire.OpHandle, []wire.Service{wire.ServiceScores}, wire.ServiceUsers, "get", wire.CodeForbidden},
		{"not during this operation", wire.OpGrade, []wire.Service{wire.ServiceUsers}, wire.ServiceUsers, "get", wire.CodeForbidden},
		{"no such service", wire.OpHandle, []wire.Service{"secrets"}, "secrets", "get", wire.CodeNotFound},
		{"no such method", wire.OpHandle, []wire.Service{wire.ServiceUsers}, wire.ServiceUsers, "set", wire.CodeNotFound},
		{"not on this server", wire.OpHandle, []wire.Service{wire.ServiceSearch}, wire.ServiceSearch, "find", wire.CodeUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			asker := call(t, wire.RoleLearner, c.permissions...)
			asker.Op = c.op
			_, failure := ask[json.RawMessage](t, table, asker, c.service, c.method, wire.UsersGet{})
			if code(failure) != c.want {
				t.Errorf("got %v, want %q", failure, c.want)
			}
			if counts := c.want == "" || c.want == wire.CodeUnavailable || c.name == "no such method"; counts != (len(asker.Asked) == 1) {
				t.Errorf("asked %v", asker.Asked)
			}
		})
	}
	if failure := wire.DecodeReply(table.Serve(t.Context(), call(t, wire.RoleLearner), []byte("no frame")), nil); failure == nil {
		t.Error("a broken question was answered")
	}
}

func TestOthersShowTheirNamesOnly(t *testing.T) {
	o := &outside{}
	for role, private := range map[wire.Role]bool{wire.RoleLearner: true, wire.RoleVisitor: true, wire.RoleStaff: false, wire.RoleHost: false} {
		found, failure := ask[wire.UsersFound](t, o.table(nil), call(t, role, wire.ServiceUsers), wire.ServiceUsers, "get", wire.UsersGet{IDs: []string{"ann", "bob"}})
		if failure != nil {
			t.Fatal(failure)
		}
		if found.Users[0].Locale != "ar" || (found.Users[1].Locale == "") != private || found.Users[1].Username != "name-bob" {
			t.Errorf("%s sees %+v", role, found.Users)
		}
		if o.run != here.String() {
			t.Errorf("asked about the run %q", o.run)
		}
	}
	_, failure := ask[wire.UsersFound](t, o.table(nil), call(t, wire.RoleStaff, wire.ServiceUsers), wire.ServiceUsers, "get", wire.UsersGet{IDs: make([]string, 201)})
	if code(failure) != wire.CodeTooLarge {
		t.Errorf("201 people: %v", failure)
	}
}

func TestLearnersAskAboutThemselvesOnly(t *testing.T) {
	o := &outside{}
	table := o.table(nil)
	all := []wire.Service{wire.ServiceEnrolments, wire.ServiceScores}
	for _, c := range []struct {
		role  wire.Role
		about string
		want  wire.Code
	}{
		{wire.RoleLearner, "ann", ""},
		{wire.RoleLearner, "bob", wire.CodeForbidden},
		{wire.RoleLearner, "", wire.CodeForbidden},
		{wire.RoleVisitor, "", wire.CodeForbidden},
		{wire.RoleStaff, "bob", ""},
		{wire.RoleHost, "bob", ""},
	} {
		asker := call(t, c.role, all...)
		if c.role == wire.RoleVisitor {
			asker.Subject = ""
		}
		_, enrolment := ask[wire.EnrolmentsFound](t, table, asker, wire.ServiceEnrolments, "find", wire.EnrolmentsFind{Learner: c.about, Limit: 5000})
		if code(enrolment) != c.want {
			t.Errorf("%s about the enrolment of %q: %v", c.role, c.about, enrolment)
		}
		if c.want == "" && (o.asked.Limit != 1000 || o.run != here.String()) {
			t.Errorf("%s asked %+v of %q", c.role, o.asked, o.run)
		}
		if c.about == "" {
			continue
		}
		_, scores := ask[wire.ScoresFound](t, table, asker, wire.ServiceScores, "get", wire.ScoresGet{Learners: []string{c.about}})
		if code(scores) != c.want {
			t.Errorf("%s about the scores of %q: %v", c.role, c.about, scores)
		}
	}
}

func TestFilesAreOfTheRunAndOfTheSubject(t *testing.T) {
	o := &outside{}
	asker := call(t, wire.RoleLearner, wire.ServiceFiles)
	for _, request := range []wire.FileRead{{Path: "data.csv"}, {Hash: "abc"}} {
		if _, failure := ask[wire.FileFound](t, o.table(nil), asker, wire.ServiceFiles, "read", request); failure != nil {
			t.Error(failure)
		}
	}
	want := []string{here.String() + " data.csv", "ann " + here.Usage("board", "b").String() + " abc"}
	if len(o.reads) != 2 || o.reads[0] != want[0] || o.reads[1] != want[1] {
		t.Errorf("read %q, want %q", o.reads, want)
	}
	asker.Subject = ""
	for _, request := range []wire.FileRead{{}, {Hash: "abc"}} {
		if _, failure := ask[wire.FileFound](t, o.table(nil), asker, wire.ServiceFiles, "read", request); code(failure) != wire.CodeNotFound {
			t.Errorf("%+v without a subject: %v", request, failure)
		}
	}
}

func TestChildrenAreThePublishedOnes(t *testing.T) {
	asker := call(t, wire.RoleLearner, wire.ServiceChildren)
	asker.Block.Children = []*course.Block{{Usage: here.Usage("problem", "p"), Facts: wire.Facts{Title: "P"}}}
	found, failure := ask[wire.ChildrenFound](t, (&outside{}).table(nil), asker, wire.ServiceChildren, "list", wire.ChildrenList{})
	if failure != nil || len(found.Children) != 1 || found.Children[0].ID != "p" || found.Children[0].Facts.Title != "P" {
		t.Errorf("%+v, %v", found, failure)
	}
}

// TestDocumentsAreTheOwnersOwn: neither another run's documents nor another package's are to be had by any index.
func TestDocumentsAreTheOwnersOwn(t *testing.T) {
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, pack := range []string{"board", "other"} {
		if err := s.Ensure(t.Context(), state.DocumentsSpecs(pack, notes)...); err != nil {
			t.Fatal(err)
		}
		documents := state.OpenDocuments(s, pack, notes)
		for _, owner := range []string{here.String(), "course-v1:Test+Two+now"} {
			for _, name := range []string{"a", "b", "c"} {
				doc := state.Document{Owner: owner, Name: name}
				body, err := json.Marshal(map[string]any{"from": pack + owner, "rank": int(name[0]), "tags": []string{"x", name}})
				if err != nil {
					t.Fatal(err)
				}
				if err := documents.SetBody(&doc, body); err != nil {
					t.Fatal(err)
				}
				if err := documents.Docs.Insert(t.Context(), documents.ID(owner, name), doc); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	table, asker := (&outside{}).table(s), call(t, wire.RoleLearner, wire.ServiceDocuments)
	raw := func(text string) []json.RawMessage { return []json.RawMessage{json.RawMessage(text)} }
	for _, c := range []struct {
		name string
		find wire.DocumentFind
		want int
		code wire.Code
	}{
		{"all", wire.DocumentFind{}, 3, ""},
		{"by name", wire.DocumentFind{Prefix: "b"}, 1, ""},
		{"by rank", wire.DocumentFind{Index: "rank", From: json.RawMessage("98")}, 2, ""},
		{"by tag", wire.DocumentFind{Index: "tag", Equal: raw(`"x"`)}, 3, ""},
		{"by another run's tag", wire.DocumentFind{Index: "tag", Equal: raw(`"22:course-v1:Test+Two+now,1:x,"`)}, 0, ""},
		{"by no tag", wire.DocumentFind{Index: "tag"}, 0, wire.CodeBadRequest},
		{"by an index that is not declared", wire.DocumentFind{Index: "owner"}, 0, wire.CodeBadRequest},
		{"by a value that is no scalar", wire.DocumentFind{Index: "rank", Equal: raw(`{}`)}, 0, wire.CodeBadRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.find.Collection = "notes"
			found, failure := ask[wire.DocumentsFound](t, table, asker, wire.ServiceDocuments, "find", c.find)
			if code(failure) != c.code || len(found.Documents) != c.want {
				t.Fatalf("%d documents, %v; want %d", len(found.Documents), failure, c.want)
			}
			for _, d := range found.Documents {
				var body struct{ From string }
				if err := json.Unmarshal(d.Body, &body); err != nil || body.From != "board"+here.String() {
					t.Errorf("found %s, %v", d.Body, err)
				}
			}
		})
	}
	if found, failure := ask[wire.DocumentFound](t, table, asker, wire.ServiceDocuments, "get", wire.DocumentGet{Collection: "notes", ID: "a"}); failure != nil || found.Document == nil {
		t.Errorf("%+v, %v", found, failure)
	}
	if found, failure := ask[wire.DocumentFound](t, table, asker, wire.ServiceDocuments, "get", wire.DocumentGet{Collection: "notes", ID: "z"}); failure != nil || found.Document != nil {
		t.Errorf("%+v, %v", found, failure)
	}
	if _, failure := ask[wire.DocumentFound](t, table, asker, wire.ServiceDocuments, "get", wire.DocumentGet{Collection: "secrets", ID: "a"}); code(failure) != wire.CodeBadRequest {
		t.Errorf("a collection that is not declared: %v", failure)
	}
}
