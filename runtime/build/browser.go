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
	"github.com/quoin-lms/quoin/sdk/elements"
)

// Browser bundles the scripts of a folder's assets that are written in TypeScript: each file there that ends with .ts becomes one of
// the same name that ends with .js, by its path in the folder. As with a block's own script no program is run and nothing outside
// of the folder is read; what such a script may import besides is the SDK's runtime for browsers. A mistake is an *Error.
func Browser(folder string, m manifest.Manifest) (map[string][]byte, error) {
	scripts := map[string][]byte{}
	if m.Assets == "" {
		return scripts, nil
	}
	folder, err := filepath.Abs(folder)
	if err == nil {
		folder, err = filepath.EvalSymlinks(folder)
	}
	if err != nil {
		return nil, fmt.Errorf("building %s: %w", m.Name, err)
	}
	entries, err := os.ReadDir(filepath.Join(folder, filepath.FromSlash(m.Assets)))
	if errors.Is(err, fs.ErrNotExist) {
		return scripts, nil // which packing and checking say
	}
	if err != nil {
		return nil, fmt.Errorf("building %s: %w", m.Name, err)
	}
	for _, entry := range entries {
		if !BrowserSource(entry.Name()) {
			continue
		}
		code, err := browserScript(folder, path.Join(m.Assets, entry.Name()))
		if err != nil {
			return nil, err
		}
		scripts[path.Join(m.Assets, strings.TrimSuffix(entry.Name(), ".ts")+".js")] = code
	}
	return scripts, nil
}

// BrowserSource reports whether an asset is a source that [Browser] bundles, which no browser fetches.
func BrowserSource(name string) bool {
	return strings.HasSuffix(name, ".ts") && !strings.HasSuffix(name, ".d.ts")
}

func browserScript(folder, name string) ([]byte, error) {
	built := api.Build(api.BuildOptions{
		EntryPoints: []string{"./" + name}, AbsWorkingDir: folder, Bundle: true, Platform: api.PlatformBrowser, Format: api.FormatESModule,
		Target: api.ES2023, MinifyWhitespace: true, MinifySyntax: true, Charset: api.CharsetUTF8, LegalComments: api.LegalCommentsNone,
		TsconfigRaw: `{}`, Plugins: []api.Plugin{carried(elements.Name, elements.Entry, elements.Files), inside(folder)},
		LogLevel: api.LogLevelSilent, Write: false, Outdir: "/",
	})
	if len(built.Errors) > 0 {
		text := strings.Join(api.FormatMessages(built.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage}), "")
		return nil, &Error{Folder: folder, Output: strings.TrimSpace(text), Err: fmt.Errorf("%d errors in %s", len(built.Errors), name)}
	}
	return built.OutputFiles[0].Contents, nil
}
