package process

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// homePrefix begins the name of an engine's own folder.
const homePrefix = "quoin-process-"

// home makes an engine's own folder, and removes those that killed servers left behind. Which ones those are is told by a
// lock that ends with its holder.
func home(parent string, users bool) (dir string, lock *os.File, err error) {
	if parent == "" {
		parent = os.TempDir()
	}
	left, err := filepath.Glob(filepath.Join(parent, homePrefix+"*"))
	if err != nil {
		return "", nil, fmt.Errorf("looking for folders in %s: %w", parent, err)
	}
	for _, dir := range left {
		if lock, err := lockFile(filepath.Join(dir, "lock"), os.O_RDWR); err == nil {
			_ = os.RemoveAll(dir) // another user's stays
			_ = lock.Close()
		}
	}
	if dir, err = os.MkdirTemp(parent, homePrefix); err != nil {
		return "", nil, fmt.Errorf("making a folder for processes: %w", err)
	}
	if dir, err = filepath.Abs(dir); err == nil && users {
		err = os.Chmod(dir, 0o711) // processes go through it to theirs and see nothing else
	}
	if err == nil {
		lock, err = lockFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE|os.O_EXCL)
	}
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("making a folder for processes: %w", err), os.RemoveAll(dir))
	}
	return dir, lock, nil
}

// privateDir makes a folder that only the user may enter; 0 is this server's.
func privateDir(parent, prefix string, user uint32) (string, error) {
	dir, err := os.MkdirTemp(parent, prefix)
	if err != nil {
		return "", err
	}
	return dir, give(dir, user)
}

// give hands a folder to a process's own user.
func give(dir string, user uint32) error {
	if user == 0 {
		return nil
	}
	return os.Chown(dir, int(user), int(user))
}

// copyCode copies an executable into a folder of its own and checks its digest. The process runs the copy: the original may
// be replaced while an older version of it still serves. With a user, only that user may read and run it.
func copyCode(from, parent, digest string, user uint32) (path string, err error) {
	source, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer func() { _ = source.Close() }()
	dir := filepath.Join(parent, "code")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	path = filepath.Join(dir, "block")
	sum := sha256.New()
	if err := copyTo(path, io.TeeReader(source, sum)); err != nil {
		return "", err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); digest != "" && got != digest {
		return "", fmt.Errorf("%s has the digest %s, not %s: it was changed since it was built or installed", from, got, digest)
	}
	mode := os.FileMode(0o500)
	if user != 0 {
		mode = 0o550
		for _, path := range []string{parent, dir, path} {
			if err := os.Chown(path, -1, int(user)); err != nil {
				return "", err
			}
		}
		if err := errors.Join(os.Chmod(parent, 0o710), os.Chmod(dir, 0o710)); err != nil {
			return "", err
		}
	}
	return path, os.Chmod(path, mode)
}

// copyTo writes a file while no process is started: one that starts at that moment would hold the file open for writing for
// an instant, and a file that is open for writing cannot be run.
func copyTo(path string, from io.Reader) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	return errors.Join(err, file.Close())
}
