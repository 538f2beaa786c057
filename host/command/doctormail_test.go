package command

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// post is a mail server without encryption; how it answers AUTH and RCPT is given.
func post(t *testing.T, greeting, auth, rcpt string) (address string, said func() string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	heard := make(chan string, 1000)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				fmt.Fprintf(c, "%s\r\n", greeting)
				data := false
				for lines := bufio.NewScanner(c); lines.Scan(); {
					line := lines.Text()
					heard <- line
					answer := "250 ok"
					switch {
					case data && line != ".":
						continue
					case data:
						data = false
					case strings.HasPrefix(line, "EHLO"):
						answer = "250-here\r\n250 AUTH PLAIN"
					case strings.HasPrefix(line, "AUTH"):
						answer = auth
					case strings.HasPrefix(line, "RCPT"):
						answer = rcpt
					case line == "DATA":
						data, answer = true, "354 go on"
					case line == "QUIT":
						answer = "221 bye"
					}
					fmt.Fprintf(c, "%s\r\n", answer)
				}
			}()
		}
	}()
	return listener.Addr().String(), func() string {
		var all []string
		for len(heard) > 0 {
			all = append(all, <-heard)
		}
		return strings.Join(all, "\n")
	}
}

// Whatever keeps mail from leaving is found, with what to do; asking sends nothing unless a mail was asked for.
func TestDoctorFindsWhatKeepsMail(t *testing.T) {
	good, said := post(t, "220 here", "235 come in", "250 ok")
	locked, _ := post(t, "220 here", "535 no", "250 ok")
	strange, _ := post(t, "HTTP/1.1 400", "", "")
	choosy, _ := post(t, "220 here", "235 come in", "550 no such person")
	for name, test := range map[string]struct {
		url, from, to, state, tells string
	}{
		"none":                {"", "", "", stateWarn, "reset a password"},
		"none to send by":     {"", "", "a@example.org", stateWrong, "no mail server to send by"},
		"no sender":           {"smtp://" + good, "", "", stateWrong, "--mail-from"},
		"a URL that is none":  {"http://" + good, "a@example.org", "", stateWrong, "smtp://"},
		"a sender that is no": {"smtp://" + good, "nobody", "", stateWrong, "--mail-from"},
		"nobody listens":      {"smtp://127.0.0.1:1", "a@example.org", "", stateWrong, "firewall"},
		"not a mail server":   {"smtp://" + strange, "a@example.org", "", stateWrong, "does not speak SMTP"},
		"no TLS there":        {"smtps://" + good, "a@example.org", "", stateWrong, "certificate"},
		"a wrong password":    {"smtp://ann:secretword@" + locked, "a@example.org", "", stateWrong, "check user and password"},
		"a good one":          {"smtp://ann:secretword@" + good, "a@example.org", "", stateOK, "takes mail"},
		"a mail that is sent": {"smtp://" + good, "a@example.org", "b@example.org", stateOK, "took a mail to b@example.org"},
		"a refused recipient": {"smtp://" + choosy, "a@example.org", "b@example.org", stateWrong, "refused sender or recipient"},
	} {
		t.Run(name, func(t *testing.T) {
			_ = said()
			e := &examination{settings: &settings{SMTPURL: test.url, MailFrom: test.from}, sendTo: test.to, now: time.Now}
			e.checkMail(t.Context())
			if !strings.Contains(e.says(test.state), test.tells) || len(e.findings) != 1 {
				t.Errorf("%q is not told as %s: %+v", test.tells, test.state, e.findings)
			}
			if strings.Contains(fmt.Sprint(e.findings), "secretword") {
				t.Errorf("the password is shown: %+v", e.findings)
			}
			if heard := said(); test.to == "" && strings.Contains(heard, "MAIL FROM") {
				t.Errorf("looking sent a mail: %s", heard)
			}
		})
	}
}
