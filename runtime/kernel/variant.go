package kernel

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// variant is one learner's or one seed's version of a content that varies, by (content, artifact, seed, identity, digest of its
// sources). It never changes: when an interpreter or a course file does, another one is made.
type variant struct {
	Public []byte `bson:"public,omitempty"`
	Secret []byte `bson:"secret,omitempty"`
	// Learner is set when the block varies by identity.
	Learner string `bson:"learner,omitempty"`
}

func variantSpec() store.Spec { return store.Spec{Name: "variants", Learners: "learner"} }

// sources names what the variants of a content are made from beside it, by (content, artifact): the names grow as seeds turn out
// to read more, and only tell which digests take part in a variant's id. A variant under an id was made from nothing else than
// what that id digests, so a process that knows too few names makes some variant again, and never gives a wrong one.
type sources struct {
	Names []string `bson:"names"`
}

func sourcesSpec() store.Spec { return store.Spec{Name: "variant_sources"} }

// maxNamed bounds the contents whose sources' names are remembered.
const maxNamed = 10_000

// variation says which variant is asked for.
type variation struct {
	version     *registry.Version
	description *wire.Description
	hash        string
	prepared    *Prepared
	seed        int
	asker       *services.Call
	// pinned is the digest of the sources that the learner's variant was made from; "" asks for one from today's.
	pinned string
}

// identity is the pseudonym that takes part, "" where the block does not vary by it.
func (v *variation) identity() string {
	if v.description.Identity && !v.prepared.Facts.Impersonal {
		return v.asker.Subject
	}
	return ""
}

func (v *variation) id(sources string) string {
	return store.ID(v.hash, v.version.Digest, strconv.Itoa(v.seed), v.identity(), sources)
}

// vary gives the two values that a learner with this seed gets: the prepared ones, or a variant of them. A pinned variant that is
// not there any more is replaced by today's.
func (k *Kernel) vary(ctx context.Context, v variation) (*Prepared, error) {
	if !v.prepared.Facts.Varies {
		return v.prepared, nil
	}
	if v.pinned != "" {
		kept, err := k.storedVariant(ctx, &v, v.pinned)
		if kept != nil || err != nil {
			return kept, err
		}
		k.config.Log.WarnContext(ctx, "a learner's variant is not stored any more", "block", v.asker.Type, "content", v.hash, "sources", v.pinned)
	}
	now, err := k.sourcesNow(ctx, v.hash, v.version.Digest, v.asker)
	if err != nil {
		return nil, err
	}
	sources := digestOf("", now)
	kept, err := k.storedVariant(ctx, &v, sources)
	if kept != nil || err != nil {
		return kept, err
	}
	value, err, _ := k.flight.Do("vary "+v.id(sources), func() (any, error) {
		return k.makeVariant(context.WithoutCancel(ctx), &v, now) // others wait for it, too, when the first one leaves
	})
	if err != nil {
		return nil, err
	}
	made, ok := value.(*Prepared)
	if !ok {
		return nil, fmt.Errorf("varying %s: unexpected %T", v.hash, value)
	}
	return made, nil
}

// storedVariant finds a variant by the digest of its sources; nil when there is none.
func (k *Kernel) storedVariant(ctx context.Context, v *variation, sources string) (*Prepared, error) {
	id := v.id(sources)
	if kept, ok := k.values.GetIfPresent("v" + id); ok {
		return kept, nil
	}
	doc, err := k.variants.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a variant: %w", err)
	}
	return k.keepVariant(v, sources, &doc.Body), nil
}

func (k *Kernel) keepVariant(v *variation, sources string, body *variant) *Prepared {
	p := &Prepared{
		Facts: v.prepared.Facts, AnswerHash: v.prepared.AnswerHash, Public: body.Public, Secret: body.Secret, Sources: sources,
	}
	k.values.Set("v"+v.id(sources), p)
	return p
}

// makeVariant asks the block and stores what it says under what it was made from. now are the known sources with their digests;
// what the block really read takes their place.
func (k *Kernel) makeVariant(ctx context.Context, v *variation, now map[string]string) (*Prepared, error) {
	var out wire.Variant
	ask := *v.asker
	ask.Op, ask.Sources = wire.OpVary, nil
	identity := v.identity()
	_, err := k.invoke(ctx, question{
		version: v.version, op: wire.OpVary, asker: &ask,
		context: wire.Context{Block: ask.Type, Seed: &v.seed, Subject: identity},
		body:    &wire.VaryRequest{Public: wire.Blob{Data: v.prepared.Public}, Secret: wire.Blob{Data: v.prepared.Secret}},
	}, &out)
	if err != nil {
		return nil, err
	}
	known := len(now)
	if now = maps.Clone(now); k.config.Sources != nil {
		maps.Copy(now, ask.Sources)
	}
	if len(now) > known {
		if err := k.nameSources(ctx, v.hash, v.version.Digest, now); err != nil {
			return nil, err
		}
	}
	sources := digestOf("", now)
	body := variant{Public: out.Public.Data, Secret: out.Secret.Data, Learner: identity}
	if identity != "" && ask.Person != nil && ask.Person.ReadOnly {
		return k.keepVariant(v, sources, &body), nil // whoever only looks on writes nothing that is the learner's
	}
	if err := k.variants.Insert(ctx, v.id(sources), body); err != nil && !errors.Is(err, store.ErrExists) {
		return nil, fmt.Errorf("storing a variant: %w", err)
	}
	return k.keepVariant(v, sources, &body), nil
}

// sourcesNow gives the digests that the sources of a content's variants have now, in the asker's run.
func (k *Kernel) sourcesNow(ctx context.Context, hash, artifact string, asker *services.Call) (map[string]string, error) {
	if k.config.Sources == nil {
		return nil, nil
	}
	id := store.ID(hash, artifact)
	names, known := k.named.GetIfPresent(id)
	if !known {
		doc, err := k.sources.Get(ctx, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, fmt.Errorf("reading what variants are made from: %w", err)
		}
		names = doc.Body.Names
		k.named.Set(id, names)
	}
	run := ""
	if asker.Published != nil {
		run = asker.Published.Key.String()
	}
	now := make(map[string]string, len(names))
	for _, name := range names {
		digest, err := k.config.Sources(ctx, run, name)
		if err != nil {
			return nil, fmt.Errorf("asking for %q, which variants are made from: %w", name, err)
		}
		now[name] = digest
	}
	return now, nil
}

// nameSources adds to the names of a content's sources.
func (k *Kernel) nameSources(ctx context.Context, hash, artifact string, now map[string]string) error {
	id := store.ID(hash, artifact)
	doc, err := k.sources.Update(ctx, id, func(s *sources) (bool, error) {
		known := len(s.Names)
		s.Names = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(s.Names), slices.Collect(maps.Keys(now))...))))
		return len(s.Names) > known, nil
	})
	if err != nil {
		return fmt.Errorf("storing what variants are made from: %w", err)
	}
	k.named.Set(id, doc.Body.Names)
	return nil
}

// digestOf digests sources, and what a digest said before; "" when there are none.
func digestOf(before string, sources map[string]string) string {
	if len(sources) == 0 {
		return before
	}
	parts := []string{"sources", before}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		parts = append(parts, name, sources[name])
	}
	return digest(parts...)
}
