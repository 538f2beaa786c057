package main

import (
	"go/ast"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The committed references are what the source gives.
func TestReferencesAreCurrent(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	pages, err := References(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(root, "sdk", "guide", "reference", name))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s differs from its source (%v): run `go run ./sdk/guide/generate`", name, err)
		}
	}
}

// Every type of the contract that travels, every operation and every permission stands in the references.
func TestReferencesAreWhole(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	pages, err := References(root)
	if err != nil {
		t.Fatal(err)
	}
	wire, err := load(filepath.Join(root, "sdk", "wire"))
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, o := range operations {
		told[string(o.op)] = true
	}
	for _, kind := range wire.Types {
		structure := isStruct(kind.Decl)
		if structure && ast.IsExported(kind.Name) && !strings.Contains(string(pages["contract.md"]), "\n## "+kind.Name+"\n") {
			t.Errorf("%s does not stand in the reference of the contract", kind.Name)
		}
		for _, group := range kind.Consts {
			for _, spec := range group.Decl.Specs {
				value, ok := spec.(*ast.ValueSpec)
				if ok && kind.Name == "Op" && !told[strings.Trim(wire.text(value.Values[0]), `"`)] {
					t.Errorf("the operation %s has no line", wire.text(value.Values[0]))
				}
			}
		}
	}
	_, asked, _ := strings.Cut(string(pages["manifest.md"]), "## What may be asked for")
	for _, line := range strings.Split(asked, "\n") {
		if strings.HasSuffix(line, "|  |") {
			t.Errorf("a permission has no meaning: %s", line)
		}
	}
	for name := range meanings {
		if !strings.Contains(asked, "| `"+name+"` |") {
			t.Errorf("the permission %s is not listed", name)
		}
	}
}
