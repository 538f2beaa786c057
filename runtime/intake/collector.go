package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"sort"
	"strings"
)

// progressEvery is how many bytes of one file pass between two calls of Progress.
const progressEvery = 4 << 20

// collector takes entries one by one, holds all limits and becomes a [Files].
type collector struct {
	ctx         context.Context //nolint:containedctx // lives for one call of Open
	op          string
	limits      Limits
	options     Options
	archiveSize int64        // 0: not an archive, so there is no ratio
	read        func() int64 // bytes of the archive read so far
	entries     int
	files       map[string]place
	folders     map[string]bool
	folded      map[string]string // name without case -> the first name that had it
	clashes     [][2]string
	list        []File
	total       int64
	memory      int64
	spool       spool
	buffer      bytes.Buffer
	chunk       []byte
}

func newCollector(ctx context.Context, op string, options Options) *collector {
	return &collector{
		ctx: ctx, op: op, limits: options.Limits.withDefaults(), options: options, read: func() int64 { return 0 },
		files: map[string]place{}, folders: map[string]bool{}, folded: map[string]string{}, chunk: make([]byte, 64<<10),
	}
}

// refuse builds an error of the operation under way.
func (c *collector) refuse(code Code, file, what, fix string, cause error) error {
	return &Error{Op: c.op, Code: code, File: file, What: what, Fix: fix, Err: cause}
}

// entry counts an entry and checks its name; every entry comes here before it is looked at. It gives the clean path.
func (c *collector) entry(name string) (string, error) {
	if err := c.ctx.Err(); err != nil {
		return "", err
	}
	if c.entries++; c.entries > c.limits.Files {
		return "", c.refuse(CodeTooMany, "", fmt.Sprintf("more than %d entries", c.limits.Files), "split it or raise the limit", nil)
	}
	path := strings.TrimSuffix(name, "/")
	for strings.HasPrefix(path, "./") {
		path = path[2:]
	}
	if path == "." || path == "" && name == "./" {
		return "", nil // the archive's own top folder, as tar writes it
	}
	return path, checkPath(c.op, path, c.limits)
}

// folder notes that a folder stands at path.
func (c *collector) folder(path string) error {
	if path == "" || c.folders[path] {
		return nil
	}
	if _, ok := c.files[path]; ok {
		return c.refuse(CodeDuplicate, path, "there is a file and a folder of this name", "rename one of them", nil)
	}
	if cut := strings.LastIndexByte(path, '/'); cut >= 0 {
		if err := c.folder(path[:cut]); err != nil {
			return err
		}
	}
	c.folders[path] = true
	return c.fold(path)
}

// fold notes the name without its case.
func (c *collector) fold(path string) error {
	key := foldCase(path)
	first, ok := c.folded[key]
	if !ok {
		c.folded[key] = path
		return nil
	}
	if c.options.RefuseCaseClash {
		return c.refuse(CodeDuplicate, path, "differs from "+Printable(first)+" in case alone", "rename one of them", nil)
	}
	c.clashes = append(c.clashes, [2]string{first, path})
	return nil
}

// add keeps one file.
func (c *collector) add(path string, from io.Reader) error {
	if path == "" {
		return checkPath(c.op, path, c.limits)
	}
	if _, ok := c.files[path]; ok {
		return c.refuse(CodeDuplicate, path, "the archive holds this file twice", "pack again", nil)
	}
	if c.folders[path] {
		return c.refuse(CodeDuplicate, path, "there is a file and a folder of this name", "rename one of them", nil)
	}
	if cut := strings.LastIndexByte(path, '/'); cut >= 0 {
		if err := c.folder(path[:cut]); err != nil {
			return err
		}
	}
	if err := c.fold(path); err != nil {
		return err
	}
	file, at, err := c.keep(path, from)
	if err != nil {
		return err
	}
	c.list = append(c.list, file)
	c.files[path] = at
	c.progress()
	return nil
}

// keep reads a file to its end, into memory or the spool.
func (c *collector) keep(path string, from io.Reader) (File, place, error) {
	file, at, sum := File{Path: path}, place{}, sha256.New()
	c.buffer.Reset()
	reported := int64(0)
	for {
		n, err := from.Read(c.chunk)
		if n > 0 {
			file.Size += int64(n)
			c.total += int64(n)
			if err := c.bounds(file); err != nil {
				return file, at, err
			}
			if err := c.store(path, &at, c.chunk[:n], sum); err != nil {
				return file, at, err
			}
			if file.Size-reported >= progressEvery {
				reported = file.Size
				c.progress()
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return file, at, c.readError(path, err)
		}
		if err := c.ctx.Err(); err != nil {
			return file, at, err
		}
	}
	if !at.inFile {
		at.data = bytes.Clone(c.buffer.Bytes())
		c.memory += file.Size
	}
	sum.Sum(file.SHA256[:0])
	return file, at, nil
}

// store puts bytes behind those that the file already has.
func (c *collector) store(path string, at *place, data []byte, sum hash.Hash) error {
	sum.Write(data) // never fails
	if !at.inFile {
		size := int64(c.buffer.Len() + len(data))
		if size <= c.limits.MemoryFile && c.memory+size <= c.limits.MemoryTotal {
			c.buffer.Write(data) // never fails
			return nil
		}
		if c.spool.file == nil {
			if err := c.spool.open(c.options.TempDir); err != nil {
				return c.refuse(CodeIO, path, "no temporary file can be made", "", err)
			}
		}
		at.inFile, at.offset = true, c.spool.size
		if err := c.write(path, c.buffer.Bytes()); err != nil {
			return err
		}
	}
	return c.write(path, data)
}

func (c *collector) write(path string, data []byte) error {
	n, err := c.spool.file.Write(data)
	c.spool.size += int64(n)
	if err != nil {
		return c.refuse(CodeIO, path, "the temporary file cannot be written", "make room on the disk", err)
	}
	return nil
}

// bounds holds the limits on decoded bytes.
func (c *collector) bounds(file File) error {
	switch {
	case file.Size > c.limits.FileBytes:
		return c.refuse(CodeTooLarge, file.Path, fmt.Sprintf("the file is larger than %d bytes", c.limits.FileBytes),
			"make it smaller or raise the limit", nil)
	case c.total > c.limits.TotalBytes:
		return c.refuse(CodeTotal, file.Path, fmt.Sprintf("all files together are larger than %d bytes", c.limits.TotalBytes),
			"split it or raise the limit", nil)
	case c.archiveSize > 0 && c.total > c.limits.RatioFrom && c.total/c.limits.Ratio > c.archiveSize:
		return c.bomb(file.Path)
	}
	return nil
}

func (c *collector) bomb(path string) error {
	return c.refuse(CodeRatio, path, fmt.Sprintf("one byte of the archive gives more than %d: a decompression bomb", c.limits.Ratio),
		"pack it without files of endless repetition", nil)
}

// readError says whose fault it is that a file cannot be read. Errors of ours and the context's stay what they are.
func (c *collector) readError(path string, err error) error {
	var ours *Error
	if errors.As(err, &ours) || c.ctx.Err() != nil {
		if ctxErr := c.ctx.Err(); ctxErr != nil {
			return ctxErr
		}
		return err
	}
	if c.op == opFolder {
		return c.refuse(CodeIO, path, "it cannot be read", "", err)
	}
	return c.refuse(CodeDamaged, path, "the archive is truncated or damaged", "pack it again or load it up again", err)
}

func (c *collector) progress() {
	if c.options.Progress != nil {
		c.options.Progress(Progress{Files: len(c.list), Bytes: c.total, Read: c.read(), Of: c.archiveSize})
	}
}

// done gives the snapshot, or takes the spool away if there was an error.
func (c *collector) done(err error) (*Files, error) {
	if err != nil {
		if closeErr := c.spool.close(); closeErr != nil {
			err = errors.Join(err, closeErr)
		}
		return nil, err
	}
	sort.Slice(c.list, func(i, j int) bool { return c.list[i].Path < c.list[j].Path })
	for i, file := range c.list {
		at := c.files[file.Path]
		at.index = i
		c.files[file.Path] = at
	}
	return &Files{list: c.list, where: c.files, clashes: c.clashes, total: c.total, spool: &c.spool}, nil
}
