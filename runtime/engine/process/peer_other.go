//go:build !linux

package process

import "net"

// samePeer trusts the folder's permissions on this system.
func samePeer(net.Conn, int) error { return nil }
