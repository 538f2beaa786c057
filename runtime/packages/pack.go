package packages

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

// Packed is an archive that was made.
type Packed struct {
	Index  Index
	Digest string
	// Data is the archive.
	Data []byte
}

// FileName is what the archive is called where nobody says otherwise.
func (p *Packed) FileName() string { return p.Index.Name + "-" + p.Index.Version + Extension }

// carried are folders and files that travel beside what the manifest names, where they are there.
var carried = []string{"locales", "testdata/stories", "samples"}

// licences are what a licence or a readme is called, whatever ends the name.
var licences = []string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "README"}

// Pack compiles a source folder into an archive. Equal sources and an equal SDK give equal bytes.
func Pack(ctx context.Context, builder *build.Builder, source string) (*Packed, error) {
	packed, err := pack(ctx, builder, source)
	if err != nil {
		return nil, fmt.Errorf("packing %s: %w", source, err)
	}
	return packed, nil
}

func pack(ctx context.Context, builder *build.Builder, source string) (*Packed, error) {
	text, err := os.ReadFile(filepath.Join(source, manifest.FileName))
	if err != nil {
		return nil, fmt.Errorf("reading manifest: %w", err)
	}
	m, err := manifest.Parse(text)
	if err != nil {
		return nil, err
	}
	artifact, err := builder.Build(ctx, source, m)
	if err != nil {
		return nil, err
	}
	code, err := os.ReadFile(artifact.Path)
	if err != nil {
		return nil, err
	}
	if digestOf(code) != artifact.Digest {
		return nil, errors.New("the code changed while it was packed: pack again")
	}
	root, err := os.OpenRoot(source) // links that lead out of the folder are refused
	if err != nil {
		return nil, err
	}
	defer root.Close()
	g := &gathering{from: root.FS(), files: map[string][]byte{manifest.FileName: text, artifactName(&m): code}, left: maxUnpacked - int64(len(code))}
	if err := g.scripts(source, &m); err != nil {
		return nil, err
	}
	if err := g.manifest(&m); err != nil {
		return nil, err
	}
	x := Index{
		Format: format, Name: m.Name, Version: m.Version, Engine: m.Engine, ABI: m.ABI, Source: m.Source, Artifact: artifactName(&m),
		Files: indexOf(g.files),
	}
	if m.Engine == engineProcess {
		x.Platform = thisPlatform()
	}
	index, err := x.encode()
	if err != nil {
		return nil, err
	}
	data, err := write(index, nil, g.files, x.executable())
	return &Packed{Index: x, Digest: digestOf(index), Data: data}, err
}

// executable is the file that the system runs, "" for none.
func (x *Index) executable() string {
	if x.Engine == engineProcess {
		return x.Artifact
	}
	return ""
}

// gathering reads a source folder's files within bounds.
type gathering struct {
	from  fs.FS
	files map[string][]byte
	left  int64
	// bundled are the scripts that were made of sources among the assets.
	bundled map[string]bool
}

// scripts takes what browsers get of the assets that are written in TypeScript.
func (g *gathering) scripts(source string, m *manifest.Manifest) error {
	scripts, err := build.Browser(source, *m)
	g.bundled = map[string]bool{}
	for name, code := range scripts {
		if g.left -= int64(len(code)); g.left < 0 {
			return fmt.Errorf("%s: more than %d bytes of files", name, maxUnpacked)
		}
		g.files[name], g.bundled[name] = code, true
	}
	return err
}

func (g *gathering) manifest(m *manifest.Manifest) error {
	for _, icon := range named(m) {
		if err := g.file(icon); err != nil {
			return fmt.Errorf("icon: %w", err)
		}
	}
	folders := slices.Clone(carried)
	if m.Assets != "" {
		if _, err := fs.Stat(g.from, m.Assets); err != nil {
			return fmt.Errorf("assets: %w", err)
		}
		folders = append(folders, m.Assets)
	}
	for _, folder := range folders {
		if err := g.folder(folder); err != nil {
			return err
		}
	}
	entries, err := fs.ReadDir(g.from, ".")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		base := strings.ToUpper(strings.TrimSuffix(entry.Name(), path.Ext(entry.Name())))
		if entry.Type().IsRegular() && slices.Contains(licences, base) {
			if err := g.file(entry.Name()); err != nil {
				return err
			}
		}
	}
	return nil
}

// folder takes every file of a folder, where there is one. What starts with a dot stays at home.
func (g *gathering) folder(name string) error {
	if info, err := fs.Stat(g.from, name); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil
	}
	return fs.WalkDir(g.from, name, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return nil
		case g.bundled[strings.TrimSuffix(name, ".ts")+".js"] && build.BrowserSource(name):
			return nil // what was bundled of it is in
		}
		return g.file(name)
	})
}

func (g *gathering) file(name string) error {
	if _, there := g.files[name]; there {
		return nil
	}
	if err := checkName(name); err != nil {
		return err
	}
	if len(g.files) >= maxArchiveFiles-8 { // the index, the signature's files, and folders
		return fmt.Errorf("more than %d files", maxArchiveFiles-8)
	}
	file, err := g.from.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, g.left+1))
	if err != nil {
		return err
	}
	if g.left -= int64(len(data)); g.left < 0 {
		return fmt.Errorf("%s: more than %d bytes of files", name, maxUnpacked)
	}
	g.files[name] = data
	return nil
}
