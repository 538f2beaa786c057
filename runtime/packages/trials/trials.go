package trials

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/blocktest/suite"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Config says how folders are tried. The zero value works.
type Config struct {
	// Cache keeps compiled code between runs; "" is the user's cache folder.
	Cache string
	// Go is the go command; "" is the one on PATH.
	Go string
	// Only chooses trials by their names; nil is all.
	Only *regexp.Regexp
	// Update lets golden lines of stories write their files.
	Update bool
	// Done is told of every trial as it ends; nil is allowed.
	Done func(Result)
}

// Report is what came of one folder.
type Report struct {
	Folder, Name, Version string
	// Source is how the folder becomes an artifact, see manifest.Manifest. It is "" without a manifest.
	Source string
	// Engine is what ran it: wasm or process.
	Engine string
	// Problem says why nothing could be tried: a manifest that does not hold, a source that does not compile.
	Problem string
	Results []Result
	// Used is what the block did that its manifest has to ask for.
	Used Used
	// Took is how long building and trials took.
	Took time.Duration
}

// Failed reports whether something is to mend.
func (r *Report) Failed() bool {
	for i := range r.Results {
		if len(r.Results[i].Failures) > 0 {
			return true
		}
	}
	return r.Problem != ""
}

// Result is what came of one trial.
type Result struct {
	Name, Says string
	// Failures must be mended, Notes are worth reading.
	Failures, Notes []string
	Took            time.Duration
}

// Folder reads block.json strictly, builds the folder and tries the block in the engine that it is written for. The error is
// about this machine, or ctx's; what is wrong with the block is in the report.
func Folder(ctx context.Context, config Config, folder string) (*Report, error) {
	start := time.Now()
	r := &Report{Folder: folder, Name: filepath.Base(folder)}
	defer func() { r.Took = time.Since(start) }()
	data, err := os.ReadFile(filepath.Join(folder, manifest.FileName))
	if errors.Is(err, fs.ErrNotExist) {
		r.Problem = manifest.FileName + ": the folder has none, so it is no block: quoin block new makes a folder to start from"
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("reading manifest: %w", err)
	}
	m, err := manifest.Parse(data)
	if err != nil {
		r.Problem = manifest.FileName + ": " + strings.TrimPrefix(err.Error(), manifest.ErrInvalid.Error()+": ")
		return r, nil
	}
	r.Name, r.Version, r.Source, r.Engine = m.Name, m.Version, m.Source, m.Engine
	artifact, err := (&build.Builder{Cache: config.Cache, Go: config.Go}).Build(ctx, folder, m)
	var failed *build.Error
	switch {
	case ctx.Err() != nil:
		return r, ctx.Err()
	case errors.As(err, &failed) && failed.Output != "":
		r.Problem = "it does not compile:\n" + failed.Output
		return r, nil
	case errors.Is(err, fs.ErrNotExist) && m.Source == "file":
		r.Problem = manifest.FileName + ": artifact names " + m.Artifact + ", which is not there: build it first"
		return r, nil
	case err != nil:
		return r, err
	}
	return r, r.run(ctx, config, m, artifact)
}

// run loads the artifact as a site would, and tries it.
func (r *Report) run(ctx context.Context, config Config, m manifest.Manifest, artifact build.Artifact) (err error) {
	e, err := open(ctx, config, m.Engine)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close(context.WithoutCancel(ctx))) }()
	conn, err := load(ctx, e, m, artifact)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var refused *wire.Error
	if errors.As(err, &refused) && refused.Blame == wire.BlameBlock {
		r.Problem = "it does not load: " + refused.Message
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	watcher := newWatcher()
	defer func() { r.Used = watcher.used() }()
	all, err := suite.Trials(suite.Config{Serve: watcher.watch(ctx, conn), Dir: r.Folder, Update: config.Update})
	if err != nil {
		r.Problem = err.Error()
		return nil
	}
	for _, trial := range all {
		if config.Only != nil && !config.Only.MatchString(trial.Name) {
			continue
		}
		start := time.Now()
		failures, notes := trial.Run()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		result := Result{trial.Name, trial.Says, failures, notes, time.Since(start)}
		r.Results = append(r.Results, result)
		if config.Done != nil {
			config.Done(result)
		}
	}
	return nil
}
