package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// operation is an operation with its two messages.
type operation struct {
	op             wire.Op
	request, reply string
}

// operations are in the order of the contract. The test of this package misses what is not here.
var operations = []operation{
	{wire.OpDescribe, "DescribeRequest", "Description"},
	{wire.OpOutline, "OutlineRequest", "Outline"},
	{wire.OpVary, "VaryRequest", "Variant"},
	{wire.OpRender, "RenderRequest", "Fragment"},
	{wire.OpReveal, "RevealRequest", "Revealed"},
	{wire.OpHandle, "HandleRequest", "HandleReply"},
	{wire.OpGrade, "GradeRequest", "Verdict"},
	{wire.OpChoose, "ChooseRequest", "Choice"},
	{wire.OpCheck, "CheckRequest", "CheckReply"},
	{wire.OpSolve, "SolveRequest", "Solution"},
	{wire.OpImportOLX, "ImportRequest", "ImportReply"},
	{wire.OpExportOLX, "ExportRequest", "ExportReply"},
	{wire.OpReport, "ReportRequest", "ReportReply"},
	{wire.OpTask, "TaskRequest", "EffectsReply"},
	{wire.OpEvent, "EventRequest", "EffectsReply"},
	{wire.OpMount, "MountRequest", "HandleReply"},
	{wire.OpMigrate, "MigrateRequest", "MigrateReply"},
	{wire.OpSample, "SampleRequest", "SampleReply"},
}

// contract writes the reference of the contract; golden is the folder of the messages' examples.
func contract(s source, golden string) ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# The contract, message by message\n\n%s\n\n%s\n", notice, prose(first(s.Doc)))
	s.bounds(&out)
	told := map[string]bool{}
	out.WriteString("\n## Operations\n\nEach takes one request and gives one reply.\n\n| operation | request | reply |\n| --- | --- | --- |\n")
	for _, o := range operations {
		fmt.Fprintf(&out, "| `%s` | `%s` | `%s` |\n", o.op, o.request, o.reply)
	}
	rules(&out)
	for _, o := range operations {
		for _, name := range []string{o.request, o.reply} {
			if !told[name] {
				told[name] = true
				if err := s.message(&out, name, golden); err != nil {
					return nil, err
				}
			}
		}
	}
	for _, t := range s.Types { // what the messages are made of, and the services' own
		if (isStruct(t.Decl) || len(t.Consts) > 0) && !told[t.Name] && ast.IsExported(t.Name) {
			if err := s.message(&out, t.Name, golden); err != nil {
				return nil, err
			}
		}
	}
	return out.Bytes(), nil
}

func first(text string) string {
	paragraph, _, _ := strings.Cut(text, "\n\n")
	return paragraph
}

// bounds writes the constants that have no type of their own.
func (s source) bounds(out *bytes.Buffer) {
	out.WriteString("\n## Numbers and names\n\n| name | value | meaning |\n| --- | --- | --- |\n")
	for _, group := range s.Consts {
		for _, spec := range group.Decl.Specs {
			value, ok := spec.(*ast.ValueSpec)
			if !ok || len(value.Values) == 0 {
				continue
			}
			text := value.Doc.Text() + value.Comment.Text()
			if text == "" && len(group.Decl.Specs) == 1 {
				text = group.Doc
			}
			fmt.Fprintf(out, "| %s | `%s` | %s |\n", value.Names[0].Name, s.text(value.Values[0]), cell(text))
		}
	}
}

// rules writes who may have which effect, and which operation may ask which service.
func rules(out *bytes.Buffer) {
	out.WriteString("\n## Who may have which effect\n\nOne effect that is not allowed voids the whole reply.\n\n| operation | as | effects |\n| --- | --- | --- |\n")
	for _, rule := range wire.Rules() {
		var names []string
		for _, effect := range rule.Effects {
			names = append(names, string(effect))
		}
		fmt.Fprintf(out, "| `%s` | %s | %s |\n", rule.Op, rule.Role, strings.Join(names, ", "))
	}
	out.WriteString("\n## Which service may be asked when\n\n| service | in |\n| --- | --- |\n")
	for _, service := range wire.Services() {
		var in []string
		for _, op := range wire.Ops() {
			if wire.Available(op, service) {
				in = append(in, "`"+string(op)+"`")
			}
		}
		fmt.Fprintf(out, "| `%s` | %s |\n", service, strings.Join(in, ", "))
	}
}

// message writes one type with its members, its values and an example where the contract's tests hold one.
func (s source) message(out *bytes.Buffer, name, golden string) error {
	s.messages(out, name)
	text, err := os.ReadFile(filepath.Join(golden, strings.ToLower(name)+".golden"))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if lines := slices.Collect(strings.Lines(string(text))); len(lines) > 3 {
		fmt.Fprintf(out, "\n```text\n%s\n```\n", strings.TrimSpace(string(text)))
	}
	return nil
}

// isStruct reports whether a declaration's type is a struct.
func isStruct(decl *ast.GenDecl) bool {
	spec, ok := decl.Specs[0].(*ast.TypeSpec)
	if !ok {
		return false
	}
	_, structure := spec.Type.(*ast.StructType)
	return structure
}
