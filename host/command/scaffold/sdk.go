package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// sdkFolder is where the SDK stands inside of a block's folder. The go command and the watcher of blocks skip names that
// begin with a dot.
const sdkFolder = ".quoin/sdk"

// sources say which files of a binary's SDK a language needs, and where they go below sdkFolder.
var sources = map[string]struct {
	patterns []string
	// below are beginnings of their paths, the first that fits is cut off.
	below []string
}{
	"go":         {[]string{"sdk/*.go", "sdk/wire/*.go", "sdk/markup/*.go", "sdk/question/*.go", "sdk/question/locales/*.json", "sdk/blocktest/*.go", "sdk/blocktest/*/*.go"}, nil},
	"typescript": {[]string{"sdk/typescript/*.ts", "sdk/typescript/package.json", "sdk/elements/*.ts", "sdk/elements/package.json"}, []string{"sdk/typescript/", "sdk/"}},
	"c":          {[]string{"sdk/c/src/*"}, []string{"sdk/c/src/"}},
}

// sdkModule is the go.mod of the SDK: it needs nothing but the standard library.
const sdkModule = "module github.com/quoin-lms/quoin\n\ngo 1.26\n"

// Lay writes the SDK of a language beside a block, in place of an older one. sdk holds the SDKs below the folder sdk, as the
// project's own tree does; tests in it are left out. Blocks in Go are compiled with what stands there; for TypeScript and C
// it is what editors read, and the binary builds with its own.
func Lay(dir, language string, sdk fs.FS) error {
	source, ok := sources[language]
	switch {
	case !ok:
		return fmt.Errorf("laying the SDK down: there is none for %q", language)
	case sdk == nil:
		return errors.New("laying the SDK down: this binary carries none: build it by make build")
	}
	to := filepath.Join(dir, filepath.FromSlash(sdkFolder))
	if err := os.RemoveAll(to); err != nil {
		return fmt.Errorf("laying the SDK down: %w", err)
	}
	for _, pattern := range source.patterns {
		names, err := fs.Glob(sdk, pattern)
		if err == nil && len(names) == 0 {
			err = fmt.Errorf("this binary carries no %s", pattern)
		}
		if err != nil {
			return fmt.Errorf("laying the SDK down: %w", err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			data, err := fs.ReadFile(sdk, name)
			if err == nil {
				err = writeFile(filepath.Join(to, filepath.FromSlash(cutBelow(path.Clean(name), source.below))), data)
			}
			if err != nil {
				return fmt.Errorf("laying the SDK down: %w", err)
			}
		}
	}
	if language == "go" {
		return writeFile(filepath.Join(to, "go.mod"), []byte(sdkModule))
	}
	return nil
}

func cutBelow(name string, below []string) string {
	for _, beginning := range below {
		if rest, ok := strings.CutPrefix(name, beginning); ok {
			return rest
		}
	}
	return name
}

// Laid reports whether the SDK stands beside a block.
func Laid(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(sdkFolder)))
	return err == nil && info.IsDir()
}
