package inspect

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// module is where the platform and the SDK live.
const module = "github.com/quoin-lms/quoin"

// sources reads every Go file that becomes part of the block.
func (r *Report) sources() error {
	files := token.NewFileSet()
	return filepath.WalkDir(r.Folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if base := entry.Name(); name != r.Folder && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			return nil //nolint:nilerr // the compiler says it better, and it is asked next
		}
		relative, err := filepath.Rel(r.Folder, name)
		if err != nil {
			return err
		}
		source := &source{report: r, files: files, name: filepath.ToSlash(relative), tree: file}
		source.imports()
		return nil
	})
}

// source is one file of a block.
type source struct {
	report *Report
	files  *token.FileSet
	name   string
	tree   *ast.File
}

func (s *source) add(at token.Pos, fix, format string, args ...any) {
	s.report.add(s.name, s.files.Position(at).Line, fix, format, args...)
}

// imports refuses what a block may not import, and looks for uses of math/rand.
func (s *source) imports() {
	for _, spec := range s.tree.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser lets none through
		}
		switch below, ours := strings.CutPrefix(imported, module+"/"); {
		case ours && !mayImport(below):
			s.add(spec.Pos(), "ask for what you need through the SDK: services, fields, effects",
				"it imports %s: a block imports sdk, the standard library and libraries of its field, so that it can run in any host", imported)
		case imported == "unsafe", imported == "C":
			s.add(spec.Pos(), "do without", "it imports %q, which does not work in the sandbox", imported)
		case imported == "math/rand", imported == "math/rand/v2":
			s.random(spec, imported)
		}
	}
}

// mayImport reports whether a block may import a package of the platform's own module.
func mayImport(below string) bool {
	switch {
	case below == "sdk", below == "sdk/wire", below == "sdk/question", below == "sdk/markup", strings.HasPrefix(below, "blocks/"), strings.HasPrefix(below, "examples/blocks/"):
		return true
	}
	return false
}

// ownGenerator are what math/rand offers for a generator with a seed of one's own.
var ownGenerator = []string{
	"New", "NewSource", "NewZipf", "NewPCG", "NewChaCha8", "Rand", "Source", "Source64", "Zipf", "PCG", "ChaCha8",
}

// random refuses the generator that the whole program shares.
func (s *source) random(spec *ast.ImportSpec, imported string) {
	const fix = "use c.Rand(): the host feeds it, so that a retried call draws the same again"
	name := path.Base(strings.TrimSuffix(imported, "/v2"))
	if spec.Name != nil {
		name = spec.Name.Name
	}
	if name == "." {
		s.add(spec.Pos(), fix, "it imports %s without a name, so that its shared generator cannot be told from the block's own", imported)
		return
	}
	ast.Inspect(s.tree, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		// Obj tells a variable of that name from the package; types would need the whole program.
		if left, ok := selector.X.(*ast.Ident); ok && left.Name == name && left.Obj == nil && !slices.Contains(ownGenerator, selector.Sel.Name) {
			s.add(selector.Pos(), fix, "it uses %s.%s: the state of that generator is put back after every call, so it repeats itself", name, selector.Sel.Name)
		}
		return true
	})
}
