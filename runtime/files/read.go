package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/quoin-lms/quoin/runtime/store"
)

// live finds the document of a blob that is not being collected, or ErrNotFound.
func (f *Files) live(ctx context.Context, hash string) (store.Doc[blobDoc], error) {
	if err := checkHash(hash); err != nil {
		return store.Doc[blobDoc]{}, err
	}
	doc, err := f.blobs.Get(ctx, hash)
	if errors.Is(err, store.ErrNotFound) || (err == nil && doc.Body.Doomed) {
		return doc, fmt.Errorf("%w: %s", ErrNotFound, hash)
	}
	return doc, err
}

// Stat returns a blob's size, or ErrNotFound.
func (f *Files) Stat(ctx context.Context, hash string) (Blob, error) {
	doc, err := f.live(ctx, hash)
	if err != nil {
		return Blob{}, fmt.Errorf("looking up file: %w", err)
	}
	return Blob{Hash: hash, Size: doc.Body.Size}, nil
}

// Open reads length bytes of a blob from offset on; a length under 0 reads to the end, and a range beyond the end is cut
// there. The caller closes the reader. What is read is not compared with the hash: that needs the whole (see Read, Verify).
func (f *Files) Open(ctx context.Context, hash string, offset, length int64) (io.ReadCloser, Blob, error) {
	doc, err := f.live(ctx, hash)
	if err != nil {
		return nil, Blob{}, fmt.Errorf("opening file: %w", err)
	}
	if offset < 0 || offset > doc.Body.Size {
		return nil, Blob{}, fmt.Errorf("opening file: %w: offset %d of %d bytes", ErrInvalid, offset, doc.Body.Size)
	}
	if rest := doc.Body.Size - offset; length < 0 || length > rest {
		length = rest
	}
	reader, err := f.bucket.NewRangeReader(ctx, doc.Body.Key, offset, length, nil)
	if missing(err) {
		return nil, Blob{}, fmt.Errorf("opening file: %w: %s has no object", ErrCorrupt, hash)
	}
	if err != nil {
		return nil, Blob{}, fmt.Errorf("opening file: %w", err)
	}
	return reader, Blob{Hash: hash, Size: doc.Body.Size}, nil
}

// Read returns a whole blob of at most limit bytes (ErrTooLarge), compared with its hash (ErrCorrupt).
func (f *Files) Read(ctx context.Context, hash string, limit int64) ([]byte, error) {
	reader, stored, err := f.Open(ctx, hash, 0, -1)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	if stored.Size > limit {
		return nil, fmt.Errorf("reading file: %w: %d bytes, the limit is %d", ErrTooLarge, stored.Size, limit)
	}
	data, err := io.ReadAll(reader)
	if err != nil {
		return nil, fmt.Errorf("reading file: %w", err)
	}
	sum := sha256.Sum256(data)
	if hex.EncodeToString(sum[:]) != hash {
		return nil, fmt.Errorf("reading file: %w: %s", ErrCorrupt, hash)
	}
	return data, nil
}

// Verify reads a blob through and compares it with its hash: nil, ErrCorrupt or ErrNotFound.
func (f *Files) Verify(ctx context.Context, hash string) error {
	reader, stored, err := f.Open(ctx, hash, 0, -1)
	if err != nil {
		return err
	}
	defer reader.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, reader)
	if err != nil {
		return fmt.Errorf("verifying file: %w", err)
	}
	if size != stored.Size || hex.EncodeToString(sum.Sum(nil)) != hash {
		return fmt.Errorf("verifying file: %w: %s", ErrCorrupt, hash)
	}
	return nil
}

// Each calls visit for every blob, in the order of hashes; backups and checks walk so.
func (f *Files) Each(ctx context.Context, visit func(Blob) error) error {
	return f.blobs.Each(ctx, store.Query{Limit: 1000}, func(doc store.Doc[blobDoc]) error {
		if doc.Body.Doomed {
			return nil
		}
		return visit(Blob{Hash: doc.ID, Size: doc.Body.Size})
	})
}
