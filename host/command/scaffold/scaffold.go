// Package scaffold writes a new block: a small one of each kind that passes its own tests, for its author to change.
package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

//go:embed templates
var templates embed.FS

// ErrName is wrapped by every error about a name that no block can have, ErrKind by those about languages and kinds that do
// not go together.
var (
	ErrName = errors.New("bad block name")
	ErrKind = errors.New("no such block")
)

// namePattern is that of block.json.
var namePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// reserved are names of folders or packages that the go command treats in a way of its own.
var reserved = []string{"main", "internal", "vendor", "testdata", "init"}

// Block says what is written.
type Block struct {
	// Name is the block's, as in block.json.
	Name string
	// Language is one of Languages, Kind one of Kinds.
	Language, Kind string
	// Module makes a block in Go a module of its own that finds the SDK beside it; without it the block belongs to the module
	// around its folder.
	Module bool
	// SDK holds the SDKs as the binary carries them, see Lay.
	SDK fs.FS
}

// Languages lists the languages that blocks are written in, the one without a toolchain first.
func Languages() []string { return []string{"typescript", "go", "c"} }

// Kinds lists what a block may be.
func Kinds() []string { return []string{"component", "app", "grader"} }

// Write writes a new block into dir, which must be absent or empty: manifest, icon, source, words in English and Arabic,
// sample contents, a learner's story, a README, and the SDK where the language's tools need it beside the source. Nothing is
// written when the name cannot be a block's (ErrName), when there is no such block (ErrKind) or when the folder holds
// something.
func Write(dir string, b Block) error {
	if err := b.check(); err != nil {
		return err
	}
	switch entries, err := os.ReadDir(dir); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("writing a block: %w", err)
	case len(entries) > 0:
		return fmt.Errorf("writing a block: %s is not empty", dir)
	}
	files, err := b.files()
	if err != nil {
		return fmt.Errorf("writing a block: %w", err)
	}
	for file, source := range files {
		if err := b.write(filepath.Join(dir, filepath.FromSlash(file)), source); err != nil {
			return fmt.Errorf("writing a block: %w", err)
		}
	}
	if b.carriesSDK() {
		return Lay(dir, b.Language, b.SDK)
	}
	return nil
}

// check refuses what cannot be written.
func (b *Block) check() error {
	switch {
	case len(b.Name) < 2 || len(b.Name) > 48 || !namePattern.MatchString(b.Name):
		return fmt.Errorf("%w: %q must be 2 to 48 lower-case letters, digits and single hyphens, starting with a letter", ErrName, b.Name)
	case !slices.Contains(Languages(), b.Language):
		return fmt.Errorf("%w: there is none in %q: the languages are %s", ErrKind, b.Language, strings.Join(Languages(), ", "))
	case !slices.Contains(Kinds(), b.Kind):
		return fmt.Errorf("%w: there is no kind %q: the kinds are %s", ErrKind, b.Kind, strings.Join(Kinds(), ", "))
	case b.Language == "c" && b.Kind != "component":
		return fmt.Errorf("%w: in C there is a component to start from, and no %s: take typescript or go", ErrKind, b.Kind)
	case b.Language == "go" && (token.IsKeyword(b.Package()) || slices.Contains(reserved, b.Package())):
		return fmt.Errorf("%w: %q means something else in Go", ErrName, b.Name)
	}
	return nil
}

// carriesSDK reports whether the SDK stands beside the source: for the go command, or for editors.
func (b *Block) carriesSDK() bool { return b.Language != "go" || b.Module }

// Package is the name of the Go package.
func (b *Block) Package() string { return strings.ReplaceAll(b.Name, "-", "") }

// Title makes words of a name: "seat-booking" is "Seat booking".
func (b *Block) Title() string {
	words := strings.ReplaceAll(b.Name, "-", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// files lists what is written, by the template that it is made of.
func (b *Block) files() (map[string]string, error) {
	files := map[string]string{
		"block.json": b.Kind + "/block.json", "icon.svg": b.Kind + "/icon.svg", "README.md": "README.md",
		"testdata/stories/first.txtar": b.Kind + "/first.txtar",
	}
	locales, err := fs.Glob(templates, "templates/"+b.Kind+"/locales/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range locales {
		files["locales/"+path.Base(name)] = strings.TrimPrefix(name, "templates/")
	}
	if b.Kind == "grader" {
		files["testdata/setup.txtar"] = "grader/setup.txtar"
	}
	switch b.Language {
	case "go":
		files[b.Name+".go"], files[b.Name+"_test.go"] = b.Kind+"/go/block.go.txt", "block_test.go.txt"
		if b.Module {
			files["go.mod"] = "go.mod.txt"
		}
	case "typescript":
		files["block.ts"] = b.Kind + "/typescript/block.ts"
		files["tsconfig.json"], files["tsconfig.assets.json"] = "tsconfig.json", "tsconfig.assets.json"
	case "c":
		files["block.c"], files["compile_flags.txt"] = b.Kind+"/c/block.c", "compile_flags.txt"
	}
	return files, nil
}

func (b *Block) write(file, source string) error {
	// The usual {{ }} stand in Go's composite literals.
	parsed, err := template.New(path.Base(source)).Delims("«", "»").ParseFS(templates, "templates/"+source)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := parsed.Execute(&text, b); err != nil {
		return err
	}
	return writeFile(file, text.Bytes())
}

func writeFile(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // a source folder, for everybody to read
		return err
	}
	return os.WriteFile(file, data, 0o644) //nolint:gosec // a source file, for everybody to read
}
