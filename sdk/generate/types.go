package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// contract is what the source of package wire declares.
type contract struct {
	names []string // in the order of the files
	types map[string]*declared
	// values are the constants of each named type, in their order.
	values map[string][]constant
}

type declared struct {
	spec *ast.TypeSpec
	doc  string
}

type constant struct{ name, value, doc string }

const header = `// Code generated from the Go source of the contract (sdk/wire) by "go run ./sdk/generate". DO NOT EDIT.

/** What travels beside the JSON byte for byte: a string when it is text, bytes when it is not. */
export type Blob = string | Uint8Array;

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
`

// Types gives the TypeScript of the contract in a folder.
func Types(folder string) ([]byte, error) {
	c, err := read(folder)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString(header)
	for _, number := range []string{"ABI", "MaxFrame", "MaxJSON", "MaxBlob", "MaxEffects", "MaxName", "MaxBody", "MaxPoints"} {
		for _, k := range c.values[""] {
			if k.name == number {
				fmt.Fprintf(&out, "\n%sexport const %s = %s;\n", comment(k.doc, ""), k.name, k.value)
			}
		}
	}
	for _, name := range c.names {
		text, err := c.declare(name)
		if err != nil {
			return nil, fmt.Errorf("type %s: %w", name, err)
		}
		out.WriteString(text)
	}
	c.paths(&out)
	return out.Bytes(), nil
}

func read(folder string) (*contract, error) {
	c := &contract{types: map[string]*declared{}, values: map[string][]constant{}}
	set := token.NewFileSet()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("reading %s: %d files, %w", folder, len(names), fs.ErrNotExist)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, declaration := range file.Decls {
			if general, ok := declaration.(*ast.GenDecl); ok {
				c.take(general)
			}
		}
	}
	return c, nil
}

func (c *contract) take(general *ast.GenDecl) {
	for _, spec := range general.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() {
				c.names = append(c.names, s.Name.Name)
				c.types[s.Name.Name] = &declared{s, words(s.Doc, general.Doc, s.Comment)}
			}
		case *ast.ValueSpec:
			if general.Tok == token.CONST && len(s.Values) == 1 {
				of := ""
				if named, ok := s.Type.(*ast.Ident); ok {
					of = named.Name
				}
				c.values[of] = append(c.values[of], constant{s.Names[0].Name, number(s.Values[0]), words(s.Doc, nil, s.Comment)})
			}
		}
	}
}

// number writes a constant as TypeScript has it: a literal, or a shift of literals.
func number(value ast.Expr) string {
	switch v := value.(type) {
	case *ast.BasicLit:
		return v.Value
	case *ast.BinaryExpr:
		left, right := number(v.X), number(v.Y)
		if v.Op == token.SHL {
			l, errLeft := strconv.Atoi(left)
			r, errRight := strconv.Atoi(right)
			if errLeft == nil && errRight == nil {
				return strconv.Itoa(l << r)
			}
		}
	}
	return ""
}

// words gives the first comment that is there.
func words(groups ...*ast.CommentGroup) string {
	for _, group := range groups {
		if group != nil {
			return strings.TrimSpace(group.Text())
		}
	}
	return ""
}

func comment(text, indent string) string {
	if text == "" {
		return ""
	}
	lines := strings.Split(strings.ReplaceAll(text, "*/", "* /"), "\n")
	if len(lines) == 1 {
		return indent + "/** " + lines[0] + " */\n" + indent
	}
	return indent + "/**\n" + indent + " * " + strings.Join(lines, "\n"+indent+" * ") + "\n" + indent + " */\n" + indent
}

// declare gives one type, or "" for what does not travel.
func (c *contract) declare(name string) (string, error) {
	d := c.types[name]
	doc := "\n" + comment(d.doc, "")
	switch t := d.spec.Type.(type) {
	case *ast.StructType:
		if !travels(t) {
			return "", nil
		}
		return c.structure(doc, name, t)
	case *ast.Ident:
		if values := c.values[name]; t.Name == "string" && len(values) > 0 {
			texts := make([]string, len(values))
			for i, value := range values {
				texts[i] = value.value
			}
			return fmt.Sprintf("%sexport type %s =\n  | %s;\n", doc, name, strings.Join(texts, "\n  | ")), nil
		}
		text, err := c.expression(t)
		return fmt.Sprintf("%sexport type %s = %s;\n", doc, name, text), err
	case *ast.MapType:
		text, err := c.expression(t)
		return fmt.Sprintf("%sexport type %s = %s;\n", doc, name, text), err
	}
	return "", nil
}

// travels reports whether the struct is a message: each of its fields has its name in JSON.
func travels(t *ast.StructType) bool {
	return !slices.ContainsFunc(t.Fields.List, func(f *ast.Field) bool { return len(f.Names) > 0 && jsonTag(f) == "" })
}

func jsonTag(f *ast.Field) string {
	if f.Tag == nil {
		return ""
	}
	text, err := strconv.Unquote(f.Tag.Value)
	if err != nil {
		return ""
	}
	return reflect.StructTag(text).Get("json")
}

func (c *contract) structure(doc, name string, t *ast.StructType) (string, error) {
	var fields, extended []string
	for _, f := range t.Fields.List {
		if len(f.Names) == 0 {
			name, _ := element(f.Type)
			extended = append(extended, name)
			continue
		}
		text, err := c.expression(f.Type)
		if err != nil {
			return "", fmt.Errorf("field %s: %w", f.Names[0].Name, err)
		}
		member, options, _ := strings.Cut(jsonTag(f), ",")
		switch {
		case options != "":
			member += "?"
		case nullable(f.Type):
			text += " | null"
		}
		fields = append(fields, comment(words(f.Doc, f.Comment), "  ")+fmt.Sprintf("%s: %s;\n", indented(member, f), text))
	}
	if len(fields) == 0 && len(extended) == 0 {
		return fmt.Sprintf("%sexport type %s = Record<string, never>;\n", doc, name), nil
	}
	extends := ""
	if len(extended) > 0 {
		extends = " extends " + strings.Join(extended, ", ")
	}
	return fmt.Sprintf("%sexport interface %s%s {\n%s}\n", doc, name, extends, strings.Join(fields, "")), nil
}

// indented puts a member without a comment where one with a comment stands.
func indented(member string, f *ast.Field) string {
	if words(f.Doc, f.Comment) == "" {
		return "  " + member
	}
	return member
}

// nullable reports whether encoding/json writes null for the zero value.
func nullable(t ast.Expr) bool {
	switch t := t.(type) {
	case *ast.StarExpr, *ast.ArrayType, *ast.MapType:
		return true
	case *ast.Ident:
		return t.Name == "Fields"
	}
	return false
}

// expression gives a Go type as TypeScript has it.
func (c *contract) expression(t ast.Expr) (string, error) {
	switch t := t.(type) {
	case *ast.Ident:
		switch t.Name {
		case "string":
			return "string", nil
		case "bool":
			return "boolean", nil
		case "int", "int64", "float64":
			return "number", nil
		}
		if !t.IsExported() {
			return "", fmt.Errorf("%s has no counterpart: teach the generator", t.Name)
		}
		return t.Name, nil
	case *ast.StarExpr:
		return c.expression(t.X)
	case *ast.ArrayType:
		text, err := c.expression(t.Elt)
		return text + "[]", err
	case *ast.MapType:
		text, err := c.expression(t.Value)
		return "Record<string, " + text + ">", err
	case *ast.SelectorExpr:
		if t.Sel.Name == "RawMessage" {
			return "Json", nil
		}
	}
	return "", fmt.Errorf("%T has no counterpart: teach the generator", t)
}

// paths lists where the blobs of each message stand, in the order in which they are numbered.
func (c *contract) paths(out *bytes.Buffer) {
	out.WriteString("\n/** Where the blobs of each message stand: members divided by dots, [] after a list. */\nexport const blobs: Record<string, string[]> = {\n")
	for _, name := range c.names {
		if found := c.within(name, nil); len(found) > 0 {
			fmt.Fprintf(out, "  %s: [%s],\n", name, strings.Join(found, ", "))
		}
	}
	out.WriteString("};\n")
}

func (c *contract) within(name string, above []string) []string {
	d := c.types[name]
	if d == nil || slices.Contains(above, name) {
		return nil
	}
	if other, ok := d.spec.Type.(*ast.Ident); ok {
		return c.within(other.Name, append(above, name))
	}
	t, ok := d.spec.Type.(*ast.StructType)
	if !ok || !travels(t) {
		return nil
	}
	var found []string
	for _, f := range t.Fields.List {
		if len(f.Names) == 0 {
			of, _ := element(f.Type)
			found = append(found, c.within(of, append(above, name))...)
			continue
		}
		member, _, _ := strings.Cut(jsonTag(f), ",")
		of, list := element(f.Type)
		if list {
			member += "[]"
		}
		if of == "Blob" {
			found = append(found, strconv.Quote(member))
			continue
		}
		for _, path := range c.within(of, append(above, name)) {
			found = append(found, `"`+member+"."+strings.Trim(path, `"`)+`"`)
		}
	}
	return found
}

// element names the type behind pointers and lists.
func element(t ast.Expr) (name string, list bool) {
	switch t := t.(type) {
	case *ast.Ident:
		return t.Name, false
	case *ast.StarExpr:
		return element(t.X)
	case *ast.ArrayType:
		name, _ = element(t.Elt)
		return name, true
	}
	return "", false
}
