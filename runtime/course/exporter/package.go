package exporter

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/intake"
)

// Package is a course as an archive. Close it when done.
type Package struct {
	Report Report
	spool  *spool
	files  *intake.Files
}

// Files gives the archive's files; they end with Close.
func (p *Package) Files() *intake.Files { return p.files }

// Close gives the temporary files back.
func (p *Package) Close() error { return errors.Join(p.files.Close(), p.spool.close()) }

// WriteTo implements io.WriterTo: it writes a tar.gz, of a backup a zip. The same course gives the same bytes.
func (p *Package) WriteTo(to io.Writer) (int64, error) {
	size, err := p.spool.file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	return io.Copy(to, io.NewSectionReader(p.spool.file, 0, size))
}

// ErrFolder means that a folder cannot take an export.
var ErrFolder = errors.New("the folder cannot be used")

// WriteFolder writes the files into a folder, which must be empty or not be there. Nothing outside of it is touched, whatever
// the files are called and whoever changes the folder meanwhile.
func (p *Package) WriteFolder(ctx context.Context, folder string) (err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%w: there is something in %s already", ErrFolder, folder)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	for _, file := range p.files.List() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.writeFile(root, file.Path); err != nil {
			return fmt.Errorf("writing %s: %w", intake.Printable(file.Path), err)
		}
	}
	return nil
}

func (p *Package) writeFile(root *os.Root, path string) (err error) {
	if err := intake.CheckPath(path); err != nil {
		return err
	}
	name := filepath.FromSlash(path)
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	content, err := p.files.Open(path)
	if err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: it cannot hold two names that differ in case alone; write a tar.gz", ErrFolder)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = io.Copy(file, content)
	return err
}

// pack writes the archive that was put together and opens it.
func (e *exporting) pack(ctx context.Context) (p *Package, err error) {
	s, err := newSpool(e.config.TempDir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := e.packTo(ctx, s.file); err != nil {
		return nil, err
	}
	files, err := s.open(ctx, e.config.TempDir)
	if err != nil {
		return nil, fmt.Errorf("the archive would not be taken back: %w", err)
	}
	return &Package{spool: s, files: files}, nil
}

func (e *exporting) packTo(ctx context.Context, to io.Writer) error {
	e.rename()
	zipped := gzip.NewWriter(to)
	archive := tar.NewWriter(zipped)
	names := map[string]string{} // as they go out -> as they were
	add := func(path string) {
		if !e.gone[path] {
			names[e.path(path)] = path
		}
	}
	if e.base != nil {
		for _, file := range e.base.files.List() {
			add(file.Path)
		}
	}
	for path := range e.added {
		add(path)
	}
	for path := range e.stored {
		add(path)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := e.packFile(ctx, archive, name, names[name]); err != nil {
			return fmt.Errorf("packing %s: %w", intake.Printable(name), err)
		}
	}
	return errors.Join(archive.Close(), zipped.Close())
}

// packed is the time of every entry: it has none that means anything.
var packed = time.Unix(0, 0).UTC()

func (e *exporting) packFile(ctx context.Context, archive *tar.Writer, name, path string) error {
	if err := intake.CheckPath(name); err != nil {
		return err
	}
	content, size, err := e.content(ctx, path)
	if err != nil || content == nil {
		return err
	}
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644, ModTime: packed, Format: tar.FormatPAX}
	if err := archive.WriteHeader(header); err != nil {
		return errors.Join(err, content.Close())
	}
	_, err = io.Copy(archive, content)
	return errors.Join(err, content.Close())
}

// content gives a file as it goes out, nil when it does not.
func (e *exporting) content(ctx context.Context, path string) (io.ReadCloser, int64, error) {
	if hash, ok := e.stored[path]; ok {
		content, blob, err := e.config.Files.Open(ctx, hash, 0, -1)
		return content, blob.Size, err
	}
	text, written := e.added[path]
	data := []byte(text)
	if !written {
		file, there := e.base.files.Stat(path)
		if !there {
			return nil, 0, errors.New("the file is gone")
		}
		edited := len(e.edits[path]) > 0 || len(e.policies[path]) > 0 || e.renames(path)
		if !edited && (e.secretsGo() || !textual(path) || file.Size > maxText) {
			content, err := e.base.files.Open(path)
			return io.NopCloser(content), file.Size, err
		}
		var err error
		if data, err = e.base.files.ReadFile(path, maxText); err != nil {
			return nil, 0, err
		}
		if edited {
			if data, err = e.edited(path, data); err != nil {
				return nil, 0, err
			}
		}
	}
	if !e.secretsGo() {
		stripped, count, keep := e.strip(path, data)
		e.report.Withheld += count
		if !keep {
			e.note(Note{File: path, Message: "the file is left out: it may hold keys and cannot be read"})
			return nil, 0, nil
		}
		data = stripped
	}
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), nil
}

// edited makes the edits of a file.
func (e *exporting) edited(path string, data []byte) ([]byte, error) {
	if strings.HasSuffix(path, ".json") {
		return e.editPolicy(path, data)
	}
	text, recoded := string(data), false
	if doc := e.base.doc(path); doc != nil {
		text, recoded = string(doc.Source), doc.Recoded
	}
	text = apply(text, 0, len(text), e.edits[path], nil)
	if recoded {
		text = declaration.ReplaceAllString(text, "${1}UTF-8${2}")
	}
	return []byte(text), nil
}

// declaration is how a file names its encoding.
var declaration = regexp.MustCompile(`^(<\?xml[ \t\r\n][^>]*?encoding[ \t\r\n]*=[ \t\r\n]*["'])[A-Za-z0-9._-]+(["'])`)

// renames says whether a policy file names the run.
func (e *exporting) renames(path string) bool {
	return e.base != nil && path != e.path(path) && strings.HasSuffix(path, ".json")
}

// editPolicy changes what a policy file says of blocks. What stands twice is changed twice.
func (e *exporting) editPolicy(path string, data []byte) ([]byte, error) {
	changes := e.policies[path]
	named := map[[2]string][]byte{}
	_, err := editJSON(data, func(path []string, start, _ int) member {
		if value, ok := changes[start]; ok && len(path) == 2 {
			named[[2]string{path[0], path[1]}] = value
		}
		return member{}
	})
	if err != nil {
		if len(changes) == 0 {
			return data, nil
		}
		return nil, err
	}
	from, to := "course/"+e.base.course.Run, "course/"+e.request.Course.Run
	return editJSON(data, func(path []string, _, _ int) member {
		if len(path) == 1 && path[0] == from && from != to {
			return member{name: to}
		}
		if len(path) != 2 {
			return member{}
		}
		value, changed := named[[2]string{path[0], path[1]}]
		return member{drop: changed && value == nil, value: value}
	})
}
