package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Request says what is restored to where. Archive, Data and Open are needed.
type Request struct {
	Archive string
	// Data becomes the site's folder; it must be empty or not be there.
	Data string
	// Secret is the site's, needed where the archive does not hold it.
	Secret []byte
	// Open opens the site in a folder, with all its blocks.
	Open func(ctx context.Context, data string) (*site.Site, error)
	// Erasures are those that were made since the backup, besides the ones that it knows of.
	Erasures []people.Erasure
}

// Restored tells what was done.
type Restored struct {
	Info
	// Erased counts people who were erased again.
	Erased int
}

// Restore puts a site together in a folder: everything that was acknowledged when the backup was made, no sessions and no
// links of mails, and nobody who was erased. After an error the folder is as it was.
func Restore(ctx context.Context, request Request) (Restored, error) {
	restored, err := restore(ctx, request)
	if err != nil {
		return Restored{}, fmt.Errorf("restoring %s: %w", request.Archive, err)
	}
	return restored, nil
}

func restore(ctx context.Context, request Request) (restored Restored, err error) {
	made, err := prepare(request.Data)
	if err != nil {
		return restored, err
	}
	if made {
		defer func() {
			if err != nil {
				err = errors.Join(err, os.Remove(request.Data))
			}
		}()
	}
	// Everything is made ready beside its place, so that a crash leaves nothing that looks like a site.
	staging, err := os.MkdirTemp(request.Data, ".restoring-*")
	if err != nil {
		return restored, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(staging)) }()
	o, err := open(ctx, request.Archive, staging)
	if err != nil {
		return restored, err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	if err := o.checkSecret(request.Secret); err != nil {
		return restored, err
	}
	data := filepath.Join(staging, "data")
	if err := o.unpackAll(data); err != nil {
		return restored, err
	}
	if err := o.complete(ctx, filepath.Join(data, "store")); err != nil {
		return restored, err
	}
	erased, err := o.mend(ctx, request, data)
	if err != nil {
		return restored, err
	}
	return Restored{o.info, erased}, moveUp(data, request.Data)
}

// prepare makes the folder, or checks that it is empty. made says that it was not there.
func prepare(dir string) (made bool, err error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, os.MkdirAll(dir, 0o700)
	case err != nil:
		return false, err
	case len(entries) > 0:
		return false, fmt.Errorf("the folder %s is not empty: a backup is restored into an empty folder, so that nothing is overwritten", dir)
	}
	return false, os.Chmod(dir, 0o700)
}

func (o *opened) checkSecret(secret []byte) error {
	_, kept := o.Stat(secretName)
	if kept && secret == nil {
		var err error
		if secret, err = o.ReadFile(secretName, 1<<20); err != nil {
			return err
		}
	}
	switch {
	case secret == nil:
		return errors.New("the site's secret was in its configuration and is not in the backup: give it as QUOIN_SECRET")
	case fingerprint(secret) != o.info.SecretPrint:
		return errors.New("the secret is another than the site's when the backup was made: with it nobody's work would be found")
	}
	return nil
}

// unpackAll writes the store, the secret and the kept blocks.
func (o *opened) unpackAll(data string) error {
	for _, entry := range o.info.Entries {
		to := filepath.Join(data, filepath.FromSlash(entry.Path)) // one of ours, as was checked
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := o.unpack(entry.Path, to); err != nil {
			return err
		}
	}
	return nil
}

// mend opens the site and makes of the store's copy what a site may start from.
func (o *opened) mend(ctx context.Context, request Request, data string) (erased int, err error) {
	s, err := request.Open(ctx, data)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close(context.WithoutCancel(ctx))) }()
	if err := o.putFiles(ctx, s); err != nil {
		return 0, err
	}
	if _, err := s.People.ResumeErasures(ctx); err != nil {
		return 0, err
	}
	known, err := s.People.Erasures(ctx)
	if err != nil {
		return 0, err
	}
	return s.People.ApplyErasures(ctx, append(known, request.Erasures...), func(ctx context.Context, pseudonyms []string) error {
		_, err := s.EraseLearner(ctx, pseudonyms...)
		return err
	})
}

// putFiles gives the store the files that it names, and forgets those that are known to be gone.
func (o *opened) putFiles(ctx context.Context, s *site.Site) error {
	for _, file := range o.List() {
		hash, ok := strings.CutPrefix(file.Path, filesDir)
		if !ok {
			continue
		}
		from, err := o.Open(file.Path)
		if err != nil {
			return err
		}
		stored, err := s.Files.Put(ctx, from, file.Size)
		if err != nil {
			return err
		}
		if stored.Hash != hash {
			return fmt.Errorf("%w: %s was changed", ErrDamaged, file.Path)
		}
	}
	for _, hash := range slices.Concat(o.info.Gone, o.info.Damaged) {
		err := s.Store.Delete(ctx, files.Specs()[0].Name, hash, 0)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

// moveUp puts what was made ready into its place, the store last.
func moveUp(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for _, entry := range entries {
		names[entry.Name()] = true
	}
	delete(names, "store")
	for _, name := range append(slices.Sorted(maps.Keys(names)), "store") {
		if err := os.Rename(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return syncFolder(to)
}
