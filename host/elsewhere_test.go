package host_test

import (
	"strings"
	"testing"
)

// With a public address that is not the one of browsers every form fails: the log says what came, by the id of the error page.
func TestRefusedOriginIsLogged(t *testing.T) {
	w := newWorld(t, options{})
	long := "https://elsewhere.example/" + strings.Repeat("x", 1000)
	p := w.visitor().send("POST", "/signin", map[string]string{"Origin": long}, "").must(403)
	id := p.header.Get("X-Request-Id")
	for line := range strings.Lines(w.log.String()) {
		if id != "" && strings.Contains(line, "request="+id) && strings.Contains(line, "origin=https://elsewhere.example/") && strings.Contains(line, "public="+w.url) {
			if strings.Contains(line, strings.Repeat("x", 500)) {
				t.Error("the line holds the whole of a long Origin")
			}
			return
		}
	}
	t.Errorf("no line of the log names request %q, its Origin and the public address:\n%s", id, w.log.String())
}
