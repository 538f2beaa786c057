package installed_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/packages/packagetest"
)

var errNowhere = errors.New("no archive of this package is there")

// TestALockFileMakesAnotherSiteAlike takes a set out of one site and applies it to another, and to itself.
func TestALockFileMakesAnotherSiteAlike(t *testing.T) {
	ada, adaKey := packagetest.Key(t)
	_, eveKey := packagetest.Key(t)
	one := newWorld(t).open(0)
	archives := map[string][]byte{}
	keep := func(archive []byte) *installed.Done {
		done := one.install(archive, installed.Consent{Unsigned: true})
		archives[done.Block.Current] = archive
		return done
	}
	keep(guess{}.Archive(t, ada))
	keep(guess{Version: "1.1.0"}.Archive(t, ada))
	keep(guess{Name: "riddle"}.Archive(t, nil))
	if _, err := one.set.Disable(t.Context(), "riddle", "not yet"); err != nil {
		t.Fatal(err)
	}
	if err := one.set.Revoke(t.Context(), eveKey, "stolen", ""); err != nil {
		t.Fatal(err)
	}
	lock, err := one.set.Lock(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := lock.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if lock, err = installed.ParseLock(text); err != nil {
		t.Fatal(err)
	}
	if len(lock.Blocks) != 2 || lock.Blocks[0].Version != "1.1.0" || len(lock.Blocks[0].Previous) != 1 || !lock.Blocks[0].Publisher.Same(adaKey) {
		t.Errorf("the lock file: %s", text)
	}
	if steps, err := one.set.Plan(t.Context(), lock); err != nil || len(steps) > 0 {
		t.Errorf("applied to itself it would do %v, %v", steps, err)
	}
	find := func(digest string) (io.ReadCloser, error) {
		if data := archives[digest]; data != nil {
			return io.NopCloser(bytes.NewReader(data)), nil
		}
		return nil, errNowhere
	}
	two := newWorld(t).open(0)
	two.install(guess{Name: "puzzle"}.Archive(t, nil), installed.Consent{Unsigned: true})
	apply := func(find func(string) (io.ReadCloser, error)) error {
		steps, err := two.set.Plan(t.Context(), lock)
		if err != nil {
			t.Fatal(err)
		}
		return two.set.Apply(t.Context(), steps, find, false)
	}
	nothing := func(string) (io.ReadCloser, error) { return nil, errNowhere }
	if err := apply(nothing); !errors.Is(err, errNowhere) {
		t.Errorf("without archives: %v", err)
	}
	if err := apply(find); err != nil {
		t.Fatal(err)
	}
	after, err := two.set.Lock(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(after.Blocks) != 2 || after.Blocks[0].Digest != lock.Blocks[0].Digest || after.Blocks[1].Off != "not yet" || len(after.Revoked) != 1 {
		t.Errorf("the other site: %+v", after)
	}
	if two.current("guess") != "1.1.0" || two.current("riddle") != "" || two.current("puzzle") != "" {
		t.Errorf("it serves %q, %q, %q", two.current("guess"), two.current("riddle"), two.current("puzzle"))
	}
	for _, bad := range []string{
		"", "{}", `{"format": 2, "blocks": []}`, `{"format": 1, "blocks": [{"name": "a"}]}`, `{"format": 1, "blokcs": []}`,
		strings.Replace(string(text), `"courses": null`, `"courses": ["x"]`, 1),
	} {
		if _, err := installed.ParseLock([]byte(bad)); err == nil {
			t.Errorf("taken: %.60s", bad)
		}
	}
}
