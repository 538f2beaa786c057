package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// courseImport brings an archive in and shows what was found in it.
func courseImport(ctx context.Context, p *Parts, args []string) (err error) {
	s := &settings{}
	set := newFlags(p, "course import")
	s.siteFlags(set)
	into := set.String("course", "", "the course `key` to import into; what the archive calls itself when empty")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return errUsage
	}
	if err := s.complete(set); err != nil {
		return err
	}
	var target key.Course
	if *into != "" {
		if target, err = key.ParseCourse(*into); err != nil {
			return err
		}
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM) // an import that is stopped leaves the course as it was
	defer stop()
	site, err := s.openSite(ctx, p)
	if err != nil {
		return err
	}
	defer closeSite(site, &err)
	start := time.Now()
	report, err := importCourse(ctx, site, words[0], target, showProgress(p.Err))
	if err != nil {
		return err
	}
	showImport(p.Out, &report, time.Since(start))
	return nil
}

// importCourse reads an archive or folder into the site.
func importCourse(
	ctx context.Context, s *site.Site, path string, target key.Course, progress func(importer.Progress),
) (report importer.Report, err error) {
	files, err := intake.Open(ctx, path, intake.Options{})
	if err != nil {
		return report, fmt.Errorf("%s: %w", path, err)
	}
	defer func() {
		if closed := files.Close(); closed != nil && err == nil {
			err = closed
		}
	}()
	return importer.Import(ctx, importer.Config{Courses: s.Courses, Blocks: s.Kernel, Files: site.Keeper{Files: s.Files}, Enter: s.Authoring.EnterImport}, importer.Request{
		Course: target, Files: files, Runs: true, Now: time.Now().UTC(), Progress: progress,
	})
}

// showProgress writes a line for each step and every so many things of it.
func showProgress(w io.Writer) func(importer.Progress) {
	step, shown := "", time.Time{}
	return func(now importer.Progress) {
		if now.Step == step && now.Done < now.Total && time.Since(shown) < time.Second {
			return
		}
		if now.Step == step && now.Done == 0 {
			return
		}
		step, shown = now.Step, time.Now()
		fmt.Fprintf(w, "%s: %d of %d\n", now.Step, now.Done, now.Total)
	}
}

func showImport(w io.Writer, report *importer.Report, took time.Duration) {
	blocks := 0
	for _, n := range report.Types {
		blocks += n
	}
	fmt.Fprintf(w, "imported %s in %.1f s: %d blocks, %d files\n", report.Course, took.Seconds(), blocks, report.Assets)
	for _, f := range report.Findings {
		fmt.Fprintln(w, findingLine(f))
	}
	for _, name := range report.Unknowns() {
		fmt.Fprintf(w, "not installed: %s; its content is kept and shown as a placeholder\n", name)
	}
}

// findingLine says where, what and how to mend it, in one line.
func findingLine(f importer.Finding) string {
	text := string(f.Level) + ": "
	if f.Level == "" {
		text = string(wire.LevelWarning) + ": "
	}
	if f.File != "" {
		text += f.File
		if f.Line > 0 {
			text += fmt.Sprintf(":%d", f.Line)
		}
		text += ": "
	}
	text += f.Message
	if f.Fix != "" {
		text += "; " + f.Fix
	}
	return text
}
