package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/quoin-lms/quoin/runtime/packages/trials"
)

// blockTest tries blocks in the engine that a site would use, and runs the tests that stand in folders written in Go.
func blockTest(ctx context.Context, p *Parts, args []string) error {
	set := newFlags(p, "block test")
	verbose := set.Bool("v", false, "name every trial")
	only := set.String("run", "", "try only what this `regexp` matches, such as story/first; of Go tests, only such subtests")
	update := set.Bool("update", false, "let golden lines of stories write their files")
	cache := set.String("cache", "", "`folder` that keeps compiled code between runs; the user's cache folder when empty")
	folders, err := blockFolders(set, args)
	if err != nil {
		return err
	}
	tester := &blockTester{out: p.Out, err: p.Err, verbose: *verbose, only: *only}
	tester.config = trials.Config{Cache: blockCache(*cache), Update: *update, Done: tester.done}
	if *only != "" {
		if tester.config.Only, err = regexp.Compile(*only); err != nil {
			return fmt.Errorf("--run: %w", err)
		}
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	good := true
	for _, folder := range folders {
		passed, err := tester.folder(ctx, folder)
		if err != nil {
			return err
		}
		good = good && passed
	}
	if !good {
		return errFailed
	}
	return nil
}

// blockCache is where commands about blocks keep compiled code: as said, or in the user's cache folder.
func blockCache(said string) string {
	if said != "" {
		return said
	}
	user, err := os.UserCacheDir()
	if err != nil {
		return "" // nothing is kept then
	}
	return filepath.Join(user, "quoin")
}

// blockTester shows what comes of folders.
type blockTester struct {
	config   trials.Config
	out, err io.Writer
	verbose  bool
	only     string
}

// folder tries one folder. The error is about this machine.
func (b *blockTester) folder(ctx context.Context, folder string) (good bool, err error) {
	report, err := trials.Folder(ctx, b.config, folder)
	if err != nil {
		return false, err
	}
	name := strings.TrimSpace(report.Name + " " + report.Version)
	if report.Problem != "" {
		fmt.Fprintf(b.out, "%s (%s): to mend\n%s\n", name, folder, indented(report.Problem, "  "))
		return false, nil
	}
	failed := 0
	for i := range report.Results {
		if len(report.Results[i].Failures) > 0 {
			failed++
		}
	}
	verdict := "all good"
	switch {
	case failed > 0:
		verdict = fmt.Sprintf("%d to mend", failed)
	case len(report.Results) == 0:
		verdict = "nothing is called so"
	}
	fmt.Fprintf(b.out, "%s (%s): %d tried in %s, %s (%.1f s)\n", name, folder, len(report.Results), report.Engine, verdict, report.Took.Seconds())
	good = failed == 0
	if report.Source != "go" {
		return good, nil
	}
	passed, err := b.native(ctx, folder)
	return good && passed, err
}

// done shows one trial: failures always, the rest where everything is named.
func (b *blockTester) done(r trials.Result) {
	switch {
	case len(r.Failures) > 0:
		fmt.Fprintf(b.out, "FAIL %s: %s\n", r.Name, r.Says)
	case b.verbose:
		fmt.Fprintf(b.out, "ok   %s: %s (%s)\n", r.Name, r.Says, r.Took.Round(time.Millisecond))
	default:
		return
	}
	for _, failure := range r.Failures {
		fmt.Fprintln(b.out, indented(failure, "  "))
	}
	for _, note := range r.Notes {
		fmt.Fprintln(b.out, indented("note: "+note, "  "))
	}
}

// native runs the tests that stand in a folder by the go command, where a debugger and coverage work too.
func (b *blockTester) native(ctx context.Context, folder string) (good bool, err error) {
	goCommand, err := exec.LookPath("go")
	if err != nil {
		return false, errors.New("the tests of a block in Go are run by the go command, which is not on the PATH: install Go from https://go.dev/dl")
	}
	words := []string{"test"}
	if b.verbose {
		words = append(words, "-v")
	}
	if b.only != "" {
		words = append(words, "-run", "/"+b.only)
	}
	test := exec.CommandContext(ctx, goCommand, append(words, "./...")...)
	test.Dir, test.Stdout, test.Stderr = folder, b.out, b.err
	err = test.Run()
	var ended *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case errors.As(err, &ended):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("testing %s: %w", folder, err)
	}
	return true, nil
}

func indented(text, by string) string { return by + strings.ReplaceAll(text, "\n", "\n"+by) }
