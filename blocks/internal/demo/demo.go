// Package demo reads the Open edX demo course for tests. The course is not part of the repository: tests that need it skip
// where it is absent.
package demo

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// Files are the course's files in one folder, such as "problem", whose names end in ending, by path.
func Files(t testing.TB, folder, ending string) map[string]string {
	t.Helper()
	name := filepath.Join(root(t), "..", "shared", "courses", "openedx-demo-course.tar.gz")
	archive, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("no demo course: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	unzipped, err := gzip.NewReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for reader := tar.NewReader(unzipped); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		base := path.Base(header.Name)
		if path.Base(path.Dir(header.Name)) != folder || !strings.HasSuffix(base, ending) || strings.HasPrefix(base, "._") {
			continue
		}
		data, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = string(data)
	}
}

// root is the repository's folder.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}
