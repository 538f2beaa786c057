package sqlitestore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// prepareFolder makes folder and file with no rights for others and returns the file's absolute path.
func prepareFolder(dir string) (path string, err error) {
	if dir == "" {
		return "", errors.New("no data folder is configured")
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	path = filepath.Join(dir, FileName)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	if err := closeFolder(dir, path); err != nil {
		return "", err
	}
	if err := createFile(dir, path); err != nil {
		return "", err
	}
	return path, closeToOthers(path, 0o600)
}

// closeFolder takes a folder from others only if it is evidently ours: --data /tmp must not lock everybody out of /tmp.
func closeFolder(dir, path string) error {
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		if len(entries) > 0 {
			return fmt.Errorf("the folder %s may be entered by others (mode %04o) and holds other things: give the store a folder of its own or run chmod 700 on it",
				dir, info.Mode().Perm())
		}
	} else if err != nil {
		return err
	}
	return os.Chmod(dir, 0o700)
}

// createFile makes an empty database file if there is none. The file gets its name only after it was closed: closing a
// file that SQLite has open elsewhere in this process would drop SQLite's locks.
func createFile(dir, path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.CreateTemp(dir, FileName+".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	if err := file.Close(); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func closeToOthers(path string, mode fs.FileMode) error {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	return os.Chmod(path, mode)
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
