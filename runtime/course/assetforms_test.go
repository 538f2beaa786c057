package course_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

// Texts of Open edX name a file by the form that its name has in keys. The name itself counts first, and what came lately is found
// after a moment.
func TestFilesAreFoundByTheFormOfTheirNames(t *testing.T) {
	opened, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "store")})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	if err := opened.Ensure(t.Context(), course.Specs()...); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	courses := course.New(opened, course.Config{Now: func() time.Time { return now }})
	put := func(name string) {
		t.Helper()
		if err := courses.PutAsset(t.Context(), course.Asset{Course: run.String(), Name: name, Hash: name}); err != nil {
			t.Fatal(err)
		}
	}
	is := func(asked, want string) {
		t.Helper()
		asset, err := courses.Asset(t.Context(), run, asked)
		if want == "" && !errors.Is(err, course.ErrNotFound) || want != "" && (err != nil || asset.Name != want) {
			t.Errorf("%q is %q, %v; want %q", asked, asset.Name, err, want)
		}
	}
	put("My plan (1).pdf")
	put("a b.png")
	is("My_plan__1_.pdf", "My plan (1).pdf")
	is("My plan (1).pdf", "My plan (1).pdf")
	is("a_b.png", "a b.png")
	is("a_c.png", "")
	is("My plan_1_.pdf", "")
	put("a_b.png")
	is("a_b.png", "a_b.png")
	put("a c.png")
	now = now.Add(time.Minute)
	is("a_c.png", "a c.png")
}
