// Package mail sends mail: by SMTP, or into a list that a development site shows. Both implement ports.Mailer.
package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// ErrRefused means that a mail is malformed: a header with a line break, an address that is none, text that is not UTF-8.
var ErrRefused = errors.New("mail refused")

// maxSubject is the longest subject in bytes.
const maxSubject = 500

// check refuses what could add headers or recipients (security R17).
func check(m ports.Mail) error {
	if strings.ContainsAny(m.To+m.Subject+m.Key, "\r\n\x00") {
		return fmt.Errorf("%w: a line break in a header", ErrRefused)
	}
	if to, err := mail.ParseAddress(m.To); err != nil || to.Address != m.To {
		return fmt.Errorf("%w: the recipient is not one bare address", ErrRefused)
	}
	if m.Subject == "" || len(m.Subject) > maxSubject || !utf8.ValidString(m.Subject) || !utf8.ValidString(m.Text) || !utf8.ValidString(m.HTML) {
		return fmt.Errorf("%w: subject or text", ErrRefused)
	}
	return nil
}

// compose writes a mail as RFC 5322 has it: plain text, with the HTML as an alternative where there is one.
func compose(from mail.Address, m ports.Mail, at time.Time) ([]byte, error) {
	if err := check(m); err != nil {
		return nil, err
	}
	id := sha256.Sum256([]byte(m.Key + "\x00" + m.To + "\x00" + m.Subject + "\x00" + m.Text))
	name := hex.EncodeToString(id[:16])
	_, domain, _ := strings.Cut(from.Address, "@")
	var out bytes.Buffer
	for _, header := range [][2]string{
		{"From", from.String()},
		{"To", m.To},
		{"Subject", mime.QEncoding.Encode("utf-8", m.Subject)},
		{"Date", at.Format(time.RFC1123Z)},
		{"Message-ID", "<" + name + "@" + domain + ">"},
		{"MIME-Version", "1.0"},
		{"Auto-Submitted", "auto-generated"},
	} {
		fmt.Fprintf(&out, "%s: %s\r\n", header[0], header[1])
	}
	if m.HTML == "" {
		out.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
		if err := quoted(&out, m.Text); err != nil {
			return nil, err
		}
		return out.Bytes(), nil
	}
	fmt.Fprintf(&out, "Content-Type: multipart/alternative; boundary=%q\r\n", name)
	fmt.Fprintf(&out, "\r\n--%s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", name)
	if err := quoted(&out, m.Text); err != nil {
		return nil, err
	}
	fmt.Fprintf(&out, "\r\n--%s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", name)
	encoded := base64.StdEncoding.EncodeToString([]byte(m.HTML))
	for len(encoded) > 76 {
		out.WriteString(encoded[:76] + "\r\n")
		encoded = encoded[76:]
	}
	fmt.Fprintf(&out, "%s\r\n--%s--\r\n", encoded, name)
	return out.Bytes(), nil
}

func quoted(out *bytes.Buffer, text string) error {
	w := quotedprintable.NewWriter(out)
	if _, err := w.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n"))); err != nil {
		return err
	}
	return w.Close()
}
