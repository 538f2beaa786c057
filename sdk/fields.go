package sdk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Opt is a field value whose three states matter to the block: unset, null and set.
type Opt[T any] struct {
	Value T
	// Set says that a value was given; Null that it was null.
	Set, Null bool
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *Opt[T]) UnmarshalJSON(data []byte) error {
	o.Set, o.Null = true, string(data) == "null"
	if o.Null {
		return nil
	}
	return json.Unmarshal(data, &o.Value)
}

// MarshalJSON implements json.Marshaler; unset and null are both null.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if !o.Set || o.Null {
		return []byte("null"), nil
	}
	return json.Marshal(o.Value)
}

// fieldSet is a struct type's fields as the contract declares them.
type fieldSet struct {
	declared []wire.Field
	index    map[string]int // field name -> place in declared
	place    [][]int        // place in declared -> struct field
}

// fieldsOf reads the tags of F:
//
//	quoin:"name,scope[,type][,secret][,sum|list][,last|,rare]"  default:"JSON"  title:""  help:""  add:""  from:""  values:"a|b"  min:""  max:""  step:""
//
// The type follows from the Go type when it is left out. A value may be written value=Title. A list of structs declares a row
// for each entry by the tags of its struct, see itemsOf; so does items:"html" at a list of plain values. Fields without a quoin
// tag are the author's own; those of an embedded struct count as fields of F. A form shows them in the order of the struct, those
// marked last behind all others, and those marked rare, which it keeps folded, at the end.
func fieldsOf[F any]() *fieldSet {
	set := &fieldSet{index: map[string]int{}}
	kind := reflect.TypeFor[F]()
	if kind.Kind() != reflect.Struct {
		panic(fmt.Sprintf("sdk.New: fields must be a struct, not %v", kind))
	}
	for _, part := range []string{"", ",last", ",rare"} {
		set.add(kind, nil, part)
	}
	return set
}

// add declares the fields of a struct that stands at a place of F: those that are marked as one part of the form.
func (set *fieldSet) add(kind reflect.Type, at []int, part string) {
	for i := range kind.NumField() {
		place := append(slices.Clone(at), i)
		tag, ok := kind.Field(i).Tag.Lookup("quoin")
		if !ok {
			if f := kind.Field(i); f.Anonymous && f.Type.Kind() == reflect.Struct {
				set.add(f.Type, place, part)
			}
			continue
		}
		bare, marked := tag, ""
		for _, mark := range []string{",last", ",rare"} {
			if cut, ok := strings.CutSuffix(tag, mark); ok {
				bare, marked = cut, mark
			}
		}
		if marked != part {
			continue
		}
		field, err := parseField(kind.Field(i), bare)
		field.Rare = part == ",rare"
		if err != nil {
			panic(fmt.Sprintf("sdk.New: field %s.%s: %v", kind, kind.Field(i).Name, err))
		}
		if _, twice := set.index[field.Name]; twice {
			panic(fmt.Sprintf("sdk.New: field %s.%s: the name %q is taken", kind, kind.Field(i).Name, field.Name))
		}
		set.index[field.Name] = len(set.declared)
		set.declared = append(set.declared, field)
		set.place = append(set.place, place)
	}
}

func parseField(f reflect.StructField, tag string) (wire.Field, error) {
	parts := strings.Split(tag, ",")
	if len(parts) < 2 {
		return wire.Field{}, fmt.Errorf("tag %q names no scope: write quoin:\"name,scope\"", tag)
	}
	field := wire.Field{
		Name: parts[0], Scope: wire.Scope(parts[1]), Type: guessType(f.Type),
		Title: f.Tag.Get("title"), Help: f.Tag.Get("help"), Add: f.Tag.Get("add"), From: f.Tag.Get("from"),
	}
	if !f.IsExported() || !validName(field.Name) {
		return field, fmt.Errorf("name %q: use an exported Go field and lower-case letters, digits and underscores", field.Name)
	}
	switch field.Scope {
	case wire.ScopeContent, wire.ScopeSettings, wire.ScopeUserState, wire.ScopePrefs, wire.ScopeUserInfo, wire.ScopeSummary:
	default:
		return field, fmt.Errorf("unknown scope %q", field.Scope)
	}
	for _, option := range parts[2:] {
		switch option {
		case "secret":
			field.Secret = true
		case "sum", "list":
			field.Shared = option
		default:
			field.Type = wire.FieldType(option)
		}
	}
	if field.Scope == wire.ScopeSummary && field.Shared == "" {
		return field, fmt.Errorf("a user_state_summary field needs sum or list")
	}
	if text, ok := f.Tag.Lookup("default"); ok {
		if err := json.Unmarshal([]byte(text), reflect.New(f.Type).Interface()); err != nil {
			return field, fmt.Errorf("default %s is not JSON for %v: %w", text, f.Type, err)
		}
		field.Default = json.RawMessage(text)
	}
	field.Values = parseValues(f.Tag)
	var err error
	if field.Items, err = itemsOf(f); err != nil {
		return field, err
	}
	return field, parseBounds(f.Tag, &field.Min, &field.Max, &field.Step)
}

// parseValues reads what an editor offers: "a|b", or "a=One|b=Another" where a value is not what people read.
func parseValues(tag reflect.StructTag) []wire.Value {
	text := tag.Get("values")
	if text == "" {
		return nil
	}
	var values []wire.Value
	for value := range strings.SplitSeq(text, "|") {
		value, title, titled := strings.Cut(value, "=")
		if !titled {
			title = value
		}
		encoded, _ := json.Marshal(value) // a string always encodes
		values = append(values, wire.Value{Value: encoded, Title: title})
	}
	return values
}

func parseBounds(tag reflect.StructTag, least, most, step **float64) error {
	for name, into := range map[string]**float64{"min": least, "max": most, "step": step} {
		text, ok := tag.Lookup(name)
		if !ok {
			continue
		}
		number, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%s %q is no number", name, text)
		}
		*into = &number
	}
	return nil
}

func validName(name string) bool {
	for i, r := range name {
		letter := r >= 'a' && r <= 'z'
		later := r >= '0' && r <= '9' || r == '_'
		if !letter && (i == 0 || !later) {
			return false
		}
	}
	return name != "" && len(name) <= wire.MaxName
}

func guessType(t reflect.Type) wire.FieldType {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[time.Time]() {
		return wire.TypeTime
	}
	switch t.Kind() {
	case reflect.String:
		return wire.TypeString
	case reflect.Bool:
		return wire.TypeBoolean
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return wire.TypeInteger
	case reflect.Float32, reflect.Float64:
		return wire.TypeNumber
	case reflect.Slice, reflect.Array:
		return wire.TypeList
	case reflect.Map:
		return wire.TypeObject
	case reflect.Struct:
		if value, ok := t.FieldByName("Value"); ok && strings.HasPrefix(t.Name(), "Opt[") {
			return guessType(value.Type)
		}
		return wire.TypeObject
	default:
		return wire.TypeAny
	}
}

// decode fills a new F: defaults first, then what the request carries. What does not fit the Go type is an error that names
// the field.
func decodeFields[F any](set *fieldSet, raw wire.Fields) (*F, error) {
	f := new(F)
	value := reflect.ValueOf(f).Elem()
	for i, field := range set.declared {
		data, given := raw[field.Name]
		if !given {
			data = field.Default
		}
		if len(data) == 0 {
			continue
		}
		target := value.FieldByIndex(set.place[i])
		if opt := target.Kind() == reflect.Struct && strings.HasPrefix(target.Type().Name(), "Opt["); opt && !given {
			target = target.FieldByName("Value")
		}
		if err := json.Unmarshal(data, target.Addr().Interface()); err != nil {
			return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "field %s: %v", field.Name, err)
		}
	}
	return f, nil
}

// changes lists the effects that make the stored fields equal to f, among the named ones of the learner's own scopes.
func changes[F any](set *fieldSet, f *F, raw wire.Fields, names []string) ([]wire.Effect, error) {
	var effects []wire.Effect
	var untouched *F
	value := reflect.ValueOf(f).Elem()
	for _, name := range names {
		i, ok := set.index[name]
		if !ok || !wire.Writable(wire.RoleLearner, set.declared[i].Scope) {
			continue
		}
		now, err := json.Marshal(value.FieldByIndex(set.place[i]).Interface())
		if err != nil {
			return nil, fmt.Errorf("encoding field %s: %w", name, err)
		}
		if given, ok := raw[name]; ok && bytes.Equal(given, now) {
			continue
		}
		// What was stored may be the same value in other bytes: written by another language, or before F gained a member.
		if untouched == nil {
			if untouched, err = decodeFields[F](set, raw); err != nil {
				return nil, err
			}
		}
		before, err := json.Marshal(reflect.ValueOf(untouched).Elem().FieldByIndex(set.place[i]).Interface())
		if err != nil {
			return nil, fmt.Errorf("encoding what was stored of field %s: %w", name, err)
		}
		if !bytes.Equal(before, now) {
			effects = append(effects, wire.Effect{Set: &wire.SetField{Field: name, Value: now}})
		}
	}
	return effects, nil
}
