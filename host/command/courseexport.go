package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// courseExportHelp tells what flags cannot.
const courseExportHelp = `
quoin course export takes the published state of a course out as an OLX archive. What nobody has touched since the course was
imported is byte for byte what came in; unknown elements, attributes and files are in it.

A name that ends in .tar.gz or .tgz becomes an archive, "-" writes one to the output, any other name becomes a folder, which must
be empty or not be there. Without --out it is an archive in this folder, named after the course.

Flags:
`

// courseExport writes a course into an archive or a folder.
func courseExport(ctx context.Context, p *Parts, args []string) (err error) {
	s := &settings{}
	set := newFlags(p, "course export")
	set.Usage = func() {
		fmt.Fprint(p.Err, courseExportHelp[1:])
		set.PrintDefaults()
	}
	s.siteFlags(set)
	out := set.String("out", "", "the `file` or folder to write")
	secrets := set.Bool("secrets", false, "put the keys and passports in that came with the archive: whoever gets the export can use them")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return errUsage
	}
	run, err := key.ParseCourse(words[0])
	if err != nil {
		return err
	}
	if err := s.complete(set); err != nil {
		return err
	}
	if *out == "" {
		*out = strings.Join([]string{run.Org, run.Number, run.Run}, "+") + ".tar.gz"
	}
	if err := checkOut(*out); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	site, err := s.openSite(ctx, p)
	if err != nil {
		return err
	}
	defer closeSite(site, &err)
	start := time.Now()
	exported, err := exporter.Export(ctx, exporter.Config{Courses: site.Courses, Blocks: site.Kernel, Files: site.Files}, exporter.Request{
		Course: run, Secrets: *secrets,
	})
	if errors.Is(err, course.ErrNotFound) {
		return fmt.Errorf("%w; --data %s has no such course, or nothing of it is published", err, s.Data)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, exported.Close()) }()
	if err := writeExport(ctx, p.Out, exported, *out); err != nil {
		return fmt.Errorf("writing %s: %w", *out, err)
	}
	showExport(p.Err, exported, *out, time.Since(start))
	return nil
}

// packs says whether a name is one of an archive.
func packs(out string) bool {
	return strings.HasSuffix(out, ".tar.gz") || strings.HasSuffix(out, ".tgz")
}

// checkOut finds early what would stop the writing in the end.
func checkOut(out string) error {
	if out == "-" {
		return nil
	}
	info, err := os.Stat(out)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if info, err := os.Stat(filepath.Dir(out)); packs(out) && (err != nil || !info.IsDir()) {
			return fmt.Errorf("there is no folder %s: make it first, or choose another --out", filepath.Dir(out))
		}
		return nil
	case err != nil:
		return err
	case !info.IsDir():
		if packs(out) {
			return fmt.Errorf("%s is there already: remove it, or choose another --out", out)
		}
		return fmt.Errorf("%s is a file: an archive's name ends in .tar.gz, a folder must be empty", out)
	case packs(out):
		return fmt.Errorf("%s is a folder: remove it, or choose another --out", out)
	}
	entries, err := os.ReadDir(out)
	if err == nil && len(entries) > 0 {
		return fmt.Errorf("the folder %s is not empty: choose another --out", out)
	}
	return err
}

func writeExport(ctx context.Context, to io.Writer, exported *exporter.Package, out string) error {
	switch {
	case out == "-":
		_, err := exported.WriteTo(to)
		return err
	case !packs(out):
		return exported.WriteFolder(ctx, out)
	}
	return writeArchive(exported, out)
}

// writeArchive makes the file, whole or not at all. It may hold answers and keys, so it is the caller's alone.
func writeArchive(exported *exporter.Package, out string) (err error) {
	file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = exported.WriteTo(file)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(out))
	}
	return nil
}

func showExport(w io.Writer, exported *exporter.Package, out string, took time.Duration) {
	r := &exported.Report
	fmt.Fprintf(w, "exported %s to %s in %.1f s: %d files, %d bytes\n", r.Course, out, took.Seconds(), r.Files, r.Bytes)
	if r.Changed+r.New+r.Removed > 0 {
		fmt.Fprintf(w, "since the import %d blocks have changed, %d are new, %d are gone\n", r.Changed, r.New, r.Removed)
	}
	if r.Withheld > 0 {
		fmt.Fprintf(w, "left out: %d keys and passports; --secrets puts those in that came in with this course\n", r.Withheld)
	}
	for _, note := range r.Notes {
		line := note.Message
		if note.Block != "" {
			line = note.Block + ": " + line
		}
		if note.File != "" {
			line = intake.Printable(note.File) + ": " + line
		}
		fmt.Fprintln(w, line)
	}
}
