package course

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Names of blocks in addresses. A usage is a type and an id, and archives give blocks of several types the same id: a unit and the
// problem in it, a section and its subsection. Links name the id alone all the same, as authors write them, so an id has one block
// that it leads to, and every other block of that id is named with its type: "problem@quiz". No id has an "@" in it.

// typesByID lists the types of each id's blocks, the one that the id alone names first: a unit before a subsection, a section and
// the course, and what stands in units last.
func (p *Published) typesByID() map[string][]string {
	ranks := map[string]int{placeOf(p.Root): 3}
	for _, section := range p.Root.Children {
		ranks[placeOf(section)] = 2
		for _, sub := range section.Children {
			ranks[placeOf(sub)] = 1
			for _, unit := range sub.Children {
				ranks[placeOf(unit)] = 0
			}
		}
	}
	rank := func(blockType, id string) int {
		if r, ok := ranks[placeKey(blockType, id)]; ok {
			return r
		}
		return 4
	}
	types := make(map[string][]string, len(p.where))
	for place := range p.where {
		blockType, id, _ := strings.Cut(place, "@")
		types[id] = append(types[id], blockType)
	}
	for id, of := range types {
		slices.SortFunc(of, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a, id), rank(b, id)), strings.Compare(a, b)) })
	}
	return types
}

func placeOf(b *Block) string { return placeKey(b.Usage.Type, b.Usage.ID) }

// FindID returns a block by what Name gives, or by an id that an author wrote into a link.
func (p *Published) FindID(ctx context.Context, name string) (*Block, error) {
	if types := p.types[name]; len(types) > 0 {
		return p.Find(ctx, p.Key.Usage(types[0], name))
	}
	if blockType, id, typed := strings.Cut(name, "@"); typed {
		return p.Find(ctx, p.Key.Usage(blockType, id))
	}
	return nil, fmt.Errorf("%w: block %q", ErrNotFound, name)
}

// Name is what leads to the block in the course's addresses: its id, and its type before it where the id leads to another one.
func (p *Published) Name(b *Block) string { return nameAmong(b, p.types[b.Usage.ID]) }

// ElementName tells the block from all others that may stand on a page with it. What has no place on a page of its own does not
// count, so a problem keeps its id beside the unit of the same id.
func (p *Published) ElementName(b *Block) string {
	for i, blockType := range p.types[b.Usage.ID] {
		if !Structural(blockType) {
			return nameAmong(b, p.types[b.Usage.ID][i:])
		}
	}
	return b.Usage.ID
}

func nameAmong(b *Block, types []string) string {
	if len(types) == 0 || types[0] == b.Usage.Type {
		return b.Usage.ID
	}
	return placeOf(b)
}
