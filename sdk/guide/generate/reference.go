package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
)

const notice = "This page is made from the Go source by `go run ./sdk/guide/generate`."

// References gives the pages by their file names.
func References(root string) (map[string][]byte, error) {
	wire, err := load(filepath.Join(root, "sdk", "wire"))
	if err != nil {
		return nil, err
	}
	manifest, err := load(filepath.Join(root, "runtime", "manifest"))
	if err != nil {
		return nil, err
	}
	contract, err := contract(wire, filepath.Join(root, "sdk", "wire", "testdata"))
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"contract.md": contract, "manifest.md": manifestPage(manifest), "stories.md": storiesPage()}, nil
}

// source is a package's documentation.
type source struct {
	*doc.Package
	set *token.FileSet
	// files hold what is not exported too.
	files []*ast.File
}

func load(folder string) (source, error) {
	set := token.NewFileSet()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return source{}, err
	}
	var files, whole []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, list := range []*[]*ast.File{&files, &whole} { // package doc cuts what is not exported out of what it gets
			file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
			if err != nil {
				return source{}, err
			}
			*list = append(*list, file)
		}
	}
	p, err := doc.NewFromFiles(set, files, "github.com/quoin-lms/quoin/"+filepath.ToSlash(folder))
	if err != nil {
		return source{}, fmt.Errorf("reading %s: %w", folder, err)
	}
	return source{p, set, whole}, nil
}

// find gives a type's documentation, nil for none.
func (s source) find(name string) *doc.Type {
	for _, t := range s.Types {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// messages writes every struct whose members travel, with its members.
func (s source) messages(out *bytes.Buffer, names ...string) {
	for _, name := range names {
		t := s.find(name)
		if t == nil {
			continue
		}
		fmt.Fprintf(out, "\n## %s\n\n%s\n", name, prose(t.Doc))
		s.members(out, t)
		s.values(out, t)
	}
}

// members writes a struct's members as a table.
func (s source) members(out *bytes.Buffer, t *doc.Type) {
	spec, ok := t.Decl.Specs[0].(*ast.TypeSpec)
	if !ok {
		return
	}
	structure, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	rows := s.rows(structure)
	if len(rows) == 0 {
		return
	}
	out.WriteString("\n| member | type | meaning |\n| --- | --- | --- |\n")
	for _, row := range rows {
		fmt.Fprintf(out, "| `%s` | `%s` | %s |\n", row[0], row[1], row[2])
	}
}

// rows are name, type and words of a struct's members. A comment that stands above several is given to the first.
func (s source) rows(structure *ast.StructType) [][3]string {
	var rows [][3]string
	for _, field := range structure.Fields.List {
		text := field.Doc.Text()
		if text == "" {
			text = field.Comment.Text()
		}
		kind := s.text(field.Type)
		if len(field.Names) == 0 {
			rows = append(rows, [3]string{"(those of " + kind + ")", kind, cell(text)})
			continue
		}
		name := field.Names[0].Name
		if field.Tag != nil {
			tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("json")
			if name, _, _ = strings.Cut(tag, ","); name == "-" {
				continue
			}
			if name == "" {
				name = field.Names[0].Name
			}
		} else if !field.Names[0].IsExported() {
			continue
		}
		rows = append(rows, [3]string{name, kind, cell(text)})
	}
	return rows
}

// values writes the constants of a type.
func (s source) values(out *bytes.Buffer, t *doc.Type) {
	var lines []string
	for _, group := range t.Consts {
		for _, spec := range group.Decl.Specs {
			value, ok := spec.(*ast.ValueSpec)
			if !ok || len(value.Values) == 0 {
				continue
			}
			text := value.Doc.Text()
			if text == "" {
				text = value.Comment.Text()
			}
			lines = append(lines, fmt.Sprintf("| `%s` | %s |\n", strings.Trim(s.text(value.Values[0]), `"`), cell(text)))
		}
	}
	if len(lines) > 0 {
		out.WriteString("\n| value | meaning |\n| --- | --- |\n" + strings.Join(lines, ""))
	}
}

func (s source) text(node any) string {
	var out bytes.Buffer
	if err := printer.Fprint(&out, s.set, node); err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// prose is a comment as Markdown: links to other names of Go's become code.
func prose(comment string) string {
	comment = strings.TrimSpace(comment)
	for {
		from := strings.Index(comment, "[")
		if from < 0 {
			return comment
		}
		to := strings.Index(comment[from:], "]")
		if to < 0 {
			return comment
		}
		comment = comment[:from] + "`" + comment[from+1:from+to] + "`" + comment[from+to+1:]
	}
}

// cell is a comment in one line of a table.
func cell(comment string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(prose(comment)), " "), "|", `\|`)
}
