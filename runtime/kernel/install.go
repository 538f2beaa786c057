package kernel

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/packages"
	"github.com/quoin-lms/quoin/runtime/packages/inspect"
)

// BlockFolders lists the blocks' source folders that words name: a block's own folder, or one that holds blocks one level
// down. A name that leads to no block is an error.
func BlockFolders(names []string) ([]string, error) {
	var out []string
	for _, name := range names {
		if isBlock(name) {
			out = append(out, name)
			continue
		}
		entries, err := os.ReadDir(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no folder %s", name)
		}
		if err != nil {
			return nil, err
		}
		found := false
		for _, entry := range entries {
			if folder := filepath.Join(name, entry.Name()); entry.IsDir() && isBlock(folder) {
				out, found = append(out, folder), true
			}
		}
		if !found {
			return nil, fmt.Errorf("%s is no block and holds none: a block's folder has a %s", name, manifest.FileName)
		}
	}
	return out, nil
}

func isBlock(folder string) bool {
	info, err := os.Stat(filepath.Join(folder, manifest.FileName))
	return err == nil && info.Mode().IsRegular()
}

// InspectBlock looks a block's source folder over before it is shared, for commands. cache keeps compiled code; "" is the
// user's cache folder.
func InspectBlock(ctx context.Context, cache, folder string) (*inspect.Report, error) {
	return inspect.Folder(ctx, inspect.Config{Cache: cache}, folder)
}

// WritePackage compiles a block's source folder and writes its package below out, for commands. cache keeps compiled code; ""
// is the user's cache folder.
func WritePackage(ctx context.Context, cache, source, out string) (packages.Written, error) {
	return packages.Write(ctx, &build.Builder{Cache: cache}, source, out)
}

// PackBlock compiles a block's source folder into an archive, for commands. cache keeps compiled code; "" is the user's cache
// folder.
func PackBlock(ctx context.Context, cache, source string) (*packages.Packed, error) {
	return packages.Pack(ctx, &build.Builder{Cache: cache}, source)
}
