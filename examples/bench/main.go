package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/examples/running"
)

// bench is one run.
type bench struct {
	quoin string
	// dir is thrown away at the end.
	dir     string
	lasting time.Duration
	sizes   []int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	quoin := flag.String("quoin", "bin/quoin", "the binary to measure")
	lasting := flag.Duration("lasting", 10*time.Second, "how long each load lasts")
	sizes := flag.String("sizes", "1000,100000,1000000", "numbers of learners' states to measure at, ascending")
	only := flag.String("only", "", "measure only: calls, problems, first, workbench, installs, start, pages, heaviest, own, gradebook, submits, code, studio or growth")
	flag.Parse()
	b := &bench{lasting: *lasting}
	if b.quoin, err = filepath.Abs(*quoin); err != nil {
		return err
	}
	for part := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return fmt.Errorf("size %q: %w", part, err)
		}
		b.sizes = append(b.sizes, n)
	}
	if b.dir, err = os.MkdirTemp("", "quoin-bench-*"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if err := writeCourse(filepath.Join(b.dir, "course")); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"calls", b.calls},
		{"problems", b.problems},
		{"first", b.first},
		{"workbench", b.workbench},
		{"installs", b.installs},
		{"start", b.start},
		{"pages", b.pages},
		{"heaviest", b.heaviest},
		{"own", b.own},
		{"gradebook", b.gradebook},
		{"submits", b.submits},
		{"code", b.code},
		{"studio", b.studio},
		{"growth", b.growth},
	} {
		if *only != "" && *only != part.name {
			continue
		}
		if err := part.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

func (b *bench) start(ctx context.Context) error {
	t := &table{title: "Starting, importing, memory", header: []string{"", ""}}
	if err := b.measureStart(ctx, t); err != nil {
		return err
	}
	return t.print(os.Stdout)
}

// clients is how many learners a loaded site has.
const clients = 64

// site is a running site with the measured course and learners.
func (b *bench) site(ctx context.Context, data string, flags ...string) (*running.Server, []*learner, error) {
	if _, err := running.Import(ctx, b.quoin, data, filepath.Join(b.dir, "course")); err != nil {
		return nil, nil, err
	}
	return b.serve(ctx, data, flags...)
}

func (b *bench) serve(ctx context.Context, data string, flags ...string) (*running.Server, []*learner, error) {
	server, err := running.StartQuoin(ctx, b.quoin, data, flags...)
	if err != nil {
		return nil, nil, err
	}
	var learners []*learner
	for range clients {
		l, err := newLearner(ctx, server.Base)
		if err != nil {
			return nil, nil, errors.Join(err, server.Stop())
		}
		learners = append(learners, l)
	}
	return server, learners, nil
}

func (b *bench) pages(ctx context.Context) error {
	t := pagesTable("A unit page of five blocks, beside a page of the same bytes from the standard library")
	data := filepath.Join(b.dir, "pages")
	for _, mode := range []struct {
		label string
		flags []string
	}{{"renders remembered", nil}, {"rendered anew", []string{"--no-render-cache"}}} {
		server, learners, err := b.site(ctx, data, mode.flags...)
		if err != nil {
			return err
		}
		err = errors.Join(b.measurePages(ctx, t, mode.label, learners[:16]), server.Stop())
		if err != nil {
			return err
		}
	}
	return t.print(os.Stdout)
}

func (b *bench) submits(ctx context.Context) error {
	t := submitsTable("A choice problem's form from POST to verdict, 64 learners")
	redis, stopRedis, err := running.StartRedis(ctx, b.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopRedis()) }()
	modes := [][]string{{"embedded"}}
	if redis != "" {
		modes = append(modes, []string{"redis-server", "--redis-url", redis})
	}
	for _, mode := range modes {
		data := filepath.Join(b.dir, "submits-"+mode[0])
		server, learners, err := b.site(ctx, data, mode[1:]...)
		if err != nil {
			return err
		}
		err = errors.Join(b.measureSubmits(ctx, t, mode[0], data, learners, 20, 100, 300), server.Stop())
		if err != nil {
			return err
		}
	}
	return t.print(os.Stdout)
}

// growth measures the same site with more and more learners' states.
func (b *bench) growth(ctx context.Context) error {
	data := filepath.Join(b.dir, "growth")
	pages := pagesTable("Pages as the store grows")
	submits := submitsTable("Submissions as the store grows")
	imports := &table{title: "Importing as the store grows", header: []string{"states", "demo course"}}
	have := 0
	for _, size := range b.sizes {
		if _, err := running.Import(ctx, b.quoin, data, filepath.Join(b.dir, "course")); err != nil {
			return err
		}
		if err := fill(ctx, data, have, size); err != nil {
			return err
		}
		have = size
		server, learners, err := b.serve(ctx, data)
		if err != nil {
			return err
		}
		label := fmt.Sprintf("%d states", size)
		err = errors.Join(b.measurePages(ctx, pages, label, learners[:16]), b.measureSubmits(ctx, submits, label, data, learners, 100), server.Stop())
		if err != nil {
			return err
		}
		course, _ := demoCourse()
		took, err := running.Import(ctx, b.quoin, data, course)
		if err != nil {
			return err
		}
		imports.add(size, took)
	}
	return errors.Join(pages.print(os.Stdout), submits.print(os.Stdout), imports.print(os.Stdout))
}
