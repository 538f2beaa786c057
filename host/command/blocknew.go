package command

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/quoin-lms/quoin/host/command/scaffold"
)

// blockNew writes a small block that passes its own tests, and says what to do next.
func blockNew(_ context.Context, p *Parts, args []string) error {
	set := newFlags(p, "block new")
	name := set.String("name", "", "the block's name; the folder's own name when empty")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return errUsage
	}
	folder, err := filepath.Abs(words[0])
	if err != nil {
		return err
	}
	if *name == "" {
		*name = filepath.Base(folder)
	}
	if err := scaffold.Write(folder, *name); err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "made the block %s in %s; next:\n", *name, words[0])
	if !inModule(folder) {
		fmt.Fprintf(p.Out, "  cd %s && go mod init example.org/%s && go get github.com/quoin-lms/quoin\n", words[0], *name)
	}
	fmt.Fprintf(p.Out, "  quoin block test %[1]s     runs its tests and its first story\n"+
		"  quoin block check %[1]s    builds it and replays its samples in the sandbox\n"+
		"  quoin serve --development --blocks %[1]s\n", words[0])
	return nil
}

// inModule reports whether a folder belongs to a Go module.
func inModule(folder string) bool {
	for dir := folder; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}
