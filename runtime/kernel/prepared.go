package kernel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Prepared is what outline made of one content with one artifact: what the host knows of it, and the two values that
// stand in for the author's text.
type Prepared struct {
	Facts      wire.Facts
	AnswerHash string
	Public     []byte
	Secret     []byte
	// Sources is set in variants; see variant.
	Sources string
}

// prepared is how it is stored, by (content, artifact, children's facts).
type prepared struct {
	Facts      string `bson:"facts"`
	AnswerHash string `bson:"answer_hash,omitempty"`
	Public     []byte `bson:"public,omitempty"`
	Secret     []byte `bson:"secret,omitempty"`
}

func preparedSpec() store.Spec { return store.Spec{Name: "prepared"} }

// preparedID names a prepared value. A parent's facts depend on its children's, whose own facts depend on the artifacts that
// made them, so these take part.
func preparedID(hash, artifact string, children []wire.Child) (string, error) {
	if len(children) == 0 {
		return store.ID(hash, artifact), nil
	}
	facts, err := json.Marshal(children)
	if err != nil {
		return "", fmt.Errorf("naming a prepared value: %w", err)
	}
	digest := sha256.Sum256(facts)
	return store.ID(hash, artifact, hex.EncodeToString(digest[:8])), nil
}

// Facts implements course.Outliner: it outlines a revision with the current version of its block. A type that is not
// installed has no facts; pages show the honest placeholder.
func (k *Kernel) Facts(
	ctx context.Context, _ key.Course, hash string, revision *course.Revision, children []wire.Child,
) (wire.Facts, error) {
	version, err := k.config.Registry.Lookup(revision.Type)
	if errors.Is(err, &wire.Error{Code: wire.CodeMissing}) {
		return wire.Facts{Title: textOf(revision.Fields["display_name"])}, nil
	}
	if err != nil {
		return wire.Facts{}, err
	}
	p, err := k.prepare(ctx, version, hash, revision, children)
	if err != nil {
		return wire.Facts{}, err
	}
	return p.Facts, nil
}

// AnswerHash names what decides about answers to a content, as its block tells: where it stays, scores given stay right. It is ""
// for a type that is not installed or tells none.
func (k *Kernel) AnswerHash(ctx context.Context, hash string, revision *course.Revision, children []wire.Child) (string, error) {
	version, err := k.config.Registry.Lookup(revision.Type)
	if errors.Is(err, &wire.Error{Code: wire.CodeMissing}) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	p, err := k.prepare(ctx, version, hash, revision, children)
	if err != nil {
		return "", err
	}
	return p.AnswerHash, nil
}

// content gives the prepared value of a content hash with a version, reading the revision when it is not known yet.
func (k *Kernel) content(ctx context.Context, version *registry.Version, hash string, children []wire.Child) (*Prepared, error) {
	return k.prepare(ctx, version, hash, nil, children)
}

// prepare gives the prepared value: from memory, from the store, or by asking the block, once for everybody who waits.
func (k *Kernel) prepare(
	ctx context.Context, version *registry.Version, hash string, revision *course.Revision, children []wire.Child,
) (*Prepared, error) {
	id, err := preparedID(hash, version.Digest, children)
	if err != nil {
		return nil, err
	}
	if p, ok := k.values.GetIfPresent(id); ok {
		return p, nil
	}
	value, err, _ := k.flight.Do("prepare "+id, func() (any, error) {
		ctx := context.WithoutCancel(ctx) // others wait for it, too, when the first one leaves
		doc, err := k.prepared.Get(ctx, id)
		if err == nil {
			return doc.Body.decode()
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, fmt.Errorf("reading a prepared value: %w", err)
		}
		if revision == nil {
			if revision, err = k.revision(ctx, version, hash); err != nil {
				return nil, err
			}
		}
		return k.outline(ctx, version, id, revision, children)
	})
	if err != nil {
		return nil, err
	}
	p, ok := value.(*Prepared)
	if !ok {
		return nil, fmt.Errorf("preparing %s: unexpected %T", hash, value)
	}
	k.values.Set(id, p)
	return p, nil
}

func (p *prepared) decode() (*Prepared, error) {
	out := &Prepared{AnswerHash: p.AnswerHash, Public: p.Public, Secret: p.Secret}
	if err := json.Unmarshal([]byte(p.Facts), &out.Facts); err != nil {
		return nil, fmt.Errorf("reading stored facts: %w", err)
	}
	return out, nil
}

// outline asks the block and stores what it says.
func (k *Kernel) outline(
	ctx context.Context, version *registry.Version, id string, revision *course.Revision, children []wire.Child,
) (*Prepared, error) {
	out, err := k.outlined(ctx, version, revision, children)
	if err != nil {
		return nil, err
	}
	facts, err := json.Marshal(out.Facts)
	if err != nil {
		return nil, fmt.Errorf("storing facts: %w", err)
	}
	body := prepared{Facts: string(facts), AnswerHash: out.AnswerHash, Public: out.Public, Secret: out.Secret}
	if err := k.prepared.Insert(ctx, id, body); err != nil && !errors.Is(err, store.ErrExists) {
		return nil, fmt.Errorf("storing a prepared value: %w", err)
	}
	return out, nil
}

// outlined asks the block and stores nothing.
func (k *Kernel) outlined(
	ctx context.Context, version *registry.Version, revision *course.Revision, children []wire.Child,
) (*Prepared, error) {
	description, err := version.Describe(ctx, revision.Type)
	if err != nil {
		return nil, err
	}
	fields, err := k.authored(ctx, version, &description, revision)
	if err != nil {
		return nil, err
	}
	var out wire.Outline
	if implements(&description, wire.OpOutline) {
		_, err = k.invoke(ctx, question{
			version: version, op: wire.OpOutline, context: wire.Context{Block: revision.Type},
			body: &wire.OutlineRequest{Fields: fields, Children: children},
		}, &out)
		if err != nil {
			return nil, err
		}
	}
	if err := wire.CheckFacts(&out.Facts); err != nil {
		return nil, refuse(revision.Type, wire.OpOutline, err)
	}
	if out.Facts.Title == "" {
		out.Facts.Title = textOf(revision.Fields["display_name"])
	}
	return &Prepared{Facts: out.Facts, AnswerHash: out.AnswerHash, Public: out.Public.Data, Secret: out.Secret.Data}, nil
}

// authored gives the fields that are set on the block: as stored, or read from its OLX when it came in before its block was
// installed.
func (k *Kernel) authored(
	ctx context.Context, version *registry.Version, description *wire.Description, revision *course.Revision,
) (wire.Fields, error) {
	fields := make(wire.Fields, len(revision.Fields))
	for name, value := range revision.Fields {
		fields[name] = json.RawMessage(value)
	}
	if revision.Source == nil {
		return withoutKeys(description, fields), nil
	}
	files := make([]wire.OLXFile, len(revision.Source.Files))
	for i, file := range revision.Source.Files {
		files[i] = wire.OLXFile{Path: file.Path, Data: wire.Blob{Data: []byte(file.Text)}}
	}
	read, _, err := k.importWith(ctx, version, description, revision.Type, []byte(revision.Source.XML), files)
	if err != nil {
		return nil, err
	}
	for name, value := range read {
		fields[name] = value
	}
	return withoutKeys(description, fields), nil
}

// withoutKeys takes out the secrets that an author typed in: a block has their handles, which are the fields' names.
func withoutKeys(d *wire.Description, fields wire.Fields) wire.Fields {
	for i := range d.Fields {
		if d.Fields[i].Type == wire.TypeKey {
			delete(fields, d.Fields[i].Name)
		}
	}
	return fields
}

func implements(d *wire.Description, op wire.Op) bool {
	for _, o := range d.Ops {
		if o == op {
			return true
		}
	}
	return false
}

// textOf reads a JSON string; anything else is "".
func textOf(value string) string {
	var s string
	if json.Unmarshal([]byte(value), &s) != nil {
		return ""
	}
	return s
}
