package files

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"gocloud.dev/blob"

	"github.com/quoin-lms/quoin/runtime/store"
)

// touchEvery bounds how often a blob's document is written because somebody wants the blob again.
const touchEvery = time.Hour

// Put stores a stream of at most limit bytes and returns its name. Content that is stored already is not written again. A
// longer stream is ErrTooLarge; an error of the stream's is returned as it is, wrapped.
//
// The caller refers to the blob within Config.Keep; see the package comment.
func (f *Files) Put(ctx context.Context, from io.Reader, limit int64) (stored Blob, err error) {
	if limit < 0 {
		return Blob{}, fmt.Errorf("storing file: %w: negative limit", ErrInvalid)
	}
	s, err := fill(ctx, f.config.Spool, from, limit)
	if err != nil {
		return Blob{}, fmt.Errorf("storing file: %w", err)
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := f.keep(ctx, s); err != nil {
		return Blob{}, fmt.Errorf("storing file %s: %w", s.blob.Hash, err)
	}
	return s.blob, nil
}

// Spooled is a stream that was read whole and is not stored: what it is can be looked at first. Close lets go of it; a crash
// leaves nothing of it behind.
type Spooled struct {
	Blob
	// Head are the first bytes, [SniffLength] at most.
	Head  []byte
	spool *spool
}

// Spool reads a stream of at most limit bytes, as [Files.Put] does, and stores nothing yet.
func (f *Files) Spool(ctx context.Context, from io.Reader, limit int64) (*Spooled, error) {
	if limit < 0 {
		return nil, fmt.Errorf("reading file: %w: negative limit", ErrInvalid)
	}
	s, err := fill(ctx, f.config.Spool, from, limit)
	if err != nil {
		return nil, fmt.Errorf("reading file: %w", err)
	}
	out := &Spooled{Blob: s.blob, Head: make([]byte, min(s.blob.Size, SniffLength)), spool: s}
	start, err := s.open()
	if err == nil {
		_, err = io.ReadFull(start, out.Head)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reading file: %w", err), s.close())
	}
	return out, nil
}

// Close lets go of the stream.
func (s *Spooled) Close() error { return s.spool.close() }

// PutSpooled stores what was spooled as a part of an answer; see [Files.PutPart]. Its type is what its name and content say.
func (f *Files) PutSpooled(ctx context.Context, s *Spooled, part Part) (Part, error) {
	if err := f.keep(ctx, s.spool); err != nil {
		return Part{}, fmt.Errorf("storing file %s: %w", s.Hash, err)
	}
	part.Blob, part.Type = s.Blob, TypeOf(part.Name, s.Head).MIME
	return f.AddPart(ctx, part)
}

// Store stores what was spooled and returns its name; see [Files.Put].
func (f *Files) Store(ctx context.Context, s *Spooled) (Blob, error) {
	if err := f.keep(ctx, s.spool); err != nil {
		return Blob{}, fmt.Errorf("storing file %s: %w", s.Hash, err)
	}
	return s.Blob, nil
}

// Read gives all that was spooled.
func (s *Spooled) Read() ([]byte, error) {
	from, err := s.spool.open()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(from)
}

// keep makes sure that the blob has a live document and that its object is there.
func (f *Files) keep(ctx context.Context, s *spool) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		doc, err := f.blobs.Get(ctx, s.blob.Hash)
		switch {
		case errors.Is(err, store.ErrNotFound):
			err = f.create(ctx, s, store.Doc[blobDoc]{ID: s.blob.Hash})
		case err != nil:
			return err
		case doc.Body.Doomed:
			err = f.create(ctx, s, doc)
		default:
			err = f.refresh(ctx, s, doc)
		}
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
}

// create writes an object under a new name and then points the document to it.
func (f *Files) create(ctx context.Context, s *spool, doc store.Doc[blobDoc]) error {
	old := doc.Body.Key
	doc.Body = blobDoc{Key: newKey(s.blob.Hash), Size: s.blob.Size, At: f.now()}
	if err := f.write(ctx, doc.Body.Key, s); err != nil {
		return err
	}
	_, err := f.blobs.Put(ctx, doc)
	switch {
	case err == nil && old != "":
		// Whoever doomed it may have died; deleting twice is harmless, and not deleting is mended by Collect.
		_ = f.bucket.Delete(ctx, old)
	case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrNotFound):
		_ = f.bucket.Delete(ctx, doc.Body.Key) // the same
	}
	return err
}

// refresh says that the blob is wanted, and writes its object again should it be lost.
func (f *Files) refresh(ctx context.Context, s *spool, doc store.Doc[blobDoc]) error {
	if err := f.touch(ctx, doc); err != nil {
		return err
	}
	there, err := f.bucket.Exists(ctx, doc.Body.Key)
	if err != nil {
		return fmt.Errorf("looking for the object: %w", err)
	}
	if there {
		return nil
	}
	return f.write(ctx, doc.Body.Key, s)
}

func (f *Files) touch(ctx context.Context, doc store.Doc[blobDoc]) error {
	if f.now().Sub(doc.Body.At) < min(touchEvery, f.config.Keep/4) {
		return nil
	}
	doc.Body.At = f.now()
	_, err := f.blobs.Replace(ctx, doc)
	return err
}

// Touch says that somebody is about to refer to a blob that is stored already, or returns ErrNotFound. The blob then stays
// for Config.Keep at least.
func (f *Files) Touch(ctx context.Context, hash string) error {
	for {
		doc, err := f.live(ctx, hash)
		if err != nil {
			return fmt.Errorf("touching file: %w", err)
		}
		if err = f.touch(ctx, doc); !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
}

// write stores the object so that it is whole or absent, and on the disk, when it returns.
func (f *Files) write(ctx context.Context, key string, s *spool) error {
	from, err := s.open()
	if err != nil {
		return err
	}
	// A cancelled context makes Close discard the object.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var file *os.File // the folder's driver alone has one
	out, err := f.bucket.NewWriter(ctx, key, &blob.WriterOptions{
		ContentType: "application/octet-stream",
		BeforeWrite: func(as func(any) bool) error {
			if !as(&file) {
				return nil
			}
			return file.Chmod(0o600)
		},
	})
	if err != nil {
		return fmt.Errorf("writing object: %w", err)
	}
	if _, err = io.Copy(out, from); err == nil && file != nil {
		err = file.Sync()
	}
	if err != nil {
		cancel()
		_ = out.Close() // says that it was cancelled
		return fmt.Errorf("writing object: %w", err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("writing object: %w", err)
	}
	if file != nil {
		return syncFolder(filepath.Dir(file.Name()))
	}
	return nil
}

// syncFolder makes a rename durable, and the folder's own entry.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there, renames are
	}
	for _, name := range []string{folder, filepath.Dir(folder)} {
		opened, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("syncing folder: %w", err)
		}
		if err := errors.Join(opened.Sync(), opened.Close()); err != nil {
			return fmt.Errorf("syncing folder: %w", err)
		}
	}
	return nil
}

func newKey(hash string) string {
	var random [6]byte
	rand.Read(random[:]) // never fails
	return hash[:2] + "/" + hash[2:] + "-" + hex.EncodeToString(random[:])
}

// now has the store's precision.
func (f *Files) now() time.Time { return f.config.Now().UTC().Truncate(time.Millisecond) }
