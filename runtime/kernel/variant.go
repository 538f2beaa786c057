package kernel

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// variant is one learner's or one seed's version of a content that varies, by (content, artifact, seed, identity).
type variant struct {
	Public []byte `bson:"public,omitempty"`
	Secret []byte `bson:"secret,omitempty"`
	// Learner is set when the block varies by identity.
	Learner string `bson:"learner,omitempty"`
}

func variantSpec() store.Spec { return store.Spec{Name: "variants", Learners: "learner"} }

// vary gives the two values that a learner with this seed gets: the prepared ones, or a variant of them.
func (k *Kernel) vary(
	ctx context.Context, version *registry.Version, description *wire.Description, hash string, p *Prepared, seed int, asker *services.Call,
) (*Prepared, error) {
	if !p.Facts.Varies {
		return p, nil
	}
	identity := ""
	if description.Identity {
		identity = asker.Subject
	}
	id := store.ID(hash, version.Digest, strconv.Itoa(seed), identity)
	if v, ok := k.values.GetIfPresent("v" + id); ok {
		return v, nil
	}
	value, err, _ := k.flight.Do("vary "+id, func() (any, error) {
		ctx := context.WithoutCancel(ctx) // others wait for it, too, when the first one leaves
		doc, err := k.variants.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			doc.Body, err = k.makeVariant(ctx, version, id, p, seed, identity, asker)
		}
		if err != nil {
			return nil, err
		}
		return &Prepared{Facts: p.Facts, AnswerHash: p.AnswerHash, Public: doc.Body.Public, Secret: doc.Body.Secret}, nil
	})
	if err != nil {
		return nil, err
	}
	v, ok := value.(*Prepared)
	if !ok {
		return nil, fmt.Errorf("varying %s: unexpected %T", hash, value)
	}
	k.values.Set("v"+id, v)
	return v, nil
}

func (k *Kernel) makeVariant(
	ctx context.Context, version *registry.Version, id string, p *Prepared, seed int, identity string, asker *services.Call,
) (variant, error) {
	var out wire.Variant
	ask := *asker
	ask.Op = wire.OpVary
	_, err := k.invoke(ctx, question{
		version: version, op: wire.OpVary, asker: &ask,
		context: wire.Context{Block: ask.Type, Seed: &seed, Subject: identity},
		body:    &wire.VaryRequest{Public: wire.Blob{Data: p.Public}, Secret: wire.Blob{Data: p.Secret}},
	}, &out)
	if err != nil {
		return variant{}, err
	}
	body := variant{Public: out.Public.Data, Secret: out.Secret.Data, Learner: identity}
	if identity != "" && ask.Person != nil && ask.Person.ReadOnly {
		return body, nil // whoever only looks on writes nothing that is the learner's
	}
	if err := k.variants.Insert(ctx, id, body); err != nil && !errors.Is(err, store.ErrExists) {
		return variant{}, fmt.Errorf("storing a variant: %w", err)
	}
	return body, nil
}
