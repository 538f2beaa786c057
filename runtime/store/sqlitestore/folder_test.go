package sqlitestore_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"go.mongodb.org/mongo-driver/v2/bson"
)

func TestFolderIsClosedToOthers(t *testing.T) {
	mode := func(path string) os.FileMode {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	t.Run("made", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "a", "b")
		s := declared(t, dir)
		insert(t, s, "one", bson.D{})
		if got := mode(dir); got != 0o700 {
			t.Errorf("the folder has mode %04o", got)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 4 {
			t.Errorf("%d files, %v; want the database, its log, the log's index and the turn", len(entries), err)
		}
		for _, e := range entries {
			if got := mode(filepath.Join(dir, e.Name())); got != 0o600 {
				t.Errorf("%s has mode %04o", e.Name(), got)
			}
		}
	})
	t.Run("empty and open", func(t *testing.T) {
		dir := t.TempDir()
		open(t, dir)
		if got := mode(dir); got != 0o700 {
			t.Errorf("the folder has mode %04o", got)
		}
	})
	t.Run("opened later", func(t *testing.T) {
		dir := t.TempDir()
		closeStore(t, open(t, dir))
		for path, m := range map[string]os.FileMode{dir: 0o755, filepath.Join(dir, sqlitestore.FileName): 0o644, filepath.Join(dir, "else"): 0o644} {
			if filepath.Base(path) == "else" {
				if err := os.WriteFile(path, nil, m); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(path, m); err != nil {
				t.Fatal(err)
			}
		}
		open(t, dir)
		if d, f := mode(dir), mode(filepath.Join(dir, sqlitestore.FileName)); d != 0o700 || f != 0o600 {
			t.Errorf("folder %04o, file %04o", d, f)
		}
	})
	t.Run("not ours", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "letter.txt"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: dir}); err == nil {
			t.Error("a folder with other things, open to others, was taken")
		}
		if got := mode(dir); got != 0o755 {
			t.Errorf("the mode of a foreign folder was changed to %04o", got)
		}
	})
	t.Run("none", func(t *testing.T) {
		if _, err := sqlitestore.Open(t.Context(), sqlitestore.Config{}); err == nil {
			t.Error("opened without a folder")
		}
	})
}

func TestFolderNames(t *testing.T) {
	for _, name := range []string{"a b", "a?mode=memory", "a%20b", "a#b", "a&b=c", "ä", "a:b", `a"b'c`, "file:x", "-x", "a;b"} {
		dir := filepath.Join(t.TempDir(), name)
		s := declared(t, dir)
		insert(t, s, "one", bson.D{})
		closeStore(t, s)
		if info, err := os.Stat(filepath.Join(dir, sqlitestore.FileName)); err != nil || info.Size() == 0 {
			t.Errorf("%q: the file is not there: %v", name, err)
		}
		if n := count(t, declared(t, dir), queryAll); n != 1 {
			t.Errorf("%q: %d documents after opening again", name, n)
		}
	}
}
