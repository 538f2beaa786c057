package packages_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
	"github.com/quoin-lms/quoin/runtime/packages"
	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
)

func packed(t testing.TB, folder string) *packages.Packed {
	t.Helper()
	p, err := packages.Pack(t.Context(), &build.Builder{Cache: t.TempDir()}, folder)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func open(t testing.TB, archive []byte) (*packages.Package, error) {
	t.Helper()
	p, err := packages.Open(t.Context(), bytes.NewReader(archive), int64(len(archive)), t.TempDir())
	if err == nil {
		t.Cleanup(func() {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return p, err
}

func TestEqualSourcesGiveEqualArchives(t *testing.T) {
	more := map[string]string{"LICENSE": "MIT", "README.md": "# Quiz", "locales/ar.json": "{}", "testdata/stories/a.txtar": "view\n"}
	first, second := source(t, more), source(t, more)
	if err := os.Chtimes(filepath.Join(second, "icon.svg"), time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	a, b := packed(t, first), packed(t, second)
	if !bytes.Equal(a.Data, b.Data) {
		t.Error("two archives of equal sources differ")
	}
	var names []string
	for _, e := range packagetest.TakeApart(t, a.Data) {
		names = append(names, e.Name)
	}
	want := []string{
		"index.json", "LICENSE", "README.md", "assets/a.css", "assets/deep/b.js", "block.json", "block.wasm", "icon.svg",
		"locales/ar.json", "testdata/stories/a.txtar",
	}
	if !slices.Equal(names, want) {
		t.Errorf("the archive holds %q, want %q", names, want)
	}
	if a.FileName() != "quiz-1.0.0.block" {
		t.Errorf("it is called %s", a.FileName())
	}
	p, err := open(t, a.Data)
	if err != nil {
		t.Fatal(err)
	}
	if p.Digest != a.Digest || p.Manifest.Name != "quiz" || p.Index.Source != "file" {
		t.Errorf("opened as %+v", p.Index)
	}
	code, err := p.Code()
	if err != nil || !strings.HasPrefix(string(code), "code code") {
		t.Errorf("the code reads %.20q, %v", code, err)
	}
	folder := filepath.Join(t.TempDir(), "below", "quiz")
	for range 2 { // the second time it is there
		if err := p.Unpack(folder); err != nil {
			t.Fatal(err)
		}
	}
	if got := contents(t, folder); len(got) != len(want) || !strings.HasPrefix(got["assets/a.css"], "-rw------- ") {
		t.Errorf("unpacked: %d files, %s", len(got), got["assets/a.css"])
	}
	if x, err := packages.ReadIndex(folder, p.Digest); err != nil || x.Name != "quiz" {
		t.Errorf("the unpacked index: %+v, %v", x, err)
	}
	if _, err := packages.ReadIndex(folder, strings.Repeat("0", 64)); err == nil {
		t.Error("a folder passes for another package")
	}
}

// typescript makes a block's folder of sources.
func typescript(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"block.json": `{"name": "wave", "version": "1.0.0", "title": "Wave", "description": "Waves.", "licence": "MIT", "source": "typescript"}`,
		"block.ts":   `export default { hello: "world" };`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestScriptsTravelBundled(t *testing.T) {
	a := packed(t, typescript(t))
	p, err := open(t, a.Data)
	if err != nil {
		t.Fatal(err)
	}
	code, err := p.Code()
	if err != nil || !bytes.Contains(code, []byte("world")) || p.Index.Artifact != "block.js" || p.Index.Source != "typescript" {
		t.Errorf("%+v, %v: %.200s", p.Index, err, code)
	}
	if _, carried := p.Index.File("block.ts"); carried {
		t.Error("the sources travel, which nobody runs")
	}
}

func TestRefusedArchives(t *testing.T) {
	good := packed(t, source(t, nil)).Data
	names := func(name string) []byte {
		return packagetest.Altered(t, good, func(files map[string][]byte) { files[name] = []byte("x") })
	}
	manifest := func(old, other string) []byte {
		return packagetest.Altered(t, good, func(files map[string][]byte) {
			text := strings.Replace(string(files["block.json"]), old, other, 1)
			if text == string(files["block.json"]) {
				t.Fatalf("block.json holds no %s", old)
			}
			files["block.json"] = []byte(text)
		})
	}
	index := func(old, other string) []byte {
		return packagetest.Unlisted(t, good, func(files map[string][]byte) {
			text := strings.Replace(string(files["index.json"]), old, other, 1)
			if text == string(files["index.json"]) {
				t.Fatalf("index.json holds no %s", old)
			}
			files["index.json"] = []byte(text)
		})
	}
	link := intaketest.Entry{Header: tar.Header{Name: "assets/link", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}}
	device := intaketest.Entry{Header: tar.Header{Name: "assets/null", Typeflag: tar.TypeChar}}
	for name, c := range map[string]struct {
		archive []byte
		rule    packages.Rule
		say     string
	}{
		"no archive":      {[]byte("hello"), packages.RuleArchive, "not gzipped"},
		"nothing":         {nil, packages.RuleArchive, "not gzipped"},
		"a zip":           {intaketest.Zip(t, map[string]string{"index.json": "{}"}), packages.RuleArchive, "not gzipped"},
		"cut short":       {good[:len(good)-20], packages.RuleArchive, "damaged"},
		"outside":         {names("../evil"), packages.RuleArchive, ".."},
		"absolute":        {names("/etc/cron.d/evil"), packages.RuleArchive, "absolute"},
		"backslash":       {names(`a\b`), packages.RuleArchive, "backslash"},
		"odd letters":     {names("assets/\u0430.css"), packages.RuleArchive, "letters"},
		"invisible":       {names("assets/a\u200b.css"), packages.RuleArchive, "letters"},
		"hidden":          {names(".profile"), packages.RuleArchive, "letters"},
		"device's name":   {names("assets/con.css"), packages.RuleArchive, "device"},
		"case":            {names("ASSETS/a.css"), packages.RuleArchive, "case"},
		"link":            {packagetest.PutTogether(t, packagetest.TakeApart(t, good), link), packages.RuleArchive, "links"},
		"device":          {packagetest.PutTogether(t, packagetest.TakeApart(t, good), device), packages.RuleArchive, "device"},
		"twice":           {packagetest.PutTogether(t, packagetest.TakeApart(t, good), intaketest.File("icon.svg", "<svg/>")), packages.RuleArchive, "twice"},
		"no index":        {packagetest.Unlisted(t, good, func(f map[string][]byte) { f["index.json"] = nil }), packages.RuleIndex, "holds no index.json"},
		"not listed":      {packagetest.Unlisted(t, good, func(f map[string][]byte) { f["assets/c.js"] = []byte("x") }), packages.RuleIndex, "does not list"},
		"not there":       {packagetest.Unlisted(t, good, func(f map[string][]byte) { f["icon.svg"] = nil }), packages.RuleIndex, "does not hold"},
		"other code":      {packagetest.Unlisted(t, good, func(f map[string][]byte) { f["block.wasm"] = []byte("evil") }), packages.RuleIndex, "is not what"},
		"signs itself":    {packagetest.Altered(t, good, func(f map[string][]byte) { f["signature/more"] = []byte("x") }), packages.RuleIndex, "does not list"},
		"unknown key":     {index(`"format"`, `"colour": 1, "format"`), packages.RuleIndex, "colour"},
		"other format":    {index(`"format": 1`, `"format": 2`), packages.RuleIndex, "format 2"},
		"other ABI":       {index(`"abi": 1`, `"abi": 7`), packages.RuleABI, "version 7 of the contract"},
		"manifest's ABI":  {manifest(`"name"`, `"abi": 9, "name"`), packages.RuleABI, "version 9 of the contract"},
		"another name":    {index(`"name": "quiz"`, `"name": "quit"`), packages.RuleManifest, `"quit"`},
		"another version": {manifest(`1.0.0`, `1.0.1`), packages.RuleManifest, `"1.0.1"`},
		"another engine":  {index(`"engine": "wasm"`, `"engine": "process"`), packages.RuleManifest, `"process"`},
		"not a manifest":  {manifest(`"licence"`, `"licens"`), packages.RuleManifest, "licens"},
		"another icon":    {manifest(`icon.svg`, `logo.svg`), packages.RuleManifest, "logo.svg"},
		"wrong artifact":  {index(`"artifact": "block.wasm"`, `"artifact": "icon.svg"`), packages.RuleManifest, "icon.svg"},
		"a platform":      {index(`"artifact"`, `"platform": "plan9/arm", "artifact"`), packages.RuleIndex, "plan9"},
	} {
		p, err := open(t, c.archive)
		if err == nil {
			t.Errorf("%s: taken as %+v", name, p.Index)
			continue
		}
		var refusal *packages.Refusal
		if !errors.As(err, &refusal) || refusal.Rule != c.rule || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: rule %q, %v; want %q with %q", name, packages.RuleOf(err), err, c.rule, c.say)
		}
	}
}

// zeros gives so many of them.
type zeros int64

func (z *zeros) Read(p []byte) (int, error) {
	if *z <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), int64(*z))
	clear(p[:n])
	*z -= zeros(n)
	return int(n), nil
}

// TestBombsAreRefusedWhileTheyStream packs what decodes to far more than it is, and looks that nothing was laid down of it.
func TestBombsAreRefusedWhileTheyStream(t *testing.T) {
	const size = 4 << 30
	var archive bytes.Buffer
	w, err := gzip.NewWriterLevel(&archive, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	tarred := tar.NewWriter(w)
	if err := tarred.WriteHeader(&tar.Header{Name: "block.wasm", Size: size, Typeflag: tar.TypeReg}); err != nil {
		t.Fatal(err)
	}
	left := zeros(200 << 20) // a bomb need not be whole
	if _, err := io.Copy(tarred, &left); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	_, err = packages.Open(t.Context(), bytes.NewReader(archive.Bytes()), int64(archive.Len()), temp)
	if packages.RuleOf(err) != packages.RuleArchive || !strings.Contains(err.Error(), "bomb") {
		t.Errorf("a bomb of %d bytes: %v", archive.Len(), err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

func FuzzOpen(f *testing.F) {
	list := []packagetest.File{{Name: "index.json", Data: []byte(`{"format": 1, "name": "a", "files": []}`)}, {Name: "block.json", Data: []byte(`{"name": "a"}`)}}
	f.Add(packagetest.PutTogether(f, list))
	f.Add(intaketest.Gzip(f, intaketest.Tar(f, intaketest.File("../../evil", "x"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := packages.Open(t.Context(), bytes.NewReader(data), int64(len(data)), t.TempDir())
		if err != nil {
			return
		}
		defer p.Close()
		folder := filepath.Join(t.TempDir(), "a", "b")
		if err := p.Unpack(folder); err != nil {
			t.Fatalf("it opened, but does not unpack: %v", err)
		}
		above, err := os.ReadDir(filepath.Dir(folder))
		if err != nil || len(above) != 1 {
			t.Errorf("beside the folder stands %v, %v", above, err)
		}
		for _, file := range p.Index.Files {
			if info, err := os.Lstat(filepath.Join(folder, filepath.FromSlash(file.Path))); err != nil || !info.Mode().IsRegular() || info.Size() != file.Size {
				t.Errorf("%s: %v, %v", file.Path, info, err)
			}
		}
	})
}

// Scripts of assets that are written in TypeScript travel as what browsers get, their sources stay at home.
func TestBrowserScriptsTravelBundled(t *testing.T) {
	dir := typescript(t)
	for name, text := range map[string]string{
		"block.json":     `{"name": "wave", "version": "1.0.0", "title": "Wave", "description": "Waves.", "licence": "MIT", "source": "typescript", "assets": "assets"}`,
		"assets/wave.ts": `import { announce } from "@quoin/elements"; announce("a wave" satisfies string);`, "assets/wave.css": "p{}",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := open(t, packed(t, dir).Data)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"assets/wave.js": true, "assets/wave.css": true, "assets/wave.ts": false} {
		if _, carried := p.Index.File(name); carried != want {
			t.Errorf("%s travels: %v", name, carried)
		}
	}
}
