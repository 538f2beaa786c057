package state

import "sync"

// keyed is a mutex for each key that somebody holds or waits for.
type keyed struct {
	mu   sync.Mutex
	held map[string]*holder
}

type holder struct {
	mu      sync.Mutex
	waiting int
}

// lock waits for the key and returns what lets go of it.
func (k *keyed) lock(key string) (unlock func()) {
	k.mu.Lock()
	h := k.held[key]
	if h == nil {
		h = &holder{}
		k.held[key] = h
	}
	h.waiting++
	k.mu.Unlock()
	h.mu.Lock()
	return func() {
		h.mu.Unlock()
		k.mu.Lock()
		if h.waiting--; h.waiting == 0 {
			delete(k.held, key)
		}
		k.mu.Unlock()
	}
}
