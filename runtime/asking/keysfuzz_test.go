package asking

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
)

// A token counts only if its first two parts were signed with the secret, by HS256, and its claims are JSON.
func FuzzVerifyToken(f *testing.F) {
	secret := []byte("0123456789abcdef0123456789abcdef")
	encode := base64.RawURLEncoding.EncodeToString
	token := func(header, claims string) string {
		signed := encode([]byte(header)) + "." + encode([]byte(claims))
		return signed + "." + encode(mac(sha256.New, secret, []byte(signed)))
	}
	f.Add(token(jwtHeader, `{"sub":"ann"}`))
	f.Add(token(`{"alg":"none"}`, `{}`))
	f.Add(token(`{"alg":"HS256","crit":["b64"]}`, `{}`))
	f.Add(token(jwtHeader, `no json`))
	f.Add("..")
	f.Fuzz(func(t *testing.T, text string) {
		said := verifyToken(secret, text)
		if !said.Valid {
			if said.Claims != nil {
				t.Errorf("%q does not hold, and claims %s", text, said.Claims)
			}
			return
		}
		parts := strings.Split(text, ".")
		given, err := base64.RawURLEncoding.DecodeString(parts[2])
		if err != nil || string(given) != string(mac(sha256.New, secret, []byte(parts[0]+"."+parts[1]))) || !json.Valid(said.Claims) {
			t.Errorf("%q holds, claiming %s", text, said.Claims)
		}
	})
}

// Reading a signature never panics, and what we write is read.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{"", "00", strings.Repeat("ab", 32), "YWI=", "YW-_", "%%"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		raw, ok := decode(text)
		if !ok {
			return
		}
		back, ok := decode(base64.StdEncoding.EncodeToString(raw))
		if ok && string(back) != string(raw) && len(raw) != sha256.Size*3/2 && len(raw) != 30 { // 48 and 30 bytes of base64 may look like hexadecimal
			t.Errorf("%q is %x, and written again %x", text, raw, back)
		}
	})
}
