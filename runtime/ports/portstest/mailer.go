package portstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// ErrInvalidMail is about mail that no mailer sends.
var ErrInvalidMail = errors.New("invalid mail")

// Mailer keeps what it is given; mail with a key that it has seen is kept once. Its zero value is ready, and it is safe for
// use by many goroutines.
type Mailer struct {
	mu      sync.Mutex
	sent    []ports.Mail
	failure error
}

var _ ports.Mailer = (*Mailer)(nil)

// Send implements ports.Mailer.
func (m *Mailer) Send(ctx context.Context, mail ports.Mail) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("sending mail: %w", err)
	}
	if mail.To == "" || strings.ContainsAny(mail.To+mail.Subject, "\r\n") {
		return fmt.Errorf("sending mail: %w: it needs a recipient, and no line breaks in recipient and subject", ErrInvalidMail)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failure != nil {
		return fmt.Errorf("sending mail: %w", m.failure)
	}
	if mail.Key != "" && slices.ContainsFunc(m.sent, func(other ports.Mail) bool { return other.Key == mail.Key }) {
		return nil
	}
	m.sent = append(m.sent, mail)
	return nil
}

// Sent is all mail, oldest first.
func (m *Mailer) Sent() []ports.Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.sent)
}

// Fail makes Send return err until it is called with nil.
func (m *Mailer) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failure = err
}
