package people

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Limits of an address, in bytes (RFC 5321).
const (
	maxEmail = 254
	maxLocal = 64
)

// emailOf brings an address into the form that mail is sent to, or says what is wrong with it. The part before the @ is
// ASCII: two different addresses then never fold to one.
func emailOf(typed string) (string, Problems) {
	var problems Problems
	typed = strings.TrimSpace(typed)
	if !utf8.ValidString(typed) {
		problems.add(FieldEmail, CodeEncoding, "this is not text")
		return "", problems
	}
	if typed == "" {
		problems.add(FieldEmail, CodeMissing, "enter your e-mail address")
		return "", problems
	}
	at := strings.LastIndexByte(typed, '@')
	if at < 0 {
		problems.add(FieldEmail, CodeMalformed, "an address looks like name@example.org")
		return "", problems
	}
	local := typed[:at]
	domain, err := idna.Lookup.ToASCII(typed[at+1:])
	if err == nil { // some odd domains are written in a form that is refused when it is read
		domain, err = idna.Lookup.ToASCII(domain)
	}
	switch {
	case err != nil, !strings.Contains(domain, "."), strings.HasSuffix(domain, "."), !domainForm(domain):
		problems.add(FieldEmail, CodeMalformed, "what stands after the @ is no domain")
	case len(local) > maxLocal, at+1+len(domain) > maxEmail:
		problems.add(FieldEmail, CodeLong, "the address is too long")
	case !localForm(local):
		problems.add(FieldEmail, CodeMalformed, "what stands before the @ may hold letters, digits and . _ + - and the like")
	}
	return local + "@" + domain, problems
}

// localForm allows dot-separated atoms (RFC 5322) without the quoted form, which nobody has.
func localForm(local string) bool {
	if local == "" || local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") {
		return false
	}
	for i := range len(local) {
		c := local[i]
		if !asciiAlphanumeric(c) && strings.IndexByte(".!#$%&'*+-/=?^_`{|}~", c) < 0 {
			return false
		}
	}
	return true
}

func domainForm(domain string) bool {
	for _, label := range strings.Split(domain, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if !asciiAlphanumeric(label[i]) && label[i] != '-' {
				return false
			}
		}
	}
	return true
}

func asciiAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// emailKey folds the case of an address in normal form. That some hosts tell cases of the first part apart plays no part:
// no two people share such a pair.
func emailKey(email string) string { return strings.ToLower(email) }
