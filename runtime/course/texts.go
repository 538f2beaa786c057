package course

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// texts are the words of one subsection's blocks, by the hash of what it holds. They stand beside its table, since no page
// but the search needs them.
type texts struct {
	Blocks []blockText `bson:"blocks"`
}

type blockText struct {
	Place string `bson:"place"`
	Text  string `bson:"text"`
}

func textsSpec() store.Spec { return store.Spec{Name: "texts"} }

// Bounds of the words kept for the search, in bytes: of one block, and of a subsection's blocks together. What is longer is
// cut: a course stays publishable whatever it holds.
const (
	maxBlockText      = 64 << 10
	maxSubsectionText = 4 << 20
)

// gathering are the words of a subsection that is being derived; room is how many bytes may still be added.
type gathering struct {
	texts
	room int
}

// keep adds the words of a block.
func (t *gathering) keep(ref ChildRef, facts *wire.Facts) {
	text := facts.Search
	if most := min(maxBlockText, t.room); len(text) > most {
		text = cut(text, most)
	}
	if text == "" {
		return
	}
	t.room -= len(text)
	t.Blocks = append(t.Blocks, blockText{placeKey(ref.Type, ref.ID), text})
}

// cut ends a text at a character's border, at most so many bytes long.
func cut(text string, most int) string {
	for most > 0 && text[most]&0xC0 == 0x80 {
		most--
	}
	return text[:most]
}

// Texts gives the words that the search may find in the subsection's blocks, by block as published, without those of its
// transcripts. It reads the store.
func (s *Subsection) Texts(ctx context.Context) (map[*Block]string, error) {
	if s.texts == "" {
		return nil, nil
	}
	loaded, err := s.Load(ctx)
	if err != nil {
		return nil, err
	}
	said := s.said
	if said == nil {
		doc, err := s.courses.texts.Get(ctx, s.texts)
		if err != nil {
			return nil, fmt.Errorf("reading the words of %s: %w", s.Usage, err)
		}
		said = &doc.Body
	}
	words := make(map[*Block]string, len(said.Blocks))
	for _, block := range said.Blocks {
		if there := loaded.blocks[block.Place]; there != nil {
			words[there] = block.Text
		}
	}
	return words, nil
}
