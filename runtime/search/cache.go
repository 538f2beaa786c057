package search

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// Cache keeps the indexes of the courses that are searched. Safe for concurrent use.
type Cache struct {
	most    int64
	entries func(ctx context.Context, published *course.Published) ([]Entry, error)
	flight  singleflight.Group

	mu   sync.Mutex
	kept map[key.Course]*kept
	size int64
	turn int64
}

type kept struct {
	index *Index
	head  int
	used  int64
}

// NewCache makes a cache of at most so many bytes, one index apart: the one that is asked for stays however large it is.
// entries gives what there is to find in a published course; it is asked once per head.
func NewCache(most int64, entries func(ctx context.Context, published *course.Published) ([]Entry, error)) *Cache {
	return &Cache{most: most, entries: entries, kept: map[key.Course]*kept{}}
}

// Index gives the index of a published course, and makes it where there is none: once, for everybody who waits. A head that
// was published since replaces the one before.
func (c *Cache) Index(ctx context.Context, published *course.Published) (*Index, error) {
	if x := c.find(published); x != nil {
		return x, nil
	}
	name := published.Key.String() + " " + strconv.Itoa(published.Head.Number)
	made, err, _ := c.flight.Do(name, func() (any, error) {
		if x := c.find(published); x != nil {
			return x, nil
		}
		entries, err := c.entries(context.WithoutCancel(ctx), published) // others wait for it, too, when the first one leaves
		if err != nil {
			return nil, fmt.Errorf("making the search index of %s: %w", published.Key, err)
		}
		x := Build(entries)
		c.keep(published, x)
		return x, nil
	})
	if err != nil {
		return nil, err
	}
	x, _ := made.(*Index)
	return x, nil
}

func (c *Cache) find(published *course.Published) *Index {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.kept[published.Key]
	if k == nil || k.head != published.Head.Number {
		return nil
	}
	c.turn++
	k.used = c.turn
	return k.index
}

func (c *Cache) keep(published *course.Published, x *Index) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if before := c.kept[published.Key]; before != nil {
		if before.head > published.Head.Number { // a request that began before the last publish
			return
		}
		c.size -= before.index.Size()
	}
	c.turn++
	c.kept[published.Key] = &kept{x, published.Head.Number, c.turn}
	c.size += x.Size()
	for c.size > c.most && len(c.kept) > 1 {
		c.drop(published.Key)
	}
}

// drop forgets the index that was asked for the longest ago, but not the named one.
func (c *Cache) drop(but key.Course) {
	var oldest key.Course
	var used int64
	for name, k := range c.kept {
		if name != but && (used == 0 || k.used < used) {
			oldest, used = name, k.used
		}
	}
	c.size -= c.kept[oldest].index.Size()
	delete(c.kept, oldest)
}

// Size is about how many bytes the indexes hold.
func (c *Cache) Size() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.size
}
