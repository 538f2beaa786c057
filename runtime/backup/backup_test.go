package backup_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/backup"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

func open(ctx context.Context, data string) (*site.Site, error) {
	return site.Open(ctx, site.Config{Data: data})
}

// openSite opens a site until the test ends.
func openSite(t *testing.T, data string) *site.Site {
	t.Helper()
	s, err := open(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func source(s *site.Site) backup.Source {
	return backup.Source{Store: s.Store.(*sqlitestore.Store), Files: s.Files, Data: s.Data()}
}

// small makes a site with one account and one file, and a backup of it.
func small(t *testing.T) (s *site.Site, archive string) {
	t.Helper()
	s = openSite(t, filepath.Join(t.TempDir(), "data"))
	_, err := s.People.Create(t.Context(), people.NewUser{
		Username: "ann", Email: "ann@example.org", Password: "correct horse battery", Profile: people.Profile{Name: "Ann"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Files.Put(t.Context(), strings.NewReader("some content"), 100); err != nil {
		t.Fatal(err)
	}
	archive = filepath.Join(t.TempDir(), "backup.tar.gz")
	if _, err := backup.Create(t.Context(), source(s), archive); err != nil {
		t.Fatal(err)
	}
	return s, archive
}

// entry is one file of an archive.
type entry struct {
	name, text string
	kind       byte
}

func read(t *testing.T, archive string) []entry {
	t.Helper()
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var entries []entry
	for reader := tar.NewReader(unzipped); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return entries
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, entry{header.Name, string(text), header.Typeflag})
	}
}

func pack(t *testing.T, entries []entry) string {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	w := tar.NewWriter(zipped)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Typeflag: e.kind, Size: int64(len(e.text)), Mode: 0o600}
		if e.kind == tar.TypeSymlink {
			header.Linkname, header.Size, e.text = e.text, 0, ""
		}
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "changed.tar.gz")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// change gives the entries with one of them changed, or left out where to gives "".
func change(entries []entry, prefix string, to func(string) string) []entry {
	var out []entry
	for _, e := range entries {
		if strings.HasPrefix(e.name, prefix) {
			if e.text = to(e.text); e.text == "" {
				continue
			}
		}
		out = append(out, e)
	}
	return out
}

// TestRestoreRefuses gives archives that are not what a backup must be. The folder stays as it was, and nothing appears
// outside of it.
func TestRestoreRefuses(t *testing.T) {
	_, archive := small(t)
	whole := read(t, archive)
	bytesOf, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	raw := func(data []byte) string {
		path := filepath.Join(t.TempDir(), "raw")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	flipped := bytes.Clone(bytesOf)
	flipped[len(flipped)/2] ^= 0x40
	gone := func(string) string { return "" }
	replace := func(from, to string) func(string) string {
		return func(text string) string { return strings.Replace(text, from, to, 1) }
	}
	more := func(e entry) []entry { return append(append([]entry{}, whole...), e) }
	tests := map[string]struct {
		archive string
		want    error
		tells   string
	}{
		"cut off":                {raw(bytesOf[:len(bytesOf)-100]), backup.ErrDamaged, ""},
		"a changed byte":         {raw(flipped), backup.ErrDamaged, ""},
		"a changed store":        {pack(t, change(whole, "store/", func(s string) string { return s[:len(s)-1] + "x" })), backup.ErrDamaged, "store/store.db was changed"},
		"a changed secret":       {pack(t, change(whole, "secret", func(s string) string { return s[1:] + "x" })), backup.ErrDamaged, "secret was changed"},
		"a changed file":         {pack(t, change(whole, "files/", func(string) string { return "another content" })), backup.ErrDamaged, "files/"},
		"a missing file":         {pack(t, change(whole, "files/", gone)), backup.ErrDamaged, "files"},
		"a hidden missing file":  {pack(t, change(change(whole, "files/", gone), "backup.json", replace(`"files": 1`, `"files": 0`))), backup.ErrDamaged, "is missing"},
		"a missing store":        {pack(t, change(whole, "store/", gone)), backup.ErrDamaged, "store/store.db is missing"},
		"no description":         {pack(t, change(whole, "backup.json", gone)), backup.ErrForeign, "backup.json"},
		"another description":    {pack(t, change(whole, "backup.json", replace("quoin backup", "x"))), backup.ErrForeign, ""},
		"a newer version":        {pack(t, change(whole, "backup.json", replace(`"version": 1`, `"version": 2`))), backup.ErrNewer, "version that made it"},
		"another secret's print": {pack(t, change(whole, "backup.json", replace(`"secret_print": "`, `"secret_print": "0`))), nil, "the secret is another"},
		"something else in it":   {pack(t, more(entry{"extra", "x", tar.TypeReg})), backup.ErrForeign, "extra"},
		"a way out":              {pack(t, more(entry{"../evil", "x", tar.TypeReg})), backup.ErrForeign, "evil"},
		"an absolute name":       {pack(t, more(entry{"/tmp/evil", "x", tar.TypeReg})), backup.ErrForeign, "evil"},
		"a link":                 {pack(t, more(entry{"files/link", "/etc/passwd", tar.TypeSymlink})), backup.ErrForeign, "links"},
		"an entry that names a way out": {pack(t, change(more(entry{"blocks/a/b/c", "", tar.TypeReg}), "backup.json",
			replace(`"entries": [`, `"entries": [{"path": "blocks/a/b/c", "size": 0, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},`))), backup.ErrForeign, "blocks/a/b/c"},
		"a course":     {pack(t, []entry{{"course/course.xml", "<course/>", tar.TypeReg}}), backup.ErrForeign, "backup.json"},
		"no archive":   {raw([]byte("a letter to somebody")), backup.ErrForeign, ""},
		"nothing":      {raw(nil), backup.ErrForeign, "empty"},
		"not there":    {filepath.Join(t.TempDir(), "none"), fs.ErrNotExist, ""},
		"another zip":  {raw([]byte("7z\xbc\xaf\x27\x1c")), backup.ErrForeign, "7-zip"},
		"a short bomb": {pack(t, more(entry{"files/zeros", strings.Repeat("\x00", 1<<20), tar.TypeReg})), backup.ErrDamaged, "files/zeros"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			around := t.TempDir()
			data := filepath.Join(around, "data")
			if err := os.Mkdir(data, 0o700); err != nil {
				t.Fatal(err)
			}
			_, err := backup.Restore(t.Context(), backup.Request{Archive: test.archive, Data: data, Open: open})
			if err == nil || test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.tells) {
				t.Errorf("%v, want %v that tells %q", err, test.want, test.tells)
			}
			for dir, most := range map[string]int{data: 0, around: 1} {
				if entries, err := os.ReadDir(dir); err != nil || len(entries) > most {
					t.Errorf("left behind: %v, %v", entries, err)
				}
			}
		})
	}
	t.Run("and takes what is whole", func(t *testing.T) {
		data := filepath.Join(t.TempDir(), "data")
		if _, err := backup.Restore(t.Context(), backup.Request{Archive: pack(t, whole), Data: data, Open: open}); err != nil {
			t.Fatal(err)
		}
		if _, err := openSite(t, data).People.FindUser(t.Context(), "ann"); err != nil {
			t.Error(err)
		}
	})
}

func TestRestoreOverSomethingIsRefused(t *testing.T) {
	s, archive := small(t)
	for _, data := range []string{s.Data(), filepath.Dir(archive)} {
		_, err := backup.Restore(t.Context(), backup.Request{Archive: archive, Data: data, Open: open})
		if err == nil || !strings.Contains(err.Error(), "not empty") {
			t.Errorf("%s: %v", data, err)
		}
	}
	if _, err := s.People.FindUser(t.Context(), "ann"); err != nil {
		t.Error(err)
	}
}

// TestSecretFromTheConfiguration is not in the archive, and a restore needs the same one.
func TestSecretFromTheConfiguration(t *testing.T) {
	secret := []byte(strings.Repeat("configured ", 4))
	withSecret := func(ctx context.Context, data string) (*site.Site, error) {
		return site.Open(ctx, site.Config{Data: data, Secret: secret})
	}
	s, err := withSecret(t.Context(), filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(context.Background())
	from := source(s)
	from.Secret = secret
	archive := filepath.Join(t.TempDir(), "backup.tar.gz")
	if _, err := backup.Create(t.Context(), from, archive); err != nil {
		t.Fatal(err)
	}
	for _, e := range read(t, archive) {
		if strings.Contains(e.text, string(secret)) {
			t.Errorf("%s holds the secret", e.name)
		}
	}
	for name, given := range map[string][]byte{"QUOIN_SECRET": nil, "another": []byte(strings.Repeat("other ", 8))} {
		_, err := backup.Restore(t.Context(), backup.Request{Archive: archive, Data: filepath.Join(t.TempDir(), "data"), Secret: given, Open: withSecret})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want it to tell of %s", err, name)
		}
	}
	if _, err := backup.Restore(t.Context(), backup.Request{Archive: archive, Data: filepath.Join(t.TempDir(), "data"), Secret: secret, Open: withSecret}); err != nil {
		t.Error(err)
	}
}

// TestCreateTellsOfDamage backs up what can be, and names what cannot; the restored site does not know of it.
func TestCreateTellsOfDamage(t *testing.T) {
	s, _ := small(t)
	lost, err := s.Files.Put(t.Context(), strings.NewReader("will be lost"), 100)
	if err != nil {
		t.Fatal(err)
	}
	removed := 0
	err = filepath.WalkDir(filepath.Join(s.Data(), "files"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(path, lost.Hash[2:]) {
			removed++
			return os.Remove(path)
		}
		return err
	})
	if err != nil || removed != 1 {
		t.Fatalf("%d objects removed, %v", removed, err)
	}
	archive := filepath.Join(t.TempDir(), "backup.tar.gz")
	info, err := backup.Create(t.Context(), source(s), archive)
	if err != nil || len(info.Damaged) != 1 || info.Damaged[0] != lost.Hash || info.Files != 1 {
		t.Fatalf("%+v, %v", info, err)
	}
	data := filepath.Join(t.TempDir(), "data")
	if _, err := backup.Restore(t.Context(), backup.Request{Archive: archive, Data: data, Open: open}); err != nil {
		t.Fatal(err)
	}
	if _, err := openSite(t, data).Files.Stat(t.Context(), lost.Hash); err == nil {
		t.Error("the restored site names a file that it has not")
	}
}

func TestCreateRefuses(t *testing.T) {
	s, archive := small(t)
	if _, err := backup.Create(t.Context(), source(s), archive); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another file: %v", err)
	}
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := backup.Create(ctx, source(s), filepath.Join(dir, "late")); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
