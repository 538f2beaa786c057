package intake

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// File is one file of a [Files].
type File struct {
	Path   string // relative, "/" between its parts, as [CheckPath] allows
	Size   int64
	SHA256 [sha256.Size]byte
}

// Files is a read-only snapshot of an archive or a folder. It is safe for concurrent use. Close it when done.
type Files struct {
	list    []File // by path
	where   map[string]place
	clashes [][2]string
	total   int64
	spool   *spool
}

// place says where a file's bytes are: in memory, or at an offset of the spool.
type place struct {
	index  int
	data   []byte
	offset int64
	inFile bool
}

// List gives all files in the order of their paths. The slice is shared: do not change it.
func (f *Files) List() []File { return f.list }

// Total is the sum of all sizes in bytes.
func (f *Files) Total() int64 { return f.total }

// CaseClashes gives the pairs of paths that differ in case alone, folders included.
func (f *Files) CaseClashes() [][2]string { return f.clashes }

// Stat finds a file by its exact path.
func (f *Files) Stat(path string) (File, bool) {
	at, ok := f.where[path]
	if !ok {
		return File{}, false
	}
	return f.list[at.index], true
}

// Open gives a file's bytes. Readers of one file or of several may be used side by side; they end with Close of f.
func (f *Files) Open(path string) (*io.SectionReader, error) {
	at, ok := f.where[path]
	if !ok {
		return nil, missing(path)
	}
	size := f.list[at.index].Size
	if at.inFile {
		return io.NewSectionReader(f.spool.file, at.offset, size), nil
	}
	return io.NewSectionReader(bytes.NewReader(at.data), 0, size), nil
}

// ReadFile gives a whole file of at most most bytes. The slice may be shared: do not change it.
func (f *Files) ReadFile(path string, most int64) ([]byte, error) {
	at, ok := f.where[path]
	if !ok {
		return nil, missing(path)
	}
	size := f.list[at.index].Size
	if size > most {
		return nil, &Error{
			Op: "reading file", Code: CodeTooLarge, File: path,
			What: fmt.Sprintf("the file has %d bytes, at most %d are read here", size, most), Fix: "make it smaller",
		}
	}
	if !at.inFile {
		return at.data, nil
	}
	data := make([]byte, size)
	if _, err := f.spool.file.ReadAt(data, at.offset); err != nil {
		return nil, &Error{Op: "reading file", Code: CodeIO, File: path, What: "the spool cannot be read", Err: err}
	}
	return data, nil
}

// Close gives the spool back. Files kept in memory stay readable, the others do not.
func (f *Files) Close() error { return f.spool.close() }

func missing(path string) error {
	return &Error{Op: "reading file", Code: CodeMissing, File: path, What: "there is no such file", Err: fs.ErrNotExist}
}

// spool is one temporary file that holds many files' bytes one after the other.
type spool struct {
	file *os.File
	name string // "" once it has no name on the disk any more
	size int64
}

func (s *spool) open(dir string) error {
	file, err := os.CreateTemp(dir, "intake-*.spool")
	if err != nil {
		return err
	}
	s.file, s.name = file, file.Name()
	if os.Remove(s.name) == nil {
		s.name = ""
	}
	return nil
}

func (s *spool) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.name != "" {
		err = errors.Join(err, os.Remove(s.name))
	}
	s.file, s.name = nil, ""
	return err
}
