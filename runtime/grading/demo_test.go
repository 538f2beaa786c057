package grading

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A real export: three types with one subsection each, Pass from 50 %.
func TestDemoCoursePolicy(t *testing.T) {
	data := demoFile(t, "grading_policy.json")
	policy, warnings, err := ParsePolicy(data)
	if err != nil || len(warnings) != 0 {
		t.Fatalf("%v, %+v", err, warnings)
	}
	// By hand: 0.3*0.5 + 0.35*1 + 0.35*0 = 0.5.
	grade := policy.Grade([]Subsection{
		subsection("a", "Basic Assessment Tools", 4, 8), subsection("b", "Intermediate Assessment Tools", 3, 3),
	})
	if grade.Percent != 0.5 || grade.Letter != "Pass" || !grade.Passed || len(grade.Rows) != 3 {
		t.Errorf("%+v", grade)
	}
	if got := grade.Rows[0]; got.Label != "Basic" || got.Detail != "Basic Assessment Tools = 50%" || !got.Prominent {
		t.Errorf("%+v", got)
	}
}

// demoFile reads one file of the demo course, which lies beside the repository where it is developed.
func demoFile(t *testing.T, name string) []byte {
	t.Helper()
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(root) == root {
			t.Fatal("no go.mod above")
		}
		root = filepath.Dir(root)
	}
	file, err := os.Open(filepath.Join(root, "..", "shared", "courses", "openedx-demo-course.tar.gz"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the demo course is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewReader(unzipped)
	for {
		header, err := archive.Next()
		if err != nil {
			t.Fatalf("looking for %s: %v", name, err)
		}
		if strings.HasSuffix(header.Name, "/"+name) {
			data, err := io.ReadAll(archive)
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
	}
}
