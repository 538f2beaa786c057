package sqlitestore_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"go.mongodb.org/mongo-driver/v2/bson"
)

var queryAll = store.Query{}

// filled makes a data folder with some pages of documents and closes it.
func filled(t *testing.T) (dir, path string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	s := declared(t, dir)
	for i := range 200 {
		insert(t, s, fmt.Sprintf("id-%03d", i), bson.D{{Key: "owner", Value: "o"}, {Key: "n", Value: i}, {Key: "text", Value: strings.Repeat("x", 500)}})
	}
	closeStore(t, s)
	return dir, filepath.Join(dir, sqlitestore.FileName)
}

func TestDamagedFile(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"not a database":  func([]byte) []byte { return bytes.Repeat([]byte("hello "), 1000) },
		"header gone":     func(b []byte) []byte { return append(make([]byte, 100), b[100:]...) },
		"cut off":         func(b []byte) []byte { return b[:5000] },
		"first page gone": func(b []byte) []byte { return append(b[:100:100], bytes.Repeat([]byte{0xAA}, len(b)-100)...) },
	} {
		t.Run(name, func(t *testing.T) {
			dir, path := filled(t)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(data), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: dir})
			if err == nil { // found at the first use
				err = s.Ensure(t.Context(), spec)
				closeStore(t, s)
			}
			is(t, err, sqlitestore.ErrDamaged)
			if err != nil && !strings.Contains(err.Error(), dir) && !strings.Contains(err.Error(), spec.Name) {
				t.Errorf("the error does not say where: %v", err)
			}
		})
	}
	t.Run("pages gone", func(t *testing.T) {
		dir, path := filled(t)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		const page = 4096
		for i := 12 * page; i < len(data); i++ {
			data[i] = 0xAA
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s := declared(t, dir)
		_, err = s.Find(t.Context(), "things", store.Query{Limit: 1000})
		is(t, err, sqlitestore.ErrDamaged)
		is(t, err, store.ErrUnavailable)
		is(t, s.Backup(t.Context(), filepath.Join(t.TempDir(), "copy")), sqlitestore.ErrDamaged)
	})
}

// TestReadOnly runs as somebody who may read the data folder and not write it.
func TestReadOnly(t *testing.T) {
	dir, path := filled(t)
	for p, mode := range map[string]os.FileMode{path: 0o400, dir: 0o500} {
		if err := os.Chmod(p, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	if os.Geteuid() != 0 {
		_, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: dir})
		is(t, err, sqlitestore.ErrReadOnly)
		return
	}
	// Permissions do not bind root, so another process opens it as nobody.
	out, err := asNobody(t, "refuse", dir)
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// openRefused is the child of TestReadOnly.
func openRefused(args []string) error {
	s, err := sqlitestore.Open(bg, sqlitestore.Config{Dir: args[0]})
	if err == nil {
		return errors.Join(errors.New("it was opened"), s.Close())
	}
	if !errors.Is(err, sqlitestore.ErrReadOnly) {
		return fmt.Errorf("got %w, want %w", err, sqlitestore.ErrReadOnly)
	}
	return nil
}

// asNobody runs a copy of this program, in a place that nobody may read, without root's rights over the data folder.
func asNobody(t *testing.T, role, dir string) ([]byte, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	place := t.TempDir()
	file := filepath.Join(place, "child")
	if err := os.WriteFile(file, program, 0o755); err != nil {
		t.Fatal(err)
	}
	const nobody = 65534
	for path := place; path != os.TempDir() && len(path) > 1; path = filepath.Dir(path) {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for path := dir; path != os.TempDir() && len(path) > 1; path = filepath.Dir(path) {
		if path != dir {
			if err := os.Chmod(path, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, sqlitestore.FileName)} {
		if err := os.Chown(path, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command(file, dir)
	command.Dir = "/"
	command.Env = []string{childRole + "=" + role}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return command.CombinedOutput()
}
