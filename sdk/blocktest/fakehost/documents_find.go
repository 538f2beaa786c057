package fakehost

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// listed is a document at one place of the index that a find goes by.
type listed struct {
	key entry
	doc *document
}

// find answers documents.find: one page of an index.
func (c *collection) find(find wire.DocumentFind) (wire.DocumentsFound, error) {
	var found wire.DocumentsFound
	list, equal, err := c.listed(find)
	if err != nil {
		return found, err
	}
	if list, err = bounded(list, len(equal), find); err != nil {
		return found, err
	}
	limit := min(find.Limit, 1000)
	if limit <= 0 {
		limit = 100
	}
	if find.Count {
		found.Count = min(len(list), limit)
		return found, nil
	}
	if find.Reverse {
		slices.Reverse(list)
	}
	if find.After != "" {
		at := slices.IndexFunc(list, func(l listed) bool { return l.cursor() == find.After })
		if at < 0 {
			if at, err = c.passed(list, find); err != nil {
				return found, err
			}
		}
		list = list[at+1:]
	}
	for i, l := range list {
		if i == limit {
			found.Next = list[i-1].cursor()
			break
		}
		found.Documents = append(found.Documents, l.doc.Document)
	}
	return found, nil
}

// listed gives the documents of the index that have the wanted values, in its order.
func (c *collection) listed(find wire.DocumentFind) ([]listed, entry, error) {
	var index *wire.Index
	if find.Index != "" {
		at := slices.IndexFunc(c.declared.Indexes, func(x wire.Index) bool { return x.Name == find.Index })
		if at < 0 {
			return nil, nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "collection %s has no index %q", c.declared.Name, find.Index)
		}
		index = &c.declared.Indexes[at]
	}
	equal := make(entry, len(find.Equal))
	for i, raw := range find.Equal {
		value, err := bound(raw)
		if err != nil {
			return nil, nil, err
		}
		equal[i] = value
	}
	switch {
	case index == nil && len(equal) > 0, index != nil && len(equal) > len(index.Fields):
		return nil, nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "find in %s: %d equal values, the index has fewer fields", c.declared.Name, len(equal))
	case index != nil && index.Multi && len(equal) == 0:
		return nil, nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "index %q is multi-valued: equal must name a value", index.Name)
	}
	var list []listed
	for _, d := range c.docs {
		places := []entry{{d.ID}}
		if index != nil {
			places = d.entries[index.Name]
		}
		for _, key := range places {
			if len(key) >= len(equal) && compareEntries(key[:len(equal)], equal) == 0 {
				list = append(list, listed{key, d})
			}
		}
	}
	slices.SortFunc(list, func(a, b listed) int {
		if order := compareEntries(a.key, b.key); order != 0 {
			return order
		}
		return strings.Compare(a.doc.ID, b.doc.ID)
	})
	return list, equal, nil
}

// bounded keeps what lies between From and To, or starts with Prefix, in the field after the equal ones.
func bounded(list []listed, at int, find wire.DocumentFind) ([]listed, error) {
	from, err := bound(find.From)
	if err != nil {
		return nil, err
	}
	to, err := bound(find.To)
	if err != nil {
		return nil, err
	}
	if from == nil && to == nil && find.Prefix == "" {
		return list, nil
	}
	return slices.DeleteFunc(list, func(l listed) bool {
		if len(l.key) <= at {
			return true
		}
		value := l.key[at]
		text, isText := value.(string)
		return from != nil && compareScalars(value, from) < 0 || to != nil && compareScalars(value, to) >= 0 ||
			find.Prefix != "" && (!isText || !strings.HasPrefix(text, find.Prefix))
	}), nil
}

// bound reads a query's value; absent is an open end.
func bound(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var value any
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	err := decoder.Decode(&value)
	if err == nil {
		value, err = scalarOf(value)
	}
	if err != nil {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "query value %s: %v", raw, err)
	}
	return value, nil
}

// cursor names a place in an index, so that a page goes on behind it even when the document is gone.
func (l listed) cursor() string {
	data, err := json.Marshal([]any{l.key, l.doc.ID})
	if err != nil {
		return "" // keys are strings, integers and booleans
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// passed is the last place that a cursor of a document that is gone lies behind, -1 when it lies before all.
func (c *collection) passed(list []listed, find wire.DocumentFind) (int, error) {
	data, err := base64.RawURLEncoding.DecodeString(find.After)
	var parts []json.RawMessage
	var id string
	var raws []json.RawMessage
	if err == nil {
		err = json.Unmarshal(data, &parts)
	}
	if err == nil && len(parts) == 2 && json.Unmarshal(parts[0], &raws) == nil {
		err = json.Unmarshal(parts[1], &id)
	}
	key := make(entry, len(raws))
	for i, raw := range raws {
		if err == nil {
			key[i], err = bound(raw)
		}
	}
	if err != nil || len(parts) != 2 {
		return 0, wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "this is no cursor: start again at the first page")
	}
	behind := -1
	for i, l := range list {
		order := compareEntries(l.key, key)
		if order == 0 {
			order = strings.Compare(l.doc.ID, id)
		}
		if find.Reverse {
			order = -order
		}
		if order <= 0 {
			behind = i
		}
	}
	return behind, nil
}
