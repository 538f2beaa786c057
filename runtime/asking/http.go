package asking

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/quoin-lms/quoin/runtime/outbound"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/secrets"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Answered is an outside reply that was recorded, so that a call which runs again gets the same.
type Answered struct {
	Package string `bson:"package"`
	// Request digests what was asked: another question under the same key is refused.
	Request string            `bson:"request"`
	Status  int               `bson:"status"`
	Headers store.Map[string] `bson:"headers,omitempty"`
	Body    []byte            `bson:"body,omitempty"`
	At      time.Time         `bson:"at"`
}

// Spec is the collection of recorded replies, by package, call and key.
func Spec() store.Spec {
	return store.Spec{Name: "http_replies", Indexes: []store.Index{{Name: "at", Fields: []string{"at"}}}}
}

// Limits.
const (
	mostTime    = 30 * time.Second
	usualTime   = 10 * time.Second
	maxAnswer   = wire.MaxBody
	repliesKept = 30 * 24 * time.Hour
	maxHeaders  = 50
)

// perPackage bounds the outside requests of one package over all processes.
var perPackage = ports.Rate{Events: 300, Period: time.Minute}

// HTTP makes outside requests for blocks. Safe for concurrent use.
type HTTP struct {
	client  *http.Client
	replies store.Collection[Answered]
	secrets *secrets.Secrets
	limiter ports.Limiter
	now     func() time.Time
	flight  singleflight.Group
}

// HTTPConfig is what HTTP works with; all of it is needed but Private.
type HTTPConfig struct {
	Store   store.Store
	Secrets *secrets.Secrets
	Limiter ports.Limiter
	Now     func() time.Time
	// Private lets blocks reach private addresses, and http, for tests and for graders in a site's own network.
	Private bool
}

// NewHTTP makes the service. Redirects are not followed: a block gets them as the answer, and may ask the next address if its
// manifest names that host too.
func NewHTTP(c HTTPConfig) *HTTP {
	client := outbound.Client(outbound.Config{Private: c.Private, Secure: !c.Private, Time: mostTime, Bytes: maxAnswer})
	return &HTTP{client: client, replies: store.Of[Answered](c.Store, Spec()), secrets: c.Secrets, limiter: c.Limiter, now: c.Now}
}

// Answer implements services.Answer.
func (h *HTTP) Answer(ctx context.Context, call *services.Call, method string, m wire.Message) (any, error) {
	if method != "do" {
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameBlock, "service http has no method %q", method)
	}
	var do wire.HTTPDo
	if err := m.Body(&do); err != nil {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "%v", err)
	}
	if do.Key == "" || len(do.Key) > 200 || call.Key == "" {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "an outside request needs a key of 1 to 200 bytes, in a task or while grading")
	}
	address, err := h.address(call, &do)
	if err != nil {
		return nil, err
	}
	id := store.ID(call.Manifest.Name, call.Key, do.Key)
	done, err, _ := h.flight.Do(id, func() (any, error) {
		reply, err := h.once(ctx, call, &do, address, id)
		return asked{digestOf(&do), reply, err}, nil
	})
	first, ok := done.(asked)
	if err != nil || !ok {
		return nil, fmt.Errorf("asking %s: unexpected %T: %w", address.Host, done, err)
	}
	if first.request != digestOf(&do) { // another request is under way under this key
		return nil, another(do.Key)
	}
	if first.err != nil {
		return nil, first.err
	}
	own := *first.reply
	return &own, nil
}

// asked is what one flight brought: the request, and its reply or error.
type asked struct {
	request string
	reply   *wire.HTTPDone
	err     error
}

func another(key string) error {
	return wire.Errorf(wire.CodeConflict, wire.BlameBlock, "another request was made under the key %q by this call", key)
}

// address reads the address, whose host the manifest must name.
func (h *HTTP) address(call *services.Call, do *wire.HTTPDo) (*url.URL, error) {
	if !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, do.Method) {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "method %q", do.Method)
	}
	address, err := url.Parse(do.URL)
	if err != nil || address.Host == "" || address.User != nil || address.Opaque != "" {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "the address must look like https://api.example.org/path")
	}
	address.Host = strings.TrimSuffix(strings.ToLower(address.Host), ":443")
	if !call.Manifest.Has(string(wire.ServiceHTTP), address.Host) {
		return nil, wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "block.json does not name the host %q under http", address.Host)
	}
	return address, nil
}

// once gives the recorded reply, or asks and records.
func (h *HTTP) once(ctx context.Context, call *services.Call, do *wire.HTTPDo, address *url.URL, id string) (*wire.HTTPDone, error) {
	digest := digestOf(do)
	doc, err := h.replies.Get(ctx, id)
	if err == nil {
		if doc.Body.Request != digest {
			return nil, another(do.Key)
		}
		return doc.Body.done(), nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	allowed, _, err := h.limiter.Allow(ctx, "http "+call.Manifest.Name, perPackage)
	if err != nil && !errors.Is(err, ports.ErrUnavailable) {
		return nil, err
	}
	if err == nil && !allowed {
		return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "this block asks others too often: it tries again later")
	}
	done, err := h.ask(ctx, call, do, address, id)
	if err != nil || done.Passing() {
		return done, err
	}
	err = h.replies.Insert(ctx, id, Answered{
		Package: call.Manifest.Name, Request: digest, Status: done.Status, Headers: done.Headers, Body: done.Body.Data, At: h.now(),
	})
	if err != nil && !errors.Is(err, store.ErrExists) {
		return nil, err
	}
	return done, nil
}

func (a *Answered) done() *wire.HTTPDone {
	return &wire.HTTPDone{Status: a.Status, Headers: a.Headers, Body: wire.Blob{Data: a.Body}}
}

// digestOf names a request by everything that the block said of it. Secrets are in it by their handles.
func digestOf(do *wire.HTTPDo) string {
	sum := sha256.New()
	sum.Write([]byte(store.ID(do.Method, do.URL)))
	names := make([]string, 0, len(do.Headers))
	for name := range do.Headers {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		sum.Write([]byte(store.ID(name, do.Headers[name])))
	}
	sum.Write(do.Body.Data)
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// ask makes the request. What goes wrong on the way is nobody's but the outside's, and may pass.
func (h *HTTP) ask(ctx context.Context, call *services.Call, do *wire.HTTPDo, address *url.URL, id string) (*wire.HTTPDone, error) {
	timeout := min(time.Duration(do.Timeout)*time.Millisecond, mostTime)
	if timeout <= 0 {
		timeout = usualTime
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, do.Method, address.String(), bytes.NewReader(do.Body.Data))
	if err != nil {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "%v", err)
	}
	if err := h.headers(ctx, call, do, address.Host, request.Header); err != nil {
		return nil, err
	}
	key := sha256.Sum256([]byte(id))
	if request.Header.Get("Idempotency-Key") == "" {
		request.Header.Set("Idempotency-Key", hex.EncodeToString(key[:16]))
	}
	response, err := h.client.Do(request)
	if err != nil {
		return nil, outside(address.Host, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, outside(address.Host, err)
	}
	done := &wire.HTTPDone{Status: response.StatusCode, Headers: map[string]string{}, Body: wire.Blob{Data: body}}
	for name, values := range response.Header {
		if lower := strings.ToLower(name); lower != "set-cookie" && len(done.Headers) < maxHeaders {
			done.Headers[lower] = strings.Join(values, ", ")
		}
	}
	return done, nil
}

// outside tells what went wrong without the address, which may hold what is private.
func outside(host string, err error) error {
	switch {
	case errors.Is(err, outbound.ErrPrivate):
		return wire.Errorf(wire.CodeForbidden, wire.BlameOutside, "%s leads into a private network", host)
	case errors.Is(err, outbound.ErrInsecure):
		return wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "ask %s by https", host)
	case errors.Is(err, outbound.ErrLong):
		return wire.Errorf(wire.CodeTooLarge, wire.BlameOutside, "%s answered with more than %d bytes", host, maxAnswer)
	}
	return wire.Errorf(wire.CodeUnavailable, wire.BlameOutside, "%s did not answer", host)
}

// secretMark is how a block names a secret in a header.
var secretMark = regexp.MustCompile(`\{\{secret:([^{}]*)\}\}`)

// hidden are headers that a block does not decide.
var hidden = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Te", "Trailer", "Cookie", "Proxy-Authorization", "Accept-Encoding"}

// headers fills a request's headers in, with the secrets that are for its host.
func (h *HTTP) headers(ctx context.Context, call *services.Call, do *wire.HTTPDo, host string, into http.Header) error {
	if len(do.Headers) > maxHeaders {
		return wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "%d headers, the limit is %d", len(do.Headers), maxHeaders)
	}
	for name, value := range do.Headers {
		canonical := http.CanonicalHeaderKey(name)
		if slices.Contains(hidden, canonical) {
			return wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "the header %s is not a block's to set", canonical)
		}
		var failure error
		value = secretMark.ReplaceAllStringFunc(value, func(mark string) string {
			handle := secretMark.FindStringSubmatch(mark)[1]
			secret, bound, err := h.secrets.Open(ctx, call.Manifest.Name, handle)
			switch {
			case errors.Is(err, secrets.ErrNotFound):
				failure = unset(call, handle)
			case err != nil:
				failure = wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "the secret %q cannot be used: %v", handle, err)
			case bound != host:
				failure = wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "the secret %q is not for %s", handle, host)
			}
			return string(secret)
		})
		if failure != nil {
			return failure
		}
		into.Set(canonical, value)
	}
	return nil
}

// unset says how a secret that is not there is set.
func unset(call *services.Call, handle string) error {
	return wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "the secret %q is not set: quoin secret set %s/%s --host HOST", handle, call.Manifest.Name, handle)
}

// Collect deletes recorded replies that no call runs again for. It returns how many.
func (h *HTTP) Collect(ctx context.Context) (int, error) {
	gone := 0
	for {
		docs, _, err := h.replies.Find(ctx, store.Query{Index: "at", To: h.now().Add(-repliesKept), Limit: 200})
		if err != nil || len(docs) == 0 {
			return gone, err
		}
		for _, doc := range docs {
			if err := h.replies.Delete(ctx, doc.ID, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
				return gone, err
			}
			gone++
		}
	}
}
