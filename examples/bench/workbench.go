package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/quoin-lms/quoin/examples/firstblock"
	"github.com/quoin-lms/quoin/examples/running"
)

// What is measured how often: each save and each install costs seconds in Go.
const (
	saves    = 11
	installs = 5
)

// workbench measures what an author waits for: from saving a block's source to the learner's view that has the change.
func (b *bench) workbench(ctx context.Context) error {
	t := &table{title: fmt.Sprintf("The workbench, from a save to the fresh view, %d saves; beside it a compiler alone on the same change", saves), header: []string{
		"", "p50", "p99", "go test -c p50", "ratio",
	}}
	for _, language := range []string{"typescript", "go"} {
		seen, alone, err := b.saves(ctx, language)
		if err != nil {
			return err
		}
		if language == "go" {
			t.add(language, seen.at(0.5), seen.at(0.99), alone.at(0.5), ratio(seen.at(0.5), alone.at(0.5)))
		} else {
			t.add(language, seen.at(0.5), seen.at(0.99), "", "") // nothing outside the binary compiles it
		}
	}
	return t.print(os.Stdout)
}

func (b *bench) saves(ctx context.Context, language string) (seen, alone times, err error) {
	walk := &firstblock.Walk{Quoin: b.quoin, Dir: filepath.Join(b.dir, "workbench-"+language), Language: language, Block: "mood"}
	if err := errors.Join(os.MkdirAll(walk.Dir, 0o755), walk.Make(ctx)); err != nil {
		return nil, nil, err
	}
	source, err := os.ReadFile(walk.Source())
	if err != nil {
		return nil, nil, err
	}
	bench, err := walk.Run(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, bench.Stop()) }()
	for n := range saves + 1 { // the first is not counted: the go command fills its cache
		took, err := b.save(ctx, walk, bench, source, n)
		if err != nil {
			return nil, nil, err
		}
		if n > 0 {
			seen = append(seen, took)
		}
		if err := running.Pause(ctx, 2*time.Second); err != nil { // an author reads what came, and the compiler ends
			return nil, nil, err
		}
	}
	if language != "go" {
		return seen, nil, nil
	}
	alone, err = b.compiles(ctx, walk, source)
	return seen, alone, err
}

// changed is the source with another question.
func changed(source []byte, n int) []byte {
	return bytes.ReplaceAll(source, []byte("a prime number?"), fmt.Appendf(nil, "a prime number (%d)?", n))
}

// save writes the source with another question and returns when the view has it.
func (b *bench) save(ctx context.Context, walk *firstblock.Walk, bench *firstblock.Workbench, source []byte, n int) (time.Duration, error) {
	begin := time.Now()
	if err := os.WriteFile(walk.Source(), changed(source, n), 0o644); err != nil {
		return 0, err
	}
	want := fmt.Appendf(nil, "a prime number (%d)?", n)
	const longest = 2 * time.Minute
	for {
		page, err := bench.View(ctx)
		if err != nil || bytes.Contains(page, want) {
			return time.Since(begin), err
		}
		if time.Since(begin) > longest {
			return 0, fmt.Errorf("the view does not show %q within %s: %.300s", want, longest, page)
		}
		if err := running.Pause(ctx, 5*time.Millisecond); err != nil {
			return 0, err
		}
	}
}

// compiles is how long the go command takes for a change without us.
func (b *bench) compiles(ctx context.Context, walk *firstblock.Walk, source []byte) (times, error) {
	var alone times
	for n := range saves + 1 {
		if err := os.WriteFile(walk.Source(), changed(source, saves+1+n), 0o644); err != nil {
			return nil, err
		}
		begin := time.Now()
		if err := walk.Compile(ctx); err != nil {
			return nil, err
		}
		if n > 0 { // the first fills the cache for a program of this name
			alone = append(alone, time.Since(begin))
		}
	}
	return alone, nil
}

// installs measures a packed block's way into a site that runs, which knows nothing of it before: until it answers a learner, and
// until its grade is on the learner's page.
func (b *bench) installs(ctx context.Context) error {
	t := &table{title: fmt.Sprintf("Installing a package into a site that runs, %d sites: until a learner's page shows the block, and until his progress counts its point", installs), header: []string{
		"", "shown p50", "p99", "the command p50", "counted p50", "budget",
	}}
	budgets := map[string]string{"typescript": "shown in 2 s", "go": "shown in 4 s"}
	for _, language := range []string{"typescript", "go"} {
		dir := filepath.Join(b.dir, "installs-"+language)
		walk := &firstblock.Walk{Quoin: b.quoin, Dir: filepath.Join(dir, "author"), Language: language, Block: "mood"}
		if err := errors.Join(os.MkdirAll(walk.Dir, 0o755), firstblock.WriteCourse(filepath.Join(dir, "course"), walk.Block), walk.Pack(ctx)); err != nil {
			return err
		}
		var shown, whole, commands times
		for n := range installs {
			walk.Data, walk.Took = filepath.Join(dir, fmt.Sprint("site", n)), nil
			usable, took, err := b.install(ctx, walk, filepath.Join(dir, "course"))
			if err != nil {
				return err
			}
			shown, whole, commands = append(shown, usable), append(whole, took), append(commands, walk.Took[0].Took)
		}
		t.add(language, shown.at(0.5), shown.at(0.99), commands.at(0.5), whole.at(0.5), budgets[language])
	}
	return t.print(os.Stdout)
}

func (b *bench) install(ctx context.Context, walk *firstblock.Walk, course string) (usable, took time.Duration, err error) {
	server, l, err := b.firstSite(ctx, course, walk.Data)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	begin := time.Now()
	if err := walk.Install(ctx); err != nil {
		return 0, 0, err
	}
	if _, err := shows(ctx, l, firstblock.Unit, "<iframe"); err != nil {
		return 0, 0, err
	}
	usable = time.Since(begin)
	err = answerFirst(ctx, l, walk.Block)
	return usable, time.Since(begin), err
}
