// Package web holds what browsers load from the host itself: scripts, styles, fonts. The sources are TypeScript and CSS in
// src; `make web` bundles them with esbuild's Go library into dist, which is embedded in the binary. Names carry a digest, so
// browsers may keep them for ever.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// ErrNotBuilt means that the binary was built without its web assets.
var ErrNotBuilt = errors.New("web assets were not built: run `make web` and build again")

// ManifestFile lists the bundles of a build: entry name -> file name.
const ManifestFile = "manifest.json"

// Assets are the bundled files of one build. Safe for concurrent use.
type Assets struct {
	names map[string]string
	files map[string]File
}

// File is one bundled file.
type File struct {
	Data []byte
	Type string
}

// Embedded reads the assets that the binary carries, or returns ErrNotBuilt.
func Embedded() (*Assets, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return Read(files)
}

// Read reads bundled assets and their manifest.
func Read(files fs.FS) (*Assets, error) {
	data, err := fs.ReadFile(files, ManifestFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("reading web assets: %w", err)
	}
	var names map[string]string
	if err := json.Unmarshal(data, &names); err != nil {
		return nil, fmt.Errorf("reading %s: %w", ManifestFile, err)
	}
	a := &Assets{names: names, files: map[string]File{}}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("reading web assets: %w", err)
		}
		a.files[name] = File{data, typeOf(name)}
	}
	return a, nil
}

// add takes in one bundle under a name that carries its digest.
func (a *Assets) add(entry string, data []byte) {
	name := hashed(entry, data)
	a.names[entry], a.files[name] = name, File{data, typeOf(name)}
}

func typeOf(name string) string { return mime.TypeByExtension(path.Ext(name)) }

// Name gives the file name of an entry such as "learner.js".
func (a *Assets) Name(entry string) (string, error) {
	name, ok := a.names[entry]
	if !ok {
		return "", fmt.Errorf("no web asset is called %q", entry)
	}
	return name, nil
}

// File returns a bundled file by its file name.
func (a *Assets) File(name string) (File, bool) {
	file, ok := a.files[name]
	return file, ok
}

// Text returns an entry's content, for what stands inside a page.
func (a *Assets) Text(entry string) (string, error) {
	name, err := a.Name(entry)
	return string(a.files[name].Data), err
}

// hashed puts a digest of the content into a file's name.
func hashed(name string, data []byte) string {
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:5]) + ext
}
