package services

import (
	"context"
	"slices"

	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Documents answers from the block's own collections. open gives access to a declared collection of a package.
func Documents(open func(pack string, declared wire.Collection) state.Documents) Answer {
	return func(ctx context.Context, call *Call, method string, m wire.Message) (any, error) {
		collection := func(name string) (state.Documents, error) {
			i := slices.IndexFunc(call.Description.Collections, func(c wire.Collection) bool { return c.Name == name })
			if i < 0 {
				return state.Documents{}, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "the block declares no collection %q", name)
			}
			documents := open(call.Manifest.Name, call.Description.Collections[i])
			documents.Shape = call.Shape
			return documents, nil
		}
		switch method {
		case "get":
			request, err := read[wire.DocumentGet](m)
			if err != nil {
				return nil, err
			}
			documents, err := collection(request.Collection)
			if err != nil {
				return nil, err
			}
			document, err := documents.Read(ctx, call.Owner, request.ID)
			return wire.DocumentFound{Document: document}, err
		case "find":
			request, err := read[wire.DocumentFind](m)
			if err != nil {
				return nil, err
			}
			documents, err := collection(request.Collection)
			if err != nil {
				return nil, err
			}
			return documents.Find(ctx, call.Owner, request)
		}
		return nil, unknown(wire.ServiceDocuments, method)
	}
}

// Children answers from the published course.
func Children(_ context.Context, call *Call, method string, _ wire.Message) (any, error) {
	if method != "list" {
		return nil, unknown(wire.ServiceChildren, method)
	}
	var found wire.ChildrenFound
	if call.Block != nil {
		for _, child := range call.Block.Children {
			found.Children = append(found.Children, wire.Child{ID: child.Usage.ID, Type: child.Usage.Type, Facts: child.Facts})
		}
	}
	return found, nil
}

// Directory knows the people of course runs; package people, wired by main, is one.
type Directory interface {
	// Users tells about people of a run by pseudonym; unknown ones are left out.
	Users(ctx context.Context, run string, pseudonyms []string) ([]wire.User, error)
	// Enrolments lists a run's people.
	Enrolments(ctx context.Context, run string, find wire.EnrolmentsFind) (wire.EnrolmentsFound, error)
}

// maxPeople bounds one question about people.
const maxPeople = 200

// Users answers about people of the call's run. A learner's call may ask about anybody there, as forums must, but gets no
// more than what people show to each other: no locale, zone or groups of others.
func Users(directory Directory) Answer {
	return func(ctx context.Context, call *Call, method string, m wire.Message) (any, error) {
		if method != "get" {
			return nil, unknown(wire.ServiceUsers, method)
		}
		request, err := read[wire.UsersGet](m)
		if err != nil {
			return nil, err
		}
		if len(request.IDs) > maxPeople {
			return nil, wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "%d people, the limit is %d", len(request.IDs), maxPeople)
		}
		users, err := directory.Users(ctx, run(call), request.IDs)
		if err != nil {
			return nil, err
		}
		for i := range users {
			if !privileged(call) && users[i].ID != call.Subject {
				users[i] = wire.User{ID: users[i].ID, Username: users[i].Username}
			}
		}
		return wire.UsersFound{Users: users}, nil
	}
}

// run is the course run that a call may ask about: its own. A block of the site has none here.
func run(call *Call) string {
	if call.Published == nil {
		return ""
	}
	return call.Published.Key.String()
}

// privileged reports whether the call may read about other learners than its subject.
func privileged(call *Call) bool {
	return call.Role == wire.RoleStaff || call.Role == wire.RoleHost || call.Role == wire.RoleAdmin
}

// Enrolments answers who is in the run: everybody for staff and tasks, for a learner himself.
func Enrolments(directory Directory) Answer {
	return func(ctx context.Context, call *Call, method string, m wire.Message) (any, error) {
		if method != "find" {
			return nil, unknown(wire.ServiceEnrolments, method)
		}
		request, err := read[wire.EnrolmentsFind](m)
		if err != nil {
			return nil, err
		}
		if !privileged(call) && (request.Learner == "" || request.Learner != call.Subject) {
			return nil, wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "a learner's call may ask for his own enrolment only")
		}
		if request.Limit <= 0 || request.Limit > 1000 {
			request.Limit = 1000
		}
		return directory.Enrolments(ctx, run(call), request)
	}
}

// Points reads scores; package scoring is one.
type Points interface {
	Points(ctx context.Context, run string, learners, usages []string) (map[string]map[string]wire.Score, error)
}

// Scores answers what learners earned in the run: staff's calls and tasks about anybody, others about their subject.
func Scores(points Points) Answer {
	return func(ctx context.Context, call *Call, method string, m wire.Message) (any, error) {
		if method != "get" {
			return nil, unknown(wire.ServiceScores, method)
		}
		request, err := read[wire.ScoresGet](m)
		if err != nil {
			return nil, err
		}
		if len(request.Learners) > maxPeople || len(request.Usages) > maxPeople {
			return nil, wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "the limit is %d learners and %d usages", maxPeople, maxPeople)
		}
		for _, learner := range request.Learners {
			if !privileged(call) && learner != call.Subject {
				return nil, wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "a learner's call may ask for his own scores only")
			}
		}
		scores, err := points.Points(ctx, run(call), request.Learners, request.Usages)
		return wire.ScoresFound{Scores: scores}, err
	}
}

// Reader gives files to blocks: course files by name, parts of an answer by hash to the learner and the graders.
type Reader interface {
	CourseFile(ctx context.Context, run, name string, most int64) (wire.File, []byte, error)
	Part(ctx context.Context, learner, usage, hash string, most int64) (wire.File, []byte, error)
}

// Files answers with files of the run, and with parts of the subject's answers at this usage.
func Files(reader Reader) Answer {
	return func(ctx context.Context, call *Call, method string, m wire.Message) (any, error) {
		if method != "read" {
			return nil, unknown(wire.ServiceFiles, method)
		}
		request, err := read[wire.FileRead](m)
		if err != nil {
			return nil, err
		}
		var found wire.FileFound
		switch {
		case request.Path != "" && call.Published != nil:
			found.File, found.Data.Data, err = reader.CourseFile(ctx, run(call), request.Path, wire.MaxBlob)
			call.From(FileSource(request.Path), found.File.Hash)
		case request.Hash != "" && call.Block != nil && call.Subject != "":
			found.File, found.Data.Data, err = reader.Part(ctx, call.Subject, call.Block.Usage.String(), request.Hash, wire.MaxBlob)
		default:
			return nil, wire.Errorf(wire.CodeNotFound, wire.BlameBlock, "name a course file by path, or a part of an answer by hash")
		}
		return &found, err
	}
}
