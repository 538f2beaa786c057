package installed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// staged is an archive that somebody handed in and nobody has decided on. Its id is the archive's.
type staged struct {
	Name    string    `bson:"name"`
	Version string    `bson:"version"`
	By      string    `bson:"by,omitempty"`
	At      time.Time `bson:"at"`
	// Trial is JSON, "" while it was not tried.
	Trial string `bson:"trial,omitempty"`
}

func stagedSpec() store.Spec {
	return store.Spec{Name: "block_staged", Indexes: []store.Index{{Name: "at", Fields: []string{"at"}}}}
}

// stagedFor is how long an archive waits for a decision: a little less than files keep what nobody refers to.
const stagedFor = 20 * time.Hour

// Staged is an archive that waits for a decision.
type Staged struct {
	Archive, Name, Version, By string
	At                         time.Time
	// Trial is what trying it came to, nil while it was not tried.
	Trial *Trial
}

// Stage remembers an archive that was added, until somebody decides on it or a day has nearly passed.
func (s *Set) Stage(ctx context.Context, r *Review, by string) error {
	_, err := s.staged.Update(ctx, r.Archive, func(d *staged) (bool, error) {
		*d = staged{Name: r.Index.Name, Version: r.Index.Version, By: by, At: s.config.Now()}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("keeping a package for review: %w", err)
	}
	return nil
}

// Waiting lists archives that wait for a decision, the newest first. It forgets those that waited too long.
func (s *Set) Waiting(ctx context.Context) ([]Staged, error) {
	old, _, err := s.staged.Find(ctx, store.Query{Index: "at", To: s.config.Now().Add(-stagedFor), Limit: 100})
	if err != nil {
		return nil, fmt.Errorf("listing packages for review: %w", err)
	}
	for _, doc := range old {
		if err := s.Unstage(ctx, doc.ID); err != nil {
			return nil, err
		}
	}
	docs, _, err := s.staged.Find(ctx, store.Query{Index: "at", Reverse: true, Limit: 100})
	if err != nil {
		return nil, fmt.Errorf("listing packages for review: %w", err)
	}
	list := make([]Staged, len(docs))
	for i, doc := range docs {
		if list[i], err = decodeStaged(doc); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// OneWaiting gives an archive that waits for a decision, or ErrNotFound.
func (s *Set) OneWaiting(ctx context.Context, archive string) (Staged, error) {
	doc, err := s.staged.Get(ctx, archive)
	if errors.Is(err, store.ErrNotFound) || err == nil && doc.Body.At.Before(s.config.Now().Add(-stagedFor)) {
		return Staged{}, fmt.Errorf("%w: nothing waits for a decision under this name", ErrNotFound)
	}
	if err != nil {
		return Staged{}, fmt.Errorf("reading a package for review: %w", err)
	}
	return decodeStaged(doc)
}

func decodeStaged(doc store.Doc[staged]) (Staged, error) {
	out := Staged{Archive: doc.ID, Name: doc.Body.Name, Version: doc.Body.Version, By: doc.Body.By, At: doc.Body.At}
	if doc.Body.Trial == "" {
		return out, nil
	}
	out.Trial = &Trial{}
	if err := json.Unmarshal([]byte(doc.Body.Trial), out.Trial); err != nil {
		return out, fmt.Errorf("reading what a trial came to: %w", err)
	}
	return out, nil
}

// KeepTrial remembers what trying an archive came to.
func (s *Set) KeepTrial(ctx context.Context, archive string, t *Trial) error {
	text, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("keeping what a trial came to: %w", err)
	}
	_, err = s.staged.Update(ctx, archive, func(d *staged) (bool, error) {
		d.Trial = string(text)
		return d.Name != "", nil // it was decided on meanwhile
	})
	if err != nil {
		return fmt.Errorf("keeping what a trial came to: %w", err)
	}
	return nil
}

// Unstage forgets an archive: somebody decided.
func (s *Set) Unstage(ctx context.Context, archive string) error {
	if err := s.staged.Delete(ctx, archive, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("forgetting a package for review: %w", err)
	}
	return nil
}
