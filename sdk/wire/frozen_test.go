package wire

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// sources parses this package without its tests.
func sources(t *testing.T) (*token.FileSet, []*ast.File) {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, entry.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return set, files
}

// TestConstantsAreFrozen writes every exported constant with its type and value into one file: operations, roles, scopes,
// codes, names of views and reasons, limits, exports of a guest. They are append-only: a line may be added, never changed.
func TestConstantsAreFrozen(t *testing.T) {
	set, files := sources(t)
	var lines []string
	for _, file := range files {
		for _, decl := range file.Decls {
			group, ok := decl.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST {
				continue
			}
			for _, spec := range group.Specs {
				lines = append(lines, constants(t, set, spec.(*ast.ValueSpec))...)
			}
		}
	}
	slices.Sort(lines)
	if len(lines) < 100 {
		t.Fatalf("only %d constants were found", len(lines))
	}
	compare(t, filepath.Join("testdata", "constants.txt"), []byte(strings.Join(lines, "\n")+"\n"))
}

func constants(t *testing.T, set *token.FileSet, spec *ast.ValueSpec) []string {
	t.Helper()
	text := func(node ast.Node) string {
		var b bytes.Buffer
		if err := printer.Fprint(&b, set, node); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	kind := ""
	if spec.Type != nil {
		kind = text(spec.Type) + " "
	}
	var lines []string
	for i, name := range spec.Names {
		if !name.IsExported() {
			continue
		}
		if i >= len(spec.Values) {
			t.Errorf("%s has no value of its own: what travels must not depend on the order of constants", name.Name)
			continue
		}
		lines = append(lines, fmt.Sprintf("%s%s = %s", kind, name.Name, text(spec.Values[i])))
	}
	return lines
}

// TestTheTableIsFrozen writes who may have which effect, who may write which scope, and which operation may ask which
// service: a block that was allowed something yesterday must be allowed it tomorrow.
func TestTheTableIsFrozen(t *testing.T) {
	var b strings.Builder
	for _, op := range Ops() {
		for _, role := range Roles() {
			var kinds []string
			for _, kind := range EffectKinds() {
				if Allowed(op, role, kind) {
					kinds = append(kinds, string(kind))
				}
			}
			if len(kinds) > 0 {
				fmt.Fprintf(&b, "effects of %s as %s: %s\n", op, role, strings.Join(kinds, " "))
			}
		}
	}
	for _, role := range Roles() {
		for _, scope := range []Scope{ScopeContent, ScopeSettings, ScopeUserState, ScopePrefs, ScopeUserInfo, ScopeSummary} {
			if Writable(role, scope) {
				fmt.Fprintf(&b, "%s sets %s\n", role, scope)
			}
		}
	}
	for _, op := range Ops() {
		var services []string
		for _, service := range Services() {
			if Available(op, service) {
				services = append(services, string(service))
			}
		}
		if len(services) > 0 {
			fmt.Fprintf(&b, "services of %s: %s\n", op, strings.Join(services, " "))
		}
	}
	compare(t, filepath.Join("testdata", "table.txt"), []byte(b.String()))
}

// TestEveryStructIsInAMessage finds the exported structs of this package that no golden file shows: a message that was not
// added to messages().
func TestEveryStructIsInAMessage(t *testing.T) {
	shown := map[string]bool{}
	for _, message := range messages() {
		reach(reflect.TypeOf(message), shown)
	}
	// What never crosses the boundary by itself.
	for _, name := range []string{"Message", "Rule", "Error", "Blob"} {
		shown[name] = true
	}
	_, files := sources(t)
	for _, file := range files {
		for _, decl := range file.Decls {
			group, ok := decl.(*ast.GenDecl)
			if !ok || group.Tok != token.TYPE {
				continue
			}
			for _, spec := range group.Specs {
				declared := spec.(*ast.TypeSpec)
				if _, isStruct := declared.Type.(*ast.StructType); isStruct && declared.Name.IsExported() && !shown[declared.Name.Name] {
					t.Errorf("%s is in no golden file: add it to messages()", declared.Name.Name)
				}
			}
		}
	}
}

// reach collects the names of the structs of this package that a type holds.
func reach(kind reflect.Type, shown map[string]bool) {
	switch kind.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		reach(kind.Elem(), shown)
	case reflect.Struct:
		if kind.PkgPath() != reflect.TypeFor[Request]().PkgPath() || shown[kind.Name()] {
			return
		}
		shown[kind.Name()] = true
		for i := range kind.NumField() {
			reach(kind.Field(i).Type, shown)
		}
	default:
	}
}

// TestFieldsHaveNames: a field without a JSON name would travel under its Go name, which then could not be changed.
func TestFieldsHaveNames(t *testing.T) {
	for _, message := range messages() {
		kind := reflect.TypeOf(message)
		for i := range kind.NumField() {
			field := kind.Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if field.IsExported() && !field.Anonymous && (name == "" || name != strings.ToLower(name)) {
				t.Errorf("%s.%s needs a lower-case JSON name", kind.Name(), field.Name)
			}
		}
	}
}
