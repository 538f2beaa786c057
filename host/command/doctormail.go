package command

import (
	"context"

	"github.com/quoin-lms/quoin/host/mail"
	"github.com/quoin-lms/quoin/runtime/ports"
)

// mailMends say what to do when talking to the mail server ends at a stage.
var mailMends = map[mail.Stage]string{
	mail.StageConnect: "check host and port in --smtp-url and whether a firewall lets this machine through: 587 is usual for smtp://, 465 for smtps://",
	mail.StageGreet:   "something listens there that does not speak SMTP, or not on this port: smtps:// is for port 465, smtp:// for 587 and 25",
	mail.StageEncrypt: "give the name that the server's certificate has; a server elsewhere must offer STARTTLS (smtp://) or TLS at once (smtps://), " +
		"since passwords and links to reset them must not travel readable",
	mail.StageSignIn: "check user and password in --smtp-url; characters such as @ : / in them are written as %40 %3A %2F",
	"":               "ask who runs the mail server",
}

// checkMail talks to the mail server without sending anything, or sends a mail where that was asked for.
func (e *examination) checkMail(ctx context.Context) {
	const name = "mail"
	s := e.settings
	if s.SMTPURL == "" {
		if e.sendTo != "" {
			e.wrong(name, "there is no mail server to send by", "give one with --smtp-url and --mail-from")
			return
		}
		e.warn(name, "no mail server is set: nobody can reset a password or confirm an address", "give one with --smtp-url and --mail-from")
		return
	}
	if s.MailFrom == "" {
		e.wrong(name, "a mail server needs a sender", "add --mail-from \"Name <mail@example.org>\"")
		return
	}
	server, err := mail.NewSMTP(s.SMTPURL, s.MailFrom)
	if err != nil {
		e.wrong(name, err.Error(), "mend --smtp-url and --mail-from")
		return
	}
	if stage, err := server.Check(ctx); err != nil {
		e.wrong(name, string(stage)+" at "+server.Address()+": "+err.Error(), mailMends[stage])
		return
	}
	if e.sendTo == "" {
		e.ok(name, "%s takes mail from here; --send-to ADDRESS sends one", server.Address())
		return
	}
	err = server.Send(ctx, ports.Mail{
		To: e.sendTo, Subject: "Quoin sends mail", Text: "This mail was sent by quoin doctor. Your site can send mail.\n", Key: "doctor " + e.now().String(),
	})
	if err != nil {
		e.wrong(name, err.Error(), "the server refused sender or recipient: check --mail-from and the address")
		return
	}
	e.ok(name, "%s took a mail to %s: see whether it arrives, and not among spam", server.Address(), e.sendTo)
}
