package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/quoin-lms/quoin/examples/running"
)

// inUse are the blocks of the project; new ones from the scaffold make up ten.
var inUse = []string{"html", "problem", "video", "external", "forum", "scripted", "seats"}

const wanted = 10

// settle is how long a server is left alone before its memory counts as idle: what loading left behind goes back meanwhile.
const settle = 40 * time.Second

// measureMemory runs a development server with ten blocks, opens a page with all of them, and looks at its memory when it is
// idle again.
func (b *bench) measureMemory(ctx context.Context, t *table) error {
	own, names, err := b.scaffold(ctx)
	if err != nil {
		return err
	}
	course := filepath.Join(b.dir, "ten")
	if err := writeCourse(course); err != nil {
		return err
	}
	page := `<vertical display_name="Ten blocks">`
	for _, name := range names {
		page += "<" + name + ` url_name="ten_` + name + `"/>`
	}
	if err := os.WriteFile(filepath.Join(course, "vertical", "page.xml"), []byte(page+"</vertical>"), 0o644); err != nil {
		return err
	}
	data := filepath.Join(b.dir, "memory")
	for _, label := range []string{"just compiled", "warm start"} {
		server, err := running.StartQuoin(ctx, b.quoin, data, "--development", "--sample", course,
			"--blocks", "blocks", "--blocks", filepath.Join("examples", "blocks"), "--blocks", own)
		if err != nil {
			return err
		}
		err = openTen(ctx, server)
		if err == nil {
			err = running.Pause(ctx, settle)
		}
		idle, e := server.Resident()
		if err = errors.Join(err, e, server.Stop()); err != nil {
			return err
		}
		t.add(fmt.Sprintf("memory idle with %d blocks in use, %s", len(names), label), fmt.Sprintf("%.0f MB", idle))
	}
	return nil
}

func openTen(ctx context.Context, server *running.Server) error {
	l, err := newLearner(ctx, server.Base)
	if err != nil {
		return err
	}
	_, err = l.Get(ctx, pageUnit)
	return err
}

// scaffold makes new blocks in a module of their own until there are ten.
func (b *bench) scaffold(ctx context.Context) (dir string, names []string, err error) {
	root, err := filepath.Abs(".")
	if err != nil {
		return "", nil, err
	}
	dir = filepath.Join(b.dir, "own")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil, err
	}
	module := "module bench.example/own\n\ngo 1.26.0\n\nrequire github.com/quoin-lms/quoin v0.0.0\n\nreplace github.com/quoin-lms/quoin => " + root + "\n"
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(module), 0o644); err != nil {
		return "", nil, err
	}
	names = append(names, inUse...)
	for n := len(names); n < wanted; n++ {
		name := fmt.Sprintf("own%d", n)
		cmd := exec.CommandContext(ctx, b.quoin, "block", "new", name, "--lang", "go")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", nil, fmt.Errorf("quoin block new: %w: %s", err, out)
		}
		names = append(names, name)
	}
	return dir, names, nil
}
