package process

import (
	"errors"
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// samePeer reports an error unless the socket's server belongs to the process group that pid leads.
func samePeer(conn net.Conn, pid int) error {
	socket, ok := conn.(*net.UnixConn)
	if !ok {
		return errors.New("not a Unix socket")
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return err
	}
	var peer *unix.Ucred
	failed := raw.Control(func(fd uintptr) { peer, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) })
	if err := errors.Join(failed, err); err != nil {
		return fmt.Errorf("asking who serves the socket: %w", err)
	}
	if group, err := unix.Getpgid(int(peer.Pid)); err != nil || group != pid {
		return fmt.Errorf("the socket is served by process %d, which is not the block's", peer.Pid)
	}
	return nil
}
