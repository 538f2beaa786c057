// Package outbound is the one HTTP client that asks others (security R21): it looks at each address after names are resolved,
// when it connects, so that neither a rebinding name nor a redirect reaches this machine or its network; it bounds time, size
// and redirects, and keeps credentials to the host that they were for.
package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Errors, wrapped in what the client returns.
var (
	// ErrPrivate: the address is of this machine or of a private network.
	ErrPrivate = errors.New("the address is of a private network")
	// ErrLong: the answer is longer than allowed.
	ErrLong = errors.New("the answer is too long")
	// ErrInsecure: the address, or one that it leads to, is not https.
	ErrInsecure = errors.New("the address is not https")
	// ErrRedirects: the address leads on too often.
	ErrRedirects = errors.New("the address leads on too often")
)

// Config bounds a client. Time and Bytes must be set.
type Config struct {
	// Private lets the client reach private addresses, for a site's own network.
	Private bool
	// Time bounds a whole request with its redirects, Bytes the answer's body.
	Time  time.Duration
	Bytes int64
	// Redirects is how many are followed; 0 gives the redirect itself as the answer.
	Redirects int
	// Secure refuses anything but https, redirects included.
	Secure bool
}

// Client makes a client within bounds. It uses no proxy.
func Client(c Config) *http.Client {
	dialer := &net.Dialer{Timeout: c.Time / 2}
	if !c.Private {
		dialer.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error { return checkAddress(address) }
	}
	return &http.Client{
		Timeout: c.Time,
		Transport: bounded{c, &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: c.Time / 2, ResponseHeaderTimeout: c.Time,
			MaxResponseHeaderBytes: 64 << 10, MaxIdleConns: 4, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
		}},
		CheckRedirect: func(request *http.Request, via []*http.Request) error {
			if c.Redirects == 0 {
				return http.ErrUseLastResponse
			}
			if len(via) > c.Redirects {
				return ErrRedirects
			}
			if request.URL.Host != via[0].URL.Host { // whatever else carries rights than what net/http knows of
				for _, name := range []string{"Authorization", "Cookie", "X-Api-Key"} {
					request.Header.Del(name)
				}
			}
			return nil
		},
	}
}

// reserved are ranges that are public by their looks and not by their use.
var reserved = func() []netip.Prefix {
	var out []netip.Prefix
	for _, text := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10",
	} {
		out = append(out, netip.MustParsePrefix(text))
	}
	return out
}()

// checkAddress refuses what is not on the public internet.
func checkAddress(address string) error {
	port, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %q", ErrPrivate, address)
	}
	ip := port.Addr().Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return fmt.Errorf("%w: %s", ErrPrivate, ip)
	}
	for _, prefix := range reserved {
		if prefix.Contains(ip) {
			return fmt.Errorf("%w: %s", ErrPrivate, ip)
		}
	}
	return nil
}

// bounded refuses answers that are too long, and what is not https where it must be.
type bounded struct {
	config Config
	next   http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	if b.config.Secure && request.URL.Scheme != "https" {
		return nil, fmt.Errorf("%w: %s", ErrInsecure, request.URL.Redacted())
	}
	response, err := b.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	response.Body = &boundedBody{response.Body, b.config.Bytes}
	return response, nil
}

type boundedBody struct {
	io.ReadCloser
	left int64
}

// Read implements io.Reader.
func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrLong
	}
	return n, err
}
