package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

const opFolder = "opening folder"

// OpenFolder takes a snapshot of a folder. Links inside it are refused, whatever they point to; the folder itself may be
// reached through one. What version control keeps for itself (.git, .hg, .svn) is passed over.
func OpenFolder(ctx context.Context, path string, options Options) (*Files, error) {
	c := newCollector(ctx, opFolder, options)
	root, err := os.OpenRoot(path)
	if err != nil {
		return c.done(c.refuse(CodeIO, "", "it cannot be opened", "", err))
	}
	err = c.walk(root, "", 1)
	if closeErr := root.Close(); err == nil && closeErr != nil {
		err = c.refuse(CodeIO, "", "it cannot be closed", "", closeErr)
	}
	return c.done(err)
}

// walk takes what lies in an open folder. It asks for each entry without following links and makes sure that what it then
// opens is what it was told about.
func (c *collector) walk(folder *os.Root, prefix string, depth int) error {
	if depth > c.limits.Depth {
		return c.refuse(CodeDepth, strings.TrimSuffix(prefix, "/"), fmt.Sprintf("more than %d folders in each other", c.limits.Depth), "flatten it", nil)
	}
	names, err := c.names(folder, prefix)
	if err != nil {
		return err
	}
	for _, name := range names {
		if depth == 1 && (name == ".git" || name == ".hg" || name == ".svn") {
			continue
		}
		path, err := c.entry(prefix + name)
		if err != nil {
			return err
		}
		info, err := folder.Lstat(name)
		if err != nil {
			return c.refuse(CodeIO, path, "it cannot be read", "", err)
		}
		switch {
		case info.IsDir():
			err = c.subfolder(folder, name, path, info, depth)
		case info.Mode()&fs.ModeSymlink != 0:
			err = c.link(path)
		case info.Mode().IsRegular():
			err = c.file(folder, name, path, info)
		default:
			err = c.special(path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// names lists a folder, in batches so that an endless one is noticed.
func (c *collector) names(folder *os.Root, prefix string) ([]string, error) {
	at := strings.TrimSuffix(prefix, "/")
	handle, err := folder.Open(".")
	if err != nil {
		return nil, c.refuse(CodeIO, at, "it cannot be read", "", err)
	}
	defer handle.Close()
	var names []string
	for {
		batch, err := handle.Readdirnames(1024)
		names = append(names, batch...)
		if len(names) > c.limits.Files {
			return nil, c.refuse(CodeTooMany, at, fmt.Sprintf("more than %d entries", c.limits.Files), "split it or raise the limit", nil)
		}
		if errors.Is(err, io.EOF) {
			return names, nil
		}
		if err != nil {
			return nil, c.refuse(CodeIO, at, "it cannot be read", "", err)
		}
	}
}

func (c *collector) subfolder(folder *os.Root, name, path string, seen fs.FileInfo, depth int) error {
	if err := c.folder(path); err != nil {
		return err
	}
	inner, err := folder.OpenRoot(name)
	if err != nil {
		return c.refuse(CodeIO, path, "it cannot be opened", "", err)
	}
	defer inner.Close()
	if info, err := inner.Stat("."); err != nil || !os.SameFile(seen, info) {
		return c.changed(path, err)
	}
	return c.walk(inner, path+"/", depth+1)
}

func (c *collector) file(folder *os.Root, name, path string, seen fs.FileInfo) error {
	// O_NONBLOCK: if a pipe took the file's place meanwhile, opening it must not wait.
	file, err := folder.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return c.refuse(CodeIO, path, "it cannot be opened", "", err)
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !os.SameFile(seen, info) || !info.Mode().IsRegular() {
		return c.changed(path, err)
	}
	return c.add(path, file)
}

func (c *collector) changed(path string, cause error) error {
	return c.refuse(CodeIO, path, "the folder changed while it was read", "try again", cause)
}
