package metric

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/netip"
	"strings"
)

// Caller is who asks for metrics.
type Caller struct {
	// Remote is the other end of the connection itself, whatever headers say.
	Remote netip.Addr
	// Host is the name that was asked for.
	Host string
	// Header gives a header's value.
	Header func(name string) string
}

// Door says who may read metrics.
type Door struct {
	// Token opens to whoever bears it; "" to nobody.
	Token string
	// Proxied says that a proxy stands before the site and names those that it speaks for in a header. A site that is
	// reached through a proxy which does not is closed to everybody without the token, since the proxy's requests look
	// like this machine's own.
	Proxied bool
	// Local says that browsers reach the site on this machine, with no proxy before it.
	Local bool
}

// Allows reports whether the caller bears the token, or is a program on this machine that no proxy speaks for.
func (d Door) Allows(c Caller) bool {
	if token, ok := strings.CutPrefix(c.Header("Authorization"), "Bearer "); ok && d.Token != "" {
		given, wanted := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(d.Token))
		return subtle.ConstantTimeCompare(given[:], wanted[:]) == 1
	}
	if !d.Proxied && !d.Local || !c.Remote.Unmap().IsLoopback() || !loopbackName(c.Host) {
		return false
	}
	for _, name := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"} {
		if c.Header(name) != "" {
			return false
		}
	}
	return true
}

// loopbackName reports whether a Host header names this machine: a page whose name was bound to it does not.
func loopbackName(host string) bool {
	name := host
	if before, _, err := net.SplitHostPort(host); err == nil {
		name = before
	}
	return IsLoopback(strings.Trim(name, "[]"))
}

// IsLoopback reports whether a host name or address is this machine's own.
func IsLoopback(name string) bool {
	if strings.EqualFold(name, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.Unmap().IsLoopback()
}
