package process

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/process/door"
)

// secrets are what a probe must not get at: a site's data folder, another package, the environment.
func secrets(t *testing.T) (store, otherPackage string) {
	t.Helper()
	t.Setenv("QUOIN_TEST_SECRET", "canary")
	dir := t.TempDir()
	store, otherPackage = filepath.Join(dir, "data", "store.db"), filepath.Join(dir, "packages", "other", "keys")
	for _, path := range []string{store, otherPackage} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("canary"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return store, otherPackage
}

// Security R4: what a process block can get at, tried out.
func TestProbeFindsNothing(t *testing.T) {
	store, otherPackage := secrets(t)
	e := newEngine(t, Config{})
	if !e.Confinement().Files {
		t.Skip("this kernel has no Landlock: nothing keeps a process from files")
	}
	if warning := e.Confinement().Warning(); warning != "" {
		t.Errorf("a confined process is warned of: %s", warning)
	}
	c := load(t, e, probe(t))
	tryOut(t, c, store, otherPackage)
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/etc/passwd", "/etc", "/", "/proc/self/environ", "/proc", fmt.Sprintf("/proc/%d/environ", os.Getpid()), home, "/tmp", os.TempDir()} {
		for _, word := range []string{"read ", "list "} {
			if got := say(t, c, word+path); strings.HasPrefix(got, "ok") {
				t.Errorf("%s%s: %.100s", word, path, got)
			}
		}
	}
}

// tryOut has the probe try what no confinement, by the kernel or by a user of its own, lets through.
func tryOut(t *testing.T, c *Conn, store, otherPackage string) {
	t.Helper()
	other := probe(t)
	other.Name = "other"
	d := load(t, newEngine(t, Config{}), other)
	private, otherPrivate := say(t, c, "where"), say(t, d, "where")
	for _, request := range []string{
		"read " + store, "write " + store, "remove " + store, "list " + filepath.Dir(store),
		"read " + otherPackage, "write " + otherPackage, "list " + filepath.Dir(otherPackage),
		"read " + d.code, "list " + otherPrivate, "write " + otherPrivate + "/x",
		"write " + c.code, "remove " + c.code, "write " + filepath.Join(c.folder, "x"),
		"list " + filepath.Dir(c.dir), "write /tmp/quoin-probe-was-here",
		fmt.Sprintf("read /proc/%d/environ", os.Getpid()), fmt.Sprintf("read /proc/%d/maps", os.Getpid()),
	} {
		if got := say(t, c, request); got != "denied" {
			t.Errorf("%s: %.100s", request, got)
		}
	}
	for _, request := range []string{"write " + private + "/file", "read " + private + "/file", "list " + private, "write file", "remove file"} {
		if got := say(t, c, request); !strings.HasPrefix(got, "ok") {
			t.Errorf("%s: %s", request, got)
		}
	}
}

func TestEnvironmentIsEmpty(t *testing.T) {
	t.Setenv("QUOIN_TEST_SECRET", "canary")
	c := start(t, Config{})
	var names []string
	for _, line := range strings.Split(say(t, c, "env"), "\n") {
		name, value, _ := strings.Cut(line, "=")
		names = append(names, name)
		if strings.Contains(value, "canary") {
			t.Errorf("%s leaks", name)
		}
	}
	want := []string{
		"GOMEMLIMIT", "HOME", "LANG", "PLUGIN_MAX_PORT", "PLUGIN_MIN_PORT", "PLUGIN_PROTOCOL_VERSIONS", "PLUGIN_UNIX_SOCKET_DIR",
		door.FolderKey, door.CookieKey, "TMPDIR", "TZ",
	}
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("the environment is %q, want %q", names, want)
	}
}

func TestFilesBesideTheArtifactCanBeRead(t *testing.T) {
	artifact := probe(t)
	code, err := os.ReadFile(artifact.Path)
	if err != nil {
		t.Fatal(err)
	}
	folder, extra := t.TempDir(), t.TempDir()
	artifact.Path = filepath.Join(folder, "block")
	for path, data := range map[string][]byte{artifact.Path: code, folder + "/model": []byte("weights"), extra + "/more": []byte("data")} {
		if err := os.WriteFile(path, data, 0o600); err != nil { // not executable: the copy is
			t.Fatal(err)
		}
	}
	c := load(t, newEngine(t, Config{Readable: []string{extra}}), artifact)
	if got := say(t, c, "read "+folder+"/model"); got != "ok weights" {
		t.Errorf("beside the artifact: %s", got)
	}
	if got := say(t, c, "read "+extra+"/more"); got != "ok data" {
		t.Errorf("in a readable folder: %s", got)
	}
}

func TestSignalsStayInside(t *testing.T) {
	e := newEngine(t, Config{})
	c := load(t, e, probe(t))
	if !e.Confinement().Signals {
		t.Skip("this kernel's Landlock does not keep signals inside")
	}
	d := load(t, newEngine(t, Config{}), probe(t))
	for _, pid := range []int{os.Getpid(), d.Status().PID} {
		if got := say(t, c, fmt.Sprint("signal ", pid)); got != "denied" {
			t.Errorf("signalling %d: %s", pid, got)
		}
	}
	if got := say(t, c, "signal "+say(t, c, "spawn")); got != "ok " {
		t.Errorf("signalling its own: %s", got)
	}
}

func TestUnixSockets(t *testing.T) {
	e := newEngine(t, Config{})
	c := load(t, e, probe(t))
	path := filepath.Join(shortDir(t), "queue.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	want, gap := "ok ", true
	if e.Confinement().Sockets {
		want, gap = "denied", false
	}
	if got := say(t, c, "connect "+path); got != want {
		t.Errorf("connecting: %s, want %s", got, want)
	}
	// What the probe can do must be told.
	if told := strings.Contains(strings.Join(e.Confinement().Gaps(), "\n"), "Unix sockets of this server's user"); told != gap {
		t.Errorf("gaps %q", e.Confinement().Gaps())
	}
}

// openDir is a folder that every user may enter.
func openDir(t *testing.T) string {
	t.Helper()
	dir := shortDir(t)
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// firstUser begins a range of users that no system gives out.
const firstUser = 2_100_000_000

func TestUsersOfTheirOwn(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("users of their own need root")
	}
	store, otherPackage := secrets(t)
	e := newEngine(t, Config{Dir: openDir(t), FirstUser: firstUser, Users: 2})
	if c := e.Confinement(); !c.User || c.Warning() != "" {
		t.Errorf("confinement %+v", c)
	}
	one, two := load(t, e, probe(t)), load(t, e, probe(t))
	for n, c := range []*Conn{one, two} {
		if got, want := say(t, c, "who"), fmt.Sprint(firstUser+n, " ", firstUser+n); got != want {
			t.Errorf("process %d runs as %s, want %s", n, got, want)
		}
	}
	tryOut(t, one, store, otherPackage)
	if got := say(t, one, "list "+say(t, two, "where")); got != "denied" {
		t.Errorf("another process's folder: %s", got)
	}
	if _, err := e.Load(t.Context(), probe(t)); err == nil || !strings.Contains(err.Error(), "set aside more") {
		t.Errorf("a third process with two users: %v", err)
	}
	if err := one.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := say(t, load(t, e, probe(t)), "who"), fmt.Sprint(firstUser, " ", firstUser); got != want {
		t.Errorf("the next process runs as %s, want %s", got, want)
	}
}

// A user of its own must be enough by itself, on kernels without Landlock.
func TestUserAloneKeepsFilesAway(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("users of their own need root")
	}
	store, otherPackage := secrets(t)
	c := load(t, newEngine(t, Config{Dir: openDir(t), FirstUser: firstUser, Readable: []string{"/"}}), probe(t)) // undoes Landlock's part
	for _, request := range []string{"read " + store, "list " + filepath.Dir(store), "read " + otherPackage, fmt.Sprintf("read /proc/%d/environ", os.Getpid())} {
		if got := say(t, c, request); got != "denied" {
			t.Errorf("%s: %.100s", request, got)
		}
	}
	if got := say(t, c, fmt.Sprint("signal ", os.Getpid())); got != "denied" {
		t.Errorf("signalling the server: %s", got)
	}
}

func TestUsersNeedRoot(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("this is root")
	}
	_, err := newEngine(t, Config{FirstUser: firstUser}).Load(t.Context(), engine.Artifact{Name: "x", Path: os.Args[0]})
	if err == nil || !strings.Contains(err.Error(), "runs as root") {
		t.Errorf("got %v", err)
	}
}

func TestRootHasNoPrivileges(t *testing.T) {
	c := start(t, Config{Readable: []string{"/proc"}})
	status := say(t, c, "read /proc/self/status")
	for _, line := range strings.Split(status, "\n") {
		name, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); name {
		case "CapEff", "CapPrm", "CapInh", "CapAmb":
			if strings.Trim(value, "0") != "" {
				t.Errorf("%s is %s", name, value)
			}
		case "NoNewPrivs":
			if value != "1" {
				t.Errorf("%s is %s", name, value)
			}
		}
	}
	if !strings.Contains(status, "CapEff") {
		t.Errorf("no capabilities in %.100q", status)
	}
	if limits := say(t, c, "read /proc/self/limits"); !strings.Contains(limits, "Max core file size        0 ") {
		t.Errorf("limits:\n%s", limits)
	}
}

func TestConfinementInWords(t *testing.T) {
	open := Confinement{}
	if open.Warning() != "can read all this server can" || !slices.Contains(open.Gaps(), open.Warning()) {
		t.Errorf("an open one: %q, %q", open.Warning(), open.Gaps())
	}
	for _, c := range []Confinement{{Files: true}, {User: true}} {
		if c.Warning() != "" {
			t.Errorf("%+v: %s", c, c.Warning())
		}
	}
	all := Confinement{Files: true, User: true, Signals: true, Sockets: true, Memory: true, Parent: true, Landlock: 9}
	if gaps := all.Gaps(); len(gaps) != 1 || !strings.Contains(all.String(), gaps[0]) {
		t.Errorf("gaps %q in %s", gaps, all)
	}
}
