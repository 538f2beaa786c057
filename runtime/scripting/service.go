package scripting

import (
	"context"
	"errors"

	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Files finds files of a course run; the site's reader, wired by package site, is one.
type Files interface {
	// CourseFile tells of a file and gives its content, of at most so many bytes.
	CourseFile(ctx context.Context, run, name string, most int64) (wire.File, []byte, error)
	// CourseFileInfo tells of it alone.
	CourseFileInfo(ctx context.Context, run, name string) (wire.File, error)
}

// maxFiles bounds the files of a run.
const maxFiles = 8

// Service answers the service "script". A file that the course does not have is left out: importing from it then fails in the
// script, with its line.
func Service(languages Languages, files Files) services.Answer {
	return func(ctx context.Context, call *services.Call, method string, m wire.Message) (any, error) {
		if method != "run" {
			return nil, wire.Errorf(wire.CodeNotFound, wire.BlameBlock, "service %s has no method %q", wire.ServiceScript, method)
		}
		var run wire.ScriptRun
		if err := m.Body(&run); err != nil {
			return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "%v", err)
		}
		switch {
		case run.Prelude != "" && run.Prelude != "capa":
			return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "there is no prelude %q: it is \"capa\" or nothing", run.Prelude)
		case run.Language != wire.LanguagePython && (run.Prelude != "" || len(run.Files) > 0):
			return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "only programs in python have a prelude and files of the course")
		case len(run.Files) > maxFiles:
			return nil, wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "%d files, the limit is %d", len(run.Files), maxFiles)
		}
		given, err := courseFiles(ctx, files, call, run.Files)
		if err != nil {
			return nil, err
		}
		call.From(run.Language, languages.digest(run.Language))
		for _, name := range run.Files {
			call.From(services.FileSource(name), given[name].Hash)
		}
		return languages.Run(ctx, run, given)
	}
}

// Sources tells the digests that a call's sources have now: interpreters by the names of their languages, and files.
func Sources(files Files) services.Sources {
	return func(ctx context.Context, run, source string) (string, error) {
		if spoken, is := languages[source]; is {
			return spoken.digest(), nil
		}
		name, isFile := services.FileOf(source)
		if !isFile || run == "" {
			return "", nil
		}
		info, err := files.CourseFileInfo(ctx, run, name)
		if errors.Is(err, &wire.Error{Code: wire.CodeNotFound}) {
			return "", nil
		}
		return info.Hash, err
	}
}

// courseFiles finds the files that a run names in the call's course run.
func courseFiles(ctx context.Context, files Files, call *services.Call, names []string) (map[string]File, error) {
	found := map[string]File{}
	if call.Published == nil {
		return found, nil
	}
	run := call.Published.Key.String()
	for _, name := range names {
		info, err := files.CourseFileInfo(ctx, run, name)
		var failure *wire.Error
		if errors.As(err, &failure) && failure.Code == wire.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		found[name] = File{Hash: info.Hash, Read: func(ctx context.Context) ([]byte, error) {
			file, data, err := files.CourseFile(ctx, run, name, wire.MaxBlob)
			if err == nil && file.Hash != info.Hash { // what is remembered under the old hash must come from the old file
				return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "the course's file %s was replaced just now: try again", name)
			}
			return data, err
		}}
	}
	return found, nil
}
