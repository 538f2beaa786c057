package packages

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Extension ends the names of archives.
const Extension = ".block"

// Unpacking begins the names of folders that [Package.Unpack] has not finished.
const Unpacking = ".unpacking-"

// MaxArchive bounds an archive in bytes as it travels.
const MaxArchive = 64 << 20

// Bounds of what an archive may hold, in bytes after decoding.
const (
	maxArchiveFiles = 4000
	maxCode         = 64 << 20
	maxUnpacked     = 128 << 20
	maxIndex        = 2 << 20
)

// limits is how far an archive is trusted while it is read.
func limits(temp string) intake.Options {
	return intake.Options{
		TempDir: temp, RefuseCaseClash: true,
		Limits: intake.Limits{
			Files: maxArchiveFiles, FileBytes: maxCode, TotalBytes: maxUnpacked, ArchiveBytes: MaxArchive, Depth: 16, PathBytes: 200,
			Ratio: 100, RatioFrom: 16 << 20,
		},
	}
}

// Package is an archive that was opened: its files agree with its index, and its index with its manifest. Whether somebody
// signed it, and who, is [Package.Publisher]'s to say. Close it when done.
type Package struct {
	Index    Index
	Manifest manifest.Manifest
	// Text is block.json as it stands in the archive.
	Text []byte
	// Digest names the package: the SHA-256 of its index in hexadecimal, the same whoever signed it.
	Digest string
	// Size is the archive's in bytes, Unpacked what its files hold.
	Size, Unpacked int64

	index []byte
	files *intake.Files
}

// Open reads an archive of size bytes. Nothing is written but a spool without a name in temp ("" is the system's), and nothing
// runs. An archive that is not taken is a *[Refusal].
func Open(ctx context.Context, from io.ReaderAt, size int64, temp string) (*Package, error) {
	head := make([]byte, 2)
	if _, err := from.ReadAt(head, 0); err != nil || !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return nil, refuse(RuleArchive, "make one with quoin block pack", "this is no archive of a block: it is not gzipped")
	}
	files, err := intake.OpenArchive(ctx, from, size, limits(temp))
	if err != nil {
		if ctx.Err() != nil || intake.CodeOf(err) == intake.CodeIO {
			return nil, fmt.Errorf("opening a package: %w", err)
		}
		return nil, &Refusal{Rule: RuleArchive, What: "the archive is not taken", Err: err}
	}
	p := &Package{Size: size, Unpacked: files.Total(), files: files}
	if err := p.read(); err != nil {
		return nil, errors.Join(err, files.Close())
	}
	return p, nil
}

// OpenFile is [Open] for a file.
func OpenFile(ctx context.Context, path, temp string) (*Package, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a package: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("opening a package: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, refuse(RuleArchive, "name a file that quoin block pack made", "%s is no file", path)
	}
	return Open(ctx, file, info.Size(), temp)
}

func (p *Package) read() error {
	var err error
	if p.index, err = p.part(IndexFile, maxIndex, RuleIndex); err != nil {
		return err
	}
	p.Digest = digestOf(p.index)
	if p.Index, err = parseIndex(p.index); err != nil {
		return err
	}
	if err := p.Index.agree(p.files); err != nil {
		return err
	}
	if p.Text, err = p.part(manifest.FileName, manifest.MaxSize, RuleManifest); err != nil {
		return err
	}
	if err := p.abi(); err != nil {
		return err
	}
	if p.Manifest, err = manifest.Parse(p.Text); err != nil {
		return &Refusal{Rule: RuleManifest, What: manifest.FileName + " is not taken", Fix: "correct it and pack again", Err: err}
	}
	return p.Index.agreeManifest(&p.Manifest)
}

// abi refuses a block of another contract before its manifest is held to this one's rules, which it cannot know.
func (p *Package) abi() error {
	said := struct {
		ABI int `json:"abi"`
	}{wire.ABI}
	if err := json.Unmarshal(p.Text, &said); err != nil {
		return nil //nolint:nilerr // the strict reading that follows says it with its place
	}
	if said.ABI == 0 {
		said.ABI = wire.ABI // as in a manifest that names none
	}
	for _, abi := range []int{p.Index.ABI, said.ABI} {
		if abi != wire.ABI {
			return refuse(RuleABI, "build it with the SDK of this site's release, or ask its publisher for such a build",
				"the block was built for version %d of the contract, this site speaks %d", abi, wire.ABI)
		}
	}
	return nil
}

// part reads one of the files that every package has.
func (p *Package) part(name string, most int64, rule Rule) ([]byte, error) {
	data, err := p.files.ReadFile(name, most)
	code := intake.CodeOf(err)
	if code == intake.CodeMissing {
		return nil, refuse(rule, "make an archive with quoin block pack", "the archive holds no %s", name)
	}
	if code == intake.CodeTooLarge {
		return nil, &Refusal{Rule: rule, What: name + " is too long", Err: err}
	}
	if err != nil {
		return nil, fmt.Errorf("opening a package: %w", err)
	}
	return bytes.Clone(data), nil
}

// Read gives a file of the package.
func (p *Package) Read(name string) ([]byte, error) { return p.files.ReadFile(name, maxCode) }

// Code gives what the engine loads.
func (p *Package) Code() ([]byte, error) { return p.Read(p.Index.Artifact) }

// ArtifactDigest names the code: the SHA-256 of the artifact in hexadecimal.
func (p *Package) ArtifactDigest() string {
	file, _ := p.Index.File(p.Index.Artifact) // it was compared when the archive was opened
	return file.SHA256
}

// Close gives back what reading took.
func (p *Package) Close() error { return p.files.Close() }

// Unpack writes the package's files into a folder that does not exist yet, whole or not at all. The folder and what is in it
// are for this user alone; nothing is written under a name that the index does not list.
func (p *Package) Unpack(folder string) (err error) {
	parent := filepath.Dir(folder)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return fmt.Errorf("unpacking %s: %w", p.Index.Name, err)
	}
	scratch, err := os.MkdirTemp(parent, Unpacking+"*")
	if err != nil {
		return fmt.Errorf("unpacking %s: %w", p.Index.Name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("unpacking %s: %w", p.Index.Name, err), os.RemoveAll(scratch))
		}
	}()
	root, err := os.OpenRoot(scratch)
	if err != nil {
		return err
	}
	for _, f := range p.Index.Files {
		if err = p.unpack(root, f.Path); err != nil {
			break
		}
	}
	if err = errors.Join(err, root.Close()); err != nil {
		return err
	}
	if err = os.WriteFile(filepath.Join(scratch, IndexFile), p.index, 0o600); err != nil {
		return err
	}
	if err = os.Rename(scratch, folder); err == nil {
		return nil
	}
	if _, gone := os.Stat(filepath.Join(folder, IndexFile)); gone == nil { // another process was faster with the same package
		return os.RemoveAll(scratch)
	}
	return err
}

func (p *Package) unpack(root *os.Root, name string) error {
	data, err := p.Read(name)
	if err != nil {
		return err
	}
	if dir := filepath.Dir(filepath.FromSlash(name)); dir != "." {
		if err := root.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	mode := os.FileMode(0o600)
	if p.Index.Engine == engineProcess && name == p.Index.Artifact {
		mode = 0o700
	}
	return root.WriteFile(filepath.FromSlash(name), data, mode)
}

// ReadIndex reads the index of an unpacked folder, which must have this digest.
func ReadIndex(folder, digest string) (Index, error) {
	data, err := os.ReadFile(filepath.Join(folder, IndexFile))
	if err != nil {
		return Index{}, fmt.Errorf("reading an unpacked block: %w", err)
	}
	if digestOf(data) != digest {
		return Index{}, fmt.Errorf("reading an unpacked block: %s in %s is not that of %s", IndexFile, folder, digest)
	}
	return parseIndex(data)
}

// write lays an archive down: the index, the signature's files, then everything else by path. No times, no owners.
func write(index []byte, signature, files map[string][]byte, executable string) ([]byte, error) {
	var out bytes.Buffer
	packed, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(packed)
	add := func(name string, data []byte) error {
		header := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(data)), Typeflag: tar.TypeReg}
		if name == executable {
			header.Mode = 0o755
		}
		if err := w.WriteHeader(header); err != nil {
			return err
		}
		_, err := w.Write(data)
		return err
	}
	err = add(IndexFile, index)
	for _, group := range []map[string][]byte{signature, files} {
		names := make([]string, 0, len(group))
		for name := range group {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			err = errors.Join(err, add(name, group[name]))
		}
	}
	if err = errors.Join(err, w.Close(), packed.Close()); err != nil {
		return nil, fmt.Errorf("writing an archive: %w", err)
	}
	if out.Len() > MaxArchive {
		return nil, fmt.Errorf("writing an archive: it would have %d bytes, the limit is %d", out.Len(), MaxArchive)
	}
	return out.Bytes(), nil
}

// thisPlatform is the kind of machine that this program runs on.
func thisPlatform() string { return runtime.GOOS + "/" + runtime.GOARCH }

// Fits refuses a process for another kind of machine.
func (x *Index) Fits() error {
	if x.Platform != "" && x.Platform != thisPlatform() {
		return refuse(RulePlatform, "pack it on a machine of this kind", "the process was built for %s, this server is %s", x.Platform, thisPlatform())
	}
	return nil
}

// indexOf lists files by path with their digests.
func indexOf(files map[string][]byte) []IndexedFile {
	list := make([]IndexedFile, 0, len(files))
	for name, data := range files {
		digest := digestOf(data)
		list = append(list, IndexedFile{Path: name, SHA256: digest, Size: int64(len(data))})
	}
	slices.SortFunc(list, func(a, b IndexedFile) int { return strings.Compare(a.Path, b.Path) })
	return list
}
