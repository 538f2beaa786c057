package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// demoCourse is a real course, where the reference data lies beside the checkout; elsewhere the sample course stands in.
func demoCourse() (path string, isReal bool) {
	path = filepath.Join("..", "shared", "courses", "openedx-demo-course.tar.gz")
	if _, err := os.Stat(path); err == nil {
		return path, true
	}
	return filepath.Join("examples", "course"), false
}

// importInto runs `quoin course import` as a process of its own.
func importInto(ctx context.Context, binary, data, course string) (time.Duration, error) {
	start := time.Now()
	out, err := exec.CommandContext(ctx, binary, "course", "import", course, "--data", data).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("importing %s: %w: %s", course, err, out)
	}
	return time.Since(start), nil
}

// measureStart starts a site cold (nothing compiled) and warm, and measures its memory idle and in use.
func (b *bench) measureStart(ctx context.Context, t *table) error {
	data := filepath.Join(b.dir, "start")
	took, err := importInto(ctx, b.quoin, data, filepath.Join(b.dir, "course"))
	if err != nil {
		return err
	}
	t.add("import of the measured course into a new site, blocks not compiled yet", took)
	if err := os.RemoveAll(filepath.Join(data, "cache")); err != nil {
		return err
	}
	for _, label := range []string{"quoin serve until ready, nothing compiled", "quoin serve until ready, warm"} {
		server, err := startQuoin(ctx, b.quoin, data)
		if err != nil {
			return err
		}
		t.add(label, server.ready)
		if err := b.firstPage(ctx, t, server); err != nil {
			return errors.Join(err, server.stop())
		}
		if err := server.stop(); err != nil {
			return err
		}
	}
	course, isReal := demoCourse()
	took, err = importInto(ctx, b.quoin, data, course)
	if err != nil {
		return err
	}
	name := "the sample course (no demo course here)"
	if isReal {
		name = "the Open edX demo course, 401 blocks"
	}
	t.add("import of "+name, took)
	took, err = importInto(ctx, b.quoin, data, course)
	if err != nil {
		return err
	}
	t.add("the same again", took)
	return b.measureMemory(ctx, t)
}

// firstPage measures the first unit page of a server, which loads the blocks.
func (b *bench) firstPage(ctx context.Context, t *table, server *child) error {
	idle, err := server.resident()
	if err != nil {
		return err
	}
	t.add("  memory at that time", fmt.Sprintf("%.0f MB", idle))
	start := time.Now()
	l, err := newLearner(ctx, server.base)
	if err != nil {
		return err
	}
	t.add("  a learner signs up, enrols, opens 8 units (blocks load)", time.Since(start))
	start = time.Now()
	if _, err := l.get(ctx, pageUnit); err != nil {
		return err
	}
	t.add("  and the unit of five blocks", time.Since(start))
	used, err := server.resident()
	t.add("  memory then", fmt.Sprintf("%.0f MB", used))
	return err
}
