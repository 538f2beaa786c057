package command

import (
	"errors"

	"github.com/quoin-lms/quoin/host/mail"
	"github.com/quoin-lms/quoin/runtime/ports"
)

// mailer is what the settings ask for: a mail server, a page of kept mails in development, or nil for none.
func (s *settings) mailer() (ports.Mailer, error) {
	switch {
	case s.SMTPURL != "" && s.MailFrom == "":
		return nil, errors.New("a mail server needs a sender: add --mail-from \"Name <mail@example.org>\"")
	case s.SMTPURL != "":
		return mail.NewSMTP(s.SMTPURL, s.MailFrom)
	case s.Development:
		return &mail.Kept{}, nil
	}
	return nil, nil
}
