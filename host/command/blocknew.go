package command

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/quoin-lms/quoin/host/command/scaffold"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

// blockNew writes a small block that passes its own tests, and says what to do next.
func blockNew(_ context.Context, p *Parts, args []string) error {
	set := newFlags(p, "block new")
	b := scaffold.Block{SDK: p.SDK}
	set.StringVar(&b.Name, "name", "", "the block's name; the folder's own name when empty")
	set.StringVar(&b.Language, "lang", scaffold.Languages()[0], "language of the source: "+strings.Join(scaffold.Languages(), ", "))
	set.StringVar(&b.Kind, "kind", scaffold.Kinds()[0], "component (a problem that is graded at once), app (documents, tasks and messages of its own) or grader "+
		"(a problem whose answers a service outside grades)")
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
	if b.Name == "" {
		b.Name = filepath.Base(folder)
	}
	b.Module = b.Language == "go" && !inModule(folder)
	if err := scaffold.Write(folder, b); err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "made the block %[2]s in %[1]s; README.md there says what each file is. Next:\n"+
		"  quoin block test %[1]s     tries it: promises, samples, its first story\n"+
		"  quoin block check %[1]s    looks it over before others get it\n"+
		"  quoin block run %[1]s      shows it live, as each of its readers sees it\n", words[0], b.Name)
	return nil
}

// ourModule is how a go.mod names the module of the SDK: as its own, or as one that it needs.
var ourModule = regexp.MustCompile(`(?m)^\s*(module|require)?\s*github\.com/quoin-lms/quoin(\s|$)`)

// inModule reports whether a folder belongs to a Go module that has the SDK.
func inModule(folder string) bool {
	for dir := folder; ; dir = filepath.Dir(dir) {
		if text, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
			return ourModule.Match(text)
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}

// blockSDK lays the SDK of this binary down in blocks that carry one, after an upgrade.
func blockSDK(_ context.Context, p *Parts, args []string) error {
	set := newFlags(p, "block sdk")
	folders, err := blockFolders(set, args)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		text, err := os.ReadFile(filepath.Join(folder, manifest.FileName))
		if err != nil {
			return fmt.Errorf("reading manifest: %w", err)
		}
		m, err := manifest.Parse(text)
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(folder, manifest.FileName), err)
		}
		if !scaffold.Laid(folder) {
			fmt.Fprintf(p.Out, "%s carries no SDK\n", folder)
			continue
		}
		if err := scaffold.Lay(folder, m.Source, p.SDK); err != nil {
			return err
		}
		fmt.Fprintf(p.Out, "%s has the SDK of this quoin\n", folder)
	}
	return nil
}
