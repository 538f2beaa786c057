package question

import (
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/sdk/markup"
)

// Draw is a generator of a variant's chance: the same for a seed and a name, whenever it is asked.
func Draw(seed int, name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash never fails
	return rand.New(rand.NewPCG(uint64(seed), h.Sum64()))
}

// Order is a learner's order of n things: it stays the same through a sitting, and differs between names. fixed says which
// things keep their place, such as "none of these"; nil fixes none.
func (p *Page) Order(name string, n int, fixed func(int) bool) []int {
	return Order(p.Call.Seed(), name, n, fixed)
}

// Order is [Page.Order] for a seed.
func Order(seed int, name string, n int, fixed func(int) bool) []int {
	order := make([]int, n)
	var free []int
	for i := range order {
		order[i] = i
		if fixed == nil || !fixed(i) {
			free = append(free, i)
		}
	}
	for i, j := range Draw(seed, name).Perm(len(free)) {
		order[free[i]] = free[j]
	}
	return order
}

// IDs are names of rows that stay when rows are moved or mended: the authors' ids where they are good and stand once, otherwise
// made from the row's text, which tells nobody in what order the author wrote them.
func IDs(ids, texts []string) []string {
	names, seen := make([]string, len(ids)), map[string]bool{}
	for i, id := range ids {
		if !goodID(id) || seen[id] {
			h := fnv.New32a()
			_, _ = h.Write([]byte(markup.Text(texts[i]) + texts[i]))
			id = "r" + strconv.FormatUint(uint64(h.Sum32()), 36)
			for base, n := id, 2; seen[id]; n++ {
				id = base + "-" + strconv.Itoa(n)
			}
		}
		seen[id], names[i] = true, id
	}
	return names
}

func goodID(id string) bool {
	return id != "" && len(id) <= 32 && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}
