package workbench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
)

// StaticFolder is where a block's folder has the course files that its samples and stories name as /static/NAME.
const StaticFolder = "testdata/static"

// The most of such files that are taken, and of each.
const (
	mostStatic     = 200
	mostStaticSize = 20 << 20
)

// putStatic gives the scratch course the files of the blocks' folders.
func (b *Bench) putStatic(ctx context.Context) error {
	count := 0
	for _, folder := range b.config.Folders {
		err := eachStatic(folder, func(name string, info fs.FileInfo, read func() ([]byte, error)) error {
			if count++; count > mostStatic || info.Size() > mostStaticSize {
				return fmt.Errorf("%s: at most %d files of %d MiB each are taken", filepath.Join(folder, StaticFolder, name), mostStatic, mostStaticSize>>20)
			}
			content, err := read()
			if err != nil {
				return err
			}
			blob, err := b.config.Site.Files.Put(ctx, bytes.NewReader(content), mostStaticSize)
			if err != nil {
				return err
			}
			return b.config.Site.Courses.PutAsset(ctx, course.Asset{
				Course: Course.String(), Name: name, Hash: blob.Hash, Size: blob.Size, Type: mime.TypeByExtension(path.Ext(name)), At: time.Now(),
			})
		})
		if err != nil {
			return fmt.Errorf("reading the samples' course files: %w", err)
		}
	}
	return nil
}

// eachStatic goes through a block's course files; a folder need not have any. What is no plain file is left out.
func eachStatic(folder string, each func(name string, info fs.FileInfo, read func() ([]byte, error)) error) error {
	root := os.DirFS(filepath.Join(folder, filepath.FromSlash(StaticFolder)))
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return each(name, info, func() ([]byte, error) { return fs.ReadFile(root, name) })
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
