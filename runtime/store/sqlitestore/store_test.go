package sqlitestore_test

import (
	"path/filepath"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/runtime/store/storetest"
)

func TestConformance(t *testing.T) {
	folders := map[store.Store]string{}
	opener := func(t *testing.T) store.Store {
		dir := filepath.Join(t.TempDir(), "data")
		s := open(t, dir)
		folders[s] = dir
		return s
	}
	storetest.Run(t, opener, storetest.Options{Reopen: func(t *testing.T, s store.Store) store.Store {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return open(t, folders[s])
	}})
}

// TestHammerTwoStores lets goroutines use two stores on one file, which share nothing but the file.
func TestHammerTwoStores(t *testing.T) {
	storetest.Hammer(t, func(t *testing.T) store.Store {
		dir := filepath.Join(t.TempDir(), "data")
		return &pair{Store: open(t, dir), other: open(t, dir)}
	})
}

var _ store.Store = (*sqlitestore.Store)(nil)
