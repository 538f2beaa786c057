package command

import (
	"context"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/kernel"
)

// blockBuild compiles source folders into packages. A folder that is no block but holds blocks stands for all of them.
func blockBuild(ctx context.Context, p *Parts, args []string) error {
	set := newFlags(p, "block build")
	out := set.String("out", "", "`folder` to write packages to, one folder each")
	cache := set.String("cache", "", "`folder` that keeps compiled code between runs; the user's cache folder when empty")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if *out == "" || len(words) == 0 {
		return errUsage
	}
	folders, err := kernel.BlockFolders(words)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		start := time.Now()
		made, err := kernel.WritePackage(ctx, *cache, folder, *out)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Out, "%s %s: %.1f MB, %.1f MB compressed, %.1f s\n", made.Name, made.Version,
			float64(made.Code)/1e6, float64(made.Packed)/1e6, time.Since(start).Seconds())
	}
	return nil
}
