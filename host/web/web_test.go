package web

import (
	"errors"
	"os"
	"testing"
	"testing/fstest"
)

func TestBundle(t *testing.T) {
	assets, err := Bundle()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for range 2 { // a second build replaces the first
		if err := assets.Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	written, err := Read(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	// Bytes before compression; a phone fetches about a third. A bound is raised by whoever adds something that is worth its weight.
	for entry, most := range map[string]int{"learner.js": 40_000, "frame.js": 6_000, "site.css": 40_000, "elements.js": 52_000, "elements.css": 10_000} {
		name, err := written.Name(entry)
		if err != nil {
			t.Fatal(err)
		}
		file, ok := written.File(name)
		if !ok || len(file.Data) == 0 || len(file.Data) > most || file.Type == "" {
			t.Errorf("%s: %d bytes of type %q", name, len(file.Data), file.Type)
		}
	}
}

func TestNotBuilt(t *testing.T) {
	if _, err := Read(fstest.MapFS{}); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("got %v", err)
	}
}
