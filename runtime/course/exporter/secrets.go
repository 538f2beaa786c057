package exporter

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// secretsGo says whether keys and passports go out: only where that was asked for and they came in with this very course.
func (e *exporting) secretsGo() bool { return e.request.Secrets && e.own() }

// textual says whether a file may hold settings.
func textual(name string) bool {
	ending := path.Ext(name)
	return ending == ".xml" || ending == ".json"
}

// strip takes keys and passports out of a file, whoever reads it or not, and counts those that were there. A file that cannot
// be read and may hold some is left out: keep is then false.
func strip(name string, data []byte) (stripped []byte, count int, keep bool) {
	if !textual(name) || !olx.HoldsSecrets(data) {
		return data, 0, true
	}
	if strings.HasSuffix(name, ".json") {
		return stripJSON(data)
	}
	doc, err := intake.ParseXML(name, data, intake.XMLOptions{HTMLEntities: true})
	if err != nil {
		return nil, 0, false
	}
	var edits []edit
	var visit func(node *intake.XMLNode)
	visit = func(node *intake.XMLNode) {
		for _, a := range node.Attrs {
			if olx.SecretAttr(a.Name) && !empty([]byte(a.Value)) {
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

func stripJSON(data []byte) (stripped []byte, count int, keep bool) {
	stripped, err := editJSON(data, func(path []string, start, end int) member {
		value := data[start:end]
		if !olx.SecretAttr(path[len(path)-1]) || empty(value) {
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
