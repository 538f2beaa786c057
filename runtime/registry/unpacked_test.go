package registry_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// unpacked lays a version of package quiz down as if it had been installed.
func unpacked(t *testing.T, r *registry.Registry, say, digest string) (*registry.Version, string) {
	t.Helper()
	folder, code := t.TempDir(), script{Say: say}.code()
	if err := os.WriteFile(filepath.Join(folder, "block.wasm"), code, 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Parse([]byte(`{"name": "quiz", "version": "1.0.0", "title": "Quiz", "description": "Asks.", "licence": "MIT"}`))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(code)
	v, err := r.Unpacked(registry.Unpacked{Manifest: m, Folder: folder, Artifact: "block.wasm", Code: hex.EncodeToString(sum[:]), Digest: digest})
	if err != nil {
		t.Fatal(err)
	}
	return v, filepath.Join(folder, "block.wasm")
}

func codeOf(err error) wire.Code {
	var failure *wire.Error
	if errors.As(err, &failure) {
		return failure.Code
	}
	return ""
}

func TestInstalledPackagesComeAndGo(t *testing.T) {
	r, err := registry.Open(t.Context(), registry.Config{Engines: map[string]engine.Engine{"wasm": &scripts{}}})
	if err != nil {
		t.Fatal(err)
	}
	one, _ := unpacked(t, r, "one", "digest-one")
	two, _ := unpacked(t, r, "two", "digest-two")
	for _, v := range []*registry.Version{one, two} {
		if err := r.Put(v, registry.Place{}); err != nil {
			t.Fatal(err)
		}
	}
	current, err := r.LookupIn("quiz", "course-v1:A+B+C")
	if err != nil || current != two {
		t.Fatalf("current is %v, %v", current, err)
	}
	if said, err := ask(t, r.Pinned("quiz", "digest-one")); err != nil || said != "one" {
		t.Errorf("the older version says %q, %v", said, err)
	}
	if current.BuiltIn {
		t.Error("an installed block counts as built in, so its views would not be framed")
	}
	if err := r.Put(two, registry.Place{Courses: []string{"course-v1:A+B+C"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.LookupIn("quiz", "course-v1:A+B+C"); err != nil {
		t.Errorf("its course: %v", err)
	}
	if _, err := r.LookupIn("quiz", "course-v1:A+B+D"); codeOf(err) != wire.CodeMissing {
		t.Errorf("another course: %v", err)
	}
	if err := r.Put(one, registry.Place{Off: "it failed"}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Lookup("quiz"); codeOf(err) != wire.CodeBroken {
		t.Errorf("switched off: %v", err)
	}
	if err := r.Put(one, registry.Place{}); err != nil {
		t.Fatal(err)
	}
	r.Forget("quiz", "digest-two")
	if r.Kept("quiz", "digest-two") != nil {
		t.Error("a forgotten version is found")
	}
	r.Drop("quiz")
	if _, err := r.Lookup("quiz"); codeOf(err) != wire.CodeMissing {
		t.Errorf("dropped: %v", err)
	}
	if r.Kept("quiz", "digest-one") != nil || len(r.List()) != 0 {
		t.Error("a dropped package is found")
	}
}

func TestCodeThatWasAlteredOnTheDiskDoesNotRun(t *testing.T) {
	r, err := registry.Open(t.Context(), registry.Config{Engines: map[string]engine.Engine{"wasm": &scripts{}}})
	if err != nil {
		t.Fatal(err)
	}
	v, path := unpacked(t, r, "one", "digest-one")
	if err := os.WriteFile(path, script{Say: "evil"}.code(), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := ask(t, v); err == nil {
		t.Errorf("it says %q", said)
	}
}

func TestNamesThatLookAlike(t *testing.T) {
	for _, pair := range [][2]string{
		{"problem", "prob1em"},
		{"html", "HTML"},
		{"html", "htmi"},
		{"video", "v1deo"},
		{"problem", "probleｍ"},
		{"drag-and-drop", "drag_and_drop"},
		{"form", "forrn"},
		{"word", "w0rd"},
		{"view", "vievv"},
	} {
		alike := registry.Skeleton(pair[0]) == registry.Skeleton(pair[1])
		if want := pair[1] != "probleｍ"; alike != want { // no manifest takes letters beyond ASCII
			t.Errorf("%s and %s: alike %v", pair[0], pair[1], alike)
		}
	}
	if registry.Skeleton("html") == registry.Skeleton("hotel") {
		t.Error("html and hotel are taken for one another")
	}
}
