package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

// Source is the site that is backed up. It may be in use.
type Source struct {
	Store *sqlitestore.Store
	Files *files.Files
	// Data is the site's folder.
	Data string
	// Secret is the site's when the configuration gives it; nil takes the one in the folder along.
	Secret []byte
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Create writes a backup to out, a file that must not exist, with mode 0600. It gets its name only after a scratch store was
// made of it and compared. While it is made, the folder of out needs room for three times the store and the files.
func Create(ctx context.Context, source Source, out string) (Info, error) {
	info, err := create(ctx, source, out)
	if err != nil {
		return Info{}, fmt.Errorf("backing up to %s: %w", out, err)
	}
	return info, nil
}

func create(ctx context.Context, source Source, out string) (info Info, err error) {
	if _, err := os.Lstat(out); !errors.Is(err, fs.ErrNotExist) {
		return info, errors.Join(fs.ErrExist, err)
	}
	scratch, err := os.MkdirTemp(filepath.Dir(out), ".quoin-backup-*") // mode 0700
	if err != nil {
		return info, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	part, err := os.OpenFile(filepath.Join(scratch, "archive"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return info, err
	}
	w := &writer{source: source, scratch: scratch}
	err = w.write(ctx, part)
	if err = errors.Join(err, part.Sync(), part.Close()); err != nil {
		return info, err
	}
	if err := verify(ctx, part.Name(), scratch, &w.info); err != nil {
		return info, fmt.Errorf("checking the backup: %w", err)
	}
	// A link, unlike a renaming, takes no file away that was put there meanwhile.
	if err := os.Link(part.Name(), out); err != nil {
		return info, err
	}
	return w.info, syncFolder(filepath.Dir(out))
}

// writer writes one archive.
type writer struct {
	source  Source
	scratch string
	tar     *tar.Writer
	info    Info
}

func (w *writer) write(ctx context.Context, to io.Writer) error {
	now := time.Now
	if w.source.Now != nil {
		now = w.source.Now
	}
	w.info = Info{Format: format, Version: version, At: now().UTC().Truncate(time.Second)}
	buffered := bufio.NewWriterSize(to, 1<<20)
	packed, err := gzip.NewWriterLevel(buffered, gzip.BestSpeed)
	if err != nil {
		return err
	}
	w.tar = tar.NewWriter(packed)
	for _, step := range []func(context.Context) error{w.store, w.secret, w.files, w.blocks} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(w.info, "", " ")
	if err != nil {
		return err
	}
	if err := w.put(infoName, int64(len(text)), bytes.NewReader(text)); err != nil {
		return err
	}
	return errors.Join(w.tar.Close(), packed.Close(), buffered.Flush())
}

// put writes one entry.
func (w *writer) put(name string, size int64, from io.Reader) error {
	if err := w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: w.info.At}); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if n, err := io.Copy(w.tar, from); err != nil || n != size {
		return fmt.Errorf("%s: %d of %d bytes: %w", name, n, size, errors.Join(err, io.ErrUnexpectedEOF))
	}
	return nil
}

// entry writes one entry and remembers its hash.
func (w *writer) entry(name string, size int64, from io.Reader) error {
	sum := sha256.New()
	if err := w.put(name, size, io.TeeReader(from, sum)); err != nil {
		return err
	}
	w.info.Entries = append(w.info.Entries, Entry{name, size, hex.EncodeToString(sum.Sum(nil))})
	return nil
}

func (w *writer) copyDir() string { return filepath.Join(w.scratch, "copy") }

// store copies the store as it is at one moment.
func (w *writer) store(ctx context.Context) error {
	if err := os.Mkdir(w.copyDir(), 0o700); err != nil {
		return err
	}
	name := filepath.Join(w.copyDir(), sqlitestore.FileName)
	if err := w.source.Store.Backup(ctx, name); err != nil {
		return err
	}
	return w.file(ctx, storeName, name)
}

func (w *writer) file(ctx context.Context, name, from string) (err error) {
	file, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return w.entry(name, info.Size(), &untilDone{ctx, file})
}

// secret takes the secret along, or its fingerprint alone where the configuration holds it.
func (w *writer) secret(context.Context) error {
	secret := w.source.Secret
	if secret == nil {
		var err error
		if secret, err = os.ReadFile(filepath.Join(w.source.Data, secretName)); err != nil {
			return err
		}
		if err := w.entry(secretName, int64(len(secret)), bytes.NewReader(secret)); err != nil {
			return err
		}
	}
	w.info.SecretPrint = fingerprint(secret)
	return nil
}

// files takes along what the copied store names.
func (w *writer) files(ctx context.Context) error {
	return eachFile(ctx, w.copyDir(), func(blob files.Blob) error {
		return w.blob(ctx, blob)
	})
}

// inMemory is how large a file may be, in bytes, to be read once instead of being checked first.
const inMemory = 4 << 20

func (w *writer) blob(ctx context.Context, blob files.Blob) error {
	var from io.Reader
	var err error
	if blob.Size <= inMemory {
		var data []byte
		data, err = w.source.Files.Read(ctx, blob.Hash, blob.Size)
		from = bytes.NewReader(data)
	} else if err = w.source.Files.Verify(ctx, blob.Hash); err == nil {
		var opened io.ReadCloser
		if opened, _, err = w.source.Files.Open(ctx, blob.Hash, 0, -1); err == nil {
			defer opened.Close()
			from = opened
		}
	}
	switch {
	case errors.Is(err, files.ErrNotFound):
		w.info.Gone = append(w.info.Gone, blob.Hash)
		return nil
	case errors.Is(err, files.ErrCorrupt):
		// It may have been collected between two steps: then it is no loss.
		if _, again := w.source.Files.Stat(ctx, blob.Hash); errors.Is(again, files.ErrNotFound) {
			w.info.Gone = append(w.info.Gone, blob.Hash)
		} else {
			w.info.Damaged = append(w.info.Damaged, blob.Hash)
		}
		return nil
	case err != nil:
		return err
	}
	w.info.Files++
	w.info.FileBytes += blob.Size
	return w.put(filesDir+blob.Hash, blob.Size, from)
}

// blocks takes the kept blocks along, which open sittings and submissions are pinned to.
func (w *writer) blocks(ctx context.Context) error {
	dir := filepath.Join(w.source.Data, "blocks")
	kept, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, block := range kept {
		if !block.IsDir() {
			continue
		}
		parts, err := os.ReadDir(filepath.Join(dir, block.Name()))
		if err != nil {
			return err
		}
		for _, part := range parts {
			if !part.Type().IsRegular() || strings.HasPrefix(part.Name(), ".") { // not finished yet
				continue
			}
			if err := w.file(ctx, blocksDir+block.Name()+"/"+part.Name(), filepath.Join(dir, block.Name(), part.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// untilDone ends a long copy with its context.
type untilDone struct {
	ctx  context.Context //nolint:containedctx // lives for one copy
	from io.Reader
}

func (r *untilDone) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
