package command

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/packages/inspect"
)

// blockCheck looks source folders over: manifest, imports, build, what the code says of itself, samples in the sandbox.
func blockCheck(ctx context.Context, p *Parts, args []string) error {
	set := newFlags(p, "block check")
	cache := set.String("cache", "", "`folder` that keeps compiled code between runs; the user's cache folder when empty")
	blind := set.Bool("no-browser", false, "do without axe-core, which a browser runs on the samples")
	folders, err := blockFolders(set, args)
	if err != nil {
		return err
	}
	*cache = blockCache(*cache)
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	failed := false
	for _, folder := range folders {
		report, err := kernel.InspectBlock(ctx, *cache, folder)
		if err == nil {
			err = review(ctx, *cache, report)
		}
		if err != nil {
			return err
		}
		if !*blind {
			lookOver(ctx, report)
		}
		showInspection(p.Out, report)
		failed = failed || len(report.Problems) > 0
	}
	if failed {
		return errFailed
	}
	return nil
}

// blockFolders reads the words of a command about blocks in source: folders of blocks, or folders that hold some.
func blockFolders(set *flag.FlagSet, args []string) ([]string, error) {
	words, err := parse(set, args)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		return nil, errUsage
	}
	return kernel.BlockFolders(words)
}

func showInspection(w io.Writer, r *inspect.Report) {
	verdict := "good"
	if len(r.Problems) > 0 {
		verdict = fmt.Sprintf("%d to mend", len(r.Problems))
	}
	fmt.Fprintf(w, "%s %s (%s): %s\n", r.Name, r.Version, r.Folder, verdict)
	for _, problem := range r.Problems {
		at := r.Folder
		if problem.File != "" {
			at = filepath.Join(r.Folder, filepath.FromSlash(problem.File))
		}
		fmt.Fprintf(w, "  %s%s\n", place(at, problem.Line), problem.Message)
		if problem.Fix != "" {
			fmt.Fprintf(w, "  -> %s\n", problem.Fix)
		}
	}
	for _, note := range r.Notes {
		fmt.Fprintf(w, "  note: %s\n", note)
	}
	if r.Code > 0 {
		fmt.Fprintf(w, "  code %.2f MB, %d samples, %d answers\n", float64(r.Code)/1e6, r.Samples, r.Answers)
	}
	for _, use := range r.Uses {
		fmt.Fprintf(w, "  %-8s %3d calls, at most %.2f million instructions, %.1f MB\n",
			use.Op, use.Calls, float64(use.Fuel)/1e6, float64(use.Memory)/1e6)
	}
}
