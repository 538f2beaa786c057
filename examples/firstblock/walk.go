// Package firstblock walks the way from an empty folder to a learner's grade on a machine that has nothing but the quoin
// binary (and, for a block in Go, the go command): a block is made, tried, looked over, shown in the workbench, packed, signed
// and installed into a site that runs. Its test lets a learner answer in a browser; `make bench` measures it.
package firstblock

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Walk is one author's way.
type Walk struct {
	// Quoin is the binary.
	Quoin string
	// Dir is an empty folder; the author's home is in it too, so nothing of this machine's caches helps.
	Dir string
	// Language is "typescript" or "go".
	Language string
	// Block is the name that the block gets.
	Block string
	// Data is the folder of the site that runs and gets the block.
	Data string
	// Took lists what was done, in order.
	Took []Step
}

// Step is one command of the author's.
type Step struct {
	Name string
	Took time.Duration
}

// step is one of the commands: its arguments and what it must say; without arguments, the workbench.
type step struct {
	args []string
	said string
}

// Publish does all that an author and the site's admin do, from the empty folder to the installed block. It needs no network.
func (w *Walk) Publish(ctx context.Context) error {
	tried := []step{{[]string{"block", "test", w.Block}, "all good"}, {}, {[]string{"block", "check", w.Block}, "good"}}
	return w.take(ctx, slices.Concat(w.made(), tried, w.signed(), w.installed())...)
}

// Make makes the block's folder, and no more.
func (w *Walk) Make(ctx context.Context) error { return w.take(ctx, w.made()...) }

// Pack makes the block and packs and signs it as it is.
func (w *Walk) Pack(ctx context.Context) error {
	return w.take(ctx, slices.Concat(w.made(), w.signed())...)
}

// Install installs what was packed into the site.
func (w *Walk) Install(ctx context.Context) error { return w.take(ctx, w.installed()...) }

func (w *Walk) made() []step {
	return []step{{[]string{"block", "new", w.Block, "--lang", w.Language}, "made the block"}}
}

func (w *Walk) signed() []step {
	return []step{
		{[]string{"block", "pack", w.Block, "--out", w.archive()}, "nobody signed it yet"},
		{[]string{"block", "keys", "new", "--no-password", "--out", "publisher.key"}, "public key"},
		{[]string{"block", "sign", w.archive(), "--key", "publisher.key"}, "signed by"},
	}
}

func (w *Walk) installed() []step {
	return []step{{[]string{"block", "install", w.archive(), "--yes", "--data", w.Data}, "is installed"}}
}

func (w *Walk) take(ctx context.Context, steps ...step) error {
	for _, s := range steps {
		begin := time.Now()
		name := "block run, until its page is there"
		var err error
		if s.args == nil {
			err = w.lookAt(ctx)
		} else {
			name = strings.Join(s.args[:2], " ")
			err = w.do(ctx, s.said, s.args...)
		}
		if err != nil {
			return err
		}
		w.Took = append(w.Took, Step{name, time.Since(begin)})
	}
	return nil
}

func (w *Walk) archive() string { return w.Block + ".block" }

// command is the binary on the author's machine.
func (w *Walk) command(ctx context.Context, args ...string) (*exec.Cmd, error) {
	path := filepath.Join(w.Dir, "nothing")
	if w.Language == "go" {
		program, err := exec.LookPath("go")
		if err != nil {
			return nil, err
		}
		path = filepath.Dir(program)
	}
	cmd := exec.CommandContext(ctx, w.Quoin, args...)
	cmd.Dir = w.Dir
	cmd.Env = []string{"HOME=" + filepath.Join(w.Dir, "home"), "PATH=" + path, "GOPROXY=off", "GOFLAGS=-mod=mod", "GOTOOLCHAIN=local", "TMPDIR=" + os.TempDir()}
	return cmd, nil
}

// do runs a command, which must succeed and say something.
func (w *Walk) do(ctx context.Context, said string, args ...string) error {
	cmd, err := w.command(ctx, args...)
	if err != nil {
		return err
	}
	out, err := cmd.CombinedOutput()
	if err == nil && !strings.Contains(string(out), said) {
		err = fmt.Errorf("it does not say %q", said)
	}
	if err != nil {
		return fmt.Errorf("quoin %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}

// Compile lets the go command alone compile the block's package into a program for this machine, as a process block is.
func (w *Walk) Compile(ctx context.Context) error {
	cmd, err := w.command(ctx)
	if err != nil {
		return err
	}
	if cmd.Path, err = exec.LookPath("go"); err != nil {
		return err
	}
	cmd.Args, cmd.Dir = []string{"go", "test", "-c", "-o", filepath.Join(w.Dir, "alone"), "."}, filepath.Join(w.Dir, w.Block)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go test -c: %w: %s", err, out)
	}
	return nil
}
