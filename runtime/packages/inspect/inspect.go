package inspect

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Config is what an inspection works with. The zero value works.
type Config struct {
	// Cache keeps compiled code between runs; "" is the user's cache folder.
	Cache string
	// Go is the go command; "" is the one on PATH.
	Go string
}

// Report is what was found in one folder.
type Report struct {
	Folder, Name, Version string
	// Problems must be mended; Notes tell what was not looked at, and why.
	Problems []Problem
	Notes    []string
	// Code is the size of the compiled code in bytes, 0 when it was not built.
	Code int64
	// Uses tells what each operation used at most, in the order in which they were first called.
	Uses []Use
	// Samples and Answers count what was replayed.
	Samples, Answers int
	// Shown are the learner's views of the samples, in their order.
	Shown []Shown
}

// Shown is a view as the block made it: the host's templates are not filled in.
type Shown struct{ Where, HTML string }

// Problem is one thing to mend.
type Problem struct {
	// File is relative to the folder, "" when it is about none; Line counts from 1, 0 is unknown.
	File string
	Line int
	// Message says what is wrong, Fix how to mend it.
	Message, Fix string
}

// Use is what the calls of one operation used at most.
type Use struct {
	Op    wire.Op
	Calls int
	// Fuel is in units of about one instruction, Memory in bytes.
	Fuel, Memory int64
}

func (r *Report) add(file string, line int, fix, format string, args ...any) {
	r.Problems = append(r.Problems, Problem{File: file, Line: line, Message: fmt.Sprintf(format, args...), Fix: fix})
}

// Folder inspects a block's source folder. The error is about this machine; what is wrong with the block is in the report.
func Folder(ctx context.Context, config Config, folder string) (*Report, error) {
	r := &Report{Folder: folder, Name: filepath.Base(folder)}
	m, ok, err := r.manifest()
	if err != nil || !ok {
		return r, err
	}
	r.files(&m)
	if err := r.words(&m); err != nil {
		return r, fmt.Errorf("reading the words of %s: %w", folder, err)
	}
	if m.Source == "go" {
		if err := r.sources(); err != nil {
			return r, fmt.Errorf("reading the sources of %s: %w", folder, err)
		}
	}
	code, err := r.build(ctx, config, m)
	if err != nil || code == nil {
		return r, err
	}
	return r, r.run(ctx, config, m, code)
}

// manifest reads block.json; ok is false when nothing else can be looked at without it.
func (r *Report) manifest() (m manifest.Manifest, ok bool, err error) {
	data, err := os.ReadFile(filepath.Join(r.Folder, manifest.FileName))
	if errors.Is(err, fs.ErrNotExist) {
		r.add(manifest.FileName, 0, "quoin block new makes a folder to start from", "the folder has none, so it is no block")
		return m, false, nil
	}
	if err != nil {
		return m, false, fmt.Errorf("reading manifest: %w", err)
	}
	if m, err = manifest.Parse(data); err != nil {
		r.add(manifest.FileName, 0, "correct it; every key is checked, so that a misspelt one is noticed",
			"%s", strings.TrimPrefix(err.Error(), manifest.ErrInvalid.Error()+": "))
		return m, false, nil
	}
	r.Name, r.Version = m.Name, m.Version
	return m, true, nil
}

// files looks whether what the manifest names is there.
func (r *Report) files(m *manifest.Manifest) {
	seen := map[string]bool{}
	r.file("icon", m.Icon, seen)
	r.file("assets", m.Assets, seen)
	for _, t := range m.Types {
		r.file("the icon of type "+t.Name, t.Icon, seen)
	}
}

func (r *Report) file(what, name string, seen map[string]bool) {
	if name == "" || seen[name] {
		return
	}
	seen[name] = true
	info, err := os.Stat(filepath.Join(r.Folder, filepath.FromSlash(name)))
	switch {
	case err != nil:
		r.add(manifest.FileName, 0, "add it or leave the key out", "%s names %s, which is not there", what, name)
	case info.IsDir() != (what == "assets"):
		r.add(manifest.FileName, 0, "assets is a folder, icons are files", "%s names %s, which is of the other kind", what, name)
	}
}

// build compiles the folder; nil code means that this is where the inspection ends.
func (r *Report) build(ctx context.Context, config Config, m manifest.Manifest) ([]byte, error) {
	builder := &build.Builder{Cache: config.Cache, Go: config.Go}
	artifact, err := builder.Build(ctx, r.Folder, m)
	var failed *build.Error
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.As(err, &failed) {
		fix := "mend what the compiler says"
		if failed.Output == "" {
			return nil, err
		}
		r.add("", 0, fix, "it does not compile:\n%s", failed.Output)
		return nil, nil
	}
	if errors.Is(err, fs.ErrNotExist) && m.Source == "file" {
		r.add(manifest.FileName, 0, "build the artifact first", "artifact names %s, which is not there", m.Artifact)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if m.Engine != "wasm" {
		r.Notes = append(r.Notes, "the engine "+m.Engine+" runs trusted code outside the sandbox: it was built, but not run")
		return nil, nil
	}
	code, err := os.ReadFile(artifact.Path)
	r.Code = int64(len(code))
	return code, err
}

// run loads the code as a site would, and replays what it brings.
func (r *Report) run(ctx context.Context, config Config, m manifest.Manifest, code []byte) (err error) {
	cache := ""
	if config.Cache != "" {
		cache = filepath.Join(config.Cache, "wasm")
	}
	sandbox, err := wasm.New(ctx, wasm.Config{CacheDir: cache})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sandbox.Close(context.WithoutCancel(ctx))) }()
	known, err := registry.Open(ctx, registry.Config{Engines: map[string]engine.Engine{"wasm": sandbox}})
	if err != nil {
		return err
	}
	version := known.Wasm(m, os.DirFS(r.Folder), false, code)
	descriptions, err := r.describe(ctx, version)
	if err != nil || descriptions == nil {
		return err
	}
	r.unused(&m, descriptions)
	r.formWords(version, descriptions)
	return r.replay(ctx, version, descriptions)
}

// Loaded inspects a package that is built: what its code says of itself, and its samples with services that refuse. Nothing is
// written. The error is about this machine; what is wrong with the block is in the report.
func Loaded(ctx context.Context, version *registry.Version) (*Report, error) {
	r := &Report{Name: version.Manifest.Name, Version: version.Manifest.Version}
	descriptions, err := r.describe(ctx, version)
	if err != nil || descriptions == nil {
		return r, err
	}
	return r, r.replay(ctx, version, descriptions)
}

// describe asks each type what it is; nil where the block is at fault, which the report then tells.
func (r *Report) describe(ctx context.Context, version *registry.Version) (map[string]wire.Description, error) {
	descriptions := map[string]wire.Description{}
	for _, t := range version.Manifest.Types {
		description, err := version.Describe(ctx, t.Name)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			var failure *wire.Error
			if errors.As(err, &failure) {
				r.add("", 0, "let block.json and the code say the same", "%s", failure.Message)
				return nil, nil
			}
			return nil, err
		}
		descriptions[t.Name] = description
	}
	return descriptions, nil
}

// replay plays the samples of every type.
func (r *Report) replay(ctx context.Context, version *registry.Version, descriptions map[string]wire.Description) error {
	conn, done, err := version.Use(ctx)
	if err != nil {
		return err
	}
	defer done()
	replay := &replaying{report: r, conn: conn}
	for _, t := range version.Manifest.Types {
		description := descriptions[t.Name]
		if err := replay.kind(ctx, t.Name, &description); err != nil {
			return err
		}
	}
	return nil
}

// unused finds permissions that the code has no use for: an admin would be asked for more than the block needs.
func (r *Report) unused(m *manifest.Manifest, descriptions map[string]wire.Description) {
	used := map[string][]string{"documents": nil, "schedule": nil, "events.subscribe": nil, "mount": nil, "slot": nil}
	uses := map[string]bool{}
	for name := range descriptions {
		d := descriptions[name]
		uses["documents"] = uses["documents"] || len(d.Collections) > 0
		uses["schedule"] = uses["schedule"] || len(d.Tasks) > 0
		used["events.subscribe"] = append(used["events.subscribe"], d.Subscribes...)
		for i := range d.Mounts {
			used["mount"] = append(used["mount"], d.Mounts[i].Name)
		}
		for i := range d.Views {
			used["slot"] = append(used["slot"], d.Views[i].Slot)
		}
	}
	for _, p := range m.Permissions {
		list, checked := used[p.Name]
		switch {
		case !checked:
		case len(p.Values) == 0 && !uses[p.Name]:
			r.add(manifest.FileName, 0, "leave the permission out", "it asks for %s, but the code declares nothing that needs it", p.Name)
		default:
			for _, value := range p.Values {
				if !slices.Contains(list, value) {
					r.add(manifest.FileName, 0, "leave the value out", "it asks for %s %q, but the code declares nothing of that name", p.Name, value)
				}
			}
		}
	}
}
