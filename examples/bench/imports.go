package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/quoin-lms/quoin/examples/running"
)

// demoCourse is a real course, where the reference data lies beside the checkout; elsewhere the sample course stands in.
func demoCourse() (path string, isReal bool) {
	path = filepath.Join("..", "shared", "courses", "openedx-demo-course.tar.gz")
	if _, err := os.Stat(path); err == nil {
		return path, true
	}
	return filepath.Join("examples", "course"), false
}

// measureStart starts a site cold (nothing compiled) and warm, and measures its memory idle and in use.
func (b *bench) measureStart(ctx context.Context, t *table) error {
	data := filepath.Join(b.dir, "start")
	took, err := running.Import(ctx, b.quoin, data, filepath.Join(b.dir, "course"))
	if err != nil {
		return err
	}
	t.add("import of the measured course into a new site, blocks not compiled yet", took)
	if err := os.RemoveAll(filepath.Join(data, "cache")); err != nil {
		return err
	}
	for _, label := range []string{"quoin serve until ready, nothing compiled", "quoin serve until ready, warm"} {
		server, err := running.StartQuoin(ctx, b.quoin, data)
		if err != nil {
			return err
		}
		t.add(label, server.Ready)
		if err := b.firstPage(ctx, t, server); err != nil {
			return errors.Join(err, server.Stop())
		}
		if err := server.Stop(); err != nil {
			return err
		}
	}
	course, isReal := demoCourse()
	took, err = running.Import(ctx, b.quoin, data, course)
	if err != nil {
		return err
	}
	name := "the sample course (no demo course here)"
	if isReal {
		name = "the Open edX demo course, 401 blocks"
	}
	t.add("import of "+name, took)
	took, err = running.Import(ctx, b.quoin, data, course)
	if err != nil {
		return err
	}
	t.add("the same again", took)
	return b.measureMemory(ctx, t)
}

// firstPage measures the first unit page of a server, which loads the blocks.
func (b *bench) firstPage(ctx context.Context, t *table, server *running.Server) error {
	idle, err := server.Resident()
	if err != nil {
		return err
	}
	t.add("  memory at that time", fmt.Sprintf("%.0f MB", idle))
	start := time.Now()
	l, err := newLearner(ctx, server.Base)
	if err != nil {
		return err
	}
	t.add("  a learner signs up, enrols, opens 8 units (blocks load)", time.Since(start))
	start = time.Now()
	if _, err := l.Get(ctx, pageUnit); err != nil {
		return err
	}
	t.add("  and the unit of five blocks", time.Since(start))
	used, err := server.Resident()
	t.add("  memory then", fmt.Sprintf("%.0f MB", used))
	return err
}
