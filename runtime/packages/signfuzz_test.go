package packages_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/quoin-lms/quoin/runtime/packages"
)

// A text that is read as a key is one key however it is written.
func FuzzParseKey(f *testing.F) {
	_, public, err := packages.NewKey("")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(public))
	f.Add("untrusted comment: x\n" + string(public) + "\n")
	f.Add("RW")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := packages.ParseKey(text)
		if err != nil {
			return
		}
		again, err := packages.ParseKey(string(key))
		if err != nil || again != key || !again.Same(key) {
			t.Errorf("%q is read as %q, then as %q, %v", text, key, again, err)
		}
	})
}

// What is read as rotations was signed by the old keys: nothing that differs from what was made is read.
func FuzzParseRotations(f *testing.F) {
	made, text := rotation(f)
	f.Add(text)
	f.Add(append(bytes.Clone(text), "[]"...))
	f.Add([]byte("[]"))
	f.Add([]byte(`[{"from":"","to":"","signature":""}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := packages.ParseRotations(data)
		if err != nil {
			return
		}
		for _, r := range list {
			if r.From != made.From || r.To != made.To {
				t.Errorf("%q is read as a rotation from %q to %q, which nobody signed", data, r.From, r.To)
			}
		}
	})
}

// rotation reads the one that testdata holds: the processes of a fuzzer must know the same.
func rotation(t testing.TB) (packages.Rotation, []byte) {
	t.Helper()
	text, err := os.ReadFile("testdata/rotation.json")
	if err != nil {
		t.Fatal(err)
	}
	list, err := packages.ParseRotations(text)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d rotations, %v", len(list), err)
	}
	return list[0], text
}
