package scripting

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"sync"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/script"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// programs hold what programs in other languages than Python meet.
//
//go:embed js/*.js
var programs embed.FS

// language is what an [Interpreter] runs.
type language struct {
	// title is its name in sentences.
	title string
	// artifact makes what the engine loads, digest tells one interpreter of the language from another.
	artifact func() (engine.Artifact, error)
	digest   func() string
}

// languages are what there is, by the names of the contract.
var languages = map[string]language{
	wire.LanguagePython:     {"Python", interpreter, libraryDigest},
	wire.LanguageJavaScript: scripted("JavaScript", smallMemory, "js/javascript.js"),
	wire.LanguageSQL:        scripted("SQL", smallMemory, "js/browser.js", npm.SQL, "js/sql.js"),
}

// smallMemory bounds a run in JavaScript or SQL, in bytes.
const smallMemory = 96 << 20

// scripted is a language whose interpreter is JavaScript itself, of our own files and those of npm.
func scripted(title string, memory int64, files ...string) language {
	artifact := func() (engine.Artifact, error) {
		var source []byte
		for _, name := range files {
			read := npm.File
			if name != npm.SQL {
				read = programs.ReadFile
			}
			data, err := read(name)
			if err != nil {
				return engine.Artifact{}, err
			}
			source = append(append(source, data...), '\n')
		}
		return script.Artifact(title, "1", source, engine.Limits{Memory: memory, Fuel: Fuel, Reply: maxReply})
	}
	return language{title, artifact, sync.OnceValue(func() string {
		a, err := artifact()
		if err != nil {
			return "" // then nothing runs, and nothing is remembered
		}
		return a.Digest
	})}
}

// Languages are interpreters by the contract's names of their languages. Each starts with its first program.
type Languages map[string]*Interpreter

// All makes an interpreter for each language there is. Nothing is loaded yet.
func All(config Config) (Languages, error) {
	all := Languages{}
	for name := range languages {
		config.Language = name
		one, err := New(config)
		if err != nil {
			return nil, err
		}
		all[name] = one
	}
	return all, nil
}

// Run runs a program by the interpreter of its language.
func (l Languages) Run(ctx context.Context, run wire.ScriptRun, files map[string]File) (*wire.ScriptDone, error) {
	one := l[run.Language]
	if one == nil {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "programs are written in python, javascript or sql, not in %q", run.Language)
	}
	return one.Run(ctx, run, files)
}

// digest tells the interpreter of a language from another, "" where there is none.
func (l Languages) digest(name string) string {
	if one := l[name]; one != nil {
		return one.language.digest()
	}
	return ""
}

// Close lets go of all interpreters.
func (l Languages) Close(ctx context.Context) error {
	var failed []error
	for name, one := range l {
		if err := one.Close(ctx); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(failed...)
}
