package secrets_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/secrets"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

func open(t *testing.T) (store.Store, *secrets.Secrets) {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Ensure(t.Context(), secrets.Spec()); err != nil {
		t.Fatal(err)
	}
	opened, err := secrets.New(s, []byte("a secret of 16 b"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return s, opened
}

func TestSecretsAreSealed(t *testing.T) {
	s, kept := open(t)
	if err := kept.Set(t.Context(), "grader", "token", "api.example.org", "canary-value"); err != nil {
		t.Fatal(err)
	}
	value, host, err := kept.Open(t.Context(), "grader", "token")
	if err != nil || string(value) != "canary-value" || host != "api.example.org" {
		t.Errorf("%s for %s, %v", value, host, err)
	}
	page, err := s.Find(t.Context(), secrets.Spec().Name, store.Query{})
	if err != nil || len(page.Records) != 1 || bytes.Contains(page.Records[0].Body, []byte("canary")) {
		t.Errorf("stored is %+v, %v", page, err)
	}
	if list, err := kept.List(t.Context()); err != nil || len(list) != 1 || list[0].Sealed != nil || list[0].Host != "api.example.org" {
		t.Errorf("listed is %+v, %v", list, err)
	}
	for what, wrong := range map[string][2]string{"another package": {"other", "token"}, "another handle": {"grader", "key"}} {
		if _, _, err := kept.Open(t.Context(), wrong[0], wrong[1]); !errors.Is(err, secrets.ErrNotFound) {
			t.Errorf("%s opens it: %v", what, err)
		}
	}
	other, err := secrets.New(s, []byte("another site's secret"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := other.Open(t.Context(), "grader", "token"); !errors.Is(err, secrets.ErrSealed) {
		t.Errorf("another site opens it: %v", err)
	}
	// A document that somebody altered to send the value elsewhere does not open.
	docs := store.Of[secrets.Secret](s, secrets.Spec())
	if _, err := docs.Update(t.Context(), page.Records[0].ID, func(d *secrets.Secret) (bool, error) { d.Host = "evil.example"; return true, nil }); err != nil {
		t.Fatal(err)
	}
	if _, _, err := kept.Open(t.Context(), "grader", "token"); !errors.Is(err, secrets.ErrSealed) {
		t.Errorf("an altered host opens it: %v", err)
	}
	if err := kept.Remove(t.Context(), "grader", "token"); err != nil {
		t.Fatal(err)
	}
	if err := kept.Remove(t.Context(), "grader", "token"); !errors.Is(err, secrets.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

func TestWhatIsNoSecret(t *testing.T) {
	_, kept := open(t)
	for what, wrong := range map[string][4]string{
		"no package": {"", "token", "", "v"}, "a path": {"../x", "token", "", "v"}, "no handle": {"grader", "", "", "v"}, "a handle with a dot": {"grader", "a.b", "", "v"},
		"an address": {"grader", "token", "https://a.example", "v"}, "a path behind the host": {"grader", "token", "a.example/x", "v"}, "https' own port": {"grader", "token", "a.example:443", "v"},
		"a name before the host": {"grader", "token", "me@a.example", "v"}, "nothing": {"grader", "token", "", ""}, "too much": {"grader", "token", "", strings.Repeat("x", secrets.MaxValue+1)},
	} {
		if err := kept.Set(t.Context(), wrong[0], wrong[1], wrong[2], wrong[3]); !errors.Is(err, secrets.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
