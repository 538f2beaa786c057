package packages

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
)

// Bounds of what browsers may fetch of one package: files, and bytes of all together.
const (
	maxFiles = 2000
	maxBytes = 64 << 20
)

// Written is a package that was made.
type Written struct {
	Name, Version, Digest string
	// Folder is where it stands, Code the size of its module in bytes and Packed that of the compressed one.
	Folder       string
	Code, Packed int64
}

// Write compiles a source folder and writes its package to out/NAME, in place of an older one. Equal sources give equal bytes.
// Only blocks for the wasm engine travel; a process block is refused.
func Write(ctx context.Context, builder *build.Builder, source, out string) (Written, error) {
	text, err := os.ReadFile(filepath.Join(source, manifest.FileName))
	if err != nil {
		return Written{}, fmt.Errorf("packing %s: reading manifest: %w", source, err)
	}
	m, err := manifest.Parse(text)
	if err != nil {
		return Written{}, fmt.Errorf("packing %s: %w", source, err)
	}
	if m.Engine != "wasm" {
		return Written{}, fmt.Errorf("packing %s: blocks for the engine %q do not travel as packages", source, m.Engine)
	}
	artifact, err := builder.Build(ctx, source, m)
	if err != nil {
		return Written{}, err
	}
	w := Written{Name: m.Name, Version: m.Version, Digest: artifact.Digest, Folder: filepath.Join(out, m.Name)}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return Written{}, fmt.Errorf("packing %s: %w", source, err)
	}
	scratch, err := os.MkdirTemp(out, ".making-*")
	if err != nil {
		return Written{}, fmt.Errorf("packing %s: %w", source, err)
	}
	err = w.fill(scratch, source, artifact.Path, text, m)
	if err == nil {
		err = errors.Join(os.Chmod(scratch, 0o755), os.RemoveAll(w.Folder), os.Rename(scratch, w.Folder))
	}
	if err != nil {
		return Written{}, errors.Join(fmt.Errorf("packing %s: %w", source, err), os.RemoveAll(scratch))
	}
	return w, nil
}

func (w *Written) fill(dir, source, artifact string, text []byte, m manifest.Manifest) error {
	code, err := os.ReadFile(artifact)
	if err != nil {
		return err
	}
	packed, err := compress(code)
	if err != nil {
		return err
	}
	w.Code, w.Packed = int64(len(code)), int64(len(packed))
	for name, data := range map[string][]byte{
		manifest.FileName: text, registry.CodeFile: packed, registry.CodeFile + ".sha256": []byte(w.Digest),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	if err := copyWords(dir, source, m.Locales); err != nil {
		return err
	}
	root, err := os.OpenRoot(source) // links that lead out of the folder are refused
	if err != nil {
		return err
	}
	defer root.Close()
	left := budget{files: maxFiles, bytes: maxBytes}
	for _, icon := range icons(&m) {
		if err := left.copy(root.FS(), icon, dir); err != nil {
			return fmt.Errorf("icon: %w", err)
		}
	}
	if m.Assets == "" {
		return nil
	}
	return fs.WalkDir(root.FS(), m.Assets, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return left.copy(root.FS(), name, dir)
	})
}

// icons names the package's icon and those of its types, each once.
func icons(m *manifest.Manifest) []string {
	names := []string{m.Icon}
	for _, t := range m.Types {
		names = append(names, t.Icon)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

// compress gives the same bytes for the same code: no name, no time.
func compress(code []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(code)
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// budget is what may still be copied.
type budget struct {
	files int
	bytes int64
}

func (b *budget) copy(from fs.FS, name, dir string) error {
	if b.files--; b.files < 0 {
		return fmt.Errorf("more than %d files", maxFiles)
	}
	file, err := from.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, b.bytes+1))
	if err != nil {
		return err
	}
	if b.bytes -= int64(len(data)); b.bytes < 0 {
		return fmt.Errorf("%s: more than %d bytes of files", name, maxBytes)
	}
	to := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}

// copyWords takes the catalogues along: authors' forms and the names of apps are read from them.
func copyWords(dir, source string, languages []string) error {
	for _, language := range languages {
		name := filepath.Join(registry.LocalesFolder, language+".json")
		data, err := os.ReadFile(filepath.Join(source, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // `quoin block check` tells of it
		}
		if err == nil && len(data) > registry.MaxCatalogue {
			err = fmt.Errorf("%s has %d bytes, the limit is %d", name, len(data), registry.MaxCatalogue)
		}
		if err == nil {
			err = errors.Join(os.MkdirAll(filepath.Join(dir, registry.LocalesFolder), 0o755), os.WriteFile(filepath.Join(dir, name), data, 0o644))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
