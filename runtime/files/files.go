package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/gcerrors"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Errors, always wrapped with the operation. Test with errors.Is.
var (
	// ErrNotFound: no such blob or part, or not for this learner and block.
	ErrNotFound = errors.New("file not found")
	// ErrTooLarge: the stream is longer than the limit given; nothing was kept.
	ErrTooLarge = errors.New("file too large")
	// ErrTooMany: the learner's unsubmitted files of one block are too many or too large together, or one file is bound
	// to too many submissions.
	ErrTooMany = errors.New("too many files")
	// ErrHash: not 64 lower-case hexadecimal digits.
	ErrHash = errors.New("malformed file hash")
	// ErrCorrupt: the object is gone or its content is not what its name says.
	ErrCorrupt = errors.New("stored file is damaged")
	// ErrInvalid: a part without an owner or usage, or a range that is none.
	ErrInvalid = errors.New("invalid file request")
)

// Config says where blobs are. URL and Store must be set.
type Config struct {
	// URL names the bucket: "file:///path" is a folder, made with mode 0700 if it is missing and closed to others if it
	// is not. Other schemes need their gocloud.dev driver linked into the binary.
	URL string
	// Store holds the documents; Specs must have been ensured.
	Store store.Store
	// Spool is a folder for streams that do not fit into memory; "" is the system's. Nothing stays in it.
	Spool string
	// Keep is how long a blob or a part stays that nobody refers to; 0 is 24 hours.
	Keep time.Duration
	// MaxParts and MaxPartBytes bound the unsubmitted parts of one learner at one block; 0 is 50 and 1 GiB.
	MaxParts     int
	MaxPartBytes int64
	// MaxOwnerBytes bounds all parts of one learner in a run together, submitted ones included; 0 is 5 GiB.
	MaxOwnerBytes int64
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Blob is stored content.
type Blob struct {
	// Hash is the SHA-256 in lower-case hexadecimal.
	Hash string
	Size int64
}

// Files gives access to blobs and parts. It is safe for concurrent use, also by several processes.
type Files struct {
	config Config
	bucket *blob.Bucket
	blobs  store.Collection[blobDoc]
	parts  store.Collection[partDoc]
}

// blobDoc is what the store knows of a blob; its id is the hash.
type blobDoc struct {
	Key  string `bson:"key"`
	Size int64  `bson:"size"`
	// At is when it was last put or touched, coarsely.
	At time.Time `bson:"at"`
	// Doomed says that the object is being deleted.
	Doomed bool `bson:"doomed,omitempty"`
}

var (
	blobSpec = store.Spec{Name: "file_blobs"}
	partSpec = store.Spec{Name: "file_parts", Learners: "owner", Indexes: []store.Index{
		{Name: "pending", Fields: []string{"pending"}},
		{Name: "hash", Fields: []string{"hash"}},
		{Name: "bound", Fields: []string{"bound"}, Multi: true},
	}}
)

// Specs are the collections of this package.
func Specs() []store.Spec { return []store.Spec{blobSpec, partSpec} }

const (
	defaultKeep       = 24 * time.Hour
	defaultParts      = 50
	defaultPartBytes  = 1 << 30
	defaultOwnerBytes = 5 << 30
)

// Open opens the bucket.
func Open(ctx context.Context, config Config) (*Files, error) {
	if config.Keep <= 0 {
		config.Keep = defaultKeep
	}
	if config.MaxParts <= 0 {
		config.MaxParts = defaultParts
	}
	if config.MaxPartBytes <= 0 {
		config.MaxPartBytes = defaultPartBytes
	}
	if config.MaxOwnerBytes <= 0 {
		config.MaxOwnerBytes = defaultOwnerBytes
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	bucket, err := openBucket(ctx, config.URL)
	if err != nil {
		return nil, fmt.Errorf("opening file store: %w", err)
	}
	return &Files{
		config: config,
		bucket: bucket,
		blobs:  store.Of[blobDoc](config.Store, blobSpec),
		parts:  store.Of[partDoc](config.Store, partSpec),
	}, nil
}

func openBucket(ctx context.Context, address string) (*blob.Bucket, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if parsed.Scheme != fileblob.Scheme {
		return blob.OpenBucket(ctx, address)
	}
	if parsed.Host != "" || !filepath.IsAbs(filepath.FromSlash(parsed.Path)) {
		return nil, fmt.Errorf("%q names no absolute folder: write file:///path", address)
	}
	folder := filepath.FromSlash(parsed.Path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	if info, err := os.Stat(folder); err != nil {
		return nil, err
	} else if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(folder, 0o700); err != nil {
			return nil, fmt.Errorf("closing the folder to others: %w", err)
		}
	}
	return fileblob.OpenBucket(folder, &fileblob.Options{
		DirFileMode: fs.FileMode(0o700),
		NoTempDir:   true, // a rename must stay on one file system
		Metadata:    fileblob.MetadataDontWrite,
	})
}

// Close lets go of the bucket.
func (f *Files) Close() error { return f.bucket.Close() }

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

func checkHash(hash string) error {
	if !hashForm.MatchString(hash) {
		return fmt.Errorf("%w: %.80q", ErrHash, hash)
	}
	return nil
}

// missing tells an object that is not there from one that cannot be reached.
func missing(err error) bool { return gcerrors.Code(err) == gcerrors.NotFound }
