package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"

	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

// verify reads an archive as a restore does, makes a scratch store of it and compares: every entry has the hash that it was
// written with, and every file that the store names is there.
func verify(ctx context.Context, archive, scratch string, written *Info) (err error) {
	o, err := open(ctx, archive, scratch)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	if !reflect.DeepEqual(o.info.Entries, written.Entries) {
		return fmt.Errorf("%w: its entries have other hashes than were written", ErrDamaged)
	}
	dir := filepath.Join(scratch, "restored")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	if err := o.unpack(storeName, filepath.Join(dir, sqlitestore.FileName)); err != nil {
		return err
	}
	return o.complete(ctx, dir)
}

// complete checks that each file that the store in dir names is in the archive, or is known not to be.
func (o *opened) complete(ctx context.Context, dir string) error {
	return eachFile(ctx, dir, func(blob files.Blob) error {
		if file, ok := o.Stat(filesDir + blob.Hash); ok && file.Size == blob.Size || o.absent(blob.Hash) {
			return nil
		}
		return fmt.Errorf("%w: the file %s is missing", ErrDamaged, blob.Hash)
	})
}

// eachFile visits the files that the store in dir names.
func eachFile(ctx context.Context, dir string, visit func(files.Blob) error) (err error) {
	opened, err := sqlitestore.Open(ctx, sqlitestore.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	if err := opened.Ensure(ctx, files.Specs()...); err != nil {
		return err
	}
	folder, err := filepath.Abs(filepath.Join(dir, "none"))
	if err != nil {
		return err
	}
	list, err := files.Open(ctx, files.Config{URL: "file://" + filepath.ToSlash(folder), Store: opened})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, list.Close()) }()
	return list.Each(ctx, visit)
}

// unpack writes one entry to a new file and to the disk.
func (o *opened) unpack(name, to string) error {
	from, err := o.Open(name)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	return errors.Join(err, file.Sync(), file.Close())
}
