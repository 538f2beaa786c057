package olx

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Attributes writes the fields that kinds names as attributes, by name, so that [Element.Fields] reads the same again. A text
// that is null is not set, and no attribute.
func Attributes(fields wire.Fields, kinds map[string]wire.FieldType) []Attribute {
	var attributes []Attribute
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		value, set := fields[name]
		if !set {
			continue
		}
		if text, ok := attributeText(kinds[name], value); ok {
			attributes = append(attributes, Attribute{name, text})
		}
	}
	return attributes
}

// attributeText is the reverse of [Value]: a text as it is unless it would be read as something else, then in quotes.
func attributeText(kind wire.FieldType, value json.RawMessage) (text string, ok bool) {
	null := string(value) == "null"
	switch kind {
	case wire.TypeInteger, wire.TypeNumber, wire.TypeDuration:
		return string(value), true
	case wire.TypeBoolean, wire.TypeList, wire.TypeObject, wire.TypeCaptions:
		return string(value), !null
	default:
	}
	var plain string
	if null || json.Unmarshal(value, &plain) != nil {
		return string(value), !null
	}
	read, err := Value(kind, plain)
	if err != nil || string(read) != string(String(plain)) {
		return string(String(plain)), true
	}
	return plain, true
}

// Write writes an element. inner is OLX and stands between the tags as it is.
func Write(name string, attributes []Attribute, inner string) []byte {
	var b strings.Builder
	b.WriteString("<" + name)
	for _, a := range attributes {
		b.WriteString(" " + a.Name + `="`)
		escape(&b, a.Value)
		b.WriteByte('"')
	}
	if inner == "" {
		b.WriteString("/>")
	} else {
		b.WriteString(">" + inner + "</" + name + ">")
	}
	return []byte(b.String())
}

// escape writes an attribute's value. What XML cannot hold becomes U+FFFD.
func escape(b *strings.Builder, value string) {
	for _, r := range value {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '"':
			b.WriteString("&quot;")
		case '\t':
			b.WriteString("&#9;")
		case '\n':
			b.WriteString("&#10;")
		case '\r':
			b.WriteString("&#13;")
		case 0xFFFE, 0xFFFF:
			b.WriteRune(utf8.RuneError)
		default:
			if r < ' ' {
				r = utf8.RuneError
			}
			b.WriteRune(r)
		}
	}
}

// DefinitionPath names the file beside a block's definition, and what its filename attribute says: the ":" of an id are
// folders, and filename counts from the folder of the block's own file.
func DefinitionPath(blockType, id, ending string) (path, filename string) {
	path = blockType + "/" + strings.ReplaceAll(id, ":", "/")
	return path + ending, path[strings.LastIndexByte(path, '/')+1:]
}
