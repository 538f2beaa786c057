package sdk

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// itemsOf says what stands in a list. A list of structs has the fields of its struct that have a tag:
//
//	quoin:"name[,type][,secret][,rare]"  json:"name"  default:"JSON"  title:""  help:""  from:""  values:"a|b"  min:""  max:""  step:""
//
// A list of plain values names their type in the tag items of the list itself. Any other field has no items.
func itemsOf(f reflect.StructField) ([]wire.Item, error) {
	if plain := f.Tag.Get("items"); plain != "" {
		if f.Type.Kind() != reflect.Slice {
			return nil, fmt.Errorf("items %q stands at no list", plain)
		}
		return []wire.Item{{Type: wire.FieldType(plain)}}, nil
	}
	if f.Type.Kind() != reflect.Slice || f.Type.Elem().Kind() != reflect.Struct {
		return nil, nil
	}
	var items []wire.Item
	entry := f.Type.Elem()
	for i := range entry.NumField() {
		tag, ok := entry.Field(i).Tag.Lookup("quoin")
		if !ok {
			continue
		}
		item, err := parseItem(entry.Field(i), tag)
		if err != nil {
			return nil, fmt.Errorf("member %s: %w", entry.Field(i).Name, err)
		}
		items = append(items, item)
	}
	return items, nil
}

func parseItem(f reflect.StructField, tag string) (wire.Item, error) {
	parts := strings.Split(tag, ",")
	item := wire.Item{
		Name: parts[0], Type: guessType(f.Type), Title: f.Tag.Get("title"), Help: f.Tag.Get("help"), Values: parseValues(f.Tag), From: f.Tag.Get("from"),
	}
	if stored, _, _ := strings.Cut(f.Tag.Get("json"), ","); stored != item.Name || !validName(item.Name) {
		return item, fmt.Errorf("it is stored as %q: name it %q in json too, in lower-case letters, digits and underscores", stored, item.Name)
	}
	for _, option := range parts[1:] {
		if option == "secret" {
			item.Secret = true
			continue
		}
		if option == "rare" {
			item.Rare = true
			continue
		}
		item.Type = wire.FieldType(option)
	}
	if text, ok := f.Tag.Lookup("default"); ok {
		if err := json.Unmarshal([]byte(text), reflect.New(f.Type).Interface()); err != nil {
			return item, fmt.Errorf("default %s is not JSON for %v: %w", text, f.Type, err)
		}
		item.Default = json.RawMessage(text)
	}
	return item, parseBounds(f.Tag, &item.Min, &item.Max, &item.Step)
}
