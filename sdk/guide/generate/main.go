// Command generate writes the guide's references from the Go source of the contract and of the manifest, so that they cannot
// drift: `go run ./sdk/guide/generate` from the project's root. A test holds the committed files to it.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, "generating the guide's references:", err)
		os.Exit(1)
	}
}

func write(root string) error {
	pages, err := References(root)
	if err != nil {
		return err
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(root, "sdk", "guide", "reference", name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
