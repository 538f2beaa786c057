package scripting

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sync"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/npm"
)

// lib holds our own modules: the runner, and what scripts in Open edX expect to find.
//
//go:embed lib/*.py
var lib embed.FS

// maxUnpacked bounds what the archives of the build unpack to, in bytes.
const maxUnpacked = 64 << 20

// interpreter makes the artifact, once: it is the same for every site of a process.
var interpreter = sync.OnceValues(func() (engine.Artifact, error) {
	module, err := unpacked(npm.Python)
	if err != nil {
		return engine.Artifact{}, err
	}
	files, err := library()
	if err != nil {
		return engine.Artifact{}, err
	}
	prepare, err := lib.ReadFile("lib/_prepare.py")
	if err != nil {
		return engine.Artifact{}, err
	}
	arguments := func(code string) []string {
		return []string{"python", "-I", "-S", "-B", "-X", "utf8", "-c", code}
	}
	return engine.Artifact{
		Name: "python", Version: "3.11", Digest: libraryDigest(), Code: module,
		Program: &engine.Program{Files: files, Prepare: arguments(string(prepare)), Run: arguments("import _runner; _runner.main()")},
		Limits:  engine.Limits{Memory: Memory, Fuel: Fuel, Reply: maxReply},
	}, nil
})

// unpacked reads a compressed file of the build.
func unpacked(name string) ([]byte, error) {
	packed, err := npm.File(name)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	data, err := io.ReadAll(io.LimitReader(z, maxUnpacked))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return data, nil
}

// library gives the files that the interpreter sees: its standard library and our modules.
func library() (map[string][]byte, error) {
	archive, err := unpacked(npm.PythonLibrary)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", npm.PythonLibrary, err)
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		if files[path.Clean(header.Name)], err = io.ReadAll(io.LimitReader(r, maxUnpacked)); err != nil {
			return nil, fmt.Errorf("%s: %w", npm.PythonLibrary, err)
		}
	}
	maps.Copy(files, modules())
	return files, nil
}

// modules are our own, by their path in the interpreter.
func modules() map[string][]byte {
	files := map[string][]byte{}
	entries, err := fs.Glob(lib, "lib/*.py")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for _, name := range entries {
		data, err := lib.ReadFile(name)
		if err != nil {
			panic(err) // it was listed a moment ago, in the binary
		}
		files[name] = data
	}
	return files
}

// libraryDigest tells one interpreter with its modules from another.
var libraryDigest = sync.OnceValue(func() string {
	h := sha256.New()
	for _, name := range []string{npm.Python, npm.PythonLibrary} {
		data, err := npm.File(name)
		if err != nil {
			continue // then nothing runs, and nothing is remembered
		}
		h.Write(data)
	}
	files := modules()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s %d ", name, len(files[name]))
		h.Write(files[name])
	}
	return hex.EncodeToString(h.Sum(nil))
})
