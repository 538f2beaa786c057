package mail

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

var hostile = []ports.Mail{
	{To: "a@example.org\r\nBcc: b@example.org", Subject: "s"},
	{To: "a@example.org", Subject: "s\r\nBcc: b@example.org"},
	{To: "a@example.org", Subject: "s\nX: y"},
	{To: "a@example.org", Subject: "s\rX: y"},
	{To: "a@example.org, b@example.org", Subject: "s"},
	{To: "Ann <a@example.org>", Subject: "s"},
	{To: "", Subject: "s"},
	{To: "a@example.org", Subject: ""},
	{To: "a@example.org", Subject: "s", Text: "\xff"},
}

// Nothing in a header can add another header or recipient (security R17).
func TestHostileHeaders(t *testing.T) {
	kept := &Kept{}
	s, err := NewSMTP("smtp://127.0.0.1:1", "Quoin <mail@example.org>")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range hostile {
		for name, mailer := range map[string]ports.Mailer{"kept": kept, "smtp": s} {
			if err := mailer.Send(t.Context(), m); !errors.Is(err, ErrRefused) {
				t.Errorf("%s takes %q: %v", name, m, err)
			}
		}
	}
	if n := len(kept.Letters()); n != 0 {
		t.Errorf("%d hostile mails were kept", n)
	}
}

func TestComposed(t *testing.T) {
	for _, html := range []string{"", "<p>" + strings.Repeat("long ", 100) + "</p>"} {
		raw, err := compose(mail.Address{Name: "Quoin", Address: "mail@example.org"},
			ports.Mail{To: "a@example.org", Subject: "كلمة مرور", Text: "one = 1\n.\nليل", HTML: html}, time.Unix(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(strings.NewReader(string(raw)))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || subject != "كلمة مرور" || m.Header.Get("To") != "a@example.org" || m.Header.Get("From") != `"Quoin" <mail@example.org>` {
			t.Errorf("%v %v", m.Header, err)
		}
		if html != "" {
			if !strings.HasPrefix(m.Header.Get("Content-Type"), "multipart/alternative") {
				t.Error(m.Header)
			}
			continue
		}
		text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		if err != nil || string(text) != "one = 1\r\n.\r\nليل" {
			t.Errorf("%q %v", text, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, bad := range []string{"", "http://example.org", "smtp://", "smtp://a:secretword@[x", "mail.example.org"} {
		if _, err := NewSMTP(bad, "mail@example.org"); err == nil || strings.Contains(err.Error(), "secretword") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := NewSMTP("smtp://mail.example.org", "nobody"); err == nil {
		t.Error("a sender that is no address was taken")
	}
	s, err := NewSMTP("smtps://mail.example.org", "mail@example.org")
	if err != nil || s.address != "mail.example.org:465" {
		t.Errorf("%v %v", s, err)
	}
}

// A server on this machine gets the mail; one elsewhere that offers no encryption would get nothing.
func TestSent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	got := make(chan string, 2)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			got <- converse(c)
		}
	}()
	s, err := NewSMTP("smtp://"+listener.Addr().String(), "mail@example.org")
	if err != nil {
		t.Fatal(err)
	}
	m := ports.Mail{To: "a@example.org", Subject: "Hello", Text: "Line\n.\nend"}
	if err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	said := <-got
	for _, want := range []string{"MAIL FROM:<mail@example.org>", "RCPT TO:<a@example.org>", "Subject: Hello", "\n..\n"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in %s", want, said)
		}
	}
	s.host = "mail.example.org"
	if err := s.Send(t.Context(), m); err == nil || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("sent without encryption: %v", err)
	}
	if said := <-got; strings.Contains(said, "a@example.org") {
		t.Errorf("a server without encryption heard %s", said)
	}
}

// converse plays a mail server without encryption and gives back what it was told.
func converse(c net.Conn) string {
	defer c.Close()
	var said strings.Builder
	lines := bufio.NewScanner(c)
	fmt.Fprint(c, "220 test\r\n")
	for data := false; lines.Scan(); {
		line := lines.Text()
		said.WriteString(line + "\n")
		switch {
		case data && line != ".":
		case data:
			data = false
			fmt.Fprint(c, "250 kept\r\n")
		case line == "DATA":
			data = true
			fmt.Fprint(c, "354 go on\r\n")
		case line == "QUIT":
			fmt.Fprint(c, "221 bye\r\n")
			return said.String()
		default:
			fmt.Fprint(c, "250 ok\r\n")
		}
	}
	return said.String()
}

// Old mails make room for new ones.
func TestKept(t *testing.T) {
	k := &Kept{}
	for i := range maxKept + 5 {
		if err := k.Send(t.Context(), ports.Mail{To: "a@example.org", Subject: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if l := k.Letters(); len(l) != maxKept || l[0].Subject != fmt.Sprint(maxKept+4) {
		t.Errorf("%d, first %s", len(l), l[0].Subject)
	}
}
