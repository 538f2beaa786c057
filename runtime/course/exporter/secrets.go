package exporter

import (
	"bytes"
	"context"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// secretsGo says whether keys and passports go out: only where that was asked for and they came in with this very course.
func (e *exporting) secretsGo() bool { return e.request.Secrets && e.own() }

// findKeyed asks which fields of the course's blocks hold keys: any attribute may, and its name does not tell.
func (e *exporting) findKeyed(ctx context.Context) {
	e.keyed = map[string][]string{}
	ask := func(blockType string) {
		if _, asked := e.keyed[blockType]; asked || course.Structural(blockType) {
			return
		}
		e.keyed[blockType] = nil
		declared, _ := e.config.Blocks.Declared(ctx, blockType)
		for i := range declared {
			if declared[i].Type == wire.TypeKey {
				e.keyed[blockType] = append(e.keyed[blockType], declared[i].Name)
			}
		}
	}
	for of := range e.nodes {
		ask(of.blockType)
	}
	if e.base != nil {
		for _, block := range e.base.course.Blocks {
			ask(block.Type)
		}
	}
}

// isKey says whether an attribute, or a setting in a policy file, holds a key.
func (e *exporting) isKey(blockType, name string) bool {
	return olx.SecretAttr(name) || slices.Contains(e.keyed[blockType], name)
}

// mayHoldKeys says whether the name of such an attribute stands somewhere in a text. Where it is false, there is none.
func (e *exporting) mayHoldKeys(text []byte) bool {
	if olx.HoldsSecrets(text) {
		return true
	}
	for _, names := range e.keyed {
		for _, name := range names {
			if bytes.Contains(text, []byte(name)) {
				return true
			}
		}
	}
	return false
}

// textual says whether a file may hold settings.
func textual(name string) bool {
	ending := path.Ext(name)
	return ending == ".xml" || ending == ".json"
}

// strip takes keys and passports out of a file, whoever reads it or not, and counts those that were there. A file that cannot
// be read and may hold some is left out: keep is then false.
func (e *exporting) strip(name string, data []byte) (stripped []byte, count int, keep bool) {
	if !textual(name) || !e.mayHoldKeys(data) {
		return data, 0, true
	}
	if strings.HasSuffix(name, ".json") {
		return e.stripJSON(data)
	}
	doc, err := intake.ParseXML(name, data, intake.XMLOptions{HTMLEntities: true})
	if err != nil {
		return nil, 0, false
	}
	var edits []edit
	var visit func(node *intake.XMLNode)
	visit = func(node *intake.XMLNode) {
		for _, a := range node.Attrs {
			if e.isKey(node.Name, a.Name) && !empty([]byte(a.Value)) {
				edits = append(edits, edit{start: a.Start, end: a.End, text: a.Name + `=""`})
			}
		}
		for _, child := range node.Children {
			visit(child)
		}
	}
	visit(doc.Root)
	if len(edits) == 0 {
		return data, 0, true
	}
	return []byte(apply(string(doc.Source), 0, len(doc.Source), edits, nil)), len(edits), true
}

func (e *exporting) stripJSON(data []byte) (stripped []byte, count int, keep bool) {
	stripped, err := editJSON(data, func(path []string, start, end int) member {
		value := data[start:end]
		of := "" // a policy file has settings below "type/id"
		if len(path) > 1 {
			of, _, _ = strings.Cut(path[len(path)-2], "/")
		}
		if !e.isKey(of, path[len(path)-1]) || empty(value) {
			return member{}
		}
		count++
		switch value[0] {
		case '[':
			return member{value: []byte("[]")}
		case '{':
			return member{value: []byte("{}")}
		case '"':
			return member{value: []byte(`""`)}
		}
		return member{value: []byte("null")}
	})
	return stripped, count, err == nil
}

// empty says whether a value holds nothing.
func empty(value []byte) bool {
	var compact bytes.Buffer
	if json.Compact(&compact, value) != nil {
		return len(bytes.TrimSpace(value)) == 0
	}
	switch compact.String() {
	case "null", "[]", "{}", `""`:
		return true
	}
	return false
}
