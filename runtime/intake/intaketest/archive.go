// Package intaketest makes archives for tests: well-formed ones from a map, and any other entry by entry.
package intaketest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/quoin-lms/quoin/runtime/intake"
)

// Tar gives a tar of these entries. Size and, where it is not set, mode are filled in from data.
func Tar(tb testing.TB, entries ...Entry) []byte {
	tb.Helper()
	var out bytes.Buffer
	writer := tar.NewWriter(&out)
	for _, entry := range entries {
		header := entry.Header
		if header.Typeflag == 0 {
			header.Typeflag = tar.TypeReg
		}
		if header.Mode == 0 {
			header.Mode = 0o644
		}
		header.Size = int64(len(entry.Data))
		if err := writer.WriteHeader(&header); err != nil {
			tb.Fatal(err)
		}
		if _, err := writer.Write(entry.Data); err != nil {
			tb.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// Entry is one entry of a tar.
type Entry struct {
	Header tar.Header
	Data   []byte
}

// File is an ordinary entry.
func File(name, data string) Entry { return Entry{tar.Header{Name: name}, []byte(data)} }

// Files gives ordinary entries in the order of their names.
func Files(files map[string]string) []Entry {
	var entries []Entry
	for _, name := range slices.Sorted(maps.Keys(files)) {
		entries = append(entries, File(name, files[name]))
	}
	return entries
}

// Gzip compresses.
func Gzip(tb testing.TB, data []byte) []byte {
	tb.Helper()
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	if _, err := writer.Write(data); err != nil {
		tb.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// Zip gives a zip of these files in the order of their names.
func Zip(tb testing.TB, files map[string]string) []byte {
	tb.Helper()
	var out bytes.Buffer
	writer := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file, err := writer.Create(name)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := file.Write([]byte(files[name])); err != nil {
			tb.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// Open packs files as tar.gz and opens them; they are closed with the test.
func Open(tb testing.TB, files map[string]string) *intake.Files {
	tb.Helper()
	data := Gzip(tb, Tar(tb, Files(files)...))
	opened, err := intake.OpenArchive(context.Background(), bytes.NewReader(data), int64(len(data)), intake.Options{TempDir: tb.TempDir()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := opened.Close(); err != nil {
			tb.Error(err)
		}
	})
	return opened
}
