// Package scaffold writes a new block: a small question that passes its own tests, for its author to change.
package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

//go:embed templates
var templates embed.FS

// ErrName is wrapped by every error about a name that no block can have.
var ErrName = errors.New("bad block name")

// namePattern is that of block.json.
var namePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// reserved are names of folders or packages that the go command treats in a way of its own.
var reserved = []string{"main", "internal", "vendor", "testdata", "init"}

// Write writes a new block of this name into dir, which must be absent or empty: block.json, NAME.go, NAME_test.go, a first
// story and an icon. Nothing is written when the name cannot be a block's (ErrName) or the folder holds something.
func Write(dir, name string) error {
	pack := strings.ReplaceAll(name, "-", "")
	switch {
	case len(name) < 2 || len(name) > 48 || !namePattern.MatchString(name):
		return fmt.Errorf("%w: %q must be 2 to 48 lower-case letters, digits and single hyphens, starting with a letter", ErrName, name)
	case token.IsKeyword(pack) || slices.Contains(reserved, pack):
		return fmt.Errorf("%w: %q means something else in Go", ErrName, name)
	}
	switch entries, err := os.ReadDir(dir); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("writing a block: %w", err)
	case len(entries) > 0:
		return fmt.Errorf("writing a block: %s is not empty", dir)
	}
	values := map[string]string{"Name": name, "Package": pack, "Title": title(name)}
	for file, source := range map[string]string{
		"block.json":      "block.json",
		"icon.svg":        "icon.svg",
		name + ".go":      "block.go.txt",
		name + "_test.go": "block_test.go.txt",
		filepath.Join("testdata", "stories", "first.txtar"): "first.txtar",
	} {
		if err := write(filepath.Join(dir, file), source, values); err != nil {
			return fmt.Errorf("writing a block: %w", err)
		}
	}
	return nil
}

// title makes words of a name: "seat-booking" is "Seat booking".
func title(name string) string {
	words := strings.ReplaceAll(name, "-", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

func write(path, source string, values map[string]string) error {
	// The usual {{ }} stand in Go's composite literals.
	parsed, err := template.New(source).Delims("«", "»").ParseFS(templates, "templates/"+source)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := parsed.Execute(&text, values); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // a source folder, for everybody to read
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o644) //nolint:gosec // a source file, for everybody to read
}
