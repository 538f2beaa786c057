package notices

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// StopToken is what a mail's link carries: whoever has it may end the person's mails, and nothing else.
func (n *Notices) StopToken(inbox string) string {
	return inbox + "." + base64.RawURLEncoding.EncodeToString(n.mac(inbox))
}

// ReadStop gives the person whose mails a link may end; false for a link that we did not make.
func (n *Notices) ReadStop(token string) (inbox string, ok bool) {
	inbox, _, _ = strings.Cut(token, ".")
	return inbox, inbox != "" && hmac.Equal([]byte(token), []byte(n.StopToken(inbox)))
}

func (n *Notices) mac(inbox string) []byte {
	mac := hmac.New(sha256.New, n.config.Secret)
	mac.Write([]byte("stop mails about notices\x00" + inbox))
	return mac.Sum(nil)[:16]
}
