package mail

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// maxKept mails are kept; older ones are dropped.
const maxKept = 100

// Letter is a mail that was kept.
type Letter struct {
	ports.Mail
	At time.Time
}

// Kept keeps mails instead of sending them, for development. The zero value is ready; it is safe for concurrent use.
type Kept struct {
	mu      sync.Mutex
	letters []Letter
}

// Send implements ports.Mailer.
func (k *Kept) Send(_ context.Context, m ports.Mail) error {
	if err := check(m); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.letters = append(k.letters, Letter{m, time.Now()})
	if len(k.letters) > maxKept {
		k.letters = slices.Delete(k.letters, 0, len(k.letters)-maxKept)
	}
	return nil
}

// Letters lists them, newest first.
func (k *Kept) Letters() []Letter {
	k.mu.Lock()
	defer k.mu.Unlock()
	letters := slices.Clone(k.letters)
	slices.Reverse(letters)
	return letters
}

var _ ports.Mailer = (*Kept)(nil)
