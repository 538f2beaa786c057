package olx

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Fields reads the attributes that kinds names as fields of those types, by the rules of Open edX's older types: JSON where
// the text is JSON of that type, else the text itself. An empty number becomes null: unlimited below a limit. What cannot be
// read is left out; bad names those attributes.
func (e *Element) Fields(kinds map[string]wire.FieldType) (fields wire.Fields, bad []string) {
	fields = wire.Fields{}
	for _, a := range e.Attributes {
		kind, known := kinds[a.Name]
		if !known {
			continue
		}
		value, err := Value(kind, a.Value)
		switch {
		case err != nil:
			bad = append(bad, a.Name)
		case value != nil:
			fields[a.Name] = value
		}
	}
	return fields, bad
}

// Value reads an attribute's text as a field of a type; nil is not set.
func Value(kind wire.FieldType, text string) (json.RawMessage, error) {
	switch kind {
	case wire.TypeInteger, wire.TypeNumber, wire.TypeDuration:
		return number(kind, text)
	case wire.TypeBoolean:
		return boolean(text)
	case wire.TypeList, wire.TypeObject, wire.TypeCaptions:
		return compound(kind, text)
	case wire.TypeAny:
		if json.Valid([]byte(text)) {
			return json.RawMessage(text), nil
		}
	case wire.TypeString, wire.TypeText, wire.TypeHTML, wire.TypeXML, wire.TypeTime, wire.TypeFile, wire.TypeUsage, wire.TypeKey, wire.TypeID:
	}
	if strings.TrimSpace(text) == "null" {
		return nil, nil
	}
	var quoted string
	if json.Unmarshal([]byte(text), &quoted) == nil {
		return String(quoted), nil
	}
	return String(text), nil
}

// String is a text as JSON, with < and & as they are.
func String(text string) json.RawMessage {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(text) != nil { // a string always encodes
		return json.RawMessage(`""`)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func number(kind wire.FieldType, text string) (json.RawMessage, error) {
	trimmed := strings.TrimSpace(text)
	var quoted string
	if json.Unmarshal([]byte(trimmed), &quoted) == nil {
		trimmed = strings.TrimSpace(quoted)
	}
	switch strings.ToLower(trimmed) {
	case "", "null", "none":
		return json.RawMessage("null"), nil
	case "true":
		return json.RawMessage("1"), nil
	case "false":
		return json.RawMessage("0"), nil
	}
	value, err := strconv.ParseFloat(trimmed, 64)
	if err != nil || math.IsInf(value, 0) || math.IsNaN(value) || strings.ContainsAny(trimmed, "_xXpP") {
		return nil, fmt.Errorf("%q is no number", text)
	}
	if kind == wire.TypeInteger {
		if math.Abs(value) > 1<<53 {
			return nil, fmt.Errorf("%q is too large", text)
		}
		return strconv.AppendInt(nil, int64(value), 10), nil
	}
	return json.Marshal(value)
}

func boolean(text string) (json.RawMessage, error) {
	var decoded any
	if json.Unmarshal([]byte(text), &decoded) != nil {
		decoded = text
	}
	truth := true
	switch decoded := decoded.(type) {
	case nil:
		return nil, nil
	case bool:
		truth = decoded
	case string:
		truth = strings.EqualFold(strings.TrimSpace(decoded), "true")
	case float64:
		truth = decoded != 0
	case []any:
		truth = len(decoded) > 0
	case map[string]any:
		truth = len(decoded) > 0
	}
	return strconv.AppendBool(nil, truth), nil
}

func compound(kind wire.FieldType, text string) (json.RawMessage, error) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || trimmed == "null" {
		return nil, nil
	}
	first := byte('[')
	if kind == wire.TypeObject || kind == wire.TypeCaptions {
		first = '{'
	}
	if trimmed[0] != first || !json.Valid([]byte(trimmed)) {
		return nil, fmt.Errorf("%.80q is no %s in JSON", text, kind)
	}
	return json.RawMessage(trimmed), nil
}
