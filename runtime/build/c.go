package build

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/sdk/c"
)

// clangFlags are those of every block in C: one module for the sandbox, without a C library.
var clangFlags = []string{
	"--target=wasm32", "-std=c17", "-O2", "-Wall", "-Wextra", "-Wno-missing-field-initializers", "-ffreestanding", "-fno-builtin",
	"-nostdlib", "-Wl,--no-entry", "-Wl,--strip-all",
}

// c compiles every .c file of the folder with the binding and the folder's words into a module.
func (b *Builder) c(ctx context.Context, folder string, m manifest.Manifest) (Artifact, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	folder, err := filepath.Abs(folder)
	if err != nil {
		return Artifact{}, fmt.Errorf("building %s: %w", folder, err)
	}
	sources, err := sourcesOf(folder)
	if err != nil {
		return Artifact{}, &Error{Folder: folder, Output: err.Error(), Err: errors.New("there is nothing to compile")}
	}
	words, err := wordsOf(os.DirFS(folder))
	if err != nil {
		return Artifact{}, &Error{Folder: folder, Output: err.Error(), Err: errors.New("the words cannot be read")}
	}
	cache, err := b.cache(folder)
	var binding []string
	if err == nil {
		binding, err = layC(cache, words)
	}
	if err != nil {
		return Artifact{}, fmt.Errorf("building %s: %w", folder, err)
	}
	compiler, err := b.clang()
	if err != nil {
		return Artifact{}, &Error{Folder: folder, Output: "", Err: err}
	}
	out := filepath.Join(cache, m.Name+".wasm")
	args := append(slices.Clone(clangFlags), "-I", cache, "-o", out)
	args = append(append(args, sources...), binding...)
	cmd := exec.CommandContext(ctx, compiler, args...)
	cmd.Dir = folder
	if said, err := cmd.CombinedOutput(); err != nil {
		return Artifact{}, &Error{Folder: folder, Output: strings.TrimSpace(string(said)), Err: err}
	}
	return digest(out)
}

// sourcesOf lists a folder's .c files by their names.
func sourcesOf(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var sources []string
	for _, entry := range entries {
		if entry.Type().IsRegular() && filepath.Ext(entry.Name()) == ".c" {
			sources = append(sources, "./"+entry.Name()) // a name that begins with - is no flag
		}
	}
	if len(sources) == 0 {
		return nil, errors.New("the folder holds no .c file: block.c lists the block's operations in quoin_operations")
	}
	return sources, nil
}

// clang finds the compiler. Its linker is a program of its own.
func (b *Builder) clang() (string, error) {
	command := b.Clang
	if command == "" {
		command = "clang"
	}
	for _, program := range []string{command, "wasm-ld"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", fmt.Errorf("%w: blocks in C are compiled by clang and linked by wasm-ld (on Debian: apt-get install clang lld), or "+
				"install a built package", err)
		}
	}
	return command, nil
}

// wordsFile holds a block's words as C.
const wordsFile = "quoin_words.c"

// layC writes the binding and a block's words into the cache, and lists what is to compile there.
func layC(cache string, words []byte) ([]string, error) {
	var compiled []string
	err := fs.WalkDir(c.Files, "src", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(c.Files, name)
		if err != nil {
			return err
		}
		file := filepath.Join(cache, entry.Name())
		if filepath.Ext(file) == ".c" {
			compiled = append(compiled, file)
		}
		return os.WriteFile(file, data, 0o600)
	})
	if err != nil {
		return nil, err
	}
	file := filepath.Join(cache, wordsFile)
	return append(compiled, file), os.WriteFile(file, words, 0o600)
}

// wordsOf makes C of locales/*.json, each an object of texts by key.
func wordsOf(folder fs.FS) ([]byte, error) {
	names, err := fs.Glob(folder, "locales/*.json")
	if err != nil {
		return nil, err
	}
	text := []byte("#include \"quoin.h\"\n\nconst Word quoin_words[] = {\n")
	for _, name := range names {
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		var words map[string]string
		if err := json.Unmarshal(data, &words); err != nil {
			return nil, fmt.Errorf("%s: it must be an object of texts: %w", name, err)
		}
		language := strings.TrimSuffix(filepath.Base(name), ".json")
		for _, key := range slices.Sorted(maps.Keys(words)) {
			text = fmt.Appendf(text, "\t{%s, %s, %s},\n", quoteC(language), quoteC(key), quoteC(words[key]))
		}
	}
	return append(text, "\t{0},\n};\n"...), nil
}

// quoteC writes a string for C: what is not plain as three octal digits, which nothing behind them can lengthen.
func quoteC(text string) string {
	out := []byte{'"'}
	for i := range len(text) {
		switch b := text[i]; {
		case b == '"' || b == '\\' || b == '?' || b < ' ' || b > '~':
			out = append(out, '\\')
			octal := strconv.FormatUint(uint64(b), 8)
			out = append(append(out, "000"[len(octal):]...), octal...)
		default:
			out = append(out, b)
		}
	}
	return string(append(out, '"'))
}
