package sqlitestore_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// TestBackupUnderLoad copies while others write. The copy is one moment: of two documents that are written one after the
// other, the second is never ahead.
func TestBackupUnderLoad(t *testing.T) {
	s := declared(t, filepath.Join(t.TempDir(), "data"))
	for i := range 300 {
		insert(t, s, fmt.Sprintf("id-%03d", i), bson.D{{Key: "tags", Value: bson.A{"a", "b"}}, {Key: "n", Value: i}, {Key: "b", Value: make([]byte, 2000)}})
	}
	insert(t, s, "first", bson.D{{Key: "n", Value: 0}})
	insert(t, s, "second", bson.D{{Key: "n", Value: 0}})
	ctx, stop := context.WithCancel(t.Context())
	var writer sync.WaitGroup
	acknowledged := make(chan int64, 1)
	writer.Go(func() {
		for n := int64(1); ctx.Err() == nil; n++ {
			for _, id := range []string{"first", "second"} {
				if _, err := s.Increment(t.Context(), "things", id, store.Increment{Path: "n", By: 1}); err != nil {
					t.Error(err)
				}
			}
			select {
			case <-acknowledged:
			default:
			}
			acknowledged <- n
		}
	})
	for round := range 5 {
		before := <-acknowledged
		copied := filepath.Join(t.TempDir(), sqlitestore.FileName)
		if err := s.Backup(t.Context(), copied); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the copy: %v, %v", info.Mode(), err)
		}
		if entries, err := os.ReadDir(filepath.Dir(copied)); err != nil || len(entries) != 1 {
			t.Errorf("%d files were left beside the copy, %v", len(entries), err)
		}
		restored := declared(t, filepath.Dir(copied))
		value := func(id string) int64 {
			n, err := restored.Increment(t.Context(), "things", id, store.Increment{Path: "n", By: 0})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		first, second := value("first"), value("second")
		if second < before || first < second || first > second+1 {
			t.Errorf("round %d: first %d, second %d, acknowledged before %d", round, first, second, before)
		}
		if n := count(t, restored, store.Query{Index: "tag", Equal: []any{"b"}}); n != 300 {
			t.Errorf("the copy's index has %d documents", n)
		}
		closeStore(t, restored)
	}
	stop()
	writer.Wait()
}

func TestBackupRefusals(t *testing.T) {
	s := declared(t, filepath.Join(t.TempDir(), "data"))
	insert(t, s, "one", bson.D{})
	t.Run("an existing file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "copy")
		if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		is(t, s.Backup(t.Context(), path), fs.ErrExist)
		if data, err := os.ReadFile(path); err != nil || string(data) != "mine" {
			t.Errorf("the file was changed: %q, %v", data, err)
		}
	})
	t.Run("no folder", func(t *testing.T) {
		is(t, s.Backup(t.Context(), filepath.Join(t.TempDir(), "none", "copy")), fs.ErrNotExist)
	})
	t.Run("a context that is over", func(t *testing.T) {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		is(t, s.Backup(ctx, filepath.Join(dir, "copy")), context.Canceled)
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
			t.Errorf("%d files were left, %v", len(entries), err)
		}
	})
	t.Run("closed", func(t *testing.T) {
		closed := open(t, filepath.Join(t.TempDir(), "data"))
		closeStore(t, closed)
		is(t, closed.Backup(t.Context(), filepath.Join(t.TempDir(), "copy")), store.ErrUnavailable)
	})
}

// TestOpenRefusesOthersFiles opens databases that are not of this format.
func TestOpenRefusesOthersFiles(t *testing.T) {
	for name, c := range map[string]struct {
		statement string
		want      error
	}{
		"newer":                {"PRAGMA user_version = 99", sqlitestore.ErrNewer},
		"another program's":    {"PRAGMA application_id = 7", sqlitestore.ErrForeign},
		"nobody's, but in use": {"PRAGMA application_id = 0", sqlitestore.ErrForeign},
	} {
		t.Run(name, func(t *testing.T) {
			dir, path := filled(t)
			execute(t, path, c.statement)
			_, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: dir})
			is(t, err, c.want)
			if errors.Is(err, sqlitestore.ErrDamaged) {
				t.Errorf("%v: it is not damaged", err)
			}
		})
	}
}
