package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Limits of what a browser sends at once.
const (
	MaxBatch      = 100
	MaxBatchBytes = 128 << 10
)

// ErrUndeclared is about an event that the block did not declare as a browser's.
var ErrUndeclared = errors.New("event is not declared")

// Sent is an event as a browser sends it. Who, where and when is the server's to say.
type Sent struct {
	Name string          `json:"name"`
	Data json.RawMessage `json:"data,omitempty"`
}

// Decode reads a batch that a browser sent: a JSON array of objects with name and data. Other members are left out.
func Decode(body []byte) ([]Sent, error) {
	if len(body) > MaxBatchBytes {
		return nil, fmt.Errorf("reading events: %w: %d bytes, at most %d", ErrInvalid, len(body), MaxBatchBytes)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		return nil, fmt.Errorf("reading events: %w: the batch is no JSON array", ErrInvalid)
	}
	var batch []Sent
	for decoder.More() {
		if len(batch) == MaxBatch {
			return nil, fmt.Errorf("reading events: %w: more than %d at once", ErrInvalid, MaxBatch)
		}
		var sent Sent
		if err := decoder.Decode(&sent); err != nil {
			return nil, fmt.Errorf("reading event %d: %w: %w", len(batch), ErrInvalid, err)
		}
		if len(sent.Name) > maxName || !nameForm.MatchString(sent.Name) {
			return nil, fmt.Errorf("reading event %d: %w: a name is letters, digits and _ with dots between", len(batch), ErrInvalid)
		}
		batch = append(batch, sent)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, fmt.Errorf("reading events: %w: the array has no end", ErrInvalid)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading events: %w: something follows the array", ErrInvalid)
	}
	return batch, nil
}

// Clean returns of what a browser sent the data that the block declared for the event, in the declared order and bounds, or
// ErrUndeclared. A field of another type than declared is left out, as is one that cannot be cut to its bound; texts and
// lists are cut.
func Clean(declared []wire.EventType, sent Sent) (json.RawMessage, error) {
	for i := range declared {
		if declared[i].Name == sent.Name && declared[i].Browser {
			return cleanData(declared[i].Schema, sent.Data)
		}
	}
	return nil, fmt.Errorf("%w: %.80q", ErrUndeclared, sent.Name)
}

func cleanData(schema []wire.EventField, data json.RawMessage) (json.RawMessage, error) {
	if len(data) == 0 || len(schema) == 0 {
		return nil, nil
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(data, &given); err != nil {
		return nil, fmt.Errorf("%w: the data are no JSON object", ErrInvalid)
	}
	var out bytes.Buffer
	separator := byte('{')
	for _, field := range schema {
		raw, ok := given[field.Name]
		if !ok {
			continue
		}
		delete(given, field.Name) // a field that is declared twice stands once
		value, ok := cleanField(field, raw)
		if !ok {
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("%w: field %s: %w", ErrInvalid, field.Name, err)
		}
		name, err := json.Marshal(field.Name)
		if err != nil {
			return nil, fmt.Errorf("%w: field %s: %w", ErrInvalid, field.Name, err)
		}
		if out.Len()+len(name)+len(text)+3 > MaxData {
			break
		}
		out.WriteByte(separator)
		separator = ','
		out.Write(name)
		out.WriteByte(':')
		out.Write(text)
	}
	if out.Len() == 0 {
		return nil, nil
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

const (
	defaultMax = 256
	// maxInteger is the largest that JavaScript counts exactly.
	maxInteger = 1 << 53
	maxNesting = 20
)

// cleanField returns the value to keep.
func cleanField(field wire.EventField, raw json.RawMessage) (any, bool) {
	most := field.Max
	if most <= 0 {
		most = defaultMax
	}
	switch field.Type {
	case wire.TypeString, wire.TypeText, wire.TypeHTML, wire.TypeXML, wire.TypeFile, wire.TypeUsage:
		return cleanText(raw, most)
	case wire.TypeTime:
		text, ok := cleanText(raw, most)
		if !ok {
			return nil, false
		}
		_, err := time.Parse(time.RFC3339Nano, text)
		return text, err == nil
	case wire.TypeBoolean:
		var value *bool
		err := json.Unmarshal(raw, &value)
		return value, err == nil && value != nil
	case wire.TypeInteger:
		value, ok := cleanNumber(raw)
		return int64(value), ok && value == math.Trunc(value) && math.Abs(value) <= maxInteger
	case wire.TypeNumber, wire.TypeDuration:
		return cleanNumber(raw)
	case wire.TypeList:
		return cleanList(raw, most)
	case wire.TypeObject, wire.TypeAny:
		return cleanAny(field.Type, raw, most)
	default: // a type that no browser has a value of
		return nil, false
	}
}

func cleanText(raw json.RawMessage, most int) (string, bool) {
	var text *string
	if err := json.Unmarshal(raw, &text); err != nil || text == nil {
		return "", false
	}
	return cut(*text, most), true
}

func cleanNumber(raw json.RawMessage) (float64, bool) {
	var value *float64
	if err := json.Unmarshal(raw, &value); err != nil || value == nil {
		return 0, false
	}
	return *value, wire.Finite(*value)
}

// cleanList keeps the plain entries of a list: texts, numbers, truth values.
func cleanList(raw json.RawMessage, most int) (any, bool) {
	var entries []json.RawMessage
	if err := json.Unmarshal(raw, &entries); err != nil || entries == nil {
		return nil, false
	}
	kept := []any{}
	for _, entry := range entries {
		if len(kept) == most {
			break
		}
		if text, ok := cleanText(entry, defaultMax); ok {
			kept = append(kept, text)
		} else if number, ok := cleanNumber(entry); ok {
			kept = append(kept, number)
		} else if truth, ok := cleanField(wire.EventField{Type: wire.TypeBoolean}, entry); ok {
			kept = append(kept, truth)
		}
	}
	return kept, true
}

// cleanAny keeps a value whole or not at all.
func cleanAny(kind wire.FieldType, raw json.RawMessage, most int) (any, bool) {
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil || compact.Len() > most || intake.Nesting(compact.Bytes()) > maxNesting {
		return nil, false
	}
	text := compact.Bytes()
	if kind == wire.TypeObject && text[0] != '{' {
		return nil, false
	}
	return json.RawMessage(text), true
}
