package registry

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"
)

// bundled is a folder's files with the scripts that were bundled from its sources, which have no file there.
type bundled struct {
	fs.FS
	scripts map[string][]byte
}

// Open implements fs.FS. A bundled script hides a file of its name.
func (b bundled) Open(name string) (fs.File, error) {
	data, ok := b.scripts[name]
	if !ok {
		return b.FS.Open(name)
	}
	return &bundledFile{Reader: bytes.NewReader(data), name: path.Base(name), size: int64(len(data))}, nil
}

// withScripts gives a version's digest when its scripts take part in it: an address that carries it is kept by browsers for ever.
func withScripts(digest string, scripts map[string][]byte) string {
	if len(scripts) == 0 {
		return digest
	}
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(scripts)) {
		fmt.Fprintf(sum, "%s %s %d\n", digest, name, len(scripts[name]))
		sum.Write(scripts[name])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// bundledFile is an open bundled script, and what a file system says of it.
type bundledFile struct {
	io.Reader
	name string
	size int64
}

func (s *bundledFile) Close() error               { return nil }
func (s *bundledFile) Stat() (fs.FileInfo, error) { return s, nil }
func (s *bundledFile) Name() string               { return s.name }
func (s *bundledFile) Size() int64                { return s.size }
func (s *bundledFile) Mode() fs.FileMode          { return 0o444 }
func (s *bundledFile) ModTime() time.Time         { return time.Time{} }
func (s *bundledFile) IsDir() bool                { return false }
func (s *bundledFile) Sys() any                   { return nil }
