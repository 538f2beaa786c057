package oidc

import (
	"net/http"
	"time"

	"github.com/quoin-lms/quoin/runtime/outbound"
)

// Bounds of what is asked of another site (security R21).
const (
	clientTime = 10 * time.Second
	maxAnswer  = 1 << 20
)

// newClient makes a client that follows no redirects. A name that leads to this machine or its network is refused unless
// private is set.
func newClient(private bool) *http.Client {
	return outbound.Client(outbound.Config{Private: private, Time: clientTime, Bytes: maxAnswer})
}
