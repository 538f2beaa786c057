package acid

import (
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// secretName is the handle of the site's secret that rows sign with.
const secretName = "acid"

// forbidden says what a service answered that must not.
func (t *trial) forbidden(what string, err error) {
	if code(err) != wire.CodeForbidden {
		t.red("%s: %v", what, err)
	}
}

func serviceChecks() map[string][]step {
	return map[string][]step{
		"services.users": {func(t *trial) {
			users, err := t.c.Users(t.c.Context.Subject, "nobody-of-this-name")
			if !t.failed(err) {
				t.holds(len(users) == 1 && users[0].ID == t.c.Context.Subject && users[0].Username != "", "%d people came", len(users))
			}
		}},
		"services.enrolments": {func(t *trial) {
			own, err := t.c.Enrolments(wire.EnrolmentsFind{Learner: t.c.Context.Subject})
			if t.failed(err) {
				return
			}
			t.holds(len(own.Enrolments) == 1 && own.Enrolments[0].Active, "%d enrolments came", len(own.Enrolments))
			_, err = t.c.Enrolments(wire.EnrolmentsFind{})
			t.forbidden("a list of all", err)
		}},
		"services.scores": {func(t *trial) {
			x := t.c.Context
			_, err := t.c.Scores([]string{x.Subject}, []string{x.Usage})
			if t.failed(err) {
				return
			}
			t.green()
			_, err = t.c.Scores([]string{"somebody-else"}, []string{x.Usage})
			t.forbidden("another's scores", err)
		}},
		"services.children": {func(t *trial) {
			children, err := t.c.Children()
			if t.failed(err) {
				return
			}
			var got []string
			for _, child := range children {
				got = append(got, child.ID)
			}
			want := stringsOf(t.public["children"])
			t.holds(equalSorted(got, want), "%q came, %q were published", got, want)
		}},
		"services.search": {func(t *trial) {
			hits, err := t.c.Search(searchWord, 20)
			if t.failed(err) {
				return
			}
			for _, hit := range hits {
				if hit.Usage == t.c.Context.Usage {
					t.green()
					return
				}
			}
			t.red("%d other things were found", len(hits))
		}},
		"services.files": {func(t *trial) {
			_, _, err := t.c.File(wire.FileRead{Path: "acid/nowhere.txt"})
			if code(err) != wire.CodeNotFound {
				t.red("a file that is not there: %v", err)
				return
			}
			name, _ := t.public["file"].(string)
			if name == "" {
				t.green()
				return
			}
			file, data, err := t.c.File(wire.FileRead{Path: name})
			if !t.failed(err) {
				t.holds(len(data) > 0 && int64(len(data)) == file.Size, "%d of %d bytes came", len(data), file.Size)
			}
		}},
		"services.when": {func(t *trial) {
			t.green()
			_, err := t.c.HTTP(wire.HTTPDo{Method: "GET", URL: "https://example.org/", Key: "when"})
			t.forbidden("an outside request", err)
			_, err = t.c.Script(wire.ScriptRun{Language: "python", Code: "x = 1"})
			t.forbidden("a program", err)
		}},
		"services.hmac": {func(t *trial) { t.signs(secretName) }},
		"services.jwt":  {tokens},
		"services.typed": {func(t *trial) {
			t.signs("typed")
		}},
		"services.rs256": {func(t *trial) {
			token, err := t.c.Sign(wire.KeySign{Secret: secretName, Algorithm: "RS256", Claims: []byte(`{"a":1}`)})
			if t.failed(err) {
				return
			}
			address, err := t.c.PublishKeys()
			if t.failed(err) {
				return
			}
			verified, err := t.c.Verify(wire.KeyVerify{KeySet: address, Algorithm: "RS256", Signature: token})
			if !t.failed(err) {
				t.holds(verified.Valid, "its own token does not hold")
			}
		}},
		"services.keyset": {func(t *trial) {
			address, err := t.c.PublishKeys()
			if !t.failed(err) {
				t.holds(strings.HasPrefix(address, "http"), "the address is %q", address)
			}
		}},
	}
}

// stringsOf reads a list of strings of the prepared value.
func stringsOf(value any) []string {
	var out []string
	given, _ := value.([]any)
	for _, one := range given {
		if text, ok := one.(string); ok {
			out = append(out, text)
		}
	}
	return out
}

// signs signs a text by a secret that the block never sees, and checks that the signature is of this text alone.
func (t *trial) signs(secret string) {
	text := func(s string) wire.Blob { return wire.Blob{Data: []byte(s)} }
	signature, err := t.c.Sign(wire.KeySign{Secret: secret, Algorithm: "hmac-sha256", Payload: text("a text")})
	if t.failed(err) {
		return
	}
	right, err := t.c.Verify(wire.KeyVerify{Secret: secret, Algorithm: "hmac-sha256", Payload: text("a text"), Signature: signature})
	if t.failed(err) {
		return
	}
	wrong, err := t.c.Verify(wire.KeyVerify{Secret: secret, Algorithm: "hmac-sha256", Payload: text("another"), Signature: signature})
	if !t.failed(err) {
		t.holds(right.Valid && !wrong.Valid, "of the text: %v, of another: %v", right.Valid, wrong.Valid)
	}
}

func tokens(t *trial) {
	token, err := t.c.Sign(wire.KeySign{Secret: secretName, Algorithm: "HS256", Claims: []byte(`{"sub":"acid"}`)})
	if t.failed(err) {
		return
	}
	right, err := t.c.Verify(wire.KeyVerify{Secret: secretName, Algorithm: "HS256", Signature: token})
	if t.failed(err) {
		return
	}
	forged := "x" + token[1:]
	if at := strings.LastIndex(token, "."); at > 0 {
		forged = token[:at+1] + strings.Repeat("A", len(token)-at-1)
	}
	wrong, err := t.c.Verify(wire.KeyVerify{Secret: secretName, Algorithm: "HS256", Signature: forged})
	if !t.failed(err) {
		t.holds(right.Valid && string(right.Claims) == `{"sub":"acid"}` && !wrong.Valid, "it claims %s; a forged one holds: %v", right.Claims, wrong.Valid)
	}
}

// forApp is the tag of what the package's app looks for.
func forApp(c *sdk.Call) string { return "for the app of " + c.Context.Subject }
