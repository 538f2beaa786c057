package process

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// confinement tells what this kernel can do.
func confinement(config Config) Confinement {
	version := landlock()
	return Confinement{
		Files: version >= 1, User: config.FirstUser != 0,
		Signals: scopes(version)&unix.LANDLOCK_SCOPE_SIGNAL != 0, Sockets: version >= 9,
		Memory: true, Parent: true, Landlock: version,
	}
}

// checkUsers reports whether this server may start processes as other users.
func checkUsers(config Config) error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return fmt.Errorf("reading capabilities: %w", err)
	}
	for name, bit := range map[string]uint{"SETUID": unix.CAP_SETUID, "SETGID": unix.CAP_SETGID, "CHOWN": unix.CAP_CHOWN} {
		if data[bit/32].Effective&(1<<(bit%32)) == 0 {
			return fmt.Errorf("users %d to %d for block processes need a server that runs as root: CAP_%s is missing",
				config.FirstUser, config.FirstUser+config.Users-1, name)
		}
	}
	return nil
}

// landlock gives the version of the kernel's Landlock, 0 for none. Version 1 cannot keep a process from emptying files that
// it may not write; that came with 3.
func landlock() int {
	version, _, failed := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if failed != 0 {
		return 0
	}
	return int(version)
}

// rights are all rights on files that a version knows.
func rights(version int) uint64 {
	known := uint64(unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1)
	for since, right := range map[int]uint64{
		2: unix.LANDLOCK_ACCESS_FS_REFER, 3: unix.LANDLOCK_ACCESS_FS_TRUNCATE,
		5: unix.LANDLOCK_ACCESS_FS_IOCTL_DEV, 9: unix.LANDLOCK_ACCESS_FS_RESOLVE_UNIX,
	} {
		if version >= since {
			known |= right
		}
	}
	return known
}

const (
	rightsToRead = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	rightsToUse  = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE
	// rightsOnFiles are those that a rule for a file, not a folder, may name.
	rightsOnFiles = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE |
		unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
)

// scopes keep signals and abstract sockets inside. A kernel without the second erratum's fix also keeps this thread from
// signalling the server's other threads, by which Go's scheduler works, so there is none then.
func scopes(version int) uint64 {
	errata, _, failed := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_ERRATA)
	if version < 6 || failed != 0 || errata&(1<<1) == 0 {
		return 0
	}
	return unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
}

// confine holds the calling thread and everything that it starts, for good. What the kernel offers must work: a failure is
// an error, never less confinement.
func (p *plan) confine() error {
	if err := dropCapabilities(); err != nil {
		return fmt.Errorf("dropping capabilities: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("giving up privileges: %w", err)
	}
	version := landlock()
	if version == 0 {
		return nil
	}
	ruleset, err := p.ruleset(version)
	if err != nil {
		return fmt.Errorf("confining process: %w", err)
	}
	defer func() { _ = unix.Close(ruleset) }()
	if _, _, failed := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(ruleset), 0, 0); failed != 0 {
		return fmt.Errorf("confining process: %w", failed)
	}
	return nil
}

func (p *plan) ruleset(version int) (int, error) {
	attr := unix.LandlockRulesetAttr{Handled_access_fs: rights(version), Scoped: scopes(version)}
	// The size without the newest fields: all that is named here, and what older kernels take as long as it is zero.
	fd, _, failed := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET,
		uintptr(unsafe.Pointer(&attr)), unsafe.Offsetof(attr.Quiet_access_fs), 0)
	if failed != 0 {
		return 0, failed
	}
	ruleset := int(fd)
	all := attr.Handled_access_fs
	err := allow(ruleset, all, p.private)
	for _, path := range p.readable {
		err = errors.Join(err, allow(ruleset, all&rightsToRead, path))
	}
	for _, path := range p.system {
		err = errors.Join(err, ifExists(allow(ruleset, all&rightsToRead, path)))
	}
	for _, path := range devices() {
		err = errors.Join(err, ifExists(allow(ruleset, all&rightsToUse, path)))
	}
	if err != nil {
		_ = unix.Close(ruleset)
		return 0, err
	}
	return ruleset, nil
}

func ifExists(err error) error {
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		return nil
	}
	return err
}

// allow adds a rule for a file or a folder and all below it.
func allow(ruleset int, access uint64, path string) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return &os.PathError{Op: "open", Path: path, Err: err}
	}
	defer func() { _ = unix.Close(fd) }()
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return &os.PathError{Op: "stat", Path: path, Err: err}
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		access &= rightsOnFiles
	}
	rule := unix.LandlockPathBeneathAttr{Allowed_access: access, Parent_fd: int32(fd)}
	if _, _, failed := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(ruleset), unix.LANDLOCK_RULE_PATH_BENEATH,
		uintptr(unsafe.Pointer(&rule)), 0, 0, 0); failed != 0 {
		return &os.PathError{Op: "allow", Path: path, Err: failed}
	}
	return nil
}

// dropCapabilities takes from this thread what a program that it starts would inherit: even one of the root user then has no
// privileges. The thread keeps its own, for changing the user.
func dropCapabilities() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return err
	}
	data[0].Inheritable, data[1].Inheritable = 0, 0
	if err := unix.Capset(&header, &data[0]); err != nil {
		return err
	}
	if data[0].Effective&(1<<unix.CAP_SETPCAP) == 0 {
		return nil // a server without privileges has none to give
	}
	for capability := range uintptr(64) {
		err := unix.Prctl(unix.PR_CAPBSET_DROP, capability, 0, 0, 0)
		if errors.Is(err, unix.EINVAL) {
			return nil // beyond the last one that this kernel knows
		}
		if err != nil {
			return err
		}
	}
	return nil
}
