package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
)

// TestBlockIsPackedAndSigned walks the way of a publisher.
func TestBlockIsPackedAndSigned(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	folder := packagetest.Guess{}.Folder(t)
	cache := t.TempDir()
	call(t, "", "block", "pack", folder, "--cache", cache).want(t, 0, "guess-1.0.0.block: guess 1.0.0, 2 files", "nobody signed it yet")
	first := read(t, "guess-1.0.0.block")
	call(t, "", "block", "pack", folder, "--cache", t.TempDir(), "--out", "again.block").want(t, 0, "again.block")
	if !bytes.Equal(first, read(t, "again.block")) {
		t.Error("packing again gives other bytes")
	}
	call(t, "", "block", "verify", "again.block").want(t, 0, "guess 1.0.0: engine wasm, made of typescript", "nobody signed it")

	call(t, "", "block", "keys", "new", "--no-password", "--out", "ada.key").want(t, 0, "public key RW", "ada.key.pub")
	call(t, "", "block", "keys", "new", "--no-password", "--out", "ada.key").want(t, 1, "there already")
	call(t, "\n", "block", "keys", "new", "--out", "bob.key").want(t, 1, "password")
	call(t, "", "block", "keys", "new", "--no-password", "--out", "bob.key").want(t, 0)
	if info, err := os.Stat("ada.key"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the private key: %v, %v", info.Mode(), err)
	}
	call(t, "", "block", "sign", "again.block", "--key", "ada.key").want(t, 0, "signed by RW")
	call(t, "", "block", "verify", "again.block", "--publisher", "ada.key.pub").want(t, 0, "signed by RW")
	call(t, "", "block", "verify", "again.block", "--publisher", "bob.key.pub").want(t, 1, "that is not RW")

	call(t, "", "block", "keys", "rotate", "--key", "ada.key", "--to", "bob.key.pub").want(t, 0, "rotations.json: from RW")
	call(t, "", "block", "sign", "again.block", "--key", "bob.key", "--rotations", "rotations.json").want(t, 0)
	call(t, "", "block", "verify", "again.block", "--publisher", "bob.key.pub").want(t, 0, "whose earlier key was RW")
	call(t, "", "block", "sign", "again.block", "--key", "bob.key", "--rotations", "nowhere.json").want(t, 1, "nowhere.json")

	damaged := read(t, "again.block")
	if err := os.WriteFile("damaged.block", damaged[:len(damaged)-30], 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, "", "block", "verify", "damaged.block").want(t, 1, "damaged")
	call(t, "", "block", "pack").want(t, 2)
	call(t, "", "block", "pack", filepath.Join(dir, "nowhere")).want(t, 1, "nowhere")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			t.Errorf("%s was left", entry.Name())
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
