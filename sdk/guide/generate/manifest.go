package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// manifestPage writes the reference of block.json.
func manifestPage(s source) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# block.json\n\n%s\n\nA misspelt name is an error.\n", notice)
	s.messages(&out, "Manifest", "Type", "Permission", "Limits")
	out.WriteString("\n## What may be asked for\n\n| permission | values | meaning |\n| --- | --- | --- |\n")
	for _, service := range wire.Services() {
		values := ""
		if service == wire.ServiceHTTP {
			values = "hosts"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", service, values, meanings[string(service)])
	}
	for _, file := range s.files {
		for _, declared := range file.Decls {
			if variables, ok := declared.(*ast.GenDecl); ok {
				for _, spec := range variables.Specs {
					s.permissions(&out, spec)
				}
			}
		}
	}
	return out.Bytes()
}

// permissions writes the map of those that are no services.
func (s source) permissions(out *bytes.Buffer, spec ast.Spec) {
	value, ok := spec.(*ast.ValueSpec)
	if !ok || value.Names[0].Name != "extra" || len(value.Values) != 1 {
		return
	}
	table, ok := value.Values[0].(*ast.CompositeLit)
	if !ok {
		return
	}
	for _, element := range table.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			name, values := strings.Trim(s.text(pair.Key), `"`), strings.Trim(s.text(pair.Value), `"`)
			fmt.Fprintf(out, "| `%s` | %s | %s |\n", name, values, meanings[name])
		}
	}
}

// meanings says what a permission lets a block do. The test of this package misses what is not here.
var meanings = map[string]string{
	"documents":        "read its own documents; the effects that write them need it too",
	"children":         "ask for the blocks that stand inside it",
	"users":            "read the names of the people of its course",
	"files":            "read files of the course, and those that learners handed in to it",
	"scores":           "read what learners earned elsewhere in the course",
	"enrolments":       "read who is enrolled in the course",
	"script":           "have programs run that it passes on, by authors or learners, in the sandbox; a script of its own for the browser needs none",
	"search":           "look into the search of the course, as the caller may",
	"keys":             "sign and verify with secrets that it never sees",
	"http":             "ask these hosts over the internet, from grade and tasks",
	"events.subscribe": "hear of these events",
	"slot":             "show views in these places of the shells",
	"mount":            "answer below these paths of its own address",
	"leave":            "send the browser on to these hosts",
	"embed":            "frame pages of these hosts",
	"device":           "use these devices inside its frame",
	"settle":           "append evidence to submissions that wait",
	"score":            "give another learner a score, as course staff",
	"enrol":            "enrol and unenrol people",
	"notify":           "send notifications",
	"schedule":         "run tasks, now or later",
	"index":            "put its documents into the search",
	"publish":          "tell open pages that something changed",
	"site_preferences": "keep learners' preferences for the whole site and not for one course",
}
