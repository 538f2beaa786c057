package state

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Document is one of a block's own documents. It may be a commit document and a mailbox's target.
type Document struct {
	Commit   `bson:",inline"`
	Receipts `bson:",inline"`
	// Owner is the course run's key, or "" for documents of the site.
	Owner string `bson:"owner"`
	Name  string `bson:"name"`
	// Listed is the owner again while the document is not deleted: what lists of an owner's documents go by.
	Listed *string `bson:"listed,omitempty"`
	// Revision counts changes of Body from 1; it is the version that blocks see. The store's version also counts what the
	// protocol writes.
	Revision int64  `bson:"revision"`
	Schema   int    `bson:"schema"`
	Body     string `bson:"body"`
	// Keys holds the declared indexes' values, by index and place.
	Keys     map[string]map[string]any `bson:"keys,omitempty"`
	Learners []string                  `bson:"learners,omitempty"`
	// Created is when it was made, or made anew.
	Created time.Time `bson:"created"`
	// Deleted says since when the document is gone for blocks; it stays for a day so that a late step cannot revive it.
	Deleted *time.Time `bson:"deleted,omitempty"`
}

// Documents is one collection of a package.
type Documents struct {
	// Docs is the collection; Mail carries additions to it.
	Docs     store.Collection[Document]
	Mail     Mailbox[Document, *Document]
	declared wire.Collection
	// Shape gives bodies of older schemas as the reading version has them; nil leaves bodies as they are stored.
	Shape Shape
}

// Shape gives a body in the shape of the version that reads it. schema is the writer's number. Nothing is stored by it.
type Shape func(ctx context.Context, collection string, schema int, body json.RawMessage) (json.RawMessage, error)

// shaped gives a document as the reading version sees it.
func (d Documents) shaped(ctx context.Context, doc *Document) (wire.Document, error) {
	out := doc.wire()
	if d.Shape == nil {
		return out, nil
	}
	var err error
	out.Body, err = d.Shape(ctx, d.declared.Name, doc.Schema, out.Body)
	return out, err
}

// DocumentsSpecs gives the store's collections for a package's collection.
func DocumentsSpecs(pack string, declared wire.Collection) []store.Spec {
	spec := store.Spec{
		Name: collectionName(pack, declared.Name), Learners: "learners",
		Indexes: []store.Index{OutboxIndex, {Name: "listed", Fields: []string{"listed", "name"}}, {Name: "deleted", Fields: []string{"deleted"}}},
	}
	for _, index := range declared.Indexes {
		fields := []string{"owner"}
		if index.Multi {
			fields = nil // the values carry the owner
		}
		for i := range index.Fields {
			fields = append(fields, fmt.Sprintf("keys.%s.f%d", index.Name, i))
		}
		spec.Indexes = append(spec.Indexes, store.Index{Name: "x_" + index.Name, Fields: fields, Unique: index.Unique, Multi: index.Multi})
	}
	return []store.Spec{spec, MailSpec(spec.Name)}
}

// collectionName is readable and cannot collide: the store allows 48 bytes of lower-case letters, digits and underscores,
// and the mailbox adds 5.
func collectionName(pack, name string) string {
	digest := sha256.Sum256([]byte(store.ID(pack, name)))
	readable := strings.ReplaceAll(pack+"_"+name, "-", "_")
	return "d_" + readable[:min(len(readable), 30)] + "_" + hex.EncodeToString(digest[:4])
}

// OpenDocuments gives access to a package's collection; its specs must have been ensured.
func OpenDocuments(s store.Store, pack string, declared wire.Collection) Documents {
	name := collectionName(pack, declared.Name)
	docs := store.Of[Document](s, store.Spec{Name: name})
	d := Documents{Docs: docs, declared: declared}
	d.Mail = NewMailbox(s, name, docs, d.take)
	return d
}

// ID names a document in the store.
func (Documents) ID(owner, name string) string { return store.ID(owner, name) }

// ErrTaken means that an insert-if-absent met a document, or a unique index the same values.
var ErrTaken = errors.New("the document exists already")

// Read returns a document as blocks see it, nil when there is none or it is deleted.
func (d Documents) Read(ctx context.Context, owner, name string) (*wire.Document, error) {
	doc, err := d.Docs.Get(ctx, d.ID(owner, name))
	if errors.Is(err, store.ErrNotFound) || (err == nil && doc.Body.Deleted != nil) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading document %q: %w", name, err)
	}
	out, err := d.shaped(ctx, &doc.Body)
	if err != nil {
		return nil, err
	}
	return &out, nil
}

func (d *Document) wire() wire.Document {
	return wire.Document{ID: d.Name, Version: d.Revision, Body: json.RawMessage(d.Body)}
}

// SetBody gives the document a body and derives its index values. It refuses a body that is no JSON object, or whose
// indexed fields are neither strings, integers nor booleans.
func (d Documents) SetBody(doc *Document, body json.RawMessage) error {
	text, err := compact(body)
	if err != nil {
		return fmt.Errorf("document %q: %w", doc.Name, err)
	}
	var object map[string]any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		return fmt.Errorf("document %q: %w: the body must be a JSON object", doc.Name, store.ErrInvalid)
	}
	keys := map[string]map[string]any{}
	for _, index := range d.declared.Indexes {
		values, err := indexValues(doc.Owner, index, object)
		if err != nil {
			return fmt.Errorf("document %q: %w", doc.Name, err)
		}
		if values != nil {
			keys[index.Name] = values
		}
	}
	doc.Body, doc.Keys, doc.Learners = text, keys, learnersOf(object, d.declared.Learners)
	doc.Listed, doc.Deleted = &doc.Owner, nil
	doc.Revision++
	return nil
}

// Delete takes the document away from blocks. What it held is gone at once, its name a day later.
func (d *Document) Delete(at time.Time) {
	d.Body, d.Keys, d.Learners, d.Listed, d.Deleted = "", nil, nil, nil, &at
	d.Revision++
}

func indexValues(owner string, index wire.Index, object map[string]any) (map[string]any, error) {
	values := map[string]any{}
	for i, field := range index.Fields {
		place := fmt.Sprintf("f%d", i)
		value, ok := object[field]
		if !ok || value == nil {
			return nil, nil // not in the index
		}
		if i == 0 && index.Multi {
			list, err := ownedStrings(owner, value)
			if err != nil {
				return nil, fmt.Errorf("%w: field %q of index %q must be an array of strings", store.ErrInvalid, field, index.Name)
			}
			values[place] = list
			continue
		}
		scalar, err := indexScalar(value)
		if err != nil {
			return nil, fmt.Errorf("%w: field %q of index %q: %w", store.ErrInvalid, field, index.Name, err)
		}
		values[place] = scalar
	}
	return values, nil
}

func ownedStrings(owner string, value any) ([]string, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, store.ErrInvalid
	}
	owned := make([]string, 0, len(list))
	for _, entry := range list {
		text, ok := entry.(string)
		if !ok {
			return nil, store.ErrInvalid
		}
		owned = append(owned, store.ID(owner, text))
	}
	return owned, nil
}

func indexScalar(value any) (any, error) {
	switch v := value.(type) {
	case string, bool:
		return v, nil
	case json.Number:
		n, err := v.Int64()
		if err != nil {
			return nil, fmt.Errorf("%v is no integer", v)
		}
		return n, nil
	}
	return nil, fmt.Errorf("%T is neither a string, an integer nor a boolean", value)
}

func learnersOf(object map[string]any, field string) []string {
	switch value := object[field].(type) {
	case string:
		return []string{value}
	case []any:
		var learners []string
		for _, entry := range value {
			if text, ok := entry.(string); ok {
				learners = append(learners, text)
			}
		}
		return learners
	case map[string]any:
		return slices.Sorted(maps.Keys(value))
	}
	return nil
}

// Addition is a Change to a document: to a top-level integer, or to a counter inside a top-level object.
type Addition struct {
	Field string `json:"field"`
	Key   string `json:"key,omitempty"`
	By    int64  `json:"by"`
}

// take applies an addition. A deleted document takes nothing, and so does a field that is no integer.
func (d Documents) take(doc *Document, change Change) {
	var add Addition
	if doc.Deleted != nil || json.Unmarshal([]byte(change.Data), &add) != nil {
		return
	}
	if body, _, err := AddTo(doc.Body, add); err == nil {
		_ = d.SetBody(doc, json.RawMessage(body)) // the body was valid and stays so; an unfit index value leaves it as it was
	}
}

// AddTo adds to an integer of a JSON object, and gives the object and the sum. A missing field or counter counts as 0.
func AddTo(body string, add Addition) (after string, sum int64, err error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &object); err != nil {
		return "", 0, fmt.Errorf("%w: the body is no JSON object", store.ErrInvalid)
	}
	holder, name := object, add.Field
	if add.Key != "" {
		holder, name = map[string]json.RawMessage{}, add.Key
		if raw, ok := object[add.Field]; ok {
			if err := json.Unmarshal(raw, &holder); err != nil {
				return "", 0, fmt.Errorf("%w: field %q is no object", store.ErrInvalid, add.Field)
			}
		}
	}
	if raw, ok := holder[name]; ok {
		if err := json.Unmarshal(raw, &sum); err != nil {
			return "", 0, fmt.Errorf("%w: %q is no integer", store.ErrInvalid, name)
		}
	}
	sum = addClamped(sum, add.By)
	if holder[name], err = json.Marshal(sum); err != nil {
		return "", 0, err
	}
	if add.Key != "" {
		if object[add.Field], err = json.Marshal(holder); err != nil {
			return "", 0, err
		}
	}
	encoded, err := json.Marshal(object)
	return string(encoded), sum, err
}

// Find returns one page of an owner's documents as blocks see them.
func (d Documents) Find(ctx context.Context, owner string, find wire.DocumentFind) (wire.DocumentsFound, error) {
	query, err := d.query(owner, find)
	if err != nil {
		return wire.DocumentsFound{}, err
	}
	if find.Count {
		n, err := d.Docs.Count(ctx, query, query.Limit)
		return wire.DocumentsFound{Count: n}, err
	}
	docs, next, err := d.Docs.Find(ctx, query)
	if err != nil {
		return wire.DocumentsFound{}, fmt.Errorf("finding documents: %w", err)
	}
	found := wire.DocumentsFound{Next: string(next)}
	for i := range docs {
		if docs[i].Body.Deleted == nil {
			out, err := d.shaped(ctx, &docs[i].Body)
			if err != nil {
				return wire.DocumentsFound{}, err
			}
			found.Documents = append(found.Documents, out)
		}
	}
	return found, nil
}

func (d Documents) query(owner string, find wire.DocumentFind) (store.Query, error) {
	query := store.Query{
		Index: "listed", Equal: []any{owner}, Prefix: find.Prefix, Reverse: find.Reverse,
		Limit: min(find.Limit, 1000), After: store.Cursor(find.After),
	}
	if query.Limit <= 0 {
		query.Limit = 100
	}
	multi := false
	if find.Index != "" {
		i := slices.IndexFunc(d.declared.Indexes, func(x wire.Index) bool { return x.Name == find.Index })
		if i < 0 {
			return query, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "collection %s has no index %q", d.declared.Name, find.Index)
		}
		query.Index, multi = "x_"+find.Index, d.declared.Indexes[i].Multi
	}
	if multi {
		query.Equal = nil
		if len(find.Equal) == 0 {
			return query, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "index %q is multi-valued: equal must name a value", find.Index)
		}
	}
	for i, raw := range find.Equal {
		value, err := bound(raw)
		if err != nil {
			return query, err
		}
		if text, ok := value.(string); ok && multi && i == 0 {
			value = store.ID(owner, text)
		}
		query.Equal = append(query.Equal, value)
	}
	var err error
	if query.From, err = bound(find.From); err != nil {
		return query, err
	}
	query.To, err = bound(find.To)
	return query, err
}

// bound reads a query's value; absent is an open end.
func bound(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var value any
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "query value %s: %v", raw, err)
	}
	scalar, err := indexScalar(value)
	if err != nil {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "query value %s: %v", raw, err)
	}
	return scalar, nil
}

// Collect removes the names of documents that were deleted before an instant, at most limit.
func (d Documents) Collect(ctx context.Context, before time.Time, limit int) error {
	old, _, err := d.Docs.Find(ctx, store.Query{Index: "deleted", To: before, Limit: limit})
	if err != nil {
		return fmt.Errorf("collecting deleted documents: %w", err)
	}
	for _, doc := range old {
		err := d.Docs.Delete(ctx, doc.ID, doc.Version)
		if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrConflict) {
			return fmt.Errorf("collecting deleted documents: %w", err)
		}
	}
	return nil
}
