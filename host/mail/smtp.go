package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// sendTimeout bounds all of one sending.
const sendTimeout = 30 * time.Second

// SMTP hands mail to a server. It is safe for concurrent use; each mail has a connection of its own.
type SMTP struct {
	from           mail.Address
	host, address  string
	user, password string
	// implicit is TLS from the first byte; otherwise STARTTLS is demanded unless the server is this machine.
	implicit bool
	// tls says how the server proves who it is.
	tls *tls.Config
}

// NewSMTP reads a URL: smtp://user:password@host:587 (STARTTLS) or smtps://host:465 (TLS at once), and the sender, such as
// "Quoin <mail@example.org>". Nothing is dialled yet.
func NewSMTP(address, from string) (*SMTP, error) {
	parsed, err := url.Parse(address)
	if err != nil { // the error would quote the password
		return nil, errors.New("the mail server's address must look like smtp://user:password@mail.example.org:587")
	}
	ports := map[string]string{"smtp": "587", "smtps": "465"}
	port, known := ports[parsed.Scheme]
	if !known || parsed.Hostname() == "" {
		return nil, errors.New("the mail server's address must begin with smtp:// or smtps:// and name a host")
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("the sender %q must look like Name <mail@example.org>: %w", from, err)
	}
	if parsed.Port() != "" {
		port = parsed.Port()
	}
	s := &SMTP{
		from: *sender, host: parsed.Hostname(), address: net.JoinHostPort(parsed.Hostname(), port), user: parsed.User.Username(),
		implicit: parsed.Scheme == "smtps", tls: &tls.Config{ServerName: parsed.Hostname(), MinVersion: tls.VersionTLS12},
	}
	s.password, _ = parsed.User.Password()
	return s, nil
}

// Send implements ports.Mailer.
func (s *SMTP) Send(ctx context.Context, m ports.Mail) error {
	text, err := compose(s.from, m, time.Now())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if err := s.deliver(ctx, m.To, text); err != nil {
		return fmt.Errorf("sending mail by %s: %w", s.address, err)
	}
	return nil
}

func (s *SMTP) deliver(ctx context.Context, to string, text []byte) error {
	client, _, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	defer context.AfterFunc(ctx, func() { client.Close() })()
	if err := client.Mail(s.from.Address); err != nil {
		return err
	}
	if err := client.Rcpt(to); err != nil {
		return err
	}
	body, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := body.Write(text); err != nil {
		return err
	}
	if err := body.Close(); err != nil {
		return err
	}
	return client.Quit()
}

func thisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

var _ ports.Mailer = (*SMTP)(nil)
