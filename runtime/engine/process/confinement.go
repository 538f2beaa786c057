package process

import (
	"fmt"
	"strings"
)

// Confinement tells what holds a block's process on this machine. The environment is always empty, and standard input
// always a pipe; what else holds depends on the kernel and the configuration.
type Confinement struct {
	// Files: it can open only its package, a private folder, and the system's programs and libraries (read only).
	Files bool
	// User: it runs as a system user of its own, so that it can open only what everybody on this machine may.
	User bool
	// Signals: it cannot signal processes that it did not start.
	Signals bool
	// Sockets: it cannot connect to Unix sockets that other programs serve.
	Sockets bool
	// Memory: it is ended when it takes more than its limit.
	Memory bool
	// Parent: the kernel ends it when the server dies. Without, it ends when it notices the end of its input.
	Parent bool
	// Landlock is the version of the kernel's confinement, 0 for none.
	Landlock int
}

// Warning is what an install page and doctor must say about trusting a process here; "" when it can open nothing of the
// server's.
func (c Confinement) Warning() string {
	if c.Files || c.User {
		return ""
	}
	return "can read all this server can"
}

// Gaps lists what a process can do here although it need not, each as a sentence's end after "a process block".
func (c Confinement) Gaps() []string {
	var gaps []string
	if warning := c.Warning(); warning != "" {
		gaps = append(gaps, warning)
	}
	gaps = append(gaps, "can connect to any network address that this server can")
	switch {
	case c.Sockets:
	case c.User:
		gaps = append(gaps, "can connect to Unix sockets that are open to every user of this machine")
	default:
		gaps = append(gaps, "can connect to Unix sockets of this server's user, if it knows their paths")
	}
	if !c.Signals && !c.User {
		gaps = append(gaps, "can end other processes of this server's user")
	}
	if !c.Memory {
		gaps = append(gaps, "can take all memory")
	}
	if !c.Parent {
		gaps = append(gaps, "can outlive a server that is killed")
	}
	return gaps
}

// String tells the same in one line, for a log.
func (c Confinement) String() string {
	return fmt.Sprintf("landlock %d, a process block %s", c.Landlock, strings.Join(c.Gaps(), "; it "))
}

// plan is what one process gets: its user, its limits and the paths that it may open.
type plan struct {
	// user is the process's own, 0 for the server's.
	user uint32
	// memory bounds it in bytes.
	memory int64
	// private is the folder where it may write.
	private string
	// readable must exist, system may.
	readable, system []string
}

// system lists what programs of a usual Linux need beside their own files: the loader and its libraries, interpreters,
// certificates, names and zones. Nothing here is the server's.
func systemPaths() []string {
	return []string{
		"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
		"/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/share",
		"/usr/local/bin", "/usr/local/lib", "/nix/store", "/gnu/store",
		"/etc/alternatives", "/etc/ca-certificates", "/etc/crypto-policies", "/etc/fonts", "/etc/gai.conf", "/etc/host.conf",
		"/etc/hosts", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload", "/etc/localtime",
		"/etc/mime.types", "/etc/nsswitch.conf", "/etc/pki/ca-trust", "/etc/pki/tls", "/etc/protocols", "/etc/resolv.conf",
		"/etc/services", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/timezone",
	}
}

// devices are those that programs take for granted.
func devices() []string {
	return []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}
}
