package kernel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Collections makes sure that the collections of every package that may keep documents exist, and gives their declarations.
// It loads these packages. A package that cannot be loaded is an error, since what it keeps about people would be missed.
func (k *Kernel) Collections(ctx context.Context) ([]store.Spec, error) {
	var specs []store.Spec
	for _, status := range k.config.Registry.List() {
		if status.Version == nil || !status.Version.Manifest.Has(string(wire.ServiceDocuments), "") {
			continue
		}
		for _, blockType := range status.Version.Manifest.Types {
			description, err := k.describe(ctx, status.Version, blockType.Name)
			if err != nil {
				return nil, fmt.Errorf("looking for the documents of %s: %w", status.Name, err)
			}
			for _, collection := range description.Collections {
				spec := state.DocumentsSpecs(status.Name, collection)[0]
				if !slices.ContainsFunc(specs, func(s store.Spec) bool { return s.Name == spec.Name }) {
					specs = append(specs, spec)
				}
			}
		}
	}
	return specs, nil
}

// EraseFromDocuments takes a learner out of the blocks' own documents: what concerns nobody else is deleted, in the others
// another word that stands for nobody takes the pseudonym's place. It returns how many documents it changed. The collections
// are those that Collections has made.
func (k *Kernel) EraseFromDocuments(ctx context.Context, learner string) (int, error) {
	erased := 0
	for _, documents := range k.openDocuments() {
		err := documents.Docs.Each(ctx, store.Query{Index: "learners", Equal: []any{learner}, Limit: 1000}, func(doc store.Doc[state.Document]) error {
			changed := false
			_, err := documents.Docs.Update(ctx, doc.ID, func(d *state.Document) (_ bool, err error) {
				changed, err = k.takeOut(documents, d, learner)
				return changed, err
			})
			if changed && err == nil {
				erased++
			}
			return err
		})
		if err != nil {
			return erased, fmt.Errorf("erasing a learner from documents: %w", err)
		}
	}
	return erased, nil
}

func (k *Kernel) takeOut(documents state.Documents, d *state.Document, learner string) (bool, error) {
	if !slices.Contains(d.Learners, learner) {
		return false, nil // somebody was faster
	}
	if len(d.Learners) > 1 {
		err := documents.SetBody(d, []byte(strings.ReplaceAll(d.Body, learner, "erased-"+newID())))
		if err == nil && !slices.Contains(d.Learners, learner) {
			return true, nil
		}
		if err != nil && !errors.Is(err, store.ErrInvalid) {
			return false, err
		}
	}
	d.Delete(k.config.Now())
	return true, nil
}
