package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/smtp"
)

// Stage is how far talking to a mail server came.
type Stage string

// The stages, in their order.
const (
	StageConnect Stage = "connecting"
	StageGreet   Stage = "greeting"
	StageEncrypt Stage = "encrypting"
	StageSignIn  Stage = "signing in"
)

// Address is the server's host and port.
func (s *SMTP) Address() string { return s.address }

// Check connects, turns encryption on and signs in, as sending would, and sends nothing. With an error it tells at which
// stage that happened.
func (s *SMTP) Check(ctx context.Context) (Stage, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	client, stage, err := s.open(ctx)
	if err != nil {
		return stage, err
	}
	return "", client.Quit()
}

// open gives a client that is ready to send; who opened it closes it.
func (s *SMTP) open(ctx context.Context) (*smtp.Client, Stage, error) {
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, StageConnect, err
	}
	stop := context.AfterFunc(ctx, func() { connection.Close() })
	defer stop()
	if s.implicit {
		encrypted := tls.Client(connection, s.tls)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			connection.Close()
			return nil, StageEncrypt, err
		}
		connection = encrypted
	}
	client, err := smtp.NewClient(connection, s.host)
	if err == nil {
		err = client.Hello("localhost")
	}
	if err != nil {
		connection.Close()
		return nil, StageGreet, err
	}
	if stage, err := s.greet(client); err != nil {
		client.Close()
		return nil, stage, err
	}
	return client, "", nil
}

// greet turns encryption on and signs in. A server elsewhere that offers no encryption gets nothing.
func (s *SMTP) greet(client *smtp.Client) (Stage, error) {
	if !s.implicit {
		offered, _ := client.Extension("STARTTLS")
		switch {
		case offered:
			if err := client.StartTLS(s.tls); err != nil {
				return StageEncrypt, err
			}
		case !thisMachine(s.host):
			return StageEncrypt, errors.New("the server offers no STARTTLS")
		}
	}
	if s.user == "" {
		return "", nil
	}
	return StageSignIn, client.Auth(smtp.PlainAuth("", s.user, s.password, s.host))
}
