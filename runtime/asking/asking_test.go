package asking_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/asking"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
	"github.com/quoin-lms/quoin/runtime/secrets"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

type world struct {
	t       *testing.T
	store   store.Store
	secrets *secrets.Secrets
	table   services.Table
	now     time.Time
	http    *asking.HTTP
}

func newWorld(t *testing.T, private bool, limiter ports.Limiter) *world {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Ensure(t.Context(), secrets.Spec(), asking.Spec()); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: s, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	if w.secrets, err = secrets.New(s, []byte("a secret of 16 b"), clock); err != nil {
		t.Fatal(err)
	}
	w.http = asking.NewHTTP(asking.HTTPConfig{Store: s, Secrets: w.secrets, Limiter: limiter, Now: clock, Private: private})
	keys := asking.Keys{Secrets: w.secrets, Typed: func(_ context.Context, _ *services.Call, field string) ([]byte, bool, error) {
		return []byte("typed"), field == "typed", nil
	}}
	w.table = services.Table{wire.ServiceHTTP: w.http.Answer, wire.ServiceKeys: keys.Answer}
	return w
}

// call is a task's call of a package that may ask the hosts.
func call(pack, key string, hosts ...string) *services.Call {
	m := manifest.Manifest{Name: pack, Permissions: []manifest.Permission{{Name: "http", Reason: "r", Values: hosts}, {Name: "keys", Reason: "r"}}}
	return &services.Call{Op: wire.OpTask, Role: wire.RoleHost, Manifest: &m, Description: &wire.Description{}, Key: key}
}

func ask[R any](w *world, c *services.Call, service wire.Service, method string, body any) (R, wire.Code) {
	w.t.Helper()
	frame, err := wire.EncodeService(wire.ServiceCall{Service: service, Method: method}, body)
	if err != nil {
		w.t.Fatal(err)
	}
	var reply R
	err = wire.DecodeReply(w.table.Serve(w.t.Context(), c, frame), &reply)
	var failure *wire.Error
	if err != nil && !errors.As(err, &failure) {
		w.t.Fatal(err)
	}
	if failure != nil {
		return reply, failure.Code
	}
	return reply, ""
}

// asked is what an outside service saw.
type asked struct {
	mu       sync.Mutex
	requests []string
	down     int
}

func (a *asked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	a.requests = append(a.requests, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization")+" "+string(body)+" "+r.Header.Get("Idempotency-Key"))
	switch {
	case a.down > 0:
		a.down--
		w.WriteHeader(http.StatusServiceUnavailable)
	case r.URL.Path == "/away":
		http.Redirect(w, r, "http://other.example/", http.StatusFound)
	case r.URL.Path == "/long":
		_, _ = io.WriteString(w, strings.Repeat("x", wire.MaxBody+1))
	default:
		w.Header().Set("Set-Cookie", "a=b")
		_, _ = io.WriteString(w, `{"points": 7}`)
	}
}

func serve(t *testing.T) (seen *asked, host string) {
	t.Helper()
	seen = &asked{}
	server := httptest.NewServer(seen)
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return seen, address.Host
}

// A call that runs again, five times over and by several at once, makes one outside request (security R7); a reply that asks to
// try again is not one that is kept.
func TestACallThatRunsAgainAsksOnce(t *testing.T) {
	seen, host := serve(t)
	w := newWorld(t, true, &portstest.Limiter{})
	do := wire.HTTPDo{Method: "POST", URL: "http://" + host + "/grade", Key: "send", Body: wire.Blob{Data: []byte("work")}}
	seen.down = 1
	if done, code := ask[wire.HTTPDone](w, call("grader", "run 1", host), wire.ServiceHTTP, "do", &do); code != "" || done.Status != 503 {
		t.Fatalf("%+v %s", done, code)
	}
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			copied := do
			done, code := ask[wire.HTTPDone](w, call("grader", "run 1", host), wire.ServiceHTTP, "do", &copied)
			if code != "" || done.Status != 200 || string(done.Body.Data) != `{"points": 7}` || done.Headers["set-cookie"] != "" {
				t.Errorf("%+v %s", done, code)
			}
		})
	}
	all.Wait()
	if len(seen.requests) != 2 || seen.requests[0] != seen.requests[1] {
		t.Errorf("the service was asked %q, want one refusal and one request under the same key", seen.requests)
	}
	// Another call, another key of the same one, and another package are other requests.
	for _, c := range []struct{ pack, run, key string }{{"grader", "run 2", "send"}, {"grader", "run 1", "more"}, {"other", "run 1", "send"}} {
		again := do
		again.Key = c.key
		if _, code := ask[wire.HTTPDone](w, call(c.pack, c.run, host), wire.ServiceHTTP, "do", &again); code != "" {
			t.Errorf("%+v: %s", c, code)
		}
	}
	if len(seen.requests) != 5 {
		t.Errorf("%d requests, want 5", len(seen.requests))
	}
	other := do
	other.Body = wire.Blob{Data: []byte("other work")}
	if _, code := ask[wire.HTTPDone](w, call("grader", "run 1", host), wire.ServiceHTTP, "do", &other); code != wire.CodeConflict {
		t.Errorf("another request under the same key: %s", code)
	}
	w.now = w.now.Add(31 * 24 * time.Hour)
	if n, err := w.http.Collect(t.Context()); err != nil || n != 4 {
		t.Errorf("%d replies went, %v", n, err)
	}
}

// A secret goes to its own host alone, for its own package alone.
func TestSecretsGoToTheirHost(t *testing.T) {
	seen, host := serve(t)
	_, elsewhere := serve(t)
	w := newWorld(t, true, &portstest.Limiter{})
	for handle, bound := range map[string]string{"token": host, "signing": ""} {
		if err := w.secrets.Set(t.Context(), "grader", handle, bound, "canary-value"); err != nil {
			t.Fatal(err)
		}
	}
	try := func(pack, to, header, value string) wire.Code {
		_, code := ask[wire.HTTPDone](w, call(pack, pack+to+value, host, elsewhere), wire.ServiceHTTP, "do", &wire.HTTPDo{
			Method: "GET", URL: "http://" + to + "/x", Key: "k", Headers: map[string]string{header: value},
		})
		return code
	}
	if code := try("grader", host, "Authorization", "Bearer {{secret:token}}"); code != "" || !strings.Contains(seen.requests[0], "Bearer canary-value") {
		t.Errorf("%s, asked %q", code, seen.requests)
	}
	for what, got := range map[string]wire.Code{
		"to another host":           try("grader", elsewhere, "Authorization", "{{secret:token}}"),
		"one that only signs":       try("grader", host, "Authorization", "{{secret:signing}}"),
		"by another package":        try("other", host, "Authorization", "{{secret:token}}"),
		"one that is not set":       try("grader", host, "Authorization", "{{secret:nothing}}"),
		"in a header of the host's": try("grader", host, "Cookie", "{{secret:token}}"),
	} {
		if got == "" {
			t.Errorf("a secret was sent %s", what)
		}
	}
	if len(seen.requests) != 1 {
		t.Errorf("asked %q", seen.requests)
	}
	// What is recorded holds no secret.
	page, err := w.store.Find(t.Context(), asking.Spec().Name, store.Query{})
	if err != nil || len(page.Records) != 1 || strings.Contains(string(page.Records[0].Body), "canary") {
		t.Errorf("recorded is %v, %v", page.Records, err)
	}
}

// Only named hosts are asked, only in calls that may, and nobody inside (security R21); redirects are the block's to follow.
func TestWhoMayBeAsked(t *testing.T) {
	seen, host := serve(t)
	open, closed := newWorld(t, true, &portstest.Limiter{}), newWorld(t, false, &portstest.Limiter{})
	try := func(w *world, c *services.Call, address, key string) (wire.HTTPDone, wire.Code) {
		return ask[wire.HTTPDone](w, c, wire.ServiceHTTP, "do", &wire.HTTPDo{Method: "GET", URL: address, Key: key})
	}
	mine := func() *services.Call { return call("grader", "run", host) }
	handle := mine()
	handle.Op = wire.OpHandle
	noKey := mine()
	noKey.Key = ""
	for what, c := range map[string]struct {
		w       *world
		call    *services.Call
		address string
		key     string
		want    wire.Code
	}{
		"another host":                  {open, mine(), "http://other.example/", "a", wire.CodeForbidden},
		"a name before the host":        {open, mine(), "http://" + host + "@other.example/", "a", wire.CodeBadRequest},
		"no address":                    {open, mine(), "/relative", "a", wire.CodeBadRequest},
		"without a key":                 {open, mine(), "http://" + host, "", wire.CodeBadRequest},
		"a call that is none to repeat": {open, noKey, "http://" + host, "a", wire.CodeBadRequest},
		"while somebody waits":          {open, handle, "http://" + host, "a", wire.CodeForbidden},
		"without https":                 {closed, mine(), "http://" + host, "a", wire.CodeForbidden},
		"a private address":             {closed, mine(), "https://" + host, "b", wire.CodeForbidden},
	} {
		if _, code := try(c.w, c.call, c.address, c.key); code != c.want {
			t.Errorf("%s: %q, want %q", what, code, c.want)
		}
	}
	if len(seen.requests) != 0 {
		t.Errorf("asked %q", seen.requests)
	}
	if done, code := try(open, mine(), "http://"+host+"/away", "c"); code != "" || done.Status != 302 || done.Headers["location"] != "http://other.example/" {
		t.Errorf("a redirect gives %+v, %s", done, code)
	}
	if _, code := try(open, mine(), "http://"+host+"/long", "d"); code != wire.CodeTooLarge {
		t.Errorf("a long answer: %s", code)
	}
}

// refusing allows nothing.
type refusing struct{}

func (refusing) Allow(context.Context, string, ports.Rate) (bool, time.Duration, error) {
	return false, time.Minute, nil
}

func TestABlockAsksNoFlood(t *testing.T) {
	seen, host := serve(t)
	w := newWorld(t, true, refusing{})
	if _, code := ask[wire.HTTPDone](w, call("grader", "run", host), wire.ServiceHTTP, "do", &wire.HTTPDo{Method: "GET", URL: "http://" + host, Key: "k"}); code != wire.CodeUnavailable || len(seen.requests) != 0 {
		t.Errorf("%s, asked %q", code, seen.requests)
	}
}

// Signatures are those of the standards: RFC 4231's second case, RFC 2202's, RFC 7515's first example of a token.
func TestKeysSignAndVerify(t *testing.T) {
	w := newWorld(t, false, &portstest.Limiter{})
	c := call("grader", "")
	c.Op = wire.OpMount
	set := func(handle, value string) {
		if err := w.secrets.Set(t.Context(), "grader", handle, "", value); err != nil {
			t.Fatal(err)
		}
	}
	set("jefe", "Jefe")
	payload := wire.Blob{Data: []byte("what do ya want for nothing?")}
	for algorithm, want := range map[string]string{
		"hmac-sha256": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "hmac-sha1": "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
	} {
		verified, code := ask[wire.KeyVerified](w, c, wire.ServiceKeys, "verify", &wire.KeyVerify{Secret: "jefe", Algorithm: algorithm, Payload: payload, Signature: want})
		if code != "" || !verified.Valid {
			t.Errorf("%s: %+v %s", algorithm, verified, code)
		}
		signed, code := ask[wire.KeySigned](w, c, wire.ServiceKeys, "sign", &wire.KeySign{Secret: "jefe", Algorithm: algorithm, Payload: payload})
		again, _ := ask[wire.KeyVerified](w, c, wire.ServiceKeys, "verify", &wire.KeyVerify{Secret: "jefe", Algorithm: algorithm, Payload: payload, Signature: signed.Signature})
		other, _ := ask[wire.KeyVerified](w, c, wire.ServiceKeys, "verify", &wire.KeyVerify{Secret: "jefe", Algorithm: algorithm, Payload: wire.Blob{Data: []byte("other")}, Signature: signed.Signature})
		if code != "" || !again.Valid || other.Valid {
			t.Errorf("%s: signed %q %s; verified %+v, other %+v", algorithm, signed.Signature, code, again, other)
		}
	}
	token, code := ask[wire.KeySigned](w, c, wire.ServiceKeys, "sign", &wire.KeySign{Secret: "typed", Algorithm: "HS256", Claims: json.RawMessage(`{"sub": "ann"}`)})
	if code != "" {
		t.Fatal(code)
	}
	parts := strings.Split(token.Signature, ".")
	for what, forged := range map[string]string{
		"":               token.Signature,
		"without one":    parts[0] + "." + parts[1] + ".",
		"alg none":       "eyJhbGciOiJub25lIn0." + parts[1] + ".",
		"other claims":   parts[0] + ".eyJzdWIiOiJib2IifQ." + parts[2],
		"two parts":      parts[0] + "." + parts[1],
		"nothing at all": "",
	} {
		verified, code := ask[wire.KeyVerified](w, c, wire.ServiceKeys, "verify", &wire.KeyVerify{Secret: "typed", Algorithm: "HS256", Signature: forged})
		if code != "" || verified.Valid != (what == "") || verified.Valid && string(verified.Claims) != `{"sub":"ann"}` {
			t.Errorf("a token %s: %+v %s", what, verified, code)
		}
	}
	if verified, _ := ask[wire.KeyVerified](w, c, wire.ServiceKeys, "verify", &wire.KeyVerify{Secret: "jefe", Algorithm: "HS256", Signature: token.Signature}); verified.Valid {
		t.Error("another secret verifies the token")
	}
	for what, want := range map[string]wire.Code{"RS256": wire.CodeUnavailable, "none": wire.CodeBadRequest} {
		if _, code := ask[wire.KeySigned](w, c, wire.ServiceKeys, "sign", &wire.KeySign{Secret: "jefe", Algorithm: what, Claims: json.RawMessage(`{}`)}); code != want {
			t.Errorf("%s: %s, want %s", what, code, want)
		}
	}
	if _, code := ask[wire.KeySigned](w, call("other", ""), wire.ServiceKeys, "sign", &wire.KeySign{Secret: "jefe", Algorithm: "hmac-sha256", Payload: payload}); code != wire.CodeUnavailable {
		t.Errorf("another package signs: %s", code)
	}
}

// TestTwoRequestsUnderOneKeyAtOnce: while one is under way, another request under its key is refused and does not get its reply.
func TestTwoRequestsUnderOneKeyAtOnce(t *testing.T) {
	arrived, answer := make(chan struct{}), make(chan struct{})
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-answer
		_, _ = io.WriteString(w, "first")
	}))
	t.Cleanup(outside.Close)
	address, err := url.Parse(outside.URL)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, true, &portstest.Limiter{})
	c := func() *services.Call { return call("one", "run", address.Host) }
	do := func(path string) (string, wire.Code) {
		done, code := ask[wire.HTTPDone](w, c(), wire.ServiceHTTP, "do", wire.HTTPDo{Key: "k", Method: "GET", URL: outside.URL + path})
		return string(done.Body.Data), code
	}
	var first, second string
	var firstCode, secondCode wire.Code
	var wait sync.WaitGroup
	wait.Go(func() { first, firstCode = do("/a") })
	<-arrived
	other := make(chan struct{})
	wait.Go(func() { defer close(other); second, secondCode = do("/b") })
	time.AfterFunc(100*time.Millisecond, func() { close(answer) }) // whichever comes first: the other one is refused
	<-other
	wait.Wait()
	if first != "first" || firstCode != "" || second != "" || secondCode != wire.CodeConflict {
		t.Errorf("the first got %q %q, the second %q %q", first, firstCode, second, secondCode)
	}
}
