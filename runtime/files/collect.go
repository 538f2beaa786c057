package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"gocloud.dev/blob"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Collected says what a collection removed.
type Collected struct {
	// Parts and Blobs are documents, Objects are what crashes had left in the bucket.
	Parts, Blobs, Objects int
	// Bytes is what the blobs and objects held.
	Bytes int64
}

// Held tells which of some hashes somebody else refers to: files of courses, at most a few hundred at a time.
type Held func(ctx context.Context, hashes []string) (map[string]bool, error)

const collectPage = 500

// Collect removes parts that no submission has bound, blobs that nobody refers to, and objects that belong to no blob, each
// once they are older than Config.Keep. It walks all blobs and objects, so it is a daily job; ending it early and running it
// twice at once are harmless. When held fails, no blob is removed.
func (f *Files) Collect(ctx context.Context, held Held) (Collected, error) {
	var done Collected
	horizon := f.now().Add(-f.config.Keep)
	for _, step := range []func(context.Context, time.Time, *Collected) error{
		f.collectParts,
		func(ctx context.Context, horizon time.Time, done *Collected) error {
			return f.collectBlobs(ctx, horizon, held, done)
		},
		f.collectObjects,
	} {
		if err := step(ctx, horizon, &done); err != nil {
			return done, fmt.Errorf("collecting files: %w", err)
		}
	}
	return done, nil
}

// collectParts marks parts first and deletes marked ones a Keep later: versions of a document only grow while it is there, so
// a slow second collector cannot mistake a part that came back for the one that it saw.
func (f *Files) collectParts(ctx context.Context, horizon time.Time, done *Collected) error {
	return f.parts.Each(ctx, store.Query{Index: "pending", To: horizon, Limit: collectPage}, func(doc store.Doc[partDoc]) error {
		if doc.Body.Gone {
			if err := f.parts.Delete(ctx, doc.ID, doc.Version); !lost(err) {
				return err
			}
			return nil
		}
		now := f.now()
		doc.Body.Gone, doc.Body.Pending = true, &now
		_, err := f.parts.Replace(ctx, doc)
		if lost(err) { // bound or renewed in the meantime
			return nil
		}
		if err == nil {
			done.Parts++
		}
		return err
	})
}

// lost tells that somebody else was faster.
func lost(err error) bool {
	return errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound)
}

func (f *Files) collectBlobs(ctx context.Context, horizon time.Time, held Held, done *Collected) error {
	query := store.Query{Limit: collectPage}
	for {
		docs, next, err := f.blobs.Find(ctx, query)
		if err != nil {
			return err
		}
		if err := f.collectPage(ctx, docs, horizon, held, done); err != nil {
			return err
		}
		if next == "" {
			return nil
		}
		query.After = next
	}
}

func (f *Files) collectPage(ctx context.Context, docs []store.Doc[blobDoc], horizon time.Time, held Held, done *Collected) error {
	var old []store.Doc[blobDoc]
	var hashes []string
	for _, doc := range docs {
		if doc.Body.At.Before(horizon) {
			old = append(old, doc)
			hashes = append(hashes, doc.ID)
		}
	}
	if len(old) == 0 {
		return nil
	}
	kept, err := held(ctx, hashes)
	if err != nil {
		return fmt.Errorf("asking who refers to files: %w", err)
	}
	for _, doc := range old {
		if doc.Body.Doomed {
			err = f.bury(ctx, doc)
		} else if !kept[doc.ID] {
			err = f.removeUnbound(ctx, doc, done)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *Files) removeUnbound(ctx context.Context, doc store.Doc[blobDoc], done *Collected) error {
	parts, err := f.countParts(ctx, doc.ID)
	if err != nil || parts > 0 {
		return err
	}
	doc, err = f.doom(ctx, doc)
	if lost(err) { // put or touched in the meantime
		return nil
	}
	if err != nil {
		return err
	}
	if err := f.deleteObject(ctx, doc.Body.Key); err != nil {
		return err
	}
	done.Blobs++
	done.Bytes += doc.Body.Size
	return nil
}

// countParts counts up to one part that keeps a blob.
func (f *Files) countParts(ctx context.Context, hash string) (int, error) {
	return f.parts.Count(ctx, store.Query{Index: "hash", Equal: []any{hash}}, 1)
}

// doom marks a blob. From here on it is gone for readers, and whoever puts it writes another object.
func (f *Files) doom(ctx context.Context, doc store.Doc[blobDoc]) (store.Doc[blobDoc], error) {
	doc.Body.Doomed, doc.Body.At = true, f.now()
	return f.blobs.Replace(ctx, doc)
}

// bury deletes what is left of a blob that was doomed long ago, its object once more in case the collector died.
func (f *Files) bury(ctx context.Context, doc store.Doc[blobDoc]) error {
	if err := f.deleteObject(ctx, doc.Body.Key); err != nil {
		return err
	}
	if err := f.blobs.Delete(ctx, doc.ID, doc.Version); !lost(err) {
		return err
	}
	return nil
}

func (f *Files) deleteObject(ctx context.Context, key string) error {
	if err := f.bucket.Delete(ctx, key); err != nil && !missing(err) {
		return fmt.Errorf("deleting object %s: %w", key, err)
	}
	return nil
}

// collectObjects removes what crashes left: objects that no document names, and halves of writes. It lists one folder after
// the other, since a folder's listing fails when a write in it ends meanwhile.
func (f *Files) collectObjects(ctx context.Context, horizon time.Time, done *Collected) error {
	for folder := range 256 {
		objects, err := f.oldObjects(ctx, fmt.Sprintf("%02x/", folder), horizon)
		if err != nil {
			return err
		}
		for page := range slices.Chunk(objects, collectPage) {
			if err := f.removeOrphans(ctx, page, done); err != nil {
				return err
			}
		}
	}
	return nil
}

// listTries is how often a folder is listed that changes under the hand; then its orphans wait for the next day.
const listTries = 5

func (f *Files) oldObjects(ctx context.Context, prefix string, horizon time.Time) ([]*blob.ListObject, error) {
	for range listTries {
		var old []*blob.ListObject
		objects := f.bucket.List(&blob.ListOptions{Prefix: prefix})
		for {
			object, err := objects.Next(ctx)
			switch {
			case errors.Is(err, io.EOF):
				return old, nil
			case err == nil:
				if !object.IsDir && object.ModTime.Before(horizon) {
					old = append(old, object)
				}
				continue
			case !missing(err):
				return nil, fmt.Errorf("listing objects: %w", err)
			}
			break
		}
	}
	return nil, nil
}

func (f *Files) removeOrphans(ctx context.Context, objects []*blob.ListObject, done *Collected) error {
	hashes := make([]string, 0, len(objects))
	for _, object := range objects {
		if hash := hashOf(object.Key); hash != "" {
			hashes = append(hashes, hash)
		}
	}
	docs, err := f.blobs.GetMany(ctx, hashes)
	if err != nil {
		return err
	}
	for _, object := range objects {
		hash := hashOf(object.Key)
		if doc, known := docs[hash]; hash == "" || (known && doc.Body.Key == object.Key) {
			continue // not ours, or in use
		}
		if err := f.deleteObject(ctx, object.Key); err != nil {
			return err
		}
		done.Objects++
		done.Bytes += object.Size
	}
	return nil
}

// hashOf reads the hash from an object's name, "" when it is none of ours.
func hashOf(key string) string {
	folder, name := path.Split(key)
	rest, tail, found := strings.Cut(name, "-")
	hash := strings.TrimSuffix(folder, "/") + rest
	if !found || tail == "" || checkHash(hash) != nil {
		return ""
	}
	return hash
}
