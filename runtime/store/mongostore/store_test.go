package mongostore_test

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/storetest"
)

func TestConformance(t *testing.T) {
	s := anyServer(t)
	names := map[store.Store]string{}
	open := func(t *testing.T) store.Store {
		st, name := s.open(t, nil)
		names[st] = name
		return st
	}
	o := storetest.Options{Reopen: func(t *testing.T, st store.Store) store.Store {
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		return s.reopen(t, names[st], nil)
	}}
	if s.ferret {
		o.Sequential, o.Ferret = true, true
	}
	storetest.Run(t, open, o)
}
