package intake

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

const opArchive = "opening archive"

// Open takes a snapshot of what lies at path: a folder, or an archive (gzipped tar, plain tar or zip, told apart by their
// first bytes). Errors are [Error] values, or the context's.
func Open(ctx context.Context, path string, options Options) (*Files, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, &Error{Op: opArchive, Code: CodeIO, What: "it cannot be opened", Err: err}
	}
	if info.IsDir() {
		return OpenFolder(ctx, path, options)
	}
	if !info.Mode().IsRegular() {
		return nil, &Error{Op: opArchive, Code: CodeSpecial, What: "neither a file nor a folder"}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, &Error{Op: opArchive, Code: CodeIO, What: "it cannot be opened", Err: err}
	}
	defer file.Close()
	return OpenArchive(ctx, file, info.Size(), options)
}

// OpenArchive is [Open] for an archive of size bytes. It reads from the archive only before it returns.
func OpenArchive(ctx context.Context, from io.ReaderAt, size int64, options Options) (*Files, error) {
	c := newCollector(ctx, opArchive, options)
	c.archiveSize = size
	return c.done(c.archive(from, size))
}

func (c *collector) archive(from io.ReaderAt, size int64) error {
	if size > c.limits.ArchiveBytes {
		return c.refuse(CodeTotal, "", fmt.Sprintf("the archive has %d bytes, at most %d are read", size, c.limits.ArchiveBytes),
			"split it or raise the limit", nil)
	}
	if size == 0 {
		return c.refuse(CodeUnsupported, "", "it is empty", "load it up again", nil)
	}
	head := make([]byte, min(size, 8))
	if _, err := from.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return c.refuse(CodeIO, "", "it cannot be read", "", err)
	}
	source := &source{ctx: c.ctx, from: io.NewSectionReader(from, 0, size)}
	c.read = func() int64 { return source.read }
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return c.gzip(source)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return c.zip(from, size)
	}
	for magic, name := range map[string]string{
		"BZh": "bzip2", "\xfd7zXZ": "xz", "\x28\xb5\x2f\xfd": "zstd", "7z\xbc\xaf": "7-zip", "Rar!": "RAR",
	} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return c.refuse(CodeUnsupported, "", "this is "+name, "pack it as tar.gz or zip", nil)
		}
	}
	return c.tar(bufio.NewReader(source))
}

func (c *collector) gzip(source *source) error {
	unzipped, err := gzip.NewReader(bufio.NewReader(source))
	if err != nil {
		return c.readError("", err)
	}
	stream := &decoded{collector: c, from: unzipped, source: source}
	if err := c.tar(stream); err != nil {
		return err
	}
	// What follows the tar's end mark is padding. Reading it verifies the checksum.
	if _, err := io.Copy(io.Discard, stream); err != nil {
		return c.readError("", err)
	}
	return nil
}

func (c *collector) tar(from io.Reader) error {
	reader := tar.NewReader(from)
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if errors.Is(err, tar.ErrHeader) && c.entries == 0 {
			return c.refuse(CodeUnsupported, "", "neither tar.gz nor tar nor zip", "pack it as tar.gz or zip", nil)
		}
		if err != nil {
			return c.readError("", err)
		}
		if header.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		path, err := c.entry(header.Name)
		if err != nil {
			return err
		}
		switch header.Typeflag {
		case tar.TypeReg, tar.TypeGNUSparse:
			err = c.add(path, reader)
		case tar.TypeDir:
			err = c.folder(path)
		case tar.TypeSymlink, tar.TypeLink:
			err = c.link(path)
		default:
			err = c.special(path)
		}
		if err != nil {
			return err
		}
	}
}

func (c *collector) link(path string) error {
	return c.refuse(CodeLink, path, "links are not followed", "put the file itself in its place", nil)
}

func (c *collector) special(path string) error {
	return c.refuse(CodeSpecial, path, "a device, pipe or socket", "leave it out", nil)
}

// source counts what is read of the archive and stops when the context ends.
type source struct {
	ctx  context.Context //nolint:containedctx // lives for one call of Open
	from io.Reader
	read int64
}

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.from.Read(p)
	s.read += int64(n)
	return n, err
}

// decoded bounds a decompressed stream as a whole: headers and padding are paid for too.
type decoded struct {
	collector *collector
	from      io.Reader
	source    *source
	size      int64
}

// headerBytes is what the headers of one entry may take: tar's own, names and times.
const headerBytes = 4 << 10

func (d *decoded) Read(p []byte) (int, error) {
	n, err := d.from.Read(p)
	d.size += int64(n)
	limits := d.collector.limits
	if d.size > limits.TotalBytes+int64(limits.Files)*headerBytes {
		return n, d.collector.refuse(CodeTotal, "", "the archive decodes to more than is allowed", "split it or raise the limit", nil)
	}
	if d.size > limits.RatioFrom && d.size/limits.Ratio > d.source.read {
		return n, d.collector.bomb("")
	}
	return n, err
}
