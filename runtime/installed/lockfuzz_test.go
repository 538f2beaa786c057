package installed_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/installed"
)

// What is read as a lock file is written as one that reads the same.
func FuzzParseLock(f *testing.F) {
	f.Add([]byte(`{"format":1,"blocks":[{"name":"guess","publisher":"RW","version":"1.0.0","digest":"d","engine":"wasm","abi":1}]}`))
	f.Add([]byte(`{"format":1,"blocks":[{"name":"guess","digest":"d","courses":["course-v1:O+N+r"]}],"revoked":[{"key":"RW"}]}`))
	f.Add([]byte(`{"format":1,"blocks":[]} more`))
	f.Fuzz(func(t *testing.T, data []byte) {
		lock, err := installed.ParseLock(data)
		if err != nil {
			return
		}
		first, err := lock.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := installed.ParseLock(first)
		if err != nil {
			t.Fatalf("%s is not read again: %v", first, err)
		}
		if second, err := again.Encode(); err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s became %s, %v", first, second, err)
		}
	})
}

// A lock file is one object and nothing behind it: a second one would be passed over in silence.
func TestALockFileEndsWhereItEnds(t *testing.T) {
	for _, behind := range []string{"{}", "x", `{"format":1}`} {
		if _, err := installed.ParseLock([]byte(`{"format":1,"blocks":[]}` + behind)); err == nil || !strings.Contains(err.Error(), "something follows") {
			t.Errorf("%s behind it: %v", behind, err)
		}
	}
	if _, err := installed.ParseLock([]byte("{\"format\":1,\"blocks\":[]}\n\n")); err != nil {
		t.Error(err)
	}
}
