package build

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/typescript"
)

// entries are the files that a block in TypeScript or JavaScript begins with, the first that is there.
var entries = []string{"block.ts", "block.tsx", "block.js"}

// door is the script that the engine loads: it puts the block behind the global function that the engine calls.
const door = `import it from %q; import { serve } from %q; globalThis.serve = serve(it);`

// script bundles a folder with the SDK into one file. No program is run and nothing outside of the folder is read, so that
// building a stranger's block gives it no rights (security R11).
func (b *Builder) script(folder string, m manifest.Manifest) (Artifact, error) {
	folder, err := filepath.Abs(folder)
	if err == nil {
		folder, err = filepath.EvalSymlinks(folder)
	}
	if err != nil {
		return Artifact{}, fmt.Errorf("building %s: %w", m.Name, err)
	}
	entry, err := entryOf(folder)
	if err != nil {
		return Artifact{}, &Error{Folder: folder, Output: err.Error(), Err: errors.New("there is nothing to bundle")}
	}
	built := api.Build(api.BuildOptions{
		Stdin:         &api.StdinOptions{Contents: fmt.Sprintf(door, "./"+entry, typescript.Name), Loader: api.LoaderTS, ResolveDir: folder, Sourcefile: "door.ts"},
		AbsWorkingDir: folder, Bundle: true, Platform: api.PlatformNeutral, Format: api.FormatIIFE, Target: api.ES2023,
		MinifyWhitespace: true, MinifySyntax: true, Charset: api.CharsetUTF8, LegalComments: api.LegalCommentsNone,
		TsconfigRaw: `{}`, Plugins: []api.Plugin{carried(typescript.Name, typescript.Entry, typescript.Files), inside(folder)}, LogLevel: api.LogLevelSilent, Write: false,
	})
	if len(built.Errors) > 0 {
		text := strings.Join(api.FormatMessages(built.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage}), "")
		return Artifact{}, &Error{Folder: folder, Output: strings.TrimSpace(text), Err: fmt.Errorf("%d errors", len(built.Errors))}
	}
	cache, err := b.cache(folder)
	if err != nil {
		return Artifact{}, fmt.Errorf("building %s: %w", folder, err)
	}
	out := filepath.Join(cache, m.Name+".js")
	if err := os.WriteFile(out, built.OutputFiles[0].Contents, 0o600); err != nil {
		return Artifact{}, fmt.Errorf("building %s: %w", folder, err)
	}
	return digest(out)
}

func entryOf(folder string) (string, error) {
	for _, name := range entries {
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil && info.Mode().IsRegular() {
			return name, nil
		}
	}
	return "", fmt.Errorf("the folder holds none of %s: it exports the block as its default", strings.Join(entries, ", "))
}

// carried gives a package of the SDK that the binary carries, whatever a folder may have installed.
func carried(name, entry string, files fs.FS) api.Plugin {
	return api.Plugin{Name: name, Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: "^" + name + "$"}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: entry, Namespace: name}, nil
		})
		build.OnResolve(api.OnResolveOptions{Filter: `.`, Namespace: name}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: path.Clean(args.Path), Namespace: name}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: name}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			data, err := fs.ReadFile(files, args.Path)
			text := string(data)
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderTS}, err
		})
	}}
}

// inside refuses files outside of the folder, wherever links lead.
func inside(folder string) api.Plugin {
	return api.Plugin{Name: "inside", Setup: func(build api.PluginBuild) {
		build.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: "file"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			file, err := filepath.EvalSymlinks(args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			relative, err := filepath.Rel(folder, file)
			if err != nil || !filepath.IsLocal(relative) {
				return api.OnLoadResult{}, fmt.Errorf("%s stands outside of the block's folder: a block brings all that it needs", args.Path)
			}
			return api.OnLoadResult{}, nil // esbuild reads it
		})
	}}
}
