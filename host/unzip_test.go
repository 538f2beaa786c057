package host_test

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"
)

// unzip gives an archive's files by name.
func unzip(t *testing.T, data []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, file := range archive.File {
		from, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		_ = from.Close()
		files[file.Name] = string(text)
	}
	return files
}
