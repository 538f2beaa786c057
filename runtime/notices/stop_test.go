package notices_test

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/notices"
)

// A link ends the mails of the person whom it was made for, and no text that we did not make ends anybody's.
func FuzzReadStop(f *testing.F) {
	n := notices.New(notices.Config{Secret: []byte("a secret of 16 b")})
	ann := n.StopToken("ann")
	for _, text := range []string{ann, "ann.", ".", "bob" + ann[3:], ann + "=", "", "ann.x.y"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if inbox, ok := n.ReadStop(token); ok && n.StopToken(inbox) != token {
			t.Errorf("%q ends the mails of %q, whose link is %q", token, inbox, n.StopToken(inbox))
		}
	})
}
