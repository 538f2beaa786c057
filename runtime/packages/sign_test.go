package packages_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/packages"
	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
)

func newKey(t testing.TB, password string) ([]byte, packages.Key) {
	t.Helper()
	private, public, err := packages.NewKey(password)
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

func signed(t testing.TB, archive, private []byte, rotations ...packages.Rotation) []byte {
	t.Helper()
	out, _, err := packages.Sign(t.Context(), archive, private, "", rotations)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// publisher opens an archive and says who signed it.
func publisher(t testing.TB, archive []byte) (*packages.Signed, error) {
	t.Helper()
	p, err := open(t, archive)
	if err != nil {
		t.Fatal(err)
	}
	return p.Publisher()
}

func TestSignatures(t *testing.T) {
	made := packed(t, source(t, nil))
	private, public := newKey(t, "")
	whole := signed(t, made.Data, private)
	if again := signed(t, whole, private); !bytes.Equal(whole, again) {
		t.Error("signing twice gives other bytes")
	}
	p, err := open(t, whole)
	if err != nil {
		t.Fatal(err)
	}
	if p.Digest != made.Digest {
		t.Error("a signature changes what the package is called")
	}
	if s, err := publisher(t, whole); err != nil || !s.Key.Same(public) {
		t.Errorf("signed by %v, %v; want %s", s, err, public)
	}
	if s, err := publisher(t, made.Data); err != nil || s.Key != "" {
		t.Errorf("unsigned: %v, %v", s, err)
	}
	other, foreign := newKey(t, "")
	theirs := signed(t, made.Data, other)
	parts := map[string][]byte{}
	for _, e := range packagetest.TakeApart(t, theirs) {
		parts[e.Name] = e.Data
	}
	for name, change := range map[string]func(map[string][]byte){
		"another's key":       func(f map[string][]byte) { f["signature/publisher.pub"] = parts["signature/publisher.pub"] },
		"another's signature": func(f map[string][]byte) { f["signature/index.json.minisig"] = parts["signature/index.json.minisig"] },
		"no key":              func(f map[string][]byte) { f["signature/publisher.pub"] = nil },
		"no signature":        func(f map[string][]byte) { f["signature/index.json.minisig"] = nil },
		"no key at all":       func(f map[string][]byte) { f["signature/publisher.pub"] = []byte("RWQ") },
		"spaces in the index": func(f map[string][]byte) { f["index.json"] = append(f["index.json"], ' ') },
	} {
		if s, err := publisher(t, packagetest.Unlisted(t, whole, change)); packages.RuleOf(err) != packages.RuleSignature {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	// Other files under an index that agrees with them need a signature of their own.
	evil := packagetest.Altered(t, whole, func(f map[string][]byte) { f["block.wasm"] = []byte("evil") })
	if _, err := publisher(t, evil); packages.RuleOf(err) != packages.RuleSignature {
		t.Errorf("other code under the old signature: %v", err)
	}
	if foreign.Same(public) || !public.Same(public) || packages.Key("").Same("") {
		t.Error("keys are not told apart")
	}
}

func TestPrivateKeysMayHaveAPassword(t *testing.T) {
	private, public := newKey(t, "correct horse")
	if !packages.Encrypted(private) || bytes.Contains(private, []byte(public)) {
		t.Error("the key is not encrypted")
	}
	made := packed(t, source(t, nil))
	if _, _, err := packages.Sign(t.Context(), made.Data, private, "wrong", nil); !errors.Is(err, packages.ErrPassword) {
		t.Errorf("a wrong password: %v", err)
	}
	_, key, err := packages.Sign(t.Context(), made.Data, private, "correct horse", nil)
	if err != nil || !key.Same(public) {
		t.Errorf("%s, %v", key, err)
	}
	plain, _ := newKey(t, "")
	if packages.Encrypted(plain) {
		t.Error("a key without a password counts as encrypted")
	}
}

func TestKeysRotate(t *testing.T) {
	first, firstKey := newKey(t, "")
	second, secondKey := newKey(t, "")
	third, thirdKey := newKey(t, "")
	_, stranger := newKey(t, "")
	one, err := packages.Rotate(first, "", secondKey)
	if err != nil {
		t.Fatal(err)
	}
	two, err := packages.Rotate(second, "", thirdKey)
	if err != nil {
		t.Fatal(err)
	}
	s, err := publisher(t, signed(t, packed(t, source(t, nil)).Data, third, two, one))
	if err != nil {
		t.Fatal(err)
	}
	none := func(packages.Key) bool { return false }
	for key, want := range map[packages.Key]bool{firstKey: true, secondKey: true, thirdKey: true, stranger: false, "": false} {
		if got := s.ComesFrom(key, none); got != want {
			t.Errorf("it comes from %q: %v, want %v", key, got, want)
		}
	}
	if s.ComesFrom(firstKey, func(k packages.Key) bool { return k.Same(firstKey) }) {
		t.Error("a revoked key names its successor")
	}
	forged := one
	forged.To = stranger
	text, err := packages.EncodeRotations([]packages.Rotation{forged})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := packages.ParseRotations(text); packages.RuleOf(err) != packages.RuleSignature || !strings.Contains(err.Error(), "old key") {
		t.Errorf("a forged rotation: %v", err)
	}
	if _, err := packages.Rotate(first, "", firstKey); err == nil {
		t.Error("a key follows itself")
	}
}
