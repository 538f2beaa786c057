package review

import "sync"

// kept remembers values by key. It forgets those that nobody asked for since it was half full.
type kept[T any] struct {
	most     int
	mu       sync.Mutex
	now, old map[string]T
}

func newKept[T any](most int) *kept[T] {
	return &kept[T]{most: most, now: map[string]T{}, old: map[string]T{}}
}

func (k *kept[T]) get(key string) (value T, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if value, ok = k.now[key]; ok {
		return value, true
	}
	if value, ok = k.old[key]; ok {
		k.set(key, value)
	}
	return value, ok
}

func (k *kept[T]) put(key string, value T) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.set(key, value)
}

// set enters a value. k.mu is held.
func (k *kept[T]) set(key string, value T) {
	if len(k.now) >= k.most/2 {
		k.old, k.now = k.now, map[string]T{}
	}
	k.now[key] = value
}
