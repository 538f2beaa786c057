package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/manifest"
)

// Every page of the sample course can be shown, every question answered but the two that people or programs elsewhere grade, no
// file is missing, and each shipped block is in it.
func TestSampleCourse(t *testing.T) {
	built := filepath.Join("..", "..", "blocks", "dist")
	if _, err := os.Stat(filepath.Join(built, "problem")); err != nil {
		t.Skip("the shipped blocks are not built: run make blocks first")
	}
	parts := (&desk{}).parts()
	parts.Shipped = os.DirFS(built)
	examples := filepath.Join("..", "..", "examples")
	got := callWith(t.Context(), t, parts, "course", "check", "--answers", filepath.Join(examples, "answers.json"), filepath.Join(examples, "course"))
	got.want(t, 0, "0 fail, 2 state no answer, 0 are not supported yet", "block@ways_report", "block@capa_outside", "0 missing; 0 broken links")
	entries, err := os.ReadDir(built)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		for _, name := range typesOf(t, filepath.Join(built, entry.Name())) {
			if !strings.Contains(got.out, "\n  "+name+" ") {
				t.Errorf("%s is not in the sample course: %s", name, got.out)
			}
		}
	}
}

// typesOf lists the block types of a package.
func typesOf(t *testing.T, folder string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, manifest.FileName))
	if err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, blockType := range m.Types {
		names = append(names, blockType.Name)
	}
	return names
}
