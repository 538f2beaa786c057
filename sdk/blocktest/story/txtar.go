package story

import (
	"bytes"
	"errors"
	"fmt"
)

// MaxArchive bounds a story with its files in bytes, MaxFiles their number.
const (
	MaxArchive = 4 << 20
	MaxFiles   = 200
)

// ErrArchive is wrapped by every error about a file that is no story archive.
var ErrArchive = errors.New("bad story archive")

// Archive is a txtar file: a text, then files, each behind a line "-- NAME --".
type Archive struct {
	Comment []byte
	Files   []File
}

// File is one file of an archive.
type File struct {
	Name string
	Data []byte
}

// ParseArchive reads a txtar file. The format is that of the Go project (golang.org/x/tools/txtar), which this module does
// not import: what is no marker line is content, so only size, number and names of files can be wrong.
func ParseArchive(data []byte) (*Archive, error) {
	if len(data) > MaxArchive {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d", ErrArchive, len(data), MaxArchive)
	}
	a := &Archive{}
	seen := map[string]bool{}
	content := &a.Comment
	for line := range bytes.Lines(data) {
		name, ok := marker(line)
		if !ok {
			*content = append(*content, line...)
			continue
		}
		switch {
		case seen[name]:
			return nil, fmt.Errorf("%w: file %q stands twice", ErrArchive, name)
		case len(a.Files) == MaxFiles:
			return nil, fmt.Errorf("%w: more than %d files", ErrArchive, MaxFiles)
		}
		seen[name] = true
		finish(content)
		a.Files = append(a.Files, File{Name: name})
		content = &a.Files[len(a.Files)-1].Data
	}
	finish(content)
	return a, nil
}

// marker reads a line "-- NAME --".
func marker(line []byte) (name string, ok bool) {
	line = bytes.TrimRight(line, "\r\n")
	inner, ok := bytes.CutPrefix(line, []byte("-- "))
	if !ok {
		return "", false
	}
	inner, ok = bytes.CutSuffix(inner, []byte(" --"))
	name = string(bytes.TrimSpace(inner))
	return name, ok && name != ""
}

// finish ends a content with a line break, as writing it back would.
func finish(content *[]byte) {
	if n := len(*content); n > 0 && (*content)[n-1] != '\n' {
		*content = append(*content, '\n')
	}
}

// Format writes an archive as a file.
func (a *Archive) Format() []byte {
	var b bytes.Buffer
	b.Write(a.Comment)
	for _, f := range a.Files {
		fmt.Fprintf(&b, "-- %s --\n", f.Name)
		b.Write(f.Data)
	}
	return b.Bytes()
}

// File returns a file's content by name.
func (a *Archive) File(name string) ([]byte, bool) {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data, true
		}
	}
	return nil, false
}
