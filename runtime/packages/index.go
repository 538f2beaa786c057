package packages

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

// Names inside an archive.
const (
	IndexFile     = "index.json"
	signatureDir  = "signature/"
	signatureFile = signatureDir + IndexFile + ".minisig"
	publisherFile = signatureDir + "publisher.pub"
	rotationsFile = signatureDir + "rotations.json"
)

// format is the number of the archive's layout.
const format = 1

// Index says what an archive is. It is what a publisher signs.
type Index struct {
	Format int `json:"format"`
	// Name, Version, Engine and ABI are the manifest's.
	Name    string `json:"name"`
	Version string `json:"version"`
	Engine  string `json:"engine"`
	ABI     int    `json:"abi"`
	// Source is what the artifact was made of: go, typescript, c or file.
	Source string `json:"source"`
	// Platform is the kind of machine that a process runs on, such as linux/amd64; "" for what runs anywhere.
	Platform string `json:"platform,omitempty"`
	// Artifact is the file that the engine loads.
	Artifact string `json:"artifact"`
	// Files are all files beside the index and the signature, by path.
	Files []IndexedFile `json:"files"`
}

// IndexedFile is one file of an archive.
type IndexedFile struct {
	Path string `json:"path"`
	// SHA256 is in hexadecimal, Size in bytes.
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// encode gives the bytes that are signed: the same for the same index.
func (x *Index) encode() ([]byte, error) {
	data, err := json.MarshalIndent(x, "", " ")
	if err != nil {
		return nil, fmt.Errorf("encoding the index: %w", err)
	}
	return append(data, '\n'), nil
}

// digestOf names a package by its index.
func digestOf(index []byte) string {
	sum := sha256.Sum256(index)
	return hex.EncodeToString(sum[:])
}

// File finds a file by its path.
func (x *Index) File(path string) (IndexedFile, bool) {
	i := slices.IndexFunc(x.Files, func(f IndexedFile) bool { return f.Path == path })
	if i < 0 {
		return IndexedFile{}, false
	}
	return x.Files[i], true
}

// packagePath is what a file of a package may be called: letters that every disk and every address takes as they are.
var packagePath = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$`)

func checkName(path string) error {
	if err := intake.CheckPath(path); err != nil {
		return err
	}
	if !packagePath.MatchString(path) || strings.Contains(path, "..") {
		return fmt.Errorf("the name %s holds more than letters, digits and _ . - /", intake.Printable(path))
	}
	return nil
}

// parseIndex reads an index and holds its own words to the rules; [Index.agree] compares it with the rest.
func parseIndex(data []byte) (Index, error) {
	var x Index
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&x); err != nil {
		return x, &Refusal{Rule: RuleIndex, What: IndexFile + " cannot be read", Fix: "pack the block again with quoin block pack", Err: err}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return x, refuse(RuleIndex, "pack the block again with quoin block pack", "something follows the object in %s", IndexFile)
	}
	if x.Format != format {
		return x, refuse(RuleIndex, "pack it with a quoin of the same release, or upgrade this one",
			"the archive has format %d, this site reads %d", x.Format, format)
	}
	return x, nil
}

// agree compares the index with the files that the archive holds.
func (x *Index) agree(files *intake.Files) error {
	const fix = "the archive was altered: get it again from its publisher, or pack it again"
	seen := map[string]bool{}
	for _, f := range x.Files {
		there, ok := files.Stat(f.Path)
		switch {
		case seen[f.Path]:
			return refuse(RuleIndex, fix, "%s lists %s twice", IndexFile, intake.Printable(f.Path))
		case !ok:
			return refuse(RuleIndex, fix, "%s lists %s, which the archive does not hold", IndexFile, intake.Printable(f.Path))
		case f.Path == IndexFile || strings.HasPrefix(f.Path, signatureDir):
			return refuse(RuleIndex, fix, "%s lists %s, which cannot be signed", IndexFile, f.Path)
		case there.Size != f.Size || hex.EncodeToString(there.SHA256[:]) != f.SHA256:
			return refuse(RuleIndex, fix, "%s is not what %s says: %d bytes instead of %d, or other ones", f.Path, IndexFile, there.Size, f.Size)
		}
		seen[f.Path] = true
	}
	for _, f := range files.List() {
		if err := checkName(f.Path); err != nil {
			return &Refusal{Rule: RuleArchive, What: "a file of the archive has a name that is not taken", Fix: "rename it and pack again", Err: err}
		}
		switch f.Path {
		case IndexFile, signatureFile, publisherFile, rotationsFile:
			continue
		}
		if !seen[f.Path] {
			return refuse(RuleIndex, fix, "the archive holds %s, which %s does not list", f.Path, IndexFile)
		}
	}
	return nil
}

// agreeManifest compares the index with what block.json says, since the one is shown and the other runs.
func (x *Index) agreeManifest(m *manifest.Manifest) error {
	const fix = "pack the block again with quoin block pack"
	for _, pair := range [][3]string{
		{"name", x.Name, m.Name}, {"version", x.Version, m.Version}, {"engine", x.Engine, m.Engine}, {"source", x.Source, m.Source},
	} {
		if pair[1] != pair[2] {
			return refuse(RuleManifest, fix, "%s says %s %q, %s says %q", IndexFile, pair[0], pair[1], manifest.FileName, pair[2])
		}
	}
	if wanted := artifactName(m); x.Artifact != wanted {
		return refuse(RuleManifest, fix, "%s names the artifact %q, for %s it is %q", IndexFile, x.Artifact, manifest.FileName, wanted)
	}
	if _, ok := x.File(x.Artifact); !ok {
		return refuse(RuleIndex, fix, "the archive does not hold %s, the code", x.Artifact)
	}
	for _, name := range named(m) {
		if _, ok := x.File(name); !ok {
			return refuse(RuleManifest, fix, "%s names the icon %s, which the archive does not hold", manifest.FileName, name)
		}
	}
	if (x.Engine == engineProcess) != (x.Platform != "") {
		return refuse(RuleIndex, fix, "the platform is %q: processes need one, everything else has none", x.Platform)
	}
	return nil
}

// engineProcess is the engine whose artifacts belong to one kind of machine.
const engineProcess = "process"

// artifactName is what the code is called in an archive.
func artifactName(m *manifest.Manifest) string {
	switch {
	case m.Engine == engineProcess:
		return "block.exe"
	case m.Script():
		return "block.js"
	}
	return "block.wasm"
}

// named lists the icons of a manifest.
func named(m *manifest.Manifest) []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	add(m.Icon)
	for _, t := range m.Types {
		add(t.Icon)
	}
	return names
}

// Holds reports whether the index lists a file with this content.
func (x *Index) Holds(path string, data []byte) bool {
	f, ok := x.File(path)
	return ok && f.Size == int64(len(data)) && f.SHA256 == digestOf(data)
}
