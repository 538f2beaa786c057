package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/quoin-lms/quoin/runtime/packages/trials"
)

// mostCalls bounds --calls: a million calls of a slow block are an hour.
const mostCalls = 1_000_000

// blockBench measures the calls that a block's samples and stories lead to, through every engine that can host it.
func blockBench(ctx context.Context, p *Parts, args []string) error {
	set := newFlags(p, "block bench")
	calls := set.Int("calls", 1000, "how many `calls` of each kind are measured")
	cache := set.String("cache", "", "`folder` that keeps compiled code between runs; the user's cache folder when empty")
	folders, err := blockFolders(set, args)
	if err != nil {
		return err
	}
	if *calls < 1 || *calls > mostCalls {
		return fmt.Errorf("--calls: from 1 to %d", mostCalls)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	for _, folder := range folders {
		measured, err := trials.Measure(ctx, trials.Config{Cache: blockCache(*cache)}, folder, *calls)
		if err != nil {
			return err
		}
		if err := showMeasured(p.Out, measured); err != nil {
			return err
		}
	}
	return nil
}

func showMeasured(w io.Writer, m *trials.Measured) error {
	fmt.Fprintf(w, "%s %s: code %.2f MB; one learner's answer stores at most %d bytes of fields and %d of the submission\n",
		m.Name, m.Version, float64(m.Code)/1e6, m.State, m.Answers)
	for _, left := range m.Left {
		fmt.Fprintf(w, "  not measured through %s: %s\n", left.Engine, left.Why)
	}
	if len(m.Rows) == 0 {
		fmt.Fprintln(w, "  nothing was called: give it samples or stories")
		return nil
	}
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "call\tthrough\tp50\tp99\tmillion instructions\tmemory\treply\t")
	for i := range m.Rows {
		row := &m.Rows[i]
		fuel, memory := "-", "-"
		if row.Fuel > 0 {
			fuel = fmt.Sprintf("%.2f", float64(row.Fuel)/1e6)
		}
		if row.Memory > 0 {
			memory = fmt.Sprintf("%.1f MB", float64(row.Memory)/1e6)
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%d B\t\n", strings.TrimSpace(string(row.Op)+" "+row.Name), row.Engine,
			micro(row.P50), micro(row.P99), fuel, memory, row.Reply)
	}
	return out.Flush()
}

// micro writes a short time in milliseconds.
func micro(d time.Duration) string {
	return fmt.Sprintf("%.3f ms", float64(d)/float64(time.Millisecond))
}
