package web

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/sdk/elements"
)

//go:embed src
var sources embed.FS

// entries are what pages load; everything else is bundled into these.
var entries = []string{"learner.ts", "frame.ts", "activity.ts", "site.css", "gradebook.ts", "gradebook.css", "grading.ts", "grading.css", "docs.ts", "docs.css", "workbench.ts", "workbench.css", "gallery.ts", "gallery.css", "studio.ts", "studio.css", "studiounit.ts", "studiounit.css", "studiopages.ts", "studiopages.css", elements.Name + "/elements.ts", elements.Name + "/elements.css"}

// fromNPM are entries that are made with packages of npm: a build without those goes without these.
var fromNPM = []string{"studiotext.ts"}

// Bundle builds the assets from the embedded sources, in memory. `make web` writes the result to dist; tests use it as it is.
func Bundle() (*Assets, error) {
	a := &Assets{names: map[string]string{}, files: map[string]File{}}
	all := entries
	if _, err := npm.Module("prosemirror-model"); err == nil {
		all = slices.Concat(entries, fromNPM)
	} else if !errors.Is(err, npm.ErrNotBuilt) {
		return nil, err
	}
	for _, entry := range all {
		data, name, err := bundle(entry)
		if err != nil {
			return nil, err
		}
		a.add(name, data)
	}
	return a, nil
}

// Write stores the assets and their manifest in a folder, removing what an earlier build left there.
func (a *Assets) Write(dir string) error {
	old, err := filepath.Glob(filepath.Join(dir, "*.*"))
	if err != nil {
		return fmt.Errorf("writing web assets: %w", err)
	}
	for _, file := range old {
		if err := os.Remove(file); err != nil {
			return fmt.Errorf("writing web assets: %w", err)
		}
	}
	for name, file := range a.files {
		if err := os.WriteFile(filepath.Join(dir, name), file.Data, 0o644); err != nil {
			return fmt.Errorf("writing web assets: %w", err)
		}
	}
	manifest, err := json.Marshal(a.names)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, ManifestFile), manifest, 0o644)
	}
	if err != nil {
		return fmt.Errorf("writing web assets: %w", err)
	}
	return nil
}

func bundle(entry string) (data []byte, name string, err error) {
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{entry}, Bundle: true, Write: false, Outdir: "/", Format: api.FormatESModule, Target: api.ES2023,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsNone,
		Plugins: []api.Plugin{embeddedSources()},
	})
	if len(result.Errors) > 0 {
		var failed []error
		for _, message := range api.FormatMessages(result.Errors, api.FormatMessagesOptions{}) {
			failed = append(failed, errors.New(message))
		}
		return nil, "", fmt.Errorf("bundling %s: %w", entry, errors.Join(failed...))
	}
	for _, file := range result.OutputFiles {
		return file.Contents, path.Base(file.Path), nil
	}
	return nil, "", fmt.Errorf("bundling %s: nothing came out", entry)
}

// embeddedSources resolves imports inside the embedded sources, the SDK's elements and npm's modules, and nowhere else.
func embeddedSources() api.Plugin {
	return api.Plugin{Name: "embedded", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: "^" + elements.Name}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			name := strings.TrimPrefix(strings.TrimPrefix(args.Path, elements.Name), "/")
			if name == "" {
				name = elements.Entry
			}
			return api.OnResolveResult{Path: name, Namespace: elements.Name}, nil
		})
		build.OnResolve(api.OnResolveOptions{Filter: ".*", Namespace: elements.Name}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: path.Clean(args.Path), Namespace: elements.Name}, nil
		})
		build.OnResolve(api.OnResolveOptions{Filter: "^[a-z]"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			if npm.Modules[args.Path] == "" {
				return api.OnResolveResult{}, nil
			}
			return api.OnResolveResult{Path: args.Path, Namespace: "npm"}, nil
		})
		build.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			if args.Kind == api.ResolveCSSURLToken {
				return api.OnResolveResult{External: true, Path: args.Path}, nil
			}
			for _, ending := range []string{"", ".ts"} {
				name := path.Join("src", args.Path+ending)
				if info, err := fs.Stat(sources, name); err == nil && !info.IsDir() {
					return api.OnResolveResult{Path: name, Namespace: "embedded"}, nil
				}
			}
			return api.OnResolveResult{}, fmt.Errorf("%s imports %q, which is not in host/web/src", args.Importer, args.Path)
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: elements.Name}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			return load(elements.Files, args.Path)
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "npm"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			data, err := npm.Module(args.Path)
			text := string(data)
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, err
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "embedded"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			return load(sources, args.Path)
		})
	}}
}

func load(files fs.FS, name string) (api.OnLoadResult, error) {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return api.OnLoadResult{}, err
	}
	text, loader := string(data), api.LoaderTS
	if path.Ext(name) == ".css" {
		loader = api.LoaderCSS
	}
	return api.OnLoadResult{Contents: &text, Loader: loader}, nil
}
