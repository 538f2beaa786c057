package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every page of the sample course can be shown, every question answered, no file is missing, and each shipped block is in it.
func TestSampleCourse(t *testing.T) {
	built := filepath.Join("..", "..", "blocks", "dist")
	if _, err := os.Stat(filepath.Join(built, "problem")); err != nil {
		t.Skip("the shipped blocks are not built: run make blocks first")
	}
	parts := (&desk{}).parts()
	parts.Shipped = os.DirFS(built)
	got := callWith(t.Context(), t, parts, "course", "check", filepath.Join("..", "..", "examples", "course"))
	got.want(t, 0, "0 fail, 0 state no answer, 0 are not supported yet", "0 missing; 0 broken links")
	entries, err := os.ReadDir(built)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() && !strings.Contains(got.out, "\n  "+entry.Name()+" ") {
			t.Errorf("%s is not in the sample course: %s", entry.Name(), got.out)
		}
	}
}
