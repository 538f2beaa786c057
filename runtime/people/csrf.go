package people

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

const csrfLength = 16

// CSRF makes the token that a form of ours carries, bound to the session token in the browser's cookie. Each is masked with
// bits of its own, so that compressed pages betray nothing by their length.
func (p *People) CSRF(session string) string {
	token := randomBytes(csrfLength)
	for i, b := range p.csrfMAC(session) {
		token = append(token, b^token[i])
	}
	return base64.RawURLEncoding.EncodeToString(token)
}

// CheckCSRF reports whether a token was made for this session.
func (p *People) CheckCSRF(session, token string) bool {
	if session == "" || len(token) != base64.RawURLEncoding.EncodedLen(2*csrfLength) {
		return false
	}
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(data) != 2*csrfLength {
		return false
	}
	mac := data[csrfLength:]
	for i := range mac {
		mac[i] ^= data[i]
	}
	return hmac.Equal(mac, p.csrfMAC(session))
}

func (p *People) csrfMAC(session string) []byte {
	mac := hmac.New(sha256.New, p.keys.csrf)
	mac.Write([]byte(session))
	return mac.Sum(nil)[:csrfLength]
}
