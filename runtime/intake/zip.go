package intake

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"strings"
)

// directoryBytes is what one entry may take in a zip's directory, on average. The directory is read as a whole before its
// entries can be counted, so this is what bounds its memory.
const directoryBytes = 256

func (c *collector) zip(from io.ReaderAt, size int64) error {
	directory := &bounded{from: from, left: int64(c.limits.Files)*directoryBytes + (1 << 20)}
	reader, err := zip.NewReader(directory, size)
	if errors.Is(err, errBounded) {
		return c.refuse(CodeTooMany, "", "the zip's directory is too large", "split it or raise the limit", nil)
	}
	if err != nil {
		return c.readError("", err)
	}
	directory.left = -1
	done := int64(0)
	c.read = func() int64 { return done }
	for _, file := range reader.File {
		path, err := c.entry(file.Name)
		if err != nil {
			return err
		}
		switch mode := file.Mode(); {
		case mode.IsDir() || strings.HasSuffix(file.Name, "/"):
			err = c.folder(path)
		case mode&fs.ModeSymlink != 0:
			err = c.link(path)
		case !mode.IsRegular():
			err = c.special(path)
		default:
			err = c.zipped(path, file)
		}
		if err != nil {
			return err
		}
		done = min(done+int64(file.CompressedSize64), size) //nolint:gosec // for a progress bar
	}
	return nil
}

func (c *collector) zipped(path string, file *zip.File) error {
	const encrypted = 1
	if file.Flags&encrypted != 0 {
		return c.refuse(CodeUnsupported, path, "the file is encrypted", "pack it without a password", nil)
	}
	opened, err := file.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return c.refuse(CodeUnsupported, path, "the file's compression is not read", "pack it with deflate", nil)
	}
	if err != nil {
		return c.readError(path, err)
	}
	err = c.add(path, opened)
	if closeErr := opened.Close(); err == nil && closeErr != nil {
		err = c.readError(path, closeErr)
	}
	return err
}

var errBounded = errors.New("more than may be read")

// bounded refuses to give more than left bytes in all; below zero there is no bound.
type bounded struct {
	from io.ReaderAt
	left int64
}

func (b *bounded) ReadAt(p []byte, offset int64) (int, error) {
	if b.left >= 0 {
		if b.left -= int64(len(p)); b.left < 0 {
			b.left = 0
			return 0, errBounded
		}
	}
	return b.from.ReadAt(p, offset)
}
