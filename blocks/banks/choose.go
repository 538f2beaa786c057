package banks

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Choose implements sdk.Chooser. What was drawn before stays, in its order, as far as it is there and may be. The platform asks
// again where a child is gone, where the number is another one, or where the learner draws again: in the last case all is as it
// was, and everything is drawn anew.
func (bank[F]) Choose(c *sdk.Call, f *F, r wire.ChooseRequest) ([]string, error) {
	all := make([]string, len(r.Children))
	for i, child := range r.Children {
		all[i] = child.ID
	}
	wanted := (*f).drawing().wanted(len(all))
	kept := slices.DeleteFunc(slices.Clone(r.Earlier), func(id string) bool { return !slices.Contains(all, id) })
	anew := len(r.Earlier) > 0 && len(kept) == len(r.Earlier) && len(kept) == wanted
	chance := chanceOf(c.Seed(), r.Earlier)
	if !anew {
		kept = kept[:min(len(kept), wanted)]
		return append(kept, draw(chance, without(all, kept), wanted-len(kept))...), nil
	}
	// Others than before come first; where there are not enough, some of them come again.
	drawn := draw(chance, without(all, kept), wanted)
	return append(drawn, draw(chance, kept, wanted-len(drawn))...), nil
}

func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(id string) bool { return slices.Contains(some, id) })
}

// draw gives count of some ids, or all of them, in an order of chance.
func draw(chance *rand.Rand, ids []string, count int) []string {
	ids = slices.Clone(ids)
	chance.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return ids[:min(max(count, 0), len(ids))]
}

// chanceOf is the same for the same learner as long as he has the same.
func chanceOf(seed int, earlier []string) *rand.Rand {
	h := fnv.New64a()
	for _, id := range earlier {
		_, _ = h.Write(append([]byte(id), 0)) // a hash takes everything
	}
	return rand.New(rand.NewPCG(uint64(seed), h.Sum64()))
}
