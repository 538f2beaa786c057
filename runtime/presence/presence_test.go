package presence_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/presence"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

func TestHere(t *testing.T) {
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Ensure(t.Context(), presence.Spec()); err != nil {
		t.Fatal(err)
	}
	p, now := presence.New(s), time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	others := func(place, person, detail string, after time.Duration, want ...string) {
		t.Helper()
		seen, err := p.Here(t.Context(), place, person, detail, now.Add(after))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, one := range seen {
			got = append(got, one.Person+":"+one.Detail)
		}
		if len(got) != len(want) {
			t.Fatalf("%s at %s after %s sees %q, not %q", person, place, after, got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s sees %q, not %q", person, got, want)
			}
		}
	}
	others("unit", "ann", "", 0)
	others("unit", "bob", "text", time.Second, "ann:")
	others("unit", "ann", "video", 2*time.Second, "bob:text")
	others("unit", "bob", "text", 3*time.Second, "ann:video") // too soon for a new sign, and a change of Ann's is seen
	others("other", "cem", "", 3*time.Second)
	others("unit", "ann", "video", 15*time.Second, "bob:text")
	others("unit", "ann", "video", 25*time.Second) // Bob gave no sign for too long
	others("unit", "cem", "", 2*time.Hour)         // the old signs go
	others("unit", "ann", "", 2*time.Hour, "cem:") // and one can come again
	others("unit", "cem", "x", 2*time.Hour, "ann:")
}
