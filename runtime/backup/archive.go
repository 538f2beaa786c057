package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

// Errors of archives, always wrapped with what was found.
var (
	// ErrForeign: the file is no archive of this program, or holds what none of them holds.
	ErrForeign = errors.New("not a backup of Quoin")
	// ErrDamaged: something is missing or was changed.
	ErrDamaged = errors.New("the backup is damaged")
	// ErrNewer: a newer version of this program made it.
	ErrNewer = errors.New("the backup was made by a newer version of Quoin")
)

// Names inside an archive.
const (
	infoName   = "backup.json"
	storeName  = "store/" + sqlitestore.FileName
	secretName = "secret"
	blocksDir  = "blocks/"
	filesDir   = "files/"
)

// format and version tell our archives from others. A version is raised when older programs could not restore.
const (
	format  = "quoin backup"
	version = 1
)

// Info is what an archive says of itself.
type Info struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	At      time.Time `json:"at"`
	// SecretPrint tells the site's secret from others without giving it away. A secret that came from the configuration is
	// not in the archive.
	SecretPrint string `json:"secret_print"`
	// Entries are all but the files.
	Entries []Entry `json:"entries"`
	// Files and FileBytes count the files.
	Files     int   `json:"files"`
	FileBytes int64 `json:"file_bytes"`
	// Gone are files that nobody wanted any more and that were collected while the archive was made. Damaged ones were lost
	// or changed on the site itself.
	Gone    []string `json:"gone,omitempty"`
	Damaged []string `json:"damaged,omitempty"`
}

// Entry is one file of an archive.
type Entry struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// fingerprint gives what tells a secret from others.
func fingerprint(secret []byte) string {
	sum := sha256.Sum256(append([]byte("quoin backup secret 1\x00"), secret...))
	return hex.EncodeToString(sum[:])
}

// limits bound what is read of an archive: the operator's own, so its size may be a site's, but a bomb is refused.
var limits = intake.Limits{
	Files: 50_000_000, FileBytes: 1 << 42, TotalBytes: 1 << 43, ArchiveBytes: 1 << 43, Depth: 4, PathBytes: 400, NameBytes: 255,
	Ratio: 1100, // more than gzip ever gives
}

// maxInfo bounds backup.json in bytes.
const maxInfo = 64 << 20

// opened is an archive whose entries are those that it names, each with its hash.
type opened struct {
	*intake.Files
	info Info
}

// open reads an archive through and checks it. temporary is a folder with room for all of it.
func open(ctx context.Context, archive, temporary string) (*opened, error) {
	content, err := intake.Open(ctx, archive, intake.Options{Limits: limits, TempDir: temporary})
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		switch intake.CodeOf(err) {
		case intake.CodeIO:
			return nil, err
		case intake.CodeDamaged:
			if !gzipped(archive) {
				return nil, fmt.Errorf("%w: it is no gzipped tar", ErrForeign)
			}
			return nil, fmt.Errorf("%w: %w; take an older one", ErrDamaged, err)
		default: // what follows the switch tells
		}
		return nil, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	o := &opened{Files: content}
	if err := o.check(); err != nil {
		return nil, errors.Join(err, content.Close())
	}
	return o, nil
}

// gzipped reports whether a file begins as ours do.
func gzipped(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	var head [2]byte
	_, err = io.ReadFull(file, head[:])
	return err == nil && head == [2]byte{0x1f, 0x8b}
}

func (o *opened) check() error {
	if _, ok := o.Stat(infoName); !ok {
		return fmt.Errorf("%w: it holds no %s", ErrForeign, infoName)
	}
	text, err := o.ReadFile(infoName, maxInfo)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&o.info); err != nil || o.info.Format != format {
		return fmt.Errorf("%w: its %s is not ours", ErrForeign, infoName)
	}
	if o.info.Version > version {
		return fmt.Errorf("%w: its format is %d, this program knows up to %d; restore it with the version that made it",
			ErrNewer, o.info.Version, version)
	}
	return o.checkEntries()
}

func (o *opened) checkEntries() error {
	named := map[string]bool{infoName: true}
	for _, entry := range o.info.Entries {
		found, ok := o.Stat(entry.Path)
		if !ok {
			return fmt.Errorf("%w: %s is missing", ErrDamaged, intake.Printable(entry.Path))
		}
		if found.Size != entry.Size || hex.EncodeToString(found.SHA256[:]) != entry.SHA256 {
			return fmt.Errorf("%w: %s was changed", ErrDamaged, intake.Printable(entry.Path))
		}
		if !ours(entry.Path) {
			return fmt.Errorf("%w: it holds %s", ErrForeign, intake.Printable(entry.Path))
		}
		named[entry.Path] = true
	}
	if !named[storeName] {
		return fmt.Errorf("%w: %s is missing", ErrDamaged, storeName)
	}
	count := 0
	for _, file := range o.List() {
		hash, isFile := strings.CutPrefix(file.Path, filesDir)
		switch {
		case isFile && hash == hex.EncodeToString(file.SHA256[:]):
			count++
		case isFile:
			return fmt.Errorf("%w: %s was changed", ErrDamaged, intake.Printable(file.Path))
		case !named[file.Path]:
			return fmt.Errorf("%w: it holds %s", ErrForeign, intake.Printable(file.Path))
		}
	}
	if count != o.info.Files {
		return fmt.Errorf("%w: it holds %d files, %d were put in", ErrDamaged, count, o.info.Files)
	}
	return nil
}

// ours reports whether an entry's name is one that this program gives: the store, the secret, a file of a kept block.
func ours(name string) bool {
	if name == storeName || name == secretName {
		return true
	}
	rest, ok := strings.CutPrefix(name, blocksDir)
	return ok && path.Clean(rest) == rest && strings.Count(rest, "/") == 1
}

// absent reports whether the archive says itself that it has not this file.
func (o *opened) absent(hash string) bool {
	return slices.Contains(o.info.Gone, hash) || slices.Contains(o.info.Damaged, hash)
}
