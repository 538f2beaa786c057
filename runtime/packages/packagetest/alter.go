package packagetest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
	"github.com/quoin-lms/quoin/runtime/packages"
)

// File is one file of an archive that is taken apart to be altered.
type File struct {
	Name string
	Data []byte
}

// TakeApart reads an archive without any of the rules.
func TakeApart(t testing.TB, archive []byte) []File {
	t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	var list []File
	for r := tar.NewReader(unzipped); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, File{header.Name, data})
	}
}

// PutTogether makes an archive of files as they are.
func PutTogether(t testing.TB, list []File, more ...intaketest.Entry) []byte {
	t.Helper()
	var entries []intaketest.Entry
	for _, e := range list {
		entries = append(entries, intaketest.File(e.Name, string(e.Data)))
	}
	return intaketest.Gzip(t, intaketest.Tar(t, append(entries, more...)...))
}

// Altered changes an archive's files by hand and makes the index agree again. A file that becomes nil is left out.
func Altered(t testing.TB, archive []byte, change func(files map[string][]byte)) []byte {
	t.Helper()
	return altered(t, archive, true, change)
}

// Unlisted changes an archive's files by hand and leaves the index as it is. A file that becomes nil is left out.
func Unlisted(t testing.TB, archive []byte, change func(files map[string][]byte)) []byte {
	t.Helper()
	return altered(t, archive, false, change)
}

func altered(t testing.TB, archive []byte, index bool, change func(files map[string][]byte)) []byte {
	t.Helper()
	t.Helper()
	list := TakeApart(t, archive)
	files := map[string][]byte{}
	for _, e := range list {
		files[e.Name] = e.Data
	}
	change(files)
	if index {
		var x packages.Index
		if err := json.Unmarshal(files[packages.IndexFile], &x); err != nil {
			t.Fatal(err)
		}
		x.Files = nil
		for name, data := range files {
			if name != packages.IndexFile && data != nil && !strings.HasPrefix(name, "signature/") {
				sum := sha256.Sum256(data)
				x.Files = append(x.Files, packages.IndexedFile{Path: name, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(data))})
			}
		}
		slices.SortFunc(x.Files, func(a, b packages.IndexedFile) int { return strings.Compare(a.Path, b.Path) })
		data, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		files[packages.IndexFile] = data
	}
	var out []File
	for _, e := range list {
		if data := files[e.Name]; data != nil {
			out = append(out, File{e.Name, data})
		}
		delete(files, e.Name)
	}
	for name, data := range files {
		out = append(out, File{name, data})
	}
	return PutTogether(t, out)
}
