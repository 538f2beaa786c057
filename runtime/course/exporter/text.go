package exporter

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// fieldText writes a field's value as an attribute's text that an import reads as the same value: a text as it is unless it
// would be read as something else, then as JSON. ok is false where no text does that.
func fieldText(kind wire.FieldType, value string, pure bool) (text string, ok bool) {
	if value == "null" {
		return value, kind == wire.TypeInteger || kind == wire.TypeNumber
	}
	candidates := []string{value}
	var plain string
	if json.Unmarshal([]byte(value), &plain) == nil {
		candidates = []string{plain, value}
	}
	var seconds int64
	if kind == wire.TypeDuration && json.Unmarshal([]byte(value), &seconds) == nil {
		candidates = []string{fmt.Sprintf("%d seconds", seconds)}
	}
	for _, text := range candidates {
		if pure && olx.YAML(text) != text && kind != wire.TypeBoolean {
			continue
		}
		read, set, err := importer.Value(kind, text)
		if err == nil && set && sameValue(string(read), value) {
			return text, true
		}
	}
	return "", false
}

// sameText says whether two texts of an attribute are read as the same value of a type.
func sameText(kind wire.FieldType, a, b string) bool {
	if a == b {
		return true
	}
	x, setX, errX := importer.Value(kind, a)
	y, setY, errY := importer.Value(kind, b)
	return errX == nil && errY == nil && setX == setY && sameValue(string(x), string(y))
}

// xmlText takes out what XML has no way to write.
func xmlText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return 0xFFFD
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// attribute writes one attribute with a blank before it.
func attribute(name, text string) string {
	return " " + name + `="` + string(intake.AppendXMLValue(nil, xmlText(text))) + `"`
}

// startTag writes an element up to its inside.
func startTag(name string, attrs []attr) string {
	var b strings.Builder
	b.WriteString("<" + name)
	for _, a := range attrs {
		b.WriteString(attribute(a.name, a.text))
	}
	return b.String()
}

// element writes a whole element; inner is OLX.
func element(name string, attrs []attr, inner string) string {
	if inner == "" {
		return startTag(name, attrs) + "/>"
	}
	return startTag(name, attrs) + ">" + inner + "</" + name + ">"
}

// pointer writes an element that names its definition.
func pointer(of usage) string {
	return element(of.blockType, []attr{{"url_name", of.id, wire.TypeString}}, "")
}

// pointsElsewhere says whether a reader would look for an element's definition in a file.
func pointsElsewhere(text string) bool {
	doc, err := intake.ParseXML("", []byte(text), intake.XMLOptions{HTMLEntities: true})
	if err != nil {
		return false
	}
	named := false
	for _, a := range doc.Root.Attrs {
		switch {
		case a.Name == "url_name" || a.Name == "slug":
			named = named || a.Value != ""
		case a.Name != "xmlns" && !strings.HasPrefix(a.Name, "xmlns:"):
			return false
		}
	}
	for _, child := range doc.Root.Children {
		if child.Kind != intake.XMLText && child.Kind != intake.XMLCData || strings.Trim(child.Text, " \t\r\n") != "" {
			return false
		}
	}
	return named
}

// wellFormed says whether text is an element that can stand in a file.
func wellFormed(text string) bool {
	_, err := intake.ParseXML("", []byte(text), intake.XMLOptions{HTMLEntities: true})
	return err == nil
}
