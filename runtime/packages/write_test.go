package packages_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/packages"
	"github.com/quoin-lms/quoin/runtime/registry"
)

const manifestText = `{"name": "quiz", "version": "1.0.0", "title": "Quiz", "description": "Asks.", "licence": "MIT",
	"source": "file", "artifact": "module.wasm", "assets": "assets", "icon": "icon.svg"}`

// source makes a block's folder whose code is built already.
func source(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	all := map[string]string{
		"block.json": manifestText, "module.wasm": strings.Repeat("code ", 1000), "icon.svg": "<svg/>",
		"assets/a.css": "a{}", "assets/deep/b.js": "b()", "secret.txt": "not for browsers",
	}
	maps.Copy(all, files)
	for name, text := range all {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// contents are a folder's files by path, with their modes.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		info, infoErr := entry.Info()
		if err = errors.Join(err, infoErr); err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		out[filepath.ToSlash(name)] = fmt.Sprintf("%v %x", info.Mode(), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPackageHoldsWhatTravels(t *testing.T) {
	out := t.TempDir()
	written, err := packages.Write(t.Context(), &build.Builder{}, source(t, nil), out)
	if err != nil {
		t.Fatal(err)
	}
	code := sha256.Sum256([]byte(strings.Repeat("code ", 1000)))
	if written.Digest != hex.EncodeToString(code[:]) || written.Code != 5000 || written.Packed >= written.Code || written.Folder != filepath.Join(out, "quiz") {
		t.Errorf("written %+v", written)
	}
	first := contents(t, out)
	for _, name := range []string{"block.json", registry.CodeFile, registry.CodeFile + ".sha256", "icon.svg", "assets/a.css", "assets/deep/b.js"} {
		if _, there := first["quiz/"+name]; !there {
			t.Errorf("%s is missing", name)
		}
	}
	if len(first) != 6 {
		t.Errorf("%d files, want 6: %v", len(first), first)
	}
	// Equal sources give equal bytes, whenever and wherever; an older package is replaced whole.
	again := source(t, nil)
	if err := os.Chtimes(filepath.Join(again, "module.wasm"), time.Unix(1, 0), time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "quiz", "left.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := packages.Write(t.Context(), &build.Builder{}, again, out); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(first, contents(t, out)) {
		t.Error("equal sources gave other bytes, or something of the older package is left")
	}
}

// A type's own icon travels too: Studio's palette shows it.
func TestIconsOfTypesTravel(t *testing.T) {
	out := t.TempDir()
	text := strings.Replace(manifestText, `"icon": "icon.svg"`,
		`"icon": "icon.svg", "types": [{"name": "quiz", "title": "Quiz"}, {"name": "riddle", "title": "Riddle", "icon": "riddle/icon.svg"}]`, 1)
	folder := source(t, map[string]string{"block.json": text, "riddle/icon.svg": "<svg id='r'/>", "riddle/riddle.go": "package riddle"})
	if _, err := packages.Write(t.Context(), &build.Builder{}, folder, out); err != nil {
		t.Fatal(err)
	}
	held := contents(t, out)
	for name, want := range map[string]bool{"quiz/icon.svg": true, "quiz/riddle/icon.svg": true, "quiz/riddle/riddle.go": false} {
		if _, there := held[name]; there != want {
			t.Errorf("%s: there %v, want %v", name, there, want)
		}
	}
}

// What cannot be packed is refused, and the package that was there before stays as it was.
func TestRefusedPackages(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "passwords")
	if err := os.WriteFile(outside, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := func(name, target string) func(dir string) error {
		return func(dir string) error {
			path := filepath.Join(dir, name)
			return errors.Join(os.RemoveAll(path), os.Symlink(target, path))
		}
	}
	many := func(dir string) error {
		for i := range 2001 {
			if err := os.WriteFile(filepath.Join(dir, "assets", fmt.Sprint(i)), nil, 0o600); err != nil {
				return err
			}
		}
		return nil
	}
	big := func(dir string) error {
		path := filepath.Join(dir, "assets", "big")
		return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, 64<<20+1))
	}
	text := func(old, replacement string) func(dir string) error {
		return func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "block.json"), []byte(strings.Replace(manifestText, old, replacement, 1)), 0o600)
		}
	}
	for _, c := range []struct {
		name   string
		damage func(dir string) error
		want   string
	}{
		{"an asset that leads outside", link("assets/a.css", outside), "a.css"},
		{"an asset that climbs outside", link("assets/a.css", "../../passwords"), "a.css"},
		{"assets that are a link outside", link("assets", filepath.Dir(outside)), "assets"},
		{"an icon that leads outside", link("icon.svg", outside), "icon"},
		{"assets outside by name", text(`"assets": "assets"`, `"assets": "../x"`), "assets"},
		{"an icon outside by name", text(`"icon": "icon.svg"`, `"icon": "../icon.svg"`), "icon"},
		{"no assets", func(dir string) error { return os.RemoveAll(filepath.Join(dir, "assets")) }, "assets"},
		{"too many files", many, "2000 files"},
		{"too many bytes", big, "bytes"},
		{"a process", text(`"source": "file"`, `"engine": "process", "source": "file"`), "process"},
		{"no manifest", func(dir string) error { return os.Remove(filepath.Join(dir, "block.json")) }, "manifest"},
		{"no code", func(dir string) error { return os.Remove(filepath.Join(dir, "module.wasm")) }, "artifact"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := t.TempDir()
			if _, err := packages.Write(t.Context(), &build.Builder{}, source(t, nil), out); err != nil {
				t.Fatal(err)
			}
			before := contents(t, out)
			dir := source(t, nil)
			if err := c.damage(dir); err != nil {
				t.Fatal(err)
			}
			if _, err := packages.Write(t.Context(), &build.Builder{}, dir, out); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want something of %q", err, c.want)
			}
			if !maps.Equal(before, contents(t, out)) {
				t.Error("the refused package left something behind, or took something away")
			}
		})
	}
}
